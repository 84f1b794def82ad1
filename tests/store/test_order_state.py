"""Copies are their own, quick to make, and tell what changed in them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from orders.book_contract import ANN, CHANGES, LIN, confirm, everything
from orders.book_shop import FILES, write_book_shop

from bot.orders.changes import Cancel, ChangePayment
from bot.shop.folder import load_shop
from bot.shop.types import Shop
from bot.store.database import open_database
from bot.store.load import load_data
from bot.store.order_book import SqlOrderBook
from bot.store.order_state import changed_between, copy_book, empty_book

NOTHING: dict[str, dict[str, object]] = {"orders": {}, "customers": {}, "payment_methods": {}}


@pytest.fixture
def real(tmp_path: Path, book_shop: Shop) -> Iterator[SqlOrderBook]:
    database = open_database(f"sqlite:///{tmp_path / 'shop.db'}")
    load_data(database, book_shop, book_shop.path)
    made = SqlOrderBook(database, book_shop)
    yield made
    made.close()


def test_a_copy_is_equal_and_its_own(real: SqlOrderBook) -> None:
    confirm(real, LIN, CHANGES[4], "before")
    before = everything(real)
    first = copy_book(real)
    second = copy_book(first)
    assert everything(first) == everything(second) == before
    confirm(second, LIN, CHANGES[0])
    assert everything(real) == everything(first) == before
    assert everything(second) != before
    first.close()
    assert second.order(ANN, "B200") is not None
    second.close()


def test_what_changed_in_a_copy(real: SqlOrderBook) -> None:
    template = copy_book(real)
    copy = copy_book(template)
    assert changed_between(template, copy) == NOTHING
    confirm(copy, LIN, ChangePayment("A100", "G1"), "k1")
    found = changed_between(template, copy)
    assert list(found["orders"]) == ["A100"]
    assert list(found["payment_methods"]) == ["G1"]
    assert list(found["customers"]) == ["C1"]  # its payment methods are part of it
    confirm(copy, LIN, Cancel("A100", "mistake"), "k2")
    found = changed_between(template, copy)
    assert found["orders"]["A100"]["status"] == "cancelled"
    assert found["payment_methods"] == found["customers"] == {}  # the money is back
    for book in (template, copy):
        book.close()


@pytest.mark.postgres
def test_a_copy_of_a_server(postgres: str, book_shop: Shop) -> None:
    database = open_database(postgres)
    load_data(database, book_shop, book_shop.path)
    server = SqlOrderBook(database, book_shop)
    confirm(server, LIN, CHANGES[3])
    copy = copy_book(server)
    assert everything(copy) == everything(server)
    confirm(copy, LIN, CHANGES[0], "k2")
    assert list(changed_between(server, copy)["orders"]) == ["A100"]
    copy.close()
    server.close()


def test_a_copy_of_a_thousand_orders_takes_milliseconds(tmp_path: Path) -> None:
    head, first, *_ = FILES["data/orders.csv"].split("\n")
    lines_head = FILES["data/order_lines.csv"].split("\n")[0]
    orders = "\n".join([head, *(first.replace("A100", f"N{n}") for n in range(1000))]) + "\n"
    lines = "\n".join([lines_head, *(f"N{n},{i},PEN,1,12.50" for n in range(1000) for i in (1, 2))]) + "\n"
    folder = write_book_shop(tmp_path / "pens", orders=orders, order_lines=lines, shipments=None, shipment_events=None)
    shop = load_shop(folder)
    database = open_database(f"sqlite:///{tmp_path / 'shop.db'}")
    load_data(database, shop, folder)
    real = SqlOrderBook(database, shop)
    template = copy_book(real)
    took = []
    for _ in range(5):
        began = time.perf_counter()
        copy = copy_book(template)
        took.append(time.perf_counter() - began)
        assert copy.order(LIN, "n999") is not None
        copy.close()
    assert min(took) < 0.05  # a few milliseconds; the machine may be busy
    for book in (template, real):
        book.close()


def test_an_empty_book(book_shop: Shop) -> None:
    book = empty_book(book_shop)
    assert book.orders(LIN) == []
    assert book.stock(["LAMP-BLK"]) == {"LAMP-BLK": 5}
    book.close()
