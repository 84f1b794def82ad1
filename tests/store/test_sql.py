"""The log in SQLite keeps the contract, survives a restart, and is shared by several processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import Failure
from bot.store.sql import SqlLog

from .contract import GUEST, LogContract


def url(folder: Path) -> str:
    return f"sqlite:///{folder / '店.db'}"


class TestSqlLog(LogContract):
    @pytest.fixture
    def log(self, tmp_path: Path) -> Iterator[SqlLog]:
        made = SqlLog(url(tmp_path))
        yield made
        made.close()


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    first = SqlLog(url(tmp_path))
    first.create(GUEST)
    event = first.append("c_1", "turn", {"message_id": "m_1", "reply": "好"})
    first.close()
    second = SqlLog(url(tmp_path))
    assert second.get("c_1") == GUEST
    assert second.events("c_1") == [event]
    assert second.append("c_1", "turn", {}).seq == 2
    second.close()


def test_two_processes_share_one_numbering(tmp_path: Path) -> None:
    """Each log stands for a process: they share no lock, only the file."""
    logs = [SqlLog(url(tmp_path)) for _ in range(3)]
    logs[0].create(GUEST)
    gate = threading.Barrier(3)
    errors: list[Exception] = []

    def write(log: SqlLog) -> None:
        gate.wait()
        try:
            for _ in range(10):
                log.append("c_1", "message", {})
        except Failure as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(log,)) for log in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [event.seq for event in logs[1].events("c_1")] == list(range(1, 31))
    for log in logs:
        log.close()


@pytest.mark.parametrize("bad", ["nonsense", "nosuch://x", "postgresql+nosuchdriver://user:hunter2@host/db"])
def test_a_wrong_url_is_one_line_without_the_password(bad: str) -> None:
    with pytest.raises(Failure) as caught:
        SqlLog(bad)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "店.db").write_bytes(b"not a database, " * 100)
    with pytest.raises(Failure, match="cannot be opened"):
        SqlLog(url(tmp_path))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="cannot be opened"):
        SqlLog(url(tmp_path / "no" / "such"))


@pytest.mark.postgres
class TestSqlLogOnAServer(LogContract):
    @pytest.fixture
    def log(self, postgres: str) -> Iterator[SqlLog]:
        made = SqlLog(postgres)
        yield made
        made.close()
