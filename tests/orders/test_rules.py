from dataclasses import replace
from datetime import timedelta

import pytest

from bot.orders.changes import (
    Cancel,
    ChangeAddress,
    ChangePayment,
    Exchange,
    LineChange,
    ModifyItems,
    RequestInvoice,
    Return,
)
from bot.orders.records import Address, ChangeRow, Invoice, OrderLine, Payment
from bot.orders.rules import CODES, check
from bot.shop.types import Rules
from tests.orders.samples import AWAY, CUSTOMER, DELIVERED, HOME, NOW, PAID, PRODUCTS, RULES, STOCK, UNPAID, at

MUG = LineChange(1, "MUG-RED", 1)
TO_BLUE = replace(MUG, new_sku="MUG-BLUE")


def denial(change, order=PAID, *, rules=RULES, now=NOW, customer=CUSTOMER, stock=STOCK):
    denied = check(change, order, customer, PRODUCTS, rules, stock, now)
    assert denied is None or denied.code in CODES
    return denied


def code(*args, **kwargs):
    denied = denial(*args, **kwargs)
    return None if denied is None else denied.code


@pytest.mark.parametrize(
    ("change", "order"),
    [
        (Cancel("LC1", "mistake"), PAID),
        (Cancel(" #lc1 ", "too slow"), UNPAID),
        (Return("LC1", (MUG, LineChange(2, "PAN-RED", 1)), "CARD"), DELIVERED),
        (Return("LC1", (MUG,), "GIFT"), DELIVERED),
        (Exchange("LC1", (TO_BLUE,), "PAY"), DELIVERED),
        (Exchange("LC1", (TO_BLUE, replace(TO_BLUE, quantity=2, new_sku="MUG-GOLD")), "CARD"), DELIVERED),
        (Exchange("LC1", (LineChange(3, "SOCK-RED", 1, "SOCK-BLUE"),), ""), DELIVERED),
        (ModifyItems("LC1", (TO_BLUE,), "GIFT"), PAID),
        (ChangeAddress(AWAY, "LC1"), PAID),
        (ChangeAddress(AWAY), None),
        (ChangePayment("LC1", "PAY"), PAID),
        (RequestInvoice("LC1", "Lin", "personal"), PAID),
        (RequestInvoice("LC1", "Lin Ltd", "company", "91330100MA2B"), DELIVERED),
    ],
)
def test_what_the_rules_allow(change, order):
    assert denial(change, order) is None


@pytest.mark.parametrize(
    ("change", "order"),
    [
        (Cancel("LC2", "mistake"), PAID),
        (Cancel("", "mistake"), PAID),
        (Cancel("LC1", "mistake"), None),
        (ChangeAddress(AWAY, "LC1"), None),
        (Cancel("LC1", "mistake"), replace(PAID, customer_id="C2")),
        (Return("LC1", (LineChange(9, "MUG-RED", 1),), "CARD"), DELIVERED),
        (Return("LC1", (LineChange(1, "PAN-RED", 1),), "CARD"), DELIVERED),
    ],
)
def test_what_is_not_there_is_not_found(change, order):
    assert code(change, order) == "not_found"


@pytest.mark.parametrize(
    "change",
    [
        Cancel("LC1"),
        Return("LC1", (MUG,), "CARD"),
        Exchange("LC1", (TO_BLUE,), "CARD"),
        ModifyItems("LC1", (TO_BLUE,), "CARD"),
        ChangeAddress(AWAY, "LC1"),
        ChangePayment("LC1", "PAY"),
    ],
)
def test_what_a_shop_has_no_rule_for_is_off(change):
    assert code(change, rules=Rules()) == "off"


def test_invoices_and_the_default_address_need_no_rule():
    assert code(RequestInvoice("LC1", "Lin", "personal"), rules=Rules()) is None
    assert code(ChangeAddress(AWAY), None, rules=Rules()) is None


def test_cancel_in_time_and_for_a_reason():
    assert code(Cancel("LC1", "mistake"), now=PAID.placed_at + timedelta(minutes=30)) is None
    late = denial(Cancel("LC1", "mistake"), now=PAID.placed_at + timedelta(minutes=31))
    assert late.code == "too_late_minutes"
    assert late.details == {"minutes": 30, "placed_at": "2026-11-01T11:45:00+08:00"}
    assert denial(Cancel("LC1", "Ordered by mistake")).details["reasons"] == ["mistake", "too slow"]
    assert code(Cancel("LC1")) == "reason"
    unreasoned = Rules.model_validate({"cancel": {"statuses": "paid"}})
    assert code(Cancel("LC1"), rules=unreasoned) is None
    assert code(Cancel("LC1", "boredom"), rules=unreasoned) == "reason"


