"""Where an order is, what is in it, what came back; in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.flows.track import asks_about_paid, asks_for_parcel, asks_for_total, asks_where


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("How much do I get back in total?", asks_for_total),
        ("一共能退我多少钱", asks_for_total),
        ("how much was my most recent order?", asks_about_paid),
        ("我上一单花了多少钱", asks_about_paid),
        ("where is order LC46441?", asks_where),
        ("订单LC46441到哪了", asks_where),
        ("what's the tracking number of my order", asks_for_parcel),
        ("快递单号发我一下", asks_for_parcel),
    ],
)
def test_questions_about_ones_own_orders(text: str, asks: Callable[[str], bool]) -> None:
    assert asks(text)
    assert not asks("How long does delivery take?") and not asks("多久能送到？") and not asks("return the lamp")


@pytest.mark.parametrize(
    ("text", "status"), [("where is order LC46441?", "on its way"), ("订单LC46441到哪了", "运输中")]
)
def test_an_order_on_its_way(talk: Callable[..., Any], text: str, status: str) -> None:
    chat = talk("C1005")
    turn = chat.say(text, "track")
    assert status in turn["reply"] and "SF827800332100" in turn["reply"] and "350.80" in turn["reply"]
    assert turn["action"] == {
        "name": "track", "arguments": {"order_id": "LC46441"}, "status": "done", "reason": None,
    }  # fmt: skip
    assert chat.changed == {}


def test_a_late_parcel_is_called_late_at_once(talk: Callable[..., Any]) -> None:
    turn = talk("C1013").say("where is order LC45098?", "track")
    assert "late" in turn["reply"]


def test_several_orders_are_offered(talk: Callable[..., Any]) -> None:
    chat = talk("C1002")
    turn = chat.say("my orders", "track")
    assert turn["reply"].count("LC4") == 5
    turn = talk(None).say("my orders", "track")
    assert turn["awaiting"]["flow"] == "identity"
