"""Risk against coverage: what answering more questions would cost. Knows nothing of how confidence is made.

R. El-Yaniv, Y. Wiener, "On the foundations of noise-free selective classification", JMLR 11, 2010; Y.
Geifman, R. El-Yaniv, "Selective classification for deep neural networks", NeurIPS 2017.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from bot.evaluation.runner import TurnResult

Kind = Literal["good", "bad", "unseen"]


@dataclass(frozen=True)
class Case:
    """A question with its confidence (0..1).

    `bad`: answering it is an error, since it must be refused or the answer was wrong; `good`: it was answered
    right; `unseen`: it has an answer, but the bot refused, so nobody knows how the answer would have been.
    """

    confidence: float
    kind: Kind
    answerable: bool


def cases(turns: Iterable[TurnResult]) -> list[Case]:
    """The questions among the turns that have a confidence and are known to be answerable or not."""
    kinds: dict[str | None, Kind] = {"right": "good", "wrong": "bad", "refused": "unseen"}
    found = []
    for turn in turns:
        if turn.confidence is None:
            continue
        if turn.expects_refusal:
            found.append(Case(turn.confidence, "bad", answerable=False))
        elif turn.verdict is not None:
            found.append(Case(turn.confidence, kinds[turn.verdict], answerable=True))
    return found


def risk_coverage(given: Sequence[Case]) -> dict[str, Any]:
    """`{"n", "aurc", "auroc", "points": [{"threshold", "answered", "coverage", "risk", "risk_at_most"}]}`.

    A point a distinct confidence, highest first: if every question of at least that confidence were answered,
    `coverage` of all would be, and `risk` of those answered would be errors, counting the unseen as right;
    `risk_at_most` counts them as errors. `aurc` is the mean of `risk` over the cases in order of confidence,
    equal ones together; 0 is best.
    """
    points: list[dict[str, Any]] = []
    answered = bad = unseen = 0
    area = 0.0
    ordered = sorted(given, key=lambda c: -c.confidence)
    for confidence, group in groupby(ordered, key=lambda c: c.confidence):
        tied = list(group)
        answered += len(tied)
        bad += sum(c.kind == "bad" for c in tied)
        unseen += sum(c.kind == "unseen" for c in tied)
        area += len(tied) * bad / answered
        points.append(
            {
                "threshold": round(confidence, 6),
                "answered": answered,
                "coverage": round(answered / len(given), 6),
                "risk": round(bad / answered, 6),
                "risk_at_most": round((bad + unseen) / answered, 6),
            }
        )
    aurc = round(area / len(given), 6) if given else None
    return {"n": len(given), "aurc": aurc, "auroc": auroc(given), "points": points}


def auroc(given: Sequence[Case]) -> float | None:
    """How often an answerable question has more confidence than one to be refused, a tie counting half.

    The Mann-Whitney statistic; None where one of the two kinds is missing.
    """
    yes = [c.confidence for c in given if c.answerable]
    no = [c.confidence for c in given if not c.answerable]
    if not yes or not no:
        return None
    wins = sum((y > n) + 0.5 * (y == n) for y in yes for n in no)
    return round(wins / (len(yes) * len(no)), 6)