def test_the_status_decides():
    denied = denial(Cancel("LC1", "mistake"), DELIVERED)
    assert (denied.code, denied.details["status"]) == ("status", "delivered")
    assert code(Return("LC1", (MUG,), "CARD"), PAID) == "status"
    assert code(ChangeAddress(AWAY, "LC1"), UNPAID) == "status"


def test_returns_end_at_midnight_of_the_last_day():
    change = Return("LC1", (MUG,), "CARD")
    assert code(change, DELIVERED, now=at("2026-11-03T23:59:59")) is None
    denied = denial(change, DELIVERED, now=at("2026-11-04T00:00"))
    assert denied.code == "too_late_days"
    assert denied.details == {"days": 7, "delivered_at": "2026-10-27T18:00:00+08:00", "last_day": "2026-11-03"}
    exchange = Exchange("LC1", (TO_BLUE,), "CARD")
    assert code(exchange, DELIVERED, now=at("2026-11-11T23:59")) is None
    assert code(exchange, DELIVERED, now=at("2026-11-12T00:00")) == "too_late_days"


def test_without_a_known_delivery_no_window_is_open():
    denied = denial(Return("LC1", (MUG,), "CARD"), replace(DELIVERED, delivered_at=None))
    assert (denied.code, denied.details["delivered_at"]) == ("too_late_days", None)


def test_excluded_tags_keep_a_line_from_going_back():
    denied = denial(Return("LC1", (MUG, LineChange(3, "SOCK-RED", 1)), "CARD"), DELIVERED)
    assert denied.code == "excluded_tag"
    assert denied.details == {"line_no": 3, "sku": "SOCK-RED", "product_id": "sock", "tag": "underwear"}


def test_a_line_goes_back_once_and_others_after_it():
    lines = (replace(DELIVERED.lines[0], status="return_requested"), *DELIVERED.lines[1:])
    order = replace(DELIVERED, status="return_requested", lines=lines)
    assert code(Return("LC1", (MUG,), "CARD"), order) == "line_status"
    assert code(Return("LC1", (LineChange(2, "PAN-RED", 1),), "CARD"), order) is None
    assert code(Exchange("LC1", (LineChange(2, "PAN-RED", 1, "PAN-BLUE"),), "CARD"), order) is None


def test_a_limit_allows_one_of_its_flows_once():
    rules = RULES.model_copy(
        update={"limits": RULES.limits.model_copy(update={"once_per_order": ("return", "exchange")})}
    )
    pan = Return("LC1", (LineChange(2, "PAN-RED", 1),), "CARD")
    assert code(pan, DELIVERED, rules=rules) is None
    logged = replace(DELIVERED, changes=(ChangeRow(NOW, "exchange", {}, "C1"),))
    assert denial(pan, logged, rules=rules).details == {"flows": ["return", "exchange"], "used": "exchange"}
    # An order that came with its history tells by its lines.
    lines = (replace(DELIVERED.lines[0], status="returned"), *DELIVERED.lines[1:])
    assert code(pan, replace(DELIVERED, lines=lines), rules=rules) == "once_per_order"
    other = replace(PAID, changes=(ChangeRow(NOW, "return", {}, "C1"),))
    assert code(ChangeAddress(AWAY, "LC1"), other, rules=rules) is None


def test_a_final_change_of_items_closes_the_order():
    final = RULES.model_copy(update={"modify_items": RULES.modify_items.model_copy(update={"final": True})})
    order = replace(PAID, changes=(ChangeRow(NOW, "modify_items", {}, "C1"),))
    for change in (
        Cancel("LC1", "mistake"),
        ModifyItems("LC1", (TO_BLUE,), "CARD"),
        ChangeAddress(AWAY, "LC1"),
        ChangePayment("LC1", "PAY"),
    ):
        assert code(change, order, rules=final) == "final"
        assert code(change, order) is None
    arrived = replace(DELIVERED, changes=order.changes)
    assert code(Return("LC1", (MUG,), "CARD"), arrived, rules=final) is None
    assert code(RequestInvoice("LC1", "Lin", "personal"), order, rules=final) is None


@pytest.mark.parametrize("quantity", [0, -1, 4, 10**9])
def test_a_quantity_must_be_there(quantity):
    denied = denial(Return("LC1", (replace(MUG, quantity=quantity),), "CARD"), DELIVERED)
    assert (denied.code, denied.details["available"]) == ("quantity", 3)


def test_parts_of_one_line_add_up():
    assert code(Return("LC1", (MUG, replace(MUG, quantity=3)), "CARD"), DELIVERED) == "quantity"
    assert code(Return("LC1", (), "CARD"), DELIVERED) == "quantity"


