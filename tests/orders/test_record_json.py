"""Records as they are printed: the contract's fields, JSON values, and what changed between two states."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.orders.record_json import changed_records, customer_json, order_json, records_json
from bot.orders.records import ChangeRow, Invoice, Shipment, ShipmentEvent

from .samples import CUSTOMER, DELIVERED, NOW, PAID

ORDER = {"id", "customer_id", "status", "placed_at", "currency", "total", "payment_method_id", "address", "lines",
         "payments", "refund_payment_method_id", "exchange_payment_method_id", "cancel_reason", "invoice", "shipments",
         "changes"}  # fmt: skip
FULL = replace(
    DELIVERED,
    invoice=Invoice("Lin", "", "lin@example.com", "personal"),
    shipments=(
        Shipment(
            "SF", "SF1", "delivered", NOW, None, NOW, (ShipmentEvent(NOW, "delivered", "杭州", {"zh": "已签收"}),)
        ),
    ),
    changes=(ChangeRow(NOW, "invoice", {"order_id": DELIVERED.id}, "token"),),
)


def test_an_order_has_the_fields_of_the_contract() -> None:
    record = order_json(FULL)
    assert set(record) >= ORDER
    assert json.loads(json.dumps(record)) == record
    assert record["total"] == FULL.total / 100
    assert set(record["lines"][0]) == {
        "line_no", "sku", "product_id", "options", "quantity", "unit_price", "status", "exchange_sku",
    }  # fmt: skip
    assert set(record["payments"][0]) == {"kind", "amount", "payment_method_id"}
    assert set(record["invoice"]) == {"title", "tax_id", "email", "kind", "status"}
    assert record["changes"][0]["at"] == "2026-11-01T12:00:00+08:00"
    assert record["shipments"][0]["events"][0]["text"] == {"zh": "已签收"}


def test_amounts_have_the_currencys_decimals() -> None:
    assert order_json(replace(PAID, currency="JPY", total=1980))["total"] == 1980
    assert order_json(replace(PAID, currency="KWD", total=1980))["total"] == 1.98
    assert json.dumps(order_json(replace(PAID, total=12950))["total"]) == "129.5"


def test_a_customer_with_methods() -> None:
    record = customer_json(CUSTOMER, "CNY")
    assert json.loads(json.dumps(record)) == record
    assert [method["id"] for method in record["payment_methods"]] == [m.id for m in CUSTOMER.payment_methods]
    assert {type(method["balance"]) for method in record["payment_methods"]} <= {float, type(None)}


def test_what_changed() -> None:
    before = records_json([PAID, DELIVERED], [CUSTOMER], "CNY")
    after = records_json([replace(PAID, status="cancelled"), replace(DELIVERED, id="NEW")], [CUSTOMER], "CNY")
    found = changed_records(before, after)
    assert found["customers"] == found["payment_methods"] == {}
    assert found["orders"]["NEW"]["id"] == "NEW"
    assert PAID.id in found["orders"]


@given(st.integers(0, 10**12), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_amounts_survive_json(minor: int, currency: str) -> None:
    total = json.loads(json.dumps(order_json(replace(PAID, total=minor, currency=currency))["total"]))
    assert round(total * {"CNY": 100, "JPY": 1, "KWD": 1000}[currency]) == minor
