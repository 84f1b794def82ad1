from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.orders.money import line_refunds, shared, to_decimal, to_json, to_minor
from bot.orders.records import OrderLine
from tests.orders.samples import DELIVERED


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("129.00", "CNY", 12900),
        (129.5, "CNY", 12950),
        (0.1, "USD", 10),
        (1980, "JPY", 1980),
        (Decimal("1.234"), "KWD", 1234),
    ],
)
def test_minor_units_follow_the_currency(amount, currency, minor):
    assert to_minor(amount, currency) == minor


@pytest.mark.parametrize("amount", ["1.005", "nan", "inf", 1.001])
def test_no_amount_in_the_currency(amount):
    with pytest.raises(ValueError, match="no amount in CNY"):
        to_minor(amount, "CNY")


def test_the_decimal_has_the_currencys_decimals():
    assert str(to_decimal(12900, "CNY")) == "129.00"
    assert str(to_decimal(1980, "JPY")) == "1980"


@given(st.integers(0, 10**13), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_json_and_back(minor, currency):
    assert to_minor(to_json(minor, currency), currency) == minor


def test_a_json_amount_without_decimals_is_an_integer():
    assert repr(to_json(1980, "JPY")) == "1980"
    assert repr(to_json(12900, "CNY")) == "129.0"


def test_a_refund_is_the_price_less_the_share_of_the_discount():
    # 7.00 off 30.00 + 80.00 + 10.00: 1.75, 4.67 (4.666...), 0.58 (0.583...).
    assert line_refunds(DELIVERED, [(1, 3), (2, 1), (3, 2)]) == [2825, 7533, 942]


def test_parts_of_one_line_add_up_to_it():
    assert line_refunds(DELIVERED, [(1, 1), (1, 1), (1, 1)]) == [942, 942, 941]
    assert line_refunds(DELIVERED, [(1, 2), (1, 1)]) == [1884, 941]


def test_a_cancelled_line_carries_no_discount():
    lines = (*DELIVERED.lines[:2], replace(DELIVERED.lines[2], status="cancelled"))
    assert sum(line_refunds(replace(DELIVERED, lines=lines), [(1, 3), (2, 1)])) == 11000 - 700


def test_a_line_that_is_not_there():
    with pytest.raises(ValueError, match="no line 9"):
        line_refunds(DELIVERED, [(9, 1)])


def test_a_discount_above_the_goods_leaves_nothing_to_refund():
    assert line_refunds(replace(DELIVERED, discount=99999), [(1, 3), (2, 1), (3, 2)]) == [0, 0, 0]


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**5), max_size=8))
def test_shares_add_up_and_never_exceed_their_value(amount, values):
    shares = shared(amount, values)
    assert sum(shares) == min(amount, sum(values))
    assert all(0 <= share <= value for share, value in zip(shares, values, strict=True))


@given(st.data())
def test_pieces_returned_one_after_the_other_add_up_to_the_goods_less_the_discount(data):
    sizes = data.draw(
        st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 4), st.integers(0, 999)), min_size=1, max_size=4)
    )
    lines = tuple(OrderLine(n, sku, None, {}, count, price) for n, (sku, count, price) in enumerate(sizes, 1))
    goods = sum(line.quantity * line.unit_price for line in lines)
    order = replace(DELIVERED, lines=lines, discount=data.draw(st.integers(0, goods)))
    pieces = data.draw(st.permutations([line.line_no for line in lines for _ in range(line.quantity)]))
    back = 0
    for number in pieces:
        amount = line_refunds(order, [(number, 1)])[0]
        assert amount >= 0
        back += amount
        line = next(line for line in order.lines if line.line_no == number)
        returned = replace(
            line, line_no=max(row.line_no for row in order.lines) + 1, quantity=1, status="return_requested"
        )
        rest = tuple(
            replace(row, quantity=row.quantity - 1) if row is line else row
            for row in order.lines
            if row is not line or row.quantity > 1
        )
        order = replace(order, lines=(*rest, returned))
        if line.quantity == 1:  # a whole line keeps its number
            order = replace(order, lines=(*rest, replace(line, status="return_requested")))
    assert back == goods - order.discount
