from dataclasses import replace

from bot.orders.method_rules import allowed_methods
from bot.orders.records import Payment
from bot.shop.types import Rules
from tests.orders.samples import CUSTOMER, DELIVERED, PAID, RULES


def ids(action, order=PAID, charge=0, rules=RULES):
    return [method.id for method in allowed_methods(action, order, CUSTOMER, rules, charge)]


def test_a_refund_goes_to_the_original_or_a_card_on_file():
    assert ids("return", DELIVERED) == ["CARD", "GIFT"]
    assert ids("return", replace(DELIVERED, payment_method_id="PAY")) == ["PAY", "GIFT"]
    assert ids("return", DELIVERED, rules=Rules()) == []


def test_a_difference_goes_over_any_method_that_can_carry_it():
    assert ids("exchange", DELIVERED, -100) == ["CARD", "GIFT", "PAY", "CREDIT"]
    assert ids("exchange", DELIVERED, 5000) == ["CARD", "GIFT", "PAY"]
    assert ids("modify_items", PAID, 5001) == ["CARD", "PAY"]


def test_a_new_way_to_pay_differs_and_covers_the_whole():
    assert ids("change_payment") == ["PAY"]
    assert ids("change_payment", replace(PAID, payments=(Payment("payment", 5000, "CARD"),))) == ["GIFT", "PAY"]
