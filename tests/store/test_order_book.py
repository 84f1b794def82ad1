"""The order book in SQL keeps the contract on a file, in memory and on a server; and what only a database can show."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from orders.book_contract import CHANGES, LIN, BookContract, confirm, everything
from orders.book_shop import NOW, write_book_shop
from sqlalchemy import func, select

from bot.errors import Failure
from bot.orders.book import Applied, Denied
from bot.orders.changes import Cancel
from bot.orders.scope import CustomerScope
from bot.shop.folder import load_shop
from bot.shop.types import Shop
from bot.store import tables as t
from bot.store.database import open_database
from bot.store.load import load_data
from bot.store.order_book import SqlOrderBook
from bot.store.order_state import copy_book


def loaded(url: str, shop: Shop) -> SqlOrderBook:
    database = open_database(url)
    load_data(database, shop, shop.path)
    return SqlOrderBook(database, shop)


class TestOnAFile(BookContract):
    @pytest.fixture
    def book(self, tmp_path: Path, book_shop: Shop) -> Iterator[SqlOrderBook]:
        made = loaded(f"sqlite:///{tmp_path / '店.db'}", book_shop)
        yield made
        made.close()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlOrderBook]:
    shop = load_shop(write_book_shop(tmp_path_factory.mktemp("pens")))
    real = loaded(f"sqlite:///{tmp_path_factory.mktemp('db') / 'shop.db'}", shop)
    made = copy_book(real)
    real.close()
    yield made
    made.close()


class TestInMemory(BookContract):
    @pytest.fixture
    def book(self, template: SqlOrderBook) -> Iterator[SqlOrderBook]:
        made = copy_book(template)
        yield made
        made.close()


@pytest.mark.postgres
class TestOnAServer(BookContract):
    @pytest.fixture
    def book(self, postgres: str, book_shop: Shop) -> Iterator[SqlOrderBook]:
        made = loaded(postgres, book_shop)
        yield made
        made.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'shop.db'}"


def test_a_change_survives_a_restart(url: str, book_shop: Shop) -> None:
    first = loaded(url, book_shop)
    done = confirm(first, LIN, CHANGES[0])
    state = everything(first)
    first.close()
    second = SqlOrderBook(open_database(url), book_shop)
    assert everything(second) == state
    again = second.apply(LIN, CHANGES[0], key="k1", confirmed=done.arguments, now=NOW)
    assert isinstance(again, Applied) and again.repeated
    second.close()


@pytest.mark.parametrize("step", ["write_order", "add_payments", "move_stock", "insert"])
def test_half_a_change_is_none(url: str, book_shop: Shop, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    book = loaded(url, book_shop)
    before = everything(book)
    arguments = book.preview(LIN, CHANGES[0], NOW)
    assert isinstance(arguments, dict)

    def fail(*_: Any, **__: Any) -> None:
        raise Failure("disk full")

    monkeypatch.setattr(f"bot.store.order_book.{step}", fail)
    with pytest.raises(Failure, match="disk full"):
        book.apply(LIN, CHANGES[0], key="k", confirmed=arguments, now=NOW)
    assert everything(book) == before
    monkeypatch.undo()
    assert isinstance(book.apply(LIN, CHANGES[0], key="k", confirmed=arguments, now=NOW), Applied)
    book.close()


def _apply_elsewhere(url: str, folder: str, key: str, results: Any) -> None:
    shop = load_shop(Path(folder))
    book = SqlOrderBook(open_database(url), shop)
    change = Cancel("A100", "mistake")
    confirmed = {"order_id": "A100", "reason": "mistake"}
    confirmed |= {"amounts": [{"kind": "refund", "amount": 200.0, "currency": "CNY"}]}  # type: ignore[dict-item]
    done = book.apply(CustomerScope("C1", "token"), change, key=key, confirmed=confirmed, now=NOW)
    results.put(type(done).__name__)
    book.close()


def test_processes_do_it_once(url: str, book_shop: Shop) -> None:
    book = loaded(url, book_shop)
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    arguments = [(url, str(book_shop.path), f"k{n}", results) for n in range(2)]
    processes = [context.Process(target=_apply_elsewhere, args=given) for given in arguments]
    for process in processes:
        process.start()
    found = sorted(results.get(timeout=60) for _ in processes)
    for process in processes:
        process.join()
    assert found == ["Applied", "Denied"]
    assert book.stock(["LAMP-BLK"]) == {"LAMP-BLK": 6}
    book.close()


def test_stock_of_a_sku_that_came_after_loading(url: str, book_shop: Shop) -> None:
    """The table has no row of it yet: the catalogue's number counts until something moves."""
    book = loaded(url, book_shop)
    with book.database.writing() as connection:
        connection.execute(t.stock.delete())
    assert book.stock(["LAMP-BLK", "LAMP-WHT"]) == {"LAMP-BLK": 5, "LAMP-WHT": 1}
    confirm(book, LIN, CHANGES[3])
    assert book.stock(["LAMP-BLK", "LAMP-WHT"]) == {"LAMP-BLK": 6, "LAMP-WHT": 0}
    book.close()


def test_the_region_alone_counts_when_it_has_enough_parcels(url: str, book_shop: Shop) -> None:
    book = loaded(url, book_shop)
    with book.database.writing() as connection:
        row = dict(connection.execute(select(t.shipments).where(t.shipments.c.tracking_no == "SF1")).mappings().one())
        del row["id"]
        connection.execute(t.shipments.insert(), [{**row, "tracking_no": f"X{n}"} for n in range(4)])
    assert book.delivery_days("SF", "浙江省") == [2.0] * 5
    book.close()


def test_the_operator_finds_whose_an_order_is(url: str, book_shop: Shop) -> None:
    book = loaded(url, book_shop)
    assert [book.owner(number) for number in ("#b200", "A100", "Case1", "CASE1", "nope")] == [
        "C2",
        "C1",
        "C1",
        None,
        None,
    ]
    book.close()


def test_a_denied_change_leaves_no_row(url: str, book_shop: Shop) -> None:
    book = loaded(url, book_shop)
    assert isinstance(book.apply(LIN, Cancel("A101", "mistake"), key="k", confirmed={}, now=NOW), Denied)
    with book.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(t.changes)).scalar() == 0
    book.close()


def test_money_goes_back_to_a_gift_card_whose_balance_is_not_known(template: SqlOrderBook) -> None:
    """Rules and plans take such a card for empty, so the table has to as well: else the change fails for ever."""
    book = copy_book(template)
    with book.database.writing() as connection:
        own = t.payment_methods.c.id == "G1"
        connection.execute(t.payment_methods.update().where(own).values(balance=None))
        connection.execute(t.orders.update().where(t.orders.c.id == "A100").values(payment_method_id="G1"))
        of_order = t.payments.c.order_id == "A100"
        connection.execute(t.payments.update().where(of_order).values(payment_method_id="G1"))
    before = book.order(LIN, "A100")
    confirm(book, LIN, Cancel("A100", "mistake"))
    customer = book.customer(LIN)
    assert before is not None and customer is not None
    assert {m.id: m.balance for m in customer.payment_methods}["G1"] == before.payments[0].amount
    book.close()
