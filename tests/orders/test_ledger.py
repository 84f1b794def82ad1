from dataclasses import replace

import pytest

from bot.orders.changes import LineChange
from bot.orders.ledger import balance_of, difference, give_back, moved, paid, paid_by_method, price_of
from bot.orders.records import Payment, PaymentMethod
from tests.orders.samples import PAID, PRODUCTS

MIXED = replace(
    PAID, payments=(Payment("payment", 3000, "GIFT"), Payment("payment", 9100, "CARD"), Payment("refund", 1000, "GIFT"))
)


def test_what_was_paid_over_each_method():
    assert paid_by_method(MIXED) == {"GIFT": 2000, "CARD": 9100}
    assert paid(MIXED) == 11100
    assert paid(replace(PAID, payments=())) == 0


def test_money_goes_back_to_the_orders_own_method_first():
    assert give_back(MIXED, 11100) == [("CARD", 9100), ("GIFT", 2000)]
    assert give_back(MIXED, 9200) == [("CARD", 9100), ("GIFT", 100)]
    assert give_back(MIXED, 0) == []


def test_a_method_that_only_got_a_difference_back_gets_no_more():
    order = replace(PAID, payments=(*PAID.payments, Payment("refund", 500, "GIFT")))
    assert give_back(order, paid(order)) == [("CARD", 11600)]


def test_what_others_paid_moves_to_a_new_method():
    assert moved(MIXED, "PAY") == [("CARD", 9100), ("GIFT", 2000)]
    assert moved(MIXED, "GIFT") == [("CARD", 9100)]


def test_balances_are_those_of_gift_cards_and_store_credit():
    assert balance_of(PaymentMethod("G", "C", "gift_card", "", None)) == 0
    assert balance_of(PaymentMethod("G", "C", "store_credit", "", 5)) == 5
    assert balance_of(PaymentMethod("G", "C", "card", "", 5)) is None


def test_prices_are_those_of_the_catalogue():
    assert price_of("MUG-BLUE", PRODUCTS, "CNY") == 1250
    assert price_of("NOTHING", PRODUCTS, "CNY") is None


def test_a_swap_costs_the_difference_for_each_piece():
    parts = [LineChange(1, "MUG-RED", 2, "MUG-BLUE"), LineChange(2, "PAN-RED", 1, "PAN-BLUE")]
    assert difference(PAID, parts[:1], PRODUCTS) == 500
    assert difference(PAID, parts, PRODUCTS) == -500


def test_no_more_goes_back_than_was_paid_for_a_piece():
    order = replace(PAID, discount=11900)  # one hundredth is paid
    assert difference(order, [LineChange(2, "PAN-RED", 1, "PAN-BLUE")], PRODUCTS) == -67


def test_a_swap_for_something_without_a_price():
    with pytest.raises(ValueError, match="no price of NOTHING"):
        difference(PAID, [LineChange(1, "MUG-RED", 1, "NOTHING")], PRODUCTS)
