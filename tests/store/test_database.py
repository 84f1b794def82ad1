"""Reads see one state, a write is all or nothing, and what goes wrong is one line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from orders.book_contract import in_threads
from sqlalchemy import func, insert, select, text

from bot.errors import Failure
from bot.store import tables as t
from bot.store.database import Database, memory_database, open_database


@pytest.fixture(params=["file", "memory", pytest.param("server", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "memory":
        made = memory_database()
        with made.writing() as connection:
            t.metadata.create_all(connection)
    else:
        server = request.param == "server"
        made = open_database(request.getfixturevalue("postgres") if server else f"sqlite:///{tmp_path / 'x.db'}")
    yield made
    made.close()


def add(database: Database, sku: str) -> None:
    with database.writing() as connection:
        connection.execute(insert(t.stock).values(sku=sku, quantity=0))


def count(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(t.stock)).scalar_one()


def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as connection:
        connection.execute(insert(t.stock).values(sku="a"))
        raise RuntimeError
    assert count(database) == 0
    add(database, "a")
    assert count(database) == 1


def test_an_error_of_the_database_is_one_line(database: Database) -> None:
    add(database, "a")
    with pytest.raises(Failure, match="does not fit") as caught:
        add(database, "a")
    assert "\n" not in str(caught.value)
    with pytest.raises(Failure), database.reading() as connection:
        connection.execute(text("SELECT nonsense"))
    with pytest.raises(Failure, match="does not fit"), database.writing() as connection:
        connection.execute(insert(t.payment_methods).values(id="K", customer_id="nobody", kind="card"))
    assert count(database) == 1


def test_writers_wait_for_each_other(database: Database) -> None:
    add(database, "a")

    def increase(_: int) -> None:
        for _ in range(5):
            with database.writing() as connection:
                number = connection.execute(select(t.stock.c.quantity)).scalar_one() or 0
                connection.execute(t.stock.update().values(quantity=number + 1))

    assert in_threads(increase) == [None] * 4
    with database.reading() as connection:
        assert connection.execute(select(t.stock.c.quantity)).scalar() == 20


def test_a_read_sees_one_state(database: Database) -> None:
    if database.in_memory:
        pytest.skip("in memory a writer waits until the read is over")
    with database.reading() as connection:
        query = select(func.count()).select_from(t.stock)
        assert connection.execute(query).scalar() == 0
        add(database, "a")
        assert connection.execute(query).scalar() == 0
    assert count(database) == 1


def test_sqlite_keeps_what_it_says_it_has(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    with database.reading() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                 ("journal_mode", "synchronous", "foreign_keys")}  # fmt: skip
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    database.close()
