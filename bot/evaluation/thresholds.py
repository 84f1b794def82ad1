"""Judges the minimums that a suite sets. Knows nothing of how metrics are computed.

A threshold's name is a metric, or `LANGUAGE/metric` or `TAG/metric` for that part of the suite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import BadInput
from bot.evaluation.metrics import SMALLER_IS_BETTER, metrics, names
from bot.evaluation.runner import DialogueResult
from bot.evaluation.slices import by_language, by_tag
from bot.evaluation.suite import Suite
from bot.shop.problems import shown, unknown


@dataclass(frozen=True)
class Judged:
    """One threshold of a suite; `value` is None where the suite has no case for it, and that is a miss."""

    metric: str
    minimum: float
    value: float | None

    @property
    def met(self) -> bool:
        """Whether the minimum is reached."""
        return self.value is not None and self.value >= self.minimum


def check_thresholds(suite: Suite) -> None:
    """Raises BadInput (file:line) for a name that is no metric, or whose part the suite has not."""
    parts = {d.language for d in suite.dialogues} | {tag for d in suite.dialogues for tag in d.tags}
    for name in suite.thresholds:
        part, metric = _split(name)
        if part is not None and part not in parts:
            raise BadInput(f"{suite.path}:1: thresholds: no dialogue has the language or tag {shown(part)}")
        if metric in SMALLER_IS_BETTER:
            better = SMALLER_IS_BETTER[metric]
            raise BadInput(f"{suite.path}:1: thresholds are minimums; less of {shown(metric)} is better: use {better}")
        if metric not in names():
            raise BadInput(f"{suite.path}:1: thresholds: {unknown('metric', metric, names())}")


def judge_thresholds(suite: Suite, dialogues: Sequence[DialogueResult]) -> list[Judged]:
    """Each threshold of the suite, judged on the suite's own dialogues."""
    own = [d for d in dialogues if d.suite == suite.name]
    parts = {**by_tag(own), **by_language(own)}
    found: list[Judged] = []
    for name, minimum in suite.thresholds.items():
        part, metric = _split(name)
        members = own if part is None else parts[part]
        found.append(Judged(name, minimum, metrics(members)[metric].value))
    return found


def _split(name: str) -> tuple[str | None, str]:
    part, slash, metric = name.rpartition("/")
    return (part if slash else None), metric
