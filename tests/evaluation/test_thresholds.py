"""Thresholds: names, parts, and what counts as met."""

from __future__ import annotations

import pytest

from bot.errors import BadInput
from bot.evaluation.runner import run_suites
from bot.evaluation.thresholds import Judged, check_thresholds, judge_thresholds

from .helpers import Scripted, dialogue, load, turn


def suite(thresholds):
    return load(
        {"thresholds": thresholds},
        dialogue("a", ("?", {"contains": ["7"]})),
        dialogue("b", ("？", {"contains": ["7"]}), language="zh", tags=["price"]),
    )


@pytest.mark.parametrize(
    "name", ["right", "check:cites", "recall@3", "refusal_recall:near_miss", "zh/right", "price/right"]
)
def test_names_that_are_known(name) -> None:
    check_thresholds(suite({name: 0.5}))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("rigth", "unknown metric 'rigth'; did you mean right"),
        ("wrong", "less of 'wrong' is better: use not_wrong"),
        ("zh/wrong_language", "use right_language"),
        ("fr/right", "no dialogue has the language or tag 'fr'"),
        ("/right", "no dialogue has"),
    ],
)
def test_names_that_are_not(name, says) -> None:
    with pytest.raises(BadInput, match=r"s\.jsonl:1: ") as caught:
        check_thresholds(suite({name: 0.5}))
    assert says in str(caught.value)


def test_each_part_is_judged_on_its_own() -> None:
    given = suite({"right": 0.5, "en/right": 0.9, "price/right": 0.1, "mrr": 0.0})
    played = run_suites([given], Scripted([turn("7"), turn("8")]))
    judged = judge_thresholds(given, played)
    assert judged == [
        Judged("right", 0.5, 0.5),
        Judged("en/right", 0.9, 1.0),
        Judged("price/right", 0.1, 0.0),
        Judged("mrr", 0.0, None),
    ]
    assert [j.met for j in judged] == [True, True, False, False]


def test_another_suites_turns_do_not_count() -> None:
    given = suite({"right": 1})
    played = run_suites([given], Scripted([turn("8"), turn("8")]))
    other = load(dialogue("a", ("?", {"contains": ["7"]})))
    object.__setattr__(other, "name", "other")
    played += run_suites([other], Scripted([turn("7")]))
    assert judge_thresholds(given, played)[0].value == 0.0
