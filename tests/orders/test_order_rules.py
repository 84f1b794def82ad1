from dataclasses import replace
from datetime import timedelta

import pytest

from bot.orders.order_rules import delivered_at, order_allowed, reason_id
from bot.orders.records import Shipment
from tests.orders.samples import DELIVERED, NOW, PAID, RULES, UNPAID


@pytest.mark.parametrize(
    ("action", "order", "expected"),
    [
        ("cancel", PAID, None),
        ("cancel", DELIVERED, "status"),
        ("return", DELIVERED, None),
        ("return", PAID, "status"),
        ("exchange", DELIVERED, None),
        ("modify_items", UNPAID, None),
        ("change_address", UNPAID, "status"),
        ("change_payment", PAID, None),
        ("invoice", PAID, None),
        ("track", PAID, None),
        ("refund", PAID, "off"),
    ],
)
def test_whether_an_order_is_worth_offering(action, order, expected):
    denied = order_allowed(action, order, RULES, NOW)
    assert (denied.code if denied else None) == expected


def test_an_order_with_nothing_left_to_return():
    lines = tuple(replace(line, status="return_requested") for line in DELIVERED.lines)
    denied = order_allowed("return", replace(DELIVERED, status="return_requested", lines=lines), RULES, NOW)
    assert (denied.code, denied.details["status"]) == ("line_status", "return_requested")
    assert order_allowed("return", replace(DELIVERED, lines=()), RULES, NOW).code == "line_status"


def test_an_order_arrives_with_its_last_parcel():
    def parcel(day):
        return Shipment("YTO", "YT1", "delivered", None, None, day)

    days = [NOW - timedelta(days=3), NOW - timedelta(days=1), None]
    order = replace(DELIVERED, delivered_at=None, shipments=tuple(parcel(day) for day in days))
    assert delivered_at(order) == days[1]
    assert delivered_at(DELIVERED) == DELIVERED.delivered_at
    assert delivered_at(PAID) is None


def test_a_time_without_a_zone_is_refused():
    naive = replace(DELIVERED, placed_at=DELIVERED.placed_at.replace(tzinfo=None))
    with pytest.raises(ValueError, match="no time zone"):
        order_allowed("return", naive, RULES, NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mistake", "mistake"),
        ("ordered BY  mistake", "mistake"),
        ("拍错了", "mistake"),
        ("Too Slow", "too slow"),
        ("boredom", None),
        ("", None),
    ],
)
def test_a_reason_by_its_id_or_label(text, expected):
    assert reason_id("cancel", text, RULES) == expected
    assert reason_id("return", text, RULES) is None
    assert reason_id("change_address", text, RULES) is None
