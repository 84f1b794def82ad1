"""What is kept of a customer is handed out whole, and forgotten so that nothing leads back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from orders.book_contract import ANN, AWAY, CHANGES, LIN, confirm
from sqlalchemy import select

from bot.orders.changes import ChangeAddress, RequestInvoice
from bot.shop.types import Shop
from bot.store import tables as t
from bot.store.database import open_database
from bot.store.load import load_data
from bot.store.log import ConversationRecord, Feedback
from bot.store.order_book import SqlOrderBook
from bot.store.privacy import export_customer, forget_customer
from bot.store.sql import SqlLog

PERSONAL = (
    "林",
    "王五",
    "lin@example.com",
    "0000101",
    "文三路",
    "4幢",
    "南京路",
    "6018",
    "7721",
    "黄浦",
    "C1",
    "V1",
    "轻放",
)


def filled(url: str, shop: Shop) -> SqlOrderBook:
    database = open_database(url)
    load_data(database, shop, shop.path)
    book = SqlOrderBook(database, shop)
    confirm(book, LIN, ChangeAddress(AWAY), "k1")
    confirm(book, LIN, ChangeAddress(AWAY, "A100"), "k2")
    confirm(book, LIN, RequestInvoice("A100", "林晓岚", "personal", email="lin@example.com"), "k3")
    confirm(book, LIN, CHANGES[3], "k4")
    log = SqlLog(url)
    log.create(ConversationRecord("c_own", "then", customer_id="C1"))
    log.create(ConversationRecord("c_guest", "then", key_hash="x"))
    log.create(ConversationRecord("c_order", "then", key_hash="x"))
    log.create(ConversationRecord("c_other", "then", customer_id="C2"))
    log.append("c_own", "turn", {"message_id": "m_1", "text": "我是林晓岚", "reply": "好"})
    log.append("c_guest", "identity", {"customer_id": "C1"})
    log.append("c_order", "identity", {"scope": {"order_id": "A101"}})
    log.append("c_other", "turn", {"text": "hello"})
    log.add_feedback(Feedback("m_1", "c_own", 1))
    log.close()
    return book


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.postgres)])
def book(request: pytest.FixtureRequest, tmp_path: Path, book_shop: Shop) -> Iterator[SqlOrderBook]:
    server = request.param == "server"
    made = filled(request.getfixturevalue("postgres") if server else f"sqlite:///{tmp_path / 'shop.db'}", book_shop)
    yield made
    made.close()


def dump(book: SqlOrderBook) -> str:
    with book.database.reading() as connection:
        found = [[tuple(row) for row in connection.execute(select(table))] for table in t.metadata.sorted_tables]
    return repr(found)


def test_an_export_has_everything_and_is_json(book: SqlOrderBook) -> None:
    found = json.loads(json.dumps(export_customer(book, "C1")))
    assert found["customer"]["name"] == "林晓岚"
    assert found["customer"]["extra"] == {"shoe": "38"}
    assert {order["id"] for order in found["orders"]} == {"A100", "A101", "A102", "Case1", "case1"}
    assert [change["action"] for change in found["changes"]] == [
        "change_address",
        "change_address",
        "invoice",
        "modify_items",
    ]
    assert [c["id"] for c in found["conversations"]] == ["c_guest", "c_order", "c_own"]
    assert found["conversations"][2]["events"][0]["data"]["text"] == "我是林晓岚"
    assert found["conversations"][2]["feedback"][0]["rating"] == 1
    assert (len(found["events"]), len(found["ratings"])) == (3, 1)
    assert "B200" not in json.dumps(found)


def test_nothing_of_a_forgotten_customer_is_left_but_the_books(book: SqlOrderBook) -> None:
    before, ann = book.orders(LIN), (book.customer(ANN), book.orders(ANN))
    counts = forget_customer(book, "C1")
    assert counts == {"conversations": 3, "events": 3, "ratings": 1, "audit": 0, "customers": 1, "payment_methods": 2,
                      "orders": 5}  # fmt: skip
    text = dump(book)
    for word in PERSONAL:
        assert word not in text.replace("C100", ""), word
    assert (book.customer(ANN), book.orders(ANN)) == ann
    owner = book.owner("A100")
    assert owner is not None and owner.startswith("anonymous-")
    kept = book.orders(type(LIN)(owner, "operator"))
    assert [(o.id, o.status, o.total, o.lines, o.payments) for o in kept] == [
        (o.id, o.status, o.total, o.lines, o.payments) for o in before
    ]
    assert [row.action for row in kept[0].changes] == ["change_address", "invoice", "modify_items"]
    assert kept[0].changes[2].arguments == before[0].changes[2].arguments
    assert export_customer(book, "C1") is None
    assert forget_customer(book, "C1") is None


def test_the_file_itself_holds_nothing_afterwards(tmp_path: Path, book_shop: Shop) -> None:
    book = filled(f"sqlite:///{tmp_path / 'shop.db'}", book_shop)
    forget_customer(book, "C1")
    book.close()
    content = b"".join(file.read_bytes() for file in tmp_path.glob("shop.db*"))
    for word in ("林晓岚", "lin@example.com", "文三路"):
        assert word.encode() not in content, word


def test_who_left_only_behaviour_is_forgotten_too(book: SqlOrderBook) -> None:
    with book.database.writing() as connection:
        connection.execute(t.ratings.insert().values(user="C77", item="lamp", rating=1.0))
    assert export_customer(book, "C77") is not None
    assert forget_customer(book, "C77") == {"conversations": 0, "events": 0, "ratings": 1, "audit": 0}
    assert export_customer(book, "C77") is None


def test_a_stranger_who_only_names_an_order_is_no_part_of_its_customer(tmp_path: Path, book_shop: Shop) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    book, log = filled(url, book_shop), SqlLog(url)
    log.create(ConversationRecord("c_stranger", "then", key_hash="x"))
    typed = {"order_id": "A100", "contact": "stranger@example.org"}
    log.append("c_stranger", "flow", {"state": {"flow": "identity", "slots": typed}})
    assert "stranger" not in json.dumps(export_customer(book, "C1"))
    forget_customer(book, "C1")
    assert log.get("c_stranger") is not None and len(log.events("c_stranger")) == 1
    log.close()
    book.close()


def test_somebody_unknown(book: SqlOrderBook) -> None:
    for odd in ("C9", "%", "' OR 1=1", ""):
        before = dump(book)
        assert export_customer(book, odd) is None
        assert forget_customer(book, odd) is None
        assert dump(book) == before
