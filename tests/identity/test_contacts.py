"""Contacts are the same however they are written, and no text whatever is an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity.contacts import contact_keys, shop_regions

REGIONS = st.lists(st.sampled_from(["CN", "US", "GB", "", "cn", "China", "ZZ", "中国"]), max_size=3)


@pytest.mark.parametrize(
    "written",
    [
        "+8617000000101",
        "+86 170 0000 0101",
        "0086-170-0000-0101",
        "17000000101",
        "170 0000 0101",
        "１７００００００１０１",
        "(+86) 170.0000.0101",
        "86 17000000101",
    ],
)
def test_one_phone_in_many_forms(written: str) -> None:
    assert contact_keys(written, ["CN"]) & contact_keys("+8617000000101", ["CN"])


@pytest.mark.parametrize("written", ["(415) 555-2671", "1-415-555-2671", "+1 415 555 2671", "4155552671"])
def test_a_phone_is_read_in_the_orders_own_country(written: str) -> None:
    assert contact_keys(written, ["US", "CN"]) & contact_keys("415-555-2671", ["US", "CN"])


def test_another_phone_is_another() -> None:
    for other in ("17000000102", "+117000000101", "7000000101", "170000001010"):
        assert not contact_keys(other, ["CN"]) & contact_keys("+8617000000101", ["CN"])


@pytest.mark.parametrize(
    "written", ["Lin.Xiaolan@Example.COM", " lin.xiaolan@example.com ", "ｌｉｎ.xiaolan@example.com"]
)
def test_an_email_is_the_same_in_any_case(written: str) -> None:
    assert contact_keys(written, ["CN"]) == {"lin.xiaolan@example.com"}


@pytest.mark.parametrize(
    "written", ["", " ", "@", "a@", "@b", "a b@c", "a@b@c", "12345", "hello", "x" * 400, "１" * 700]
)
def test_what_is_no_contact_is_like_nothing(written: str) -> None:
    assert contact_keys(written, ["CN"]) == frozenset()


def test_numbers_that_cannot_be_are_compared_by_their_digits() -> None:
    assert contact_keys("+15550100", ["GB"]) & contact_keys("1 555 0100", ["GB"])


@given(st.text(), REGIONS)
def test_no_text_is_an_error(text: str, regions: list[str]) -> None:
    keys = contact_keys(text, regions)
    assert all(key == key.strip() for key in keys)


@given(st.from_regex(r"[+0-9 ()#x;=-]{0,60}", fullmatch=True), REGIONS)
def test_nothing_that_looks_like_a_phone_is_an_error(text: str, regions: list[str]) -> None:
    assert all(key and key == key.strip() for key in contact_keys(text, regions))


@given(st.emails(), REGIONS)
def test_an_email_is_itself(text: str, regions: list[str]) -> None:
    assert contact_keys(text, regions) & contact_keys(text.swapcase(), regions)


def test_where_a_shops_customers_are() -> None:
    assert shop_regions("CNY", "+86 571 5550 0188") == ("CN",)
    assert shop_regions("EUR", "+49 30 901820") == ("DE",)
    assert shop_regions("USD", "+44 20 7946 0018") == ("GB", "US")
    assert shop_regions("EUR", None) == ()
    assert shop_regions("GBP", "call us") == ("GB",)
