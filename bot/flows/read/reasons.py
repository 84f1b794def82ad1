"""Reads which of a rule's reasons a customer gives. Knows nothing of orders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from bot.flows.read.quantities import read_places
from bot.flows.read.words import normal, phrase, stem, table, tokens
from bot.shop.types import Reason

_SURE = 0.35  # of a label's words that must be said, where nothing else tells
_STOP = frozenset("the a an i it is my to of in on for by was me you and or not that this because".split())


@dataclass(frozen=True)
class ReasonRead:
    """The reason that was given, with how well the words fit (0..1; 1 is its id or label)."""

    reason: Reason
    score: float


def read_reason(text: str, reasons: Sequence[Reason], listed: bool = False) -> ReasonRead | None:
    """The reason among `reasons` that `text` gives, in its own words too; None when none or several fit.

    `listed`: the reasons were just shown in order, so that "the second" names one.
    """
    plain = normal(text).strip(" .!。！,，")
    if not plain:
        return None
    for reason in reasons:
        if plain in _names(reason):
            return ReasonRead(reason, 1.0)
    inside = [(len(name), reason) for reason in reasons for name in _names(reason) if _stands(name, plain)]
    if inside:
        longest = max(length for length, _ in inside)
        best = {reason.id: reason for length, reason in inside if length == longest}
        return ReasonRead(next(iter(best.values())), 0.95) if len(best) == 1 else None
    if listed and len(places := read_places(text, len(reasons))) == 1:
        return ReasonRead(reasons[places[0]], 0.9)
    scored = sorted(
        ((_score(plain, reason), place) for place, reason in enumerate(reasons)), key=lambda row: (-row[0], row[1])
    )
    if not scored or scored[0][0] < _SURE or (len(scored) > 1 and scored[1][0] > scored[0][0] - 0.1):
        return None
    return ReasonRead(reasons[scored[0][1]], round(scored[0][0], 3))


@lru_cache(maxsize=256)
def _spaced(text: str) -> str:
    return " ".join(re.split(r"[\s_-]+", normal(text).strip()))


def _names(reason: Reason) -> set[str]:
    return {_spaced(name) for name in (reason.id, *reason.label.values())} | {normal(reason.id)}


def _stands(name: str, plain: str) -> bool:
    return len(name) > 1 and bool(phrase([name]).search(plain))


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((phrase(map(normal, row["labels"])), phrase(map(normal, row["says"]))) for row in table("reasons"))


def _score(plain: str, reason: Reason) -> float:
    """How well the words fit: the row of the table that both belong to, else the label's own words."""
    names = " ; ".join(sorted(_names(reason)))
    best = 0.0
    for labels, says in _rows():
        # A label belongs to the row of its longest words: "wrong size" is no wrong item.
        label, said = _longest(labels, names), _longest(says, plain)
        if label and said:
            best = max(best, min(0.85, 0.6 + 0.01 * said + 0.01 * label))
    return max(best, _overlap(plain, reason))


def _longest(pattern: re.Pattern[str], text: str) -> int:
    return max((len(match.group()) for match in pattern.finditer(text)), default=0)


def _overlap(plain: str, reason: Reason) -> float:
    said = {stem(t.text) for t in tokens(plain) if not t.cjk} - _STOP
    best = 0.0
    for name in _names(reason):
        words = {stem(t.text) for t in tokens(name) if not t.cjk} - _STOP
        if words and words & said:
            best = max(best, 0.7 * len(words & said) / len(words))
        if len(name) >= 5 and len(plain) <= 2 * len(name) and (ratio := fuzz.ratio(name, plain) / 100) >= 0.75:
            best = max(best, 0.8 * ratio)
    return best
