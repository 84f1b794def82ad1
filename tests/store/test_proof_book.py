"""The proof book in SQL keeps the contract on a file, in memory and on a server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from identity.book_contract import HOUR, LATER, NOW, ProofContract
from sqlalchemy import func, select

from bot.identity.port import ProofBook
from bot.shop.types import Shop
from bot.store import tables as t
from bot.store.database import Database, open_database
from bot.store.load import load_data
from bot.store.order_book import SqlOrderBook
from bot.store.order_state import copy_book
from bot.store.proof_book import SqlProofBook


def filled(url: str, shop: Shop) -> Database:
    database = open_database(url)
    load_data(database, shop, shop.path)
    return database


@pytest.fixture
def on_file(tmp_path: Path, book_shop: Shop) -> Iterator[Database]:
    made = filled(f"sqlite:///{tmp_path / '店.db'}", book_shop)
    yield made
    made.close()


class SqlContract(ProofContract):
    def kept(self, proofs: ProofBook) -> list[tuple[str, str, dict[str, Any]]]:
        assert isinstance(proofs, SqlProofBook)
        with proofs.database.reading() as connection:
            rows = connection.execute(
                select(t.audit.c.action, t.audit.c.subject, t.audit.c.data).order_by(t.audit.c.id)
            )
            return [(action, subject, data) for action, subject, data in rows]


class TestOnAFile(SqlContract):
    @pytest.fixture
    def proofs(self, on_file: Database) -> ProofBook:
        return SqlProofBook(on_file)


class TestInMemory(SqlContract):
    @pytest.fixture
    def proofs(self, on_file: Database, book_shop: Shop) -> Iterator[ProofBook]:
        copy = copy_book(SqlOrderBook(on_file, book_shop))
        yield SqlProofBook(copy.database)
        copy.close()


@pytest.mark.postgres
class TestOnAServer(SqlContract):
    @pytest.fixture
    def proofs(self, postgres: str, book_shop: Shop) -> Iterator[ProofBook]:
        database = filled(postgres, book_shop)
        yield SqlProofBook(database)
        database.close()


def test_limits_are_shared_by_processes(tmp_path: Path, book_shop: Shop, on_file: Database) -> None:
    """Each database stands for a process: they share nothing but the file."""
    other = open_database(f"sqlite:///{tmp_path / '店.db'}")
    books = [SqlProofBook(on_file), SqlProofBook(other)]
    assert [books[n % 2].attempt([("a", "v", 3)], HOUR, NOW) > 0 for n in range(4)] == [False, False, False, True]
    books[0].keep_code("c_1", "C1", "right", 5, LATER)
    assert books[1].try_code("c_1", "right", NOW) == ("C1", 0)
    assert books[0].try_code("c_1", "right", NOW) == (None, 0)
    other.close()


def test_what_is_over_is_not_kept(on_file: Database) -> None:
    book = SqlProofBook(on_file)
    book.attempt([("a", "v", 9)], HOUR, NOW)
    book.keep_code("c_1", "C1", "h", 5, LATER)
    book.attempt([("a", "w", 9)], HOUR, NOW + timedelta(days=2))
    book.keep_code("c_2", "C1", "h", 5, LATER + timedelta(days=2))
    with on_file.reading() as connection:
        for table in (t.attempts, t.codes):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 1


def test_the_audit_says_who_when_and_what(on_file: Database) -> None:
    SqlProofBook(on_file).audit(NOW, "proof_ok", "key", {"conversation_id": "c_1"})
    with on_file.reading() as connection:
        row = connection.execute(select(t.audit)).mappings().one()
    assert (row["at"], row["action"], row["subject"], row["data"]) == (
        NOW, "proof_ok", "key", {"conversation_id": "c_1"},
    )  # fmt: skip