@pytest.mark.parametrize(
    "make", [lambda part: Exchange("LC1", (part,), "CARD"), lambda part: ModifyItems("LC1", (part,), "CARD")]
)
@pytest.mark.parametrize(
    ("sku", "expected"),
    [
        ("MUG-GREY", "not_in_stock"),
        ("MUG-RED", "same_variant"),
        ("PAN-RED", "other_product"),
        ("NOTHING", "unknown_sku"),
        (None, "unknown_sku"),
    ],
)
def test_the_new_variant(make, sku, expected):
    change = make(replace(MUG, new_sku=sku))
    order = DELIVERED if isinstance(change, Exchange) else PAID
    assert code(change, order) == expected


def test_another_product_where_the_shop_allows_it():
    rules = RULES.model_copy(update={"exchange": RULES.exchange.model_copy(update={"same_product": False})})
    assert code(Exchange("LC1", (replace(MUG, new_sku="PAN-RED"),), "CARD"), DELIVERED, rules=rules) is None


def test_stock_must_do_for_all_lines_together():
    parts = (TO_BLUE, replace(TO_BLUE, quantity=2))
    assert code(Exchange("LC1", parts, "CARD"), DELIVERED, stock={**STOCK, "MUG-BLUE": 3}) is None
    denied = denial(Exchange("LC1", parts, "CARD"), DELIVERED, stock={**STOCK, "MUG-BLUE": 2})
    assert (denied.code, denied.details["left"]) == ("not_in_stock", 2)


def test_a_product_that_left_the_catalogue():
    order = replace(DELIVERED, lines=(OrderLine(1, "OLD", "old", {}, 1, 100),))
    assert code(Return("LC1", (LineChange(1, "OLD", 1),), "CARD"), order) == "unknown_sku"
    rules = Rules.model_validate({"return": {"statuses": "delivered"}})
    assert code(Return("LC1", (LineChange(1, "OLD", 1),), "CARD"), order, rules=rules) is None


def test_the_way_of_a_refund():
    assert code(Return("LC1", (MUG,), "PAY"), DELIVERED) == "method_not_allowed"
    assert code(Return("LC1", (MUG,), "CREDIT"), DELIVERED) == "method_not_allowed"
    assert code(Return("LC1", (MUG,), "SOMEONE"), DELIVERED) == "method_unknown"


def test_a_gift_card_must_cover_a_charge():
    gold = (replace(MUG, quantity=3, new_sku="MUG-GOLD"),)
    denied = denial(Exchange("LC1", gold, "GIFT"), DELIVERED)
    assert denied.code == "balance"
    assert denied.details == {"payment_method_id": "GIFT", "balance": 5000, "needed": 26700, "currency": "CNY"}
    assert code(ModifyItems("LC1", gold, "CREDIT"), PAID) == "balance"
    assert code(Exchange("LC1", gold, ""), DELIVERED) == "method_unknown"
    assert code(ModifyItems("LC1", (LineChange(2, "PAN-RED", 1, "PAN-BLUE"),), "CREDIT"), PAID) is None


def test_another_way_to_pay():
    assert code(ChangePayment("LC1", "CARD")) == "method_same"
    assert code(ChangePayment("LC1", "NONE")) == "method_unknown"
    assert denial(ChangePayment("LC1", "GIFT")).details["needed"] == 12100
    small = replace(PAID, payments=(Payment("payment", 5000, "CARD"),))
    assert code(ChangePayment("LC1", "GIFT"), small) is None
    assert code(ChangePayment("LC1", "GIFT"), UNPAID) == "balance"


def test_addresses():
    assert code(ChangeAddress(HOME, "LC1")) == "no_change"
    assert denial(ChangeAddress(Address(recipient="Lin"), "LC1")).details == {
        "missing": ["address1", "city"],
        "malformed": [],
    }
    assert denial(ChangeAddress(replace(AWAY, address2="a\nb")), None).details["malformed"] == ["address2"]


def test_invoices():
    assert code(RequestInvoice("LC1", "Lin", "personal"), replace(PAID, status="cancelled")) == "invoice_cancelled"
    assert code(RequestInvoice("LC1", "Lin Ltd", "company")) == "tax_id"
    assert code(RequestInvoice("LC1", " ", "personal")) == "invoice"
    asked = replace(PAID, invoice=Invoice("Lin", "", "", "personal"))
    assert code(RequestInvoice("LC1", "Lin", "personal"), asked) == "no_change"
    assert code(RequestInvoice("LC1", "Lin Xiaolan", "personal"), asked) is None
