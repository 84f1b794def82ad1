import contextlib
import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.orders.arguments import arguments_of, change_from
from bot.orders.changes import (
    Cancel,
    ChangeAddress,
    ChangePayment,
    Exchange,
    LineChange,
    ModifyItems,
    RequestInvoice,
    Return,
    action_of,
)
from bot.orders.effects import plan
from tests.orders.samples import AWAY, CUSTOMER, DELIVERED, PAID, PRODUCTS, STOCK

CHANGES = [
    (Cancel("LC1", "mistake"), PAID),
    (Cancel("LC1"), PAID),
    (Return("LC1", (LineChange(1, "MUG-RED", 1),), "CARD", "broken"), DELIVERED),
    (Exchange("LC1", (LineChange(1, "MUG-RED", 1, "MUG-BLUE"),), "CARD"), DELIVERED),
    (Exchange("LC1", (LineChange(3, "SOCK-RED", 1, "SOCK-BLUE"),), ""), DELIVERED),
    (
        ModifyItems("LC1", (LineChange(1, "MUG-RED", 1, "MUG-BLUE"), LineChange(2, "PAN-RED", 1, "PAN-BLUE")), "GIFT"),
        PAID,
    ),
    (ChangeAddress(AWAY, "LC1"), PAID),
    (ChangeAddress(AWAY), None),
    (ChangePayment("LC1", "PAY"), PAID),
    (RequestInvoice("LC1", "Lin", "personal"), PAID),
]


def arguments(change, order):
    return arguments_of(change, CUSTOMER.id, plan(change, order, CUSTOMER, PRODUCTS, STOCK), "CNY")


@pytest.mark.parametrize(("change", "order"), CHANGES)
def test_arguments_are_json_and_lead_back_to_the_change(change, order):
    given_json = json.loads(json.dumps(arguments(change, order)))
    assert given_json == arguments(change, order)
    assert change_from(action_of(change), given_json) == change


def test_a_return_in_full():
    change = Return("#lc1", (LineChange(1, "MUG-RED", 3),), "CARD", "broken")
    assert arguments(change, DELIVERED) == {
        "order_id": "LC1",
        "lines": [{"line_no": 1, "sku": "MUG-RED", "quantity": 3}],
        "reason": "broken",
        "refund_payment_method_id": "CARD",
        "amounts": [{"kind": "refund", "amount": 28.25, "currency": "CNY"}],
    }


def test_an_exchange_names_the_new_skus_and_the_difference():
    got = arguments(CHANGES[3][0], DELIVERED)
    assert got["lines"] == [{"line_no": 1, "sku": "MUG-RED", "quantity": 1, "new_sku": "MUG-BLUE"}]
    assert got["payment_method_id"] == "CARD"
    assert got["amounts"] == [{"kind": "charge", "amount": 2.5, "currency": "CNY"}]
    assert "amounts" not in arguments(CHANGES[4][0], DELIVERED)


def test_an_address_has_all_its_fields_and_a_default_one_the_customer():
    assert arguments(ChangeAddress(AWAY, "LC1"), PAID) == {"order_id": "LC1", "address": asdict(AWAY)}
    assert arguments(ChangeAddress(AWAY), None) == {"customer_id": "C1", "address": asdict(AWAY)}


def test_an_invoice_in_full():
    change = RequestInvoice("LC1", "Lin Ltd", "company", "91330100MA2B", "a@example.com")
    assert arguments(change, PAID)["invoice"] == {
        "title": "Lin Ltd",
        "tax_id": "91330100MA2B",
        "email": "a@example.com",
        "kind": "company",
    }


@pytest.mark.parametrize(
    ("action", "given_arguments"),
    [
        ("track", {"order_id": "1"}),
        ("cancel", {}),
        ("return", {"order_id": "1", "lines": [{"line_no": 1}], "refund_payment_method_id": "C"}),
        ("return", {"order_id": "1", "lines": [], "reason": "x"}),
        ("change_address", {"order_id": "1", "address": {"street": "x"}}),
        ("change_address", {"order_id": "1"}),
        ("invoice", {"order_id": "1", "invoice": {"title": "x", "script": "y"}}),
        ("exchange", {"order_id": "1", "lines": 5}),
    ],
)
def test_what_describes_no_change(action, given_arguments):
    with pytest.raises(ValueError):
        change_from(action, given_arguments)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["line_no", "sku", "title"]), inner),
    max_leaves=6,
)


@given(
    st.sampled_from(
        ["cancel", "return", "exchange", "modify_items", "change_address", "change_payment", "invoice", "x"]
    ),
    st.dictionaries(st.sampled_from(["order_id", "lines", "address", "invoice", "payment_method_id"]), _JSON),
)
def test_any_json_is_a_change_or_a_value_error(action, given_arguments):
    with contextlib.suppress(ValueError):
        assert action_of(change_from(action, given_arguments)) == action
