"""The built-in questions cover every intent in both languages, and no example stands twice."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import yaml

import bot

PATH = Path(bot.__file__).parent / "route" / "builtin" / "questions.yaml"
PER_LANGUAGE = 30
NAMES = [
    "ask_shipping_cost",
    "ask_delivery_time",
    "ask_delivery_area",
    "ask_return_policy",
    "ask_refund_time",
    "ask_exchange_policy",
    "ask_cancel_policy",
    "ask_order_change_policy",
    "ask_payment_methods",
    "ask_instalments",
    "ask_coupon_discount",
    "ask_price_match",
    "ask_membership_points",
    "ask_gift_card",
    "ask_gift_wrap",
    "ask_warranty_repair",
    "ask_damaged_or_wrong_item",
    "ask_missing_parcel",
    "ask_product_details",
    "ask_size_fit",
    "ask_stock_restock",
    "ask_care_use",
    "ask_account_login",
    "ask_privacy_data",
    "ask_contact_hours",
    "ask_store_pickup",
    "ask_bulk_business",
    "ask_invoice_policy",
    "ask_preorder",
    "ask_customs_tax",
    "ask_subscription",
    "ask_food_safety_expiry",
    "ask_booking_appointment",
    "ask_authenticity_secondhand",
    "ask_how_to_order",
]
HAN = re.compile(r"[\u3400-\u9fff]")

INTENTS = yaml.safe_load(PATH.read_text(encoding="utf-8"))


def normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().strip()


def opening(text: str, language: str) -> str:
    """The first two words, or the first two characters of Chinese."""
    return normal(text)[:2] if language == "zh" else " ".join(normal(text).split()[:2])


def test_every_intent_stands_once():
    assert [intent["name"] for intent in INTENTS] == NAMES


@pytest.mark.parametrize("intent", INTENTS, ids=lambda intent: intent["name"])
class TestIntent:
    def test_is_a_search(self, intent):
        assert intent["command"] == "Search"
        assert set(intent) == {"name", "command", "examples"}

    def test_has_enough_examples_in_both_languages(self, intent):
        assert set(intent["examples"]) == {"en", "zh"}
        assert {language: len(texts) for language, texts in intent["examples"].items()} == {
            "en": PER_LANGUAGE,
            "zh": PER_LANGUAGE,
        }

    def test_examples_are_text_of_their_language(self, intent):
        texts = intent["examples"]
        assert [t for t in texts["en"] if not isinstance(t, str) or not t.strip() or HAN.search(t)] == []
        assert [t for t in texts["zh"] if not isinstance(t, str) or not HAN.search(t)] == []

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_no_opening_is_used_more_than_twice(self, intent, language):
        counts = Counter(opening(text, language) for text in intent["examples"][language])
        assert {words: n for words, n in counts.items() if n > 2} == {}


def test_no_example_stands_twice():
    counts = Counter(normal(text) for intent in INTENTS for texts in intent["examples"].values() for text in texts)
    assert [text for text, n in counts.items() if n > 1] == []
