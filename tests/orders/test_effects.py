from dataclasses import replace

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
from bot.orders.effects import Plan, plan
from bot.orders.records import Invoice, Payment
from tests.orders.samples import AWAY, CUSTOMER, DELIVERED, PAID, PRODUCTS, STOCK, UNPAID


def planned(change, order=PAID) -> Plan:
    return plan(change, order, CUSTOMER, PRODUCTS, STOCK)


def balance(result: Plan, method: str) -> int | None:
    return next(item.balance for item in result.customer.payment_methods if item.id == method)


def lines(result: Plan):
    return [(line.line_no, line.sku, line.quantity, line.status) for line in result.order.lines]


def test_cancel_gives_everything_back_and_keeps_the_total():
    result = planned(Cancel("LC1", "mistake"))
    assert (result.order.status, result.order.cancel_reason, result.order.total) == ("cancelled", "mistake", 12100)
    assert {line.status for line in result.order.lines} == {"cancelled"}
    assert result.payments_added == (Payment("refund", 12100, "CARD"),)
    assert result.order.payments == (*PAID.payments, *result.payments_added)
    assert result.amounts == (("refund", 12100),)
    assert result.stock == {"MUG-RED": 3, "PAN-RED": 1, "SOCK-RED": 2}
    assert (result.balances, result.customer) == ({}, None)
    assert result.order.version == PAID.version + 1


def test_cancel_gives_each_method_back_what_it_paid_and_a_gift_card_at_once():
    order = replace(PAID, payments=(Payment("payment", 3000, "GIFT"), Payment("payment", 9100, "CARD")))
    result = planned(Cancel("LC1", "mistake"), order)
    assert result.payments_added == (Payment("refund", 9100, "CARD"), Payment("refund", 3000, "GIFT"))
    assert result.balances == {"GIFT": 3000}
    assert balance(result, "GIFT") == 8000
    assert result.amounts == (("refund", 12100),)


def test_cancel_of_an_unpaid_order_moves_no_money():
    result = planned(Cancel("LC1", "mistake"), UNPAID)
    assert (result.payments_added, result.amounts) == ((), ())


def test_cancel_leaves_lines_that_were_cancelled_before():
    before = replace(PAID, lines=(replace(PAID.lines[0], status="cancelled"), *PAID.lines[1:]))
    assert planned(Cancel("LC1", "mistake"), before).stock == {"PAN-RED": 1, "SOCK-RED": 2}


def test_return_moves_neither_money_nor_stock_yet():
    result = planned(Return("LC1", (LineChange(2, "PAN-RED", 1),), "GIFT"), DELIVERED)
    assert result.order.status == "return_requested"
    assert result.order.refund_payment_method_id == "GIFT"
    assert [line.status for line in result.order.lines] == ["active", "return_requested", "active"]
    assert (result.payments_added, result.stock, result.balances, result.customer) == ((), {}, {}, None)
    assert result.amounts == (("refund", 7533),)
    assert result.order.total == DELIVERED.total


def test_a_part_of_a_line_becomes_a_line_with_the_next_number():
    result = planned(Return("LC1", (LineChange(1, "MUG-RED", 1),), "CARD"), DELIVERED)
    assert lines(result) == [
        (1, "MUG-RED", 2, "active"),
        (2, "PAN-RED", 1, "active"),
        (3, "SOCK-RED", 2, "active"),
        (4, "MUG-RED", 1, "return_requested"),
    ]


def test_exchange_reserves_the_new_pieces_and_tells_the_difference():
    change = Exchange("LC1", (LineChange(1, "MUG-RED", 3, "MUG-BLUE"),), "GIFT")
    result = planned(change, DELIVERED)
    first = result.order.lines[0]
    assert (first.sku, first.status, first.exchange_sku) == ("MUG-RED", "exchange_requested", "MUG-BLUE")
    assert (result.order.status, result.order.exchange_payment_method_id) == ("exchange_requested", "GIFT")
    assert result.stock == {"MUG-BLUE": -3}
    assert result.amounts == (("charge", 750),)
    assert (result.payments_added, result.balances) == ((), {})


def test_exchange_of_one_line_for_two_variants():
    parts = (LineChange(1, "MUG-RED", 1, "MUG-BLUE"), LineChange(1, "MUG-RED", 2, "MUG-GOLD"))
    result = planned(Exchange("LC1", parts, "CARD"), DELIVERED)
    assert [(line.line_no, line.quantity, line.exchange_sku) for line in result.order.lines] == [
        (1, 2, "MUG-GOLD"),
        (2, 1, None),
        (3, 2, None),
        (4, 1, "MUG-BLUE"),
    ]


