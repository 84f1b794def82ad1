"""Databases of every age are brought to the same form, by one process at a time."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from bot.errors import Failure
from bot.store.database import Database, open_database
from bot.store.log import ConversationRecord
from bot.store.migrate import HEAD, bring_up_to_date, version_of
from bot.store.sql import SqlLog
from bot.store.tables import metadata

# The statements with which the first release made its three tables.
OLD = """
CREATE TABLE conversations (id VARCHAR(64) NOT NULL, created_at VARCHAR(40) NOT NULL, key_hash VARCHAR(64),
  customer_id VARCHAR(64), PRIMARY KEY (id));
CREATE INDEX ix_conversations_customer_id ON conversations (customer_id);
CREATE TABLE conversation_events (conversation_id VARCHAR(64) NOT NULL, seq INTEGER NOT NULL, at VARCHAR(40) NOT NULL,
  type VARCHAR(32) NOT NULL, message_id VARCHAR(64), data TEXT NOT NULL, PRIMARY KEY (conversation_id, seq),
  FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE);
CREATE INDEX ix_conversation_events_message_id ON conversation_events (message_id);
CREATE TABLE feedback (message_id VARCHAR(64) NOT NULL, conversation_id VARCHAR(64) NOT NULL, rating INTEGER NOT NULL,
  comment TEXT, PRIMARY KEY (message_id), FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE);
CREATE INDEX ix_feedback_conversation_id ON feedback (conversation_id);
INSERT INTO conversations VALUES ('c_old', 'then', NULL, 'C1');
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'shop.db'}"


def make_old(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in OLD.split(";"):
            if statement.strip():
                connection.execute(text(statement))
    engine.dispose()


def differences(database: Database) -> list[object]:
    with database.reading() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


def check_new_and_old(url: str, other: str) -> None:
    make_old(other)
    for each in (url, other):
        database = open_database(each)
        assert version_of(database) == HEAD
        assert differences(database) == []
        assert bring_up_to_date(database) is False
        database.close()
    log = SqlLog(other)
    assert log.get("c_old") == ConversationRecord("c_old", "then", None, "C1")
    log.close()


def test_a_new_and_an_old_database_get_the_tables_of_the_code(tmp_path: Path, url: str) -> None:
    check_new_and_old(url, f"sqlite:///{tmp_path / 'old.db'}")


@pytest.mark.postgres
def test_the_same_on_a_server(postgres: str) -> None:
    make_old(postgres)
    database = open_database(postgres)
    assert version_of(database) == HEAD
    assert differences(database) == []
    database.close()


def test_a_database_of_a_newer_program_is_left_alone(url: str) -> None:
    database = open_database(url)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(Failure, match="newer zhanggui") as caught:
        open_database(url)
    assert "\n" not in str(caught.value)


def open_all(url: str) -> list[Exception]:
    gate, errors = threading.Barrier(4), []

    def start() -> None:
        gate.wait()
        try:
            open_database(url).close()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_several_that_start_at_once(url: str) -> None:
    assert open_all(url) == []


@pytest.mark.postgres
def test_several_that_start_at_once_on_a_server(postgres: str) -> None:
    assert open_all(postgres) == []


def test_a_migration_that_fails_leaves_the_old_tables(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_old(url)
    monkeypatch.setattr("alembic.command.upgrade", lambda *_: (_ for _ in ()).throw(Failure("database: disk full")))
    with pytest.raises(Failure, match="disk full"):
        open_database(url)
    monkeypatch.undo()
    open_database(url).close()


def test_an_up_to_date_database_is_opened_without_alembic(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_database(url).close()
    for name in [name for name in sys.modules if name.partition(".")[0] == "alembic"]:
        monkeypatch.delitem(sys.modules, name)
    open_database(url).close()
    assert "alembic" not in sys.modules
