"""A shop's tables are loaded as they are, all or nothing, and never over orders."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from orders.book_contract import CHANGES, LIN, confirm
from orders.book_shop import FILES, write_book_shop
from sqlalchemy import func, select

from bot.errors import BadInput
from bot.shop.folder import load_shop
from bot.shop.types import Shop
from bot.store import tables as t
from bot.store.database import Database, open_database
from bot.store.load import BadData, has_data, is_empty, load_data, load_first_data
from bot.store.order_book import SqlOrderBook
from bot.store.order_state import records_of

COUNTS = {"customers": 3, "payment_methods": 3, "orders": 7, "order_lines": 8, "shipments": 2, "shipment_events": 2,
          "events": 4, "ratings": 2}  # fmt: skip
SAMPLE = Path(__file__).parents[2] / "knowledge_base"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(f"sqlite:///{tmp_path / 'shop.db'}")
    yield made
    made.close()


def rows(database: Database) -> int:
    with database.reading() as connection:
        tables = (*t.ORDER_TABLES, *t.BEHAVIOUR_TABLES)
        return sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def order(database: Database, shop: Shop, number: str) -> dict[str, object]:
    found: dict[str, object] = records_of(SqlOrderBook(database, shop), ["C1", "C2"])["orders"][number]
    return found


def test_everything_is_loaded(database: Database, book_shop: Shop) -> None:
    assert load_data(database, book_shop, book_shop.path) == COUNTS
    records = records_of(SqlOrderBook(database, book_shop), ["C1"])
    assert records["customers"]["C1"]["address"]["phone"] == "+8617000000101"
    assert records["payment_methods"]["G1"]["balance"] == 300.0
    assert order(database, book_shop, "A100")["total"] == 200.0
    assert order(database, book_shop, "A100")["note"] == "轻放"


def test_totals_and_first_payments(database: Database, book_shop: Shop) -> None:
    load_data(database, book_shop, book_shop.path)
    unpaid = order(database, book_shop, "A102")
    assert (unpaid["total"], unpaid["payments"]) == (12.5, [])
    paid = order(database, book_shop, "A101")
    assert paid["payments"] == [{"kind": "payment", "amount": 388.0, "payment_method_id": "K1"}]
    cancelled = order(database, book_shop, "case1")
    assert cancelled["total"] == 25.0
    assert [line["status"] for line in cancelled["lines"]] == ["cancelled"]  # type: ignore[attr-defined]


def test_lines_that_name_their_status(database: Database, tmp_path: Path) -> None:
    lines = "order_id,line_no,sku,quantity,unit_price,status\nA100,1,LAMP-BLK,1,189.00,cancelled\nA100,2,PEN,2,12.50,\n"
    orders = "\n".join(FILES["data/orders.csv"].split("\n")[:2]) + "\n"
    shop = load_shop(
        write_book_shop(tmp_path / "pens", order_lines=lines, orders=orders, shipments=None, shipment_events=None)
    )
    load_data(database, shop, shop.path)
    found = order(database, shop, "A100")
    assert [line["status"] for line in found["lines"]] == ["cancelled", "active"]  # type: ignore[attr-defined]
    assert found["total"] == 11.0


def test_a_delivered_order_has_the_time_of_its_last_parcel(database: Database, book_shop: Shop) -> None:
    load_data(database, book_shop, book_shop.path)
    assert order(database, book_shop, "B201")["delivered_at"] == "2026-10-28T22:00:00+08:00"
    assert order(database, book_shop, "A101")["delivered_at"] == "2026-10-28T10:00:00+08:00"


def test_columns_of_the_shops_own_are_kept(database: Database, book_shop: Shop) -> None:
    load_data(database, book_shop, book_shop.path)
    with database.reading() as connection:
        assert connection.execute(select(t.customers.c.extra).order_by(t.customers.c.id)).scalars().all() == [
            {"shoe": "38"},
            None,
            None,
        ]


def test_behaviour_is_loaded_as_it_is(database: Database, book_shop: Shop) -> None:
    load_data(database, book_shop, book_shop.path)
    with database.reading() as connection:
        events = connection.execute(select(t.events).order_by(t.events.c.id)).mappings().all()
    assert [event["type"] for event in events] == ["search", "view", "rating", "purchase"]
    assert (events[0]["query"], events[2]["value"], events[3]["order_id"], events[3]["quantity"]) == (
        "台灯",
        4.5,
        "A101",
        2,
    )


BAD = [
    ("orders", "A102,C1,", "A102,C7,", "data/orders.csv:4"),
    ("orders", ",388.00,", ",381.00,", "data/orders.csv:3"),
    ("order_lines", "B200,1,LAMP-BLK,1,189.00", "B200,1,NOPE,1,189.00", "data/order_lines.csv:8"),
    ("order_lines", "A102,1,PEN,1,12.50", "A102,1,PEN,-1,12.50", "data/order_lines.csv:5"),
    ("order_lines", "A102,1,PEN,1,12.50", "A102,1,PEN,1,12.505", "data/order_lines.csv:5"),
    ("payment_methods", "K1,C1,card", "K1,C1,barter", "data/payment_methods.csv:2"),
    ("shipments", "A101,SF", "A199,SF", "data/shipments.csv:2"),
    ("customers", "lin@example.com", "lin at example", "data/customers.csv:2"),
    ("events", ",V2,rating,lamp,,,,4.5", ",V2,rating,lamp,,,,much", "data/events.csv:4"),
    ("ratings", "C2,PEN,3.5", "C2,PEN,", "data/ratings.csv:3"),
]


@pytest.mark.parametrize(("table", "old", "new", "where"), BAD)
def test_a_bad_row_is_named_and_nothing_is_loaded(
    database: Database, tmp_path: Path, table: str, old: str, new: str, where: str
) -> None:
    text = FILES[f"data/{table}.csv"]
    assert old in text
    shop = load_shop(write_book_shop(tmp_path / "pens", **{table: text.replace(old, new)}))
    with pytest.raises(BadData) as caught:
        load_data(database, shop, shop.path)
    assert where in str(caught.value) and "\n" not in str(caught.value)
    assert any(f"{problem.file}:{problem.line}" == where for problem in caught.value.problems)
    assert rows(database) == 0


def test_all_bad_rows_are_named(database: Database, tmp_path: Path) -> None:
    ratings = "user,item,rating\nC1,lamp,x\n,lamp,3\n" + "C1,lamp,4\n" * 600 + "C1,lamp,y\n"
    shop = load_shop(write_book_shop(tmp_path / "pens", ratings=ratings))
    with pytest.raises(BadData, match="2 more") as caught:
        load_data(database, shop, shop.path)
    lines = [problem.line for problem in caught.value.problems if problem.severity == "error"]
    assert lines == [2, 3, 604]


def test_nothing_is_loaded_over_orders(database: Database, book_shop: Shop) -> None:
    load_data(database, book_shop, book_shop.path)
    book = SqlOrderBook(database, book_shop)
    confirm(book, LIN, CHANGES[0])
    before = rows(database)
    assert load_first_data(database, book_shop) is None
    with pytest.raises(BadInput, match="--replace"):
        load_data(database, book_shop, book_shop.path)
    assert rows(database) == before
    assert load_data(database, book_shop, book_shop.path, replace=True) == COUNTS
    found = book.order(LIN, "A100")
    assert found is not None and (found.status, found.changes) == ("paid", ())
    assert book.stock(["LAMP-BLK"]) == {"LAMP-BLK": 5}


def test_a_bad_replacement_leaves_what_was_there(database: Database, book_shop: Shop) -> None:
    load_data(database, book_shop, book_shop.path)
    (book_shop.path / "data" / "ratings.csv").write_text("user,item,rating\nC1,lamp,x\n", encoding="utf-8")
    before = rows(database)
    with pytest.raises(BadData):
        load_data(database, book_shop, book_shop.path, replace=True)
    assert rows(database) == before


def test_a_table_that_changes_between_check_and_load(
    database: Database, book_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(*_: object) -> None:
        (book_shop.path / "data" / "ratings.csv").write_text("user,item,rating\nC1,lamp,x\n", encoding="utf-8")

    monkeypatch.setattr("bot.store.load.check_data", check)
    with pytest.raises((BadData, ValueError)):
        load_data(database, book_shop, book_shop.path)
    assert rows(database) == 0


def test_a_shop_without_data_has_empty_tables(database: Database, tmp_path: Path) -> None:
    folder = write_book_shop(tmp_path / "pens")
    shutil.rmtree(folder / "data")
    shop = load_shop(folder)
    assert not has_data(folder)
    assert load_first_data(database, shop) is None
    assert is_empty(database)
    assert SqlOrderBook(database, shop).stock(["LAMP-BLK"]) == {"LAMP-BLK": 5}


def test_the_sample_shop(database: Database) -> None:
    shop = load_shop(SAMPLE)
    counts = load_first_data(database, shop)
    assert counts is not None
    for name, number in counts.items():
        lines = (SAMPLE / "data" / f"{name}.csv").read_text("utf-8").strip().count("\n")
        assert number == lines, name


@pytest.mark.postgres
def test_the_sample_shop_on_a_server(postgres: str) -> None:
    shop, database = load_shop(SAMPLE), open_database(postgres)
    counts = load_first_data(database, shop)
    assert counts is not None and counts["orders"] == 40
    assert load_data(database, shop, SAMPLE, replace=True) == counts
    database.close()