def test_an_exchange_without_a_difference_tells_no_amount():
    result = planned(Exchange("LC1", (LineChange(3, "SOCK-RED", 2, "SOCK-BLUE"),), ""), DELIVERED)
    assert result.amounts == ()
    assert result.order.exchange_payment_method_id is None


def test_stock_that_is_not_counted_does_not_move():
    result = planned(Exchange("LC1", (LineChange(2, "PAN-RED", 1, "PAN-BLUE"),), "CARD"), DELIVERED)
    assert result.stock == {}
    assert result.amounts == (("refund", 1000),)


def test_modify_items_settles_the_difference_at_once():
    result = planned(ModifyItems("LC1", (LineChange(1, "MUG-RED", 3, "MUG-BLUE"),), "GIFT"))
    first = result.order.lines[0]
    assert (first.sku, first.unit_price, first.options, first.status) == ("MUG-BLUE", 1250, {"color": "blue"}, "active")
    assert result.payments_added == (Payment("payment", 750, "GIFT"),)
    assert result.balances == {"GIFT": -750}
    assert result.stock == {"MUG-RED": 3, "MUG-BLUE": -3}
    assert (result.order.status, result.order.total, result.order.discount) == ("paid", 12850, 700)


def test_modify_items_to_something_cheaper_gives_back():
    result = planned(ModifyItems("LC1", (LineChange(2, "PAN-RED", 1, "PAN-BLUE"),), "CREDIT"))
    assert result.payments_added == (Payment("refund", 1000, "CREDIT"),)
    assert balance(result, "CREDIT") == 1000
    assert result.order.total == 11100


def test_a_used_up_discount_is_taken_off_so_that_the_total_stays_the_sum():
    order = replace(PAID, discount=11900, total=900, payments=(Payment("payment", 900, "CARD"),))
    after = planned(ModifyItems("LC1", (LineChange(2, "PAN-RED", 1, "PAN-BLUE"),), "CARD"), order).order
    goods = sum(line.unit_price * line.quantity for line in after.lines)
    assert after.total == 900 - 67 == goods + after.shipping_fee - after.discount
    assert after.discount == 11900 - 933


def test_modify_items_of_an_unpaid_order_only_changes_what_is_due():
    result = planned(ModifyItems("LC1", (LineChange(1, "MUG-RED", 3, "MUG-BLUE"),), "CARD"), UNPAID)
    assert (result.payments_added, result.order.total) == ((), 12850)
    assert result.amounts == (("charge", 750),)


def test_a_new_address_of_an_order_and_of_the_customer():
    result = planned(ChangeAddress(AWAY, "LC1"))
    assert (result.order.address, result.customer) == (AWAY, None)
    result = plan(ChangeAddress(AWAY), None, CUSTOMER, PRODUCTS, STOCK)
    assert (result.order, result.customer.address) == (None, AWAY)


def test_change_payment_pays_anew_and_gives_back():
    order = replace(PAID, total=4000, payments=(Payment("payment", 4000, "CARD"),))
    result = planned(ChangePayment("LC1", "GIFT"), order)
    assert result.payments_added == (Payment("payment", 4000, "GIFT"), Payment("refund", 4000, "CARD"))
    assert (result.order.payment_method_id, result.balances) == ("GIFT", {"GIFT": -4000})
    assert result.amounts == (("charge", 4000), ("refund", 4000))


def test_change_payment_of_an_unpaid_order_only_names_the_method():
    result = planned(ChangePayment("LC1", "GIFT"), UNPAID)
    assert (result.order.payment_method_id, result.payments_added, result.amounts) == ("GIFT", (), ())


def test_an_invoice_is_requested():
    result = planned(RequestInvoice("LC1", "Lin Ltd", "company", "91330100MA2B", "a@example.com"))
    assert result.order.invoice == Invoice("Lin Ltd", "91330100MA2B", "a@example.com", "company", "requested")


@pytest.mark.parametrize(
    ("change", "order"),
    [
        (Cancel("LC1"), None),
        (Return("LC1", (LineChange(1, "MUG-RED", 4),), "CARD"), DELIVERED),
        (Return("LC1", (LineChange(1, "MUG-RED", 2), LineChange(1, "MUG-RED", 2)), "CARD"), DELIVERED),
        (Return("LC1", (LineChange(1, "MUG-RED", 0),), "CARD"), DELIVERED),
        (Exchange("LC1", (LineChange(1, "MUG-RED", 1),), "CARD"), DELIVERED),
        (ModifyItems("LC1", (LineChange(1, "MUG-RED", 1, "NOTHING"),), "CARD"), PAID),
    ],
)
def test_what_the_rules_do_not_allow_cannot_be_planned(change, order):
    with pytest.raises(ValueError):
        planned(change, order)
