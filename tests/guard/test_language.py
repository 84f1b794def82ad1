"""A reply is in the turn's language: names and codes of the other script are allowed, sentences are not."""

from __future__ import annotations

import pytest

from bot.guard.language import in_language


@pytest.mark.parametrize(
    "reply",
    [
        "可以退货。",
        "iPhone 15 有货。",
        "支持 Visa、Mastercard、American Express、PayPal、Apple Pay 和 Google Pay 付款。",
        "请写信至help@x.example。",
        "请看https://x.example/a/very/long/path-with-words",
        "18",
        "¥18.00",
        "",
        "SF Express",
        "iPhone 15",
        "help@lantern.example",
    ],
)
def test_chinese(reply: str) -> None:
    assert in_language(reply, "zh")


@pytest.mark.parametrize(
    "reply",
    [
        "You can return it.",
        "Free shipping.",
        "No returns",
        "Yes, 3 days.",
        "运费 is free within the city and the suburbs",
    ],
)
def test_not_chinese(reply: str) -> None:
    assert not in_language(reply, "zh")


@pytest.mark.parametrize(
    "reply",
    [
        "You can return it.",
        "We sell 铁观音.",
        "Yes, 大红袍.",
        "18",
        "¥18.00",
        "",
        "Free.",
        "Mail help@x.example.",
    ],
)
def test_english(reply: str) -> None:
    assert in_language(reply, "en")


@pytest.mark.parametrize(
    "reply", ["可以退货。", "可以。", "您可以在七天内退货。", "Yes, 您可以在七天内退货。", "Visa 可以付款的"]
)
def test_not_english(reply: str) -> None:
    assert not in_language(reply, "en")
