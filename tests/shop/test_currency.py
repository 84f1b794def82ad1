"""Currencies and amounts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop.currency import decimals, is_currency, parse_amount


def test_known_and_unknown_codes() -> None:
    assert is_currency("CNY") and is_currency("USD") and is_currency("JPY")
    assert not is_currency("RMB") and not is_currency("cny") and not is_currency("")


@pytest.mark.parametrize(("code", "digits"), [("CNY", 2), ("JPY", 0), ("KWD", 3), ("UYW", 4), ("", 2)])
def test_digits_after_the_point(code, digits) -> None:
    assert decimals(code) == digits


@pytest.mark.parametrize(
    ("text", "places", "amount"),
    [("50.88", 2, "50.88"), ("12", 2, "12.00"), ("12.500", 2, "12.50"), ("0", 0, "0"), ("1.125", 3, "1.125")],
)
def test_amounts(text, places, amount) -> None:
    assert str(parse_amount(text, places)) == amount


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("-1", "negative"),
        ("1.005", "more than 2 decimals"),
        ("¥5", "not an amount"),
        ("1,000", "not an amount"),
    ]
    + [(text, "not an amount") for text in ("", "nan", "inf", "1e400", "１２", "1_0", "9" * 40)],
)
def test_what_is_no_amount(text, says) -> None:
    with pytest.raises(ValueError, match=says):
        parse_amount(text, 2)


@given(st.integers(0, 10**12 - 1), st.integers(0, 4))
def test_every_amount_of_the_currency_is_read_exactly(minor, places) -> None:
    amount = Decimal(minor).scaleb(-places)
    assert parse_amount(f"{amount:f}", places) == amount
