"""What may come of a proof or a code. Each outcome names its block of prompts/identity.*.j2, so that wording cannot differ.

Knows nothing of how it came about: a reply made from an outcome tells no more than the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.orders.scope import CustomerScope, OrderScope
from bot.prompts import render


@dataclass(frozen=True)
class Proved:
    """The contact is on the order: the guest may see it."""

    scope: OrderScope
    block: ClassVar[str] = "proved"


@dataclass(frozen=True)
class NotProved:
    """No such order, or the contact is not on it; nothing tells which."""

    block: ClassVar[str] = "not_proved"


@dataclass(frozen=True)
class TooMany:
    """Too many attempts; again in so many minutes (at least 1)."""

    minutes: int
    block: ClassVar[str] = "too_many"


@dataclass(frozen=True)
class CodeSent:
    """A code is on its way, if the order is one that the guest has proved and has an e-mail; nothing tells which."""

    block: ClassVar[str] = "code_sent"


@dataclass(frozen=True)
class NoMail:
    """This shop sends no codes: changes need the shop's site or a person."""

    block: ClassVar[str] = "no_mail"


@dataclass(frozen=True)
class Verified:
    """The code was right: the guest is that customer for the conversation."""

    scope: CustomerScope
    block: ClassVar[str] = "verified"


@dataclass(frozen=True)
class WrongCode:
    """The code is not right, or holds no more; with no tries left a new one is needed."""

    tries_left: int
    block: ClassVar[str] = "wrong_code"


Outcome = Proved | NotProved | TooMany | CodeSent | NoMail | Verified | WrongCode


def say(outcome: Outcome, language: str) -> str:
    """The one wording of an outcome in `language` (zh or en)."""
    if isinstance(outcome, TooMany):
        return render("identity", language, outcome.block, minutes=outcome.minutes)
    if isinstance(outcome, WrongCode):
        return render("identity", language, outcome.block if outcome.tries_left else "code_over")
    return render("identity", language, outcome.block)
