"""Which messages lean on the one before them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.route.followup import joined, leans_back

EARLIER = "How long does delivery take?"


@pytest.mark.parametrize(
    "text",
    [
        "And for gift cards?",
        "And to Tibet?",
        "what about express?",
        "How about Sundays?",
        "How much is it?",
        "Is that free?",
        "Can I change it?",
        "Express?",
        "To Tibet?",
        "Even if it's sale?",
        "OK and abroad?",
        "那西藏呢？",
        "西藏呢",
        "那多久到",
        "如果是特价商品呢？",
        "换成顺丰呢",
        "它多少钱",
        "也是三天吗",
        "周末呢？",
        "ＡＮＤ　ｆｏｒ　ｇｉｆｔｓ？",
    ],
)
def test_leans(text: str) -> None:
    assert leans_back(text, EARLIER)


@pytest.mark.parametrize(
    "text",
    [
        "Order status please, my parcel should have come on Monday",
        "Orders placed on Sunday ship when exactly, Monday or Tuesday?",
        "Android phones: do you sell cases for the latest models?",
        "Sorting by price in your app does not work on my phone",
        "Is there free shipping to Singapore for members?",
        "Are there any fees for paying by credit card in instalments?",
        "How do I return a lamp that arrived broken last week, and who pays the postage for sending the parcel back to your shop?",
        "请问你们支持用支付宝分期付款吗，手续费是多少？",
        "买的杯子收到的时候碎了，应该怎么申请退款？",
    ],
)
def test_stands_alone(text: str) -> None:
    assert not leans_back(text, EARLIER)


@pytest.mark.parametrize("earlier", [None, ""])
def test_without_an_earlier_message_nothing_leans(earlier: str | None) -> None:
    assert not leans_back("And for gift cards?", earlier)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_decided(text: str) -> None:
    assert leans_back(text, EARLIER) in (True, False)


def test_joined_is_the_earlier_question_and_the_new_one() -> None:
    assert joined("And to Tibet?", "How long does delivery take? ") == "How long does delivery take? And to Tibet?"
