"""Choosing thresholds on known verdicts."""

from __future__ import annotations

import pytest

from bot.errors import BadInput
from bot.evaluation.calibrate import Observation, choose, choose_all, outcome, summary, upper
from bot.knowledge.bands import Thresholds


def seen(
    top: float, verbatim: str, generated: str, *, answerable: bool = True, curated: bool = True, language: str = "en"
) -> Observation:
    tags = ("answerable",) if answerable else ("unanswerable",)
    return Observation("q", language, answerable, tags, top, top, curated, verbatim, verbatim, generated)  # type: ignore[arg-type]


def test_outcome_follows_the_bands():
    thresholds = Thresholds(direct=0.8, generated=0.4, extractive=0.6)
    assert outcome(seen(0.9, "right", "wrong"), thresholds) == "right"
    assert outcome(seen(0.9, "right", "wrong", curated=False), thresholds) == "wrong"
    assert outcome(seen(0.5, "wrong", "right"), thresholds) == "right"
    assert outcome(seen(0.3, "right", "right"), thresholds) == "refused"
    assert outcome(seen(0.5, "right", "right"), thresholds, writer=False) == "refused"
    assert outcome(seen(0.7, "right", "refused"), thresholds, writer=False) == "right"


def test_choose_keeps_wrong_answers_below_the_limit():
    good = [seen(0.5 + n / 100, "right", "right") for n in range(40)]
    bad = [seen(0.3 + n / 200, "wrong", "wrong") for n in range(20)]
    outside = [seen(0.2 + n / 100, "wrong", "wrong", answerable=False) for n in range(20)]
    thresholds = choose(good + bad + outside, wrong=0.05)
    verdicts = [outcome(o, thresholds) for o in good + bad]
    assert verdicts.count("wrong") <= 3
    assert verdicts.count("right") >= 38
    assert all(outcome(o, thresholds) == "refused" for o in outside)


def test_choose_all_refuses_too_few_and_serves_a_language_without_questions():
    with pytest.raises(BadInput, match="too few"):
        choose_all([seen(0.9, "right", "right")] * 5, 0.03)
    found = choose_all([seen(n / 40, "right" if n > 20 else "wrong", "right") for n in range(40)], 0.03)
    assert found["zh"] == found["en"]


def test_summary_counts_by_language_and_tag():
    rows = [seen(0.9, "right", "right"), seen(0.9, "wrong", "wrong"), seen(0.1, "wrong", "wrong", answerable=False)]
    report = summary(rows, {"en": Thresholds(0.5, 0.5, 0.5), "zh": Thresholds(0.5, 0.5, 0.5)})
    assert report["en"]["right"]["value"] == 0.5
    assert report["en"]["wrong"]["value"] == 0.5
    assert report["en"]["unanswerable_refused"]["value"] == 1.0


def test_the_limit_is_held_by_the_upper_end_of_the_interval():
    assert upper(0, 0) == 0.0
    assert upper(4, 72) == pytest.approx(0.100, abs=0.002)
    assert upper(4, 720) < upper(4, 72) < upper(8, 72)
    assert upper(72, 72) == pytest.approx(1.0)
