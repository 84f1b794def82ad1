"""The risk-coverage curve by hand."""

from __future__ import annotations

import pytest

from bot.evaluation.curve import Case, auroc, cases, risk_coverage

from .helpers import turn, turns


def good(confidence):
    return Case(confidence, "good", answerable=True)


def bad(confidence, answerable=False):
    return Case(confidence, "bad", answerable)


def test_cases_are_the_questions_with_a_confidence() -> None:
    found = cases(
        turns(
            ({"contains": ["7"]}, turn("7", trace={"answerable": 0.9})),
            ({"contains": ["7"]}, turn("8", trace={"answerable": 0.8})),
            ({"contains": ["7"]}, turn("-", band="refused", trace={"answerable": 0.3})),
            ({"refused": True}, turn("8", trace={"answerable": 0.5})),
            ({"refused": True}, turn("-", band="refused", trace={"answerable": 0.1})),
            ({"contains": ["7"]}, turn("7")),
            ({"command": "ChitChat"}, turn("hi", trace={"answerable": 0.2})),
        )
    )
    assert found == [
        good(0.9),
        bad(0.8, answerable=True),
        Case(0.3, "unseen", answerable=True),
        bad(0.5),
        bad(0.1),
    ]


def test_the_whole_curve_by_hand() -> None:
    given = [bad(0.5), good(0.9), Case(0.5, "unseen", answerable=True), good(0.7), bad(0.2)]
    found = risk_coverage(given)
    assert [tuple(p.values()) for p in found["points"]] == [
        (0.9, 1, 0.2, 0.0, 0.0),
        (0.7, 2, 0.4, 0.0, 0.0),
        (0.5, 4, 0.8, 0.25, 0.5),
        (0.2, 5, 1.0, 0.4, 0.6),
    ]
    assert list(found["points"][0]) == ["threshold", "answered", "coverage", "risk", "risk_at_most"]
    assert (found["n"], found["aurc"]) == (5, pytest.approx((0 + 0 + 2 * 0.25 + 0.4) / 5))
    # Pairs: 0.9 and 0.7 beat both; 0.5 ties with 0.5 and beats 0.2.
    assert found["auroc"] == pytest.approx(5.5 / 6, abs=1e-6)


def test_a_better_order_has_less_area() -> None:
    best = risk_coverage([good(0.9), good(0.8), bad(0.2), bad(0.1)])
    worst = risk_coverage([bad(0.9), bad(0.8), good(0.2), good(0.1)])
    assert best["aurc"] == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4, abs=1e-6)
    assert worst["aurc"] == pytest.approx((1 + 1 + 2 / 3 + 1 / 2) / 4, abs=1e-6)


def test_without_cases_and_with_one_kind() -> None:
    assert risk_coverage([]) == {"n": 0, "aurc": None, "auroc": None, "points": []}
    assert auroc([good(0.5)]) is None
    assert auroc([good(0.5), bad(0.5)]) == 0.5
