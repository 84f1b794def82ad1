"""The contract of an order book: one mixin that runs against every implementation."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from bot.orders.book import Applied, Denied, OrderBook, Stale
from bot.orders.changes import (
    Cancel,
    Change,
    ChangeAddress,
    ChangePayment,
    Exchange,
    LineChange,
    ModifyItems,
    RequestInvoice,
    Return,
)
from bot.orders.records import Address, Invoice, Payment
from bot.orders.scope import CustomerScope, OrderScope

from .book_shop import NOW

LIN = CustomerScope("C1", by="token")
ANN = CustomerScope("C2", by="code")
NOBODY = CustomerScope("C9", by="token")
AWAY = Address("王五", "+8613800000000", "南京路1号", "", "黄浦区", "上海市", "上海市", "CN", "200000")
ODD = ["", "#", "' OR 1=1 --", "A100'; DROP TABLE orders; --", "\0", "A100\0", "\ud800", "%", "A10_", "x" * 5000, "🏮"]
CHANGES: list[Change] = [
    Cancel("A100", "mistake"),
    Return("A101", (LineChange(1, "LAMP-BLK", 1),), "G1"),
    Exchange("A101", (LineChange(1, "LAMP-BLK", 1, "LAMP-WHT"),), "K1"),
    ModifyItems("A100", (LineChange(1, "LAMP-BLK", 1, "LAMP-WHT"),), "G1"),
    ChangeAddress(AWAY, "A100"),
    ChangeAddress(AWAY),
    ChangePayment("A100", "G1"),
    RequestInvoice("A100", "灯笼有限公司", "company", "91330000X", "a@example.com"),
]


def confirm(book: OrderBook, scope: CustomerScope, change: Change, key: str = "k1") -> Applied:
    """Preview and apply, as a customer does who says yes."""
    arguments = book.preview(scope, change, NOW)
    assert isinstance(arguments, dict), arguments
    done = book.apply(scope, change, key=key, confirmed=arguments, now=NOW)
    assert isinstance(done, Applied), done
    assert done.arguments == arguments
    return done


def everything(book: OrderBook) -> Any:
    """All that a change could touch."""
    return [(book.customer(scope), book.orders(scope, 100)) for scope in (LIN, ANN)], book.stock(
        ["LAMP-BLK", "LAMP-WHT", "LAMP-GRN", "PEN"]
    )


class BookContract:
    """A subclass gives a fixture `book`: the book of `book_shop`, freshly loaded."""

    def test_a_customer_with_the_methods_on_file(self, book: OrderBook) -> None:
        lin = book.customer(LIN)
        assert lin is not None
        assert (lin.name, lin.tier, lin.marketing_consent, lin.address.city) == ("林晓岚", "gold", True, "杭州市")
        assert [(m.id, m.kind, m.balance) for m in lin.payment_methods] == [
            ("G1", "gift_card", 30000),
            ("K1", "card", None),
        ]
        assert book.customer(NOBODY) is None
        assert book.customer(OrderScope("A100")) is None

    def test_orders_come_newest_first_by_pages(self, book: OrderBook) -> None:
        ids = [order.id for order in book.orders(LIN)]
        assert ids == ["A100", "A101", "A102", "case1", "Case1"]
        assert [o.id for o in book.orders(LIN, limit=2, offset=1)] == ["A101", "A102"]
        assert book.orders(LIN, limit=2, offset=9) == book.orders(NOBODY) == book.orders(LIN, limit=0) == []

    def test_an_order_with_everything(self, book: OrderBook) -> None:
        order = book.order(LIN, "A101")
        assert order is not None
        assert (order.total, order.shipping_fee, order.version) == (38800, 1000, 0)
        assert order.placed_at.isoformat() == "2026-10-20T09:00:00+08:00"
        assert order.payments == (Payment("payment", 38800, "K1"),)
        assert [(line.sku, line.product_id, line.options) for line in order.lines] == [
            ("LAMP-BLK", "lamp", {"color": "black"})
        ]
        (parcel,) = order.shipments
        assert [event.status for event in parcel.events] == ["picked_up", "delivered"]
        assert parcel.events[1].text == {"en": "Delivered.", "zh": "已签收。"}

    @pytest.mark.parametrize("written", ["A101", "#A101", "a101", " #a101 ", "＃Ａ１０１"])
    def test_a_number_is_found_however_it_is_written(self, book: OrderBook, written: str) -> None:
        found = book.order(LIN, written)
        assert found is not None and found.id == "A101"

    def test_numbers_that_differ_in_case_only(self, book: OrderBook) -> None:
        found = [book.order(LIN, number) for number in ("Case1", "#case1")]
        assert [order and order.id for order in found] == ["Case1", "case1"]
        assert book.order(LIN, "CASE1") is None

    def test_a_foreign_order_is_a_missing_one(self, book: OrderBook) -> None:
        for scope in (LIN, NOBODY, OrderScope("A100"), OrderScope("nope")):
            assert book.order(scope, "B200") is None
            assert "B200" not in [order.id for order in book.orders(scope, 100)]
        for change in (Cancel("B200", "mistake"), Cancel("Q1", "mistake")):
            denied = book.preview(LIN, change, NOW)
            assert isinstance(denied, Denied) and denied.code == "not_found"
            assert denied == book.apply(LIN, change, key="k", confirmed={}, now=NOW)

    @pytest.mark.parametrize("odd", ODD)
    def test_odd_numbers_find_nothing_and_harm_nothing(self, book: OrderBook, odd: str) -> None:
        before = everything(book)
        assert book.order(LIN, odd) is None
        assert book.order(OrderScope("A100"), odd) is None
        assert book.orders(OrderScope(odd)) == book.orders(CustomerScope(odd, "token")) == []
        assert book.customer(CustomerScope(odd, "token")) is None
        assert isinstance(book.preview(LIN, Cancel(odd, "mistake"), NOW), Denied)
        assert everything(book) == before

    def test_a_guest_is_not_told_why_the_customer_cancelled(self, book: OrderBook) -> None:
        confirm(book, LIN, Cancel("A100", "mistake"))
        own, seen = book.order(LIN, "A100"), book.order(OrderScope("A100"), "A100")
        assert own is not None and own.cancel_reason == "mistake"
        assert seen is not None and (seen.status, seen.cancel_reason) == ("cancelled", None)

    def test_a_guest_sees_the_one_order_masked(self, book: OrderBook) -> None:
        scope = OrderScope("A101")
        (order,) = book.orders(scope)
        assert order == book.order(scope, "#a101")
        assert order.address == Address(recipient="林**", city="杭州市", region="浙江省")
        assert (order.customer_id, order.payment_method_id, order.payments, order.note) == ("", "", (), "")
        full = book.order(LIN, "A101")
        assert full is not None
        assert (order.status, order.lines, order.shipments) == (full.status, full.lines, full.shipments)
        assert book.order(scope, "A100") is None

    def test_stock(self, book: OrderBook) -> None:
        assert book.stock(["LAMP-BLK", "PEN", "NOPE"]) == {"LAMP-BLK": 5, "PEN": None, "NOPE": 0}
        assert book.stock([]) == {}

    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
    def test_a_preview_changes_nothing(self, book: OrderBook, change: Change) -> None:
        before = everything(book)
        assert isinstance(book.preview(LIN, change, NOW), dict)
        assert everything(book) == before

    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
    def test_a_change_is_kept_and_logged_and_done_once(self, book: OrderBook, change: Change) -> None:
        done = confirm(book, LIN, change)
        assert not done.repeated
        after = everything(book)
        if done.order is not None:
            assert done.order == book.order(LIN, done.order.id)
            (row,) = done.order.changes
            assert (row.at, row.action, row.arguments, row.by) == (NOW, done.action, done.arguments, "token")
            assert done.order.version == 1
        again = book.apply(LIN, change, key="k1", confirmed=done.arguments, now=NOW)
        assert again == replace(done, repeated=True)
        other = book.apply(LIN, Cancel("A100", "mistake"), key="k1", confirmed={}, now=NOW)
        assert other == replace(done, repeated=True)
        assert everything(book) == after

    def test_nobody_else_sees_what_a_key_did(self, book: OrderBook) -> None:
        done = confirm(book, LIN, Cancel("A100", "mistake"))
        denied = book.apply(ANN, Cancel("A100", "mistake"), key="k1", confirmed=done.arguments, now=NOW)
        assert isinstance(denied, Denied) and denied.code == "not_found"

    def test_cancel_moves_money_and_stock_back(self, book: OrderBook) -> None:
        confirm(book, LIN, ChangePayment("A100", "G1"), "k0")
        done = confirm(book, LIN, Cancel("#a100", "mistake"))
        assert done.order is not None
        assert (done.order.status, done.order.cancel_reason, done.order.total) == ("cancelled", "mistake", 20000)
        assert {line.status for line in done.order.lines} == {"cancelled"}
        assert done.order.payments[-1] == Payment("refund", 20000, "G1")
        assert done.arguments["amounts"] == [{"kind": "refund", "amount": 200.0, "currency": "CNY"}]
        lin = book.customer(LIN)
        assert lin is not None and lin.payment_methods[0].balance == 30000
        assert book.stock(["LAMP-BLK", "PEN"]) == {"LAMP-BLK": 6, "PEN": None}

    def test_a_part_of_a_line_goes_back(self, book: OrderBook) -> None:
        done = confirm(book, LIN, CHANGES[1])
        assert done.order is not None
        assert [(line.line_no, line.quantity, line.status) for line in done.order.lines] == [
            (1, 1, "active"),
            (2, 1, "return_requested"),
        ]
        assert done.order.refund_payment_method_id == "G1"
        assert len(done.order.payments) == 1

    def test_an_exchange_reserves_the_last_piece(self, book: OrderBook) -> None:
        confirm(book, LIN, CHANGES[2])
        assert book.stock(["LAMP-WHT", "LAMP-BLK"]) == {"LAMP-WHT": 0, "LAMP-BLK": 5}
        late = book.preview(ANN, Exchange("B201", (LineChange(1, "LAMP-BLK", 1, "LAMP-WHT"),), "K2"), NOW)
        assert isinstance(late, Denied) and late.code == "not_in_stock"

    def test_items_are_modified_and_settled(self, book: OrderBook) -> None:
        done = confirm(book, LIN, CHANGES[3])
        assert done.order is not None
        line = done.order.lines[0]
        assert (line.sku, line.options, line.unit_price) == ("LAMP-WHT", {"color": "white"}, 19950)
        assert done.order.payments[-1] == Payment("payment", 1050, "G1")
        lin = book.customer(LIN)
        assert lin is not None and lin.payment_methods[0].balance == 28950
        assert book.stock(["LAMP-BLK", "LAMP-WHT"]) == {"LAMP-BLK": 6, "LAMP-WHT": 0}

    def test_addresses(self, book: OrderBook) -> None:
        assert confirm(book, LIN, ChangeAddress(AWAY), "k1").order is None
        lin = book.customer(LIN)
        assert lin is not None and lin.address == AWAY
        order = book.order(LIN, "A100")
        assert order is not None and order.address.city == "杭州市"
        done = confirm(book, LIN, ChangeAddress(AWAY, "A100"), "k2")
        assert done.order is not None and done.order.address == AWAY

    def test_an_invoice_is_asked_for(self, book: OrderBook) -> None:
        done = confirm(book, LIN, CHANGES[7])
        assert done.order is not None
        assert done.order.invoice == Invoice("灯笼有限公司", "91330000X", "a@example.com", "company", "requested")

    def test_what_is_no_longer_what_was_confirmed_is_stale(self, book: OrderBook) -> None:
        change = CHANGES[3]
        arguments = book.preview(LIN, change, NOW)
        assert isinstance(arguments, dict)
        before = everything(book)
        for confirmed in ({}, {**arguments, "amounts": []}, {**arguments, "payment_method_id": "K1"}):
            assert book.apply(LIN, change, key="k", confirmed=confirmed, now=NOW) == Stale()
        assert everything(book) == before
        assert isinstance(book.apply(LIN, change, key="k", confirmed=arguments, now=NOW), Applied)

    def test_rules_are_checked_again(self, book: OrderBook) -> None:
        change = Cancel("A100", "mistake")
        arguments = book.preview(LIN, change, NOW)
        assert isinstance(arguments, dict)
        confirm(book, LIN, change, "first")
        denied = book.apply(LIN, change, key="second", confirmed=arguments, now=NOW)
        assert isinstance(denied, Denied) and denied.code == "status"

    def test_changes_of_one_order_follow_each_other(self, book: OrderBook) -> None:
        for number, change in enumerate((CHANGES[4], CHANGES[3], CHANGES[7], CHANGES[0])):
            confirm(book, LIN, change, f"k{number}")
        order = book.order(LIN, "A100")
        assert order is not None
        assert [row.action for row in order.changes] == ["change_address", "modify_items", "invoice", "cancel"]
        assert order.version == 4
        assert book.stock(["LAMP-BLK", "LAMP-WHT"]) == {"LAMP-BLK": 6, "LAMP-WHT": 1}

    def test_threads_with_one_key_do_it_once(self, book: OrderBook) -> None:
        change = Cancel("A100", "mistake")
        arguments = book.preview(LIN, change, NOW)
        assert isinstance(arguments, dict)
        done = in_threads(lambda n: book.apply(LIN, change, key="k", confirmed=arguments, now=NOW))
        assert all(isinstance(one, Applied) for one in done)
        assert sum(not one.repeated for one in done) == 1
        assert book.stock(["LAMP-BLK"]) == {"LAMP-BLK": 6}

    def test_threads_with_many_keys_do_it_once(self, book: OrderBook) -> None:
        change = Cancel("A100", "mistake")
        arguments = book.preview(LIN, change, NOW)
        assert isinstance(arguments, dict)
        done = in_threads(lambda n: book.apply(LIN, change, key=f"k{n}", confirmed=arguments, now=NOW))
        assert sum(isinstance(one, Applied) for one in done) == 1
        assert sum(isinstance(one, Denied) for one in done) == 3

    def test_the_last_piece_is_sold_once(self, book: OrderBook) -> None:
        wanted = [
            (LIN, Exchange("A101", (LineChange(1, "LAMP-BLK", 1, "LAMP-WHT"),), "K1")),
            (ANN, Exchange("B201", (LineChange(1, "LAMP-BLK", 1, "LAMP-WHT"),), "K2")),
        ] * 2
        arguments = [book.preview(scope, change, NOW) for scope, change in wanted]

        def apply(n: int) -> Any:
            scope, change = wanted[n]
            return book.apply(scope, change, key=f"k{n}", confirmed=arguments[n], now=NOW)  # type: ignore[arg-type]

        assert sum(isinstance(one, Applied) for one in in_threads(apply)) == 1
        assert book.stock(["LAMP-WHT"]) == {"LAMP-WHT": 0}

    def test_days_of_past_parcels(self, book: OrderBook) -> None:
        assert book.delivery_days("SF", "浙江省") == [1.5, 2.0]  # too few there: all regions count
        assert book.delivery_days("SF", "' OR 1=1 --") == [1.5, 2.0]
        assert book.delivery_days("nobody", "浙江省") == []


def in_threads(work: Any, count: int = 4) -> list[Any]:
    """What `work(0)`, `work(1)`, ... return when they start at the same moment."""
    gate, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = work(number)
        except Exception as error:
            results[number] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
