"""Comparing two runs."""

from __future__ import annotations

import pytest

from bot.evaluation.compare import compare, mcnemar


def turn(key, passed, reply="r", question="q", expected=None, **checks):
    return {
        "suite": "s",
        "id": key,
        "turn": 1,
        "question": question,
        "expected": expected or {},
        "passed": passed,
        "checks": checks,
        "answer": {"reply": reply},
    }


def run(*turns, **figures):
    overall = {name: {"value": value} for name, value in figures.items()}
    return {"turns": list(turns), "overall": overall, "started_at": "then", "writer": "w", "encoder": "e"}


def test_what_changed() -> None:
    before = run(
        turn("up", False, "old", contains=False, command=True),
        turn("down", True, contains=True),
        turn("same", True, "one"),
        turn("reworded", True, "one"),
        turn("altered", True),
        turn("asked otherwise", True),
        turn("gone", True),
        right=0.5,
        mrr=None,
    )
    after = run(
        turn("up", True, "new", contains=True, command=True),
        turn("down", False, contains=False),
        turn("same", True, "one"),
        turn("reworded", True, "two"),
        turn("altered", False, expected={"refused": True}),
        turn("asked otherwise", False, question="other"),
        turn("new", False),
        right=0.75,
        mrr=0.5,
        extra=1.0,
    )
    found = compare(before, after)
    assert found["counts"] == {
        "better": 1,
        "worse": 1,
        "same": 2,
        "reworded": 1,
        "altered": 2,
        "added": 1,
        "removed": 1,
    }
    assert found["better"] == [
        {
            "suite": "s",
            "id": "up",
            "turn": 1,
            "question": "q",
            "before": "old",
            "after": "new",
            "checks": {"contains": True},
        }
    ]
    assert [t["id"] for t in found["worse"]] == ["down"]
    assert found["metrics"] == {"right": {"before": 0.5, "after": 0.75, "change": 0.25}}
    assert (found["started_at"], found["writer"], found["encoder"], found["p"]) == ("then", "w", "e", 1.0)


def test_a_run_against_itself_changes_nothing() -> None:
    one = run(turn("a", True), turn("b", False), right=0.5)
    found = compare(one, one)
    assert (found["better"], found["worse"], found["counts"]["same"], found["p"]) == ([], [], 2, 1.0)


def test_mcnemar_by_hand() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(5, 0) == pytest.approx(2 / 32)
    assert mcnemar(1, 8) == pytest.approx(2 * (1 + 9) / 512)
    assert mcnemar(3, 3) == 1.0
    assert 0 <= mcnemar(2000, 1000) < 1e-60
