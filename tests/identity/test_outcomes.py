"""Each outcome has one wording a language, and none that tells what exists."""

from __future__ import annotations

import pytest

from bot.identity.outcomes import CodeSent, NoMail, NotProved, Outcome, Proved, TooMany, Verified, WrongCode, say
from bot.orders.scope import CustomerScope, OrderScope
from bot.prompts import blocks
from bot.text import CJK

OUTCOMES: list[Outcome] = [
    Proved(OrderScope("SECRET-1")),
    NotProved(),
    TooMany(7),
    CodeSent(),
    NoMail(),
    Verified(CustomerScope("SECRET-2", "code")),
    WrongCode(3),
    WrongCode(0),
]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=str)
def test_every_outcome_has_words(outcome: Outcome) -> None:
    en, zh = say(outcome, "en"), say(outcome, "zh")
    assert en and not CJK.search(en) and CJK.search(zh)
    assert "SECRET" not in en + zh


def test_every_block_is_used() -> None:
    used = {outcome.block for outcome in OUTCOMES} | {"code_over"}
    assert blocks("identity", "en") == blocks("identity", "zh") == used


def test_minutes_are_said() -> None:
    assert "7 minutes" in say(TooMany(7), "en") and "1 minute," in say(TooMany(1), "en")
    assert "7分钟" in say(TooMany(7), "zh")
