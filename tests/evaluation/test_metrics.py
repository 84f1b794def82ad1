"""Metrics against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evaluation.metrics import (
    answer_shares,
    band_shares,
    check_accuracy,
    citation_metrics,
    containment,
    grounded_numbers,
    intent_metrics,
    latency,
    macro_f1,
    metrics,
    names,
    question_overlap,
    refusal,
    wrong_language,
)

from .helpers import TICKET, play, turn, turns


def values(estimates):
    return {name: (e.value, e.n) for name, e in estimates.items()}


def test_checks_are_counted_one_by_one() -> None:
    found = values(
        check_accuracy(
            turns(
                ({"command": "Search", "band": "direct"}, turn()),
                ({"command": "ChitChat"}, turn()),
                ({}, turn()),
            )
        )
    )
    assert found["checks"] == (2 / 3, 3)
    assert found["check:command"] == (0.5, 2)
    assert found["check:band"] == (1.0, 1)
    assert found["check:flow"] == (None, 0)


def test_intents_by_hand() -> None:
    pairs = [("a", "a"), ("a", "b"), ("a", "a"), ("b", "b"), ("b", "x"), ("c", "a")]
    found = intent_metrics(pairs)
    assert (found["intent_accuracy"].value, found["intent_accuracy"].n) == (0.5, 6)
    # F1: a = 2*2/(3+3), b = 2*1/(2+2), c = 0; x is never expected.
    assert found["intent_macro_f1"].value == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert found["intent_macro_f1"].n == 6


def test_macro_f1_of_all_right_and_of_nothing() -> None:
    perfect = macro_f1([("a", "a"), (None, None)])
    assert (perfect.value, perfect.low, perfect.high) == (1.0, 1.0, 1.0)
    assert macro_f1([]).value is None
    assert macro_f1([("a", None)]).value == 0.0


@settings(deadline=None)  # the library is slow to load
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcx")), min_size=1, max_size=30))
def test_macro_f1_agrees_with_the_library(pairs) -> None:
    from sklearn.metrics import f1_score

    expected, found = zip(*pairs, strict=True)
    labels = sorted(set(expected))
    reference = f1_score(expected, found, labels=labels, average="macro", zero_division=0)
    assert macro_f1(pairs).value == pytest.approx(reference)


def test_ranks_by_hand() -> None:
    pairs = [
        (["a"], ["a", "b"]),  # rank 1
        (["b", "z"], ["a", "b#x"]),  # rank 2
        (["d"], ["a", "b", "c", "d"]),  # rank 4
        (["q"], ["a"]),  # none
        (["q"], []),  # none
    ]
    found = citation_metrics(pairs)
    assert [found[f"recall@{k}"].value for k in (1, 3, 5)] == [0.2, 0.4, 0.6]
    assert found["mrr"].value == pytest.approx((1 + 1 / 2 + 1 / 4) / 5)
    assert found["ndcg@3"].value == pytest.approx((1 + 1 / math.log2(3)) / 5)
    assert found["ndcg@5"].value == pytest.approx((1 + 1 / math.log2(3) + 1 / math.log2(5)) / 5)
    assert found["mrr"].n == 5


REFUSED = turn("Sorry", band="refused")
NEAR, UNANSWERABLE = {"tags": ["near_miss"]}, {"tags": ["unanswerable"]}


def questions():
    return turns(
        ({"contains": ["7"]}, turn("7 days")),
        ({"contains": ["7"]}, turn("7 days")),
        ({"contains": ["7"]}, turn("8 days")),
        ({"cites": ["a"]}, REFUSED),
        ({"refused": True}, REFUSED, NEAR),
        ({"refused": True}, turn("8 days"), NEAR),
        ({"refused": True}, turn("8 days"), NEAR),
        ({"refused": True}, REFUSED, UNANSWERABLE),
        ({"refused": True}, turn("x", handoff=TICKET), UNANSWERABLE),
        ({"refused": False}, turn("x")),
        ({"command": "ChitChat"}, REFUSED),
    )


def test_right_wrong_and_refused_add_up() -> None:
    assert values(answer_shares(questions())) == {
        "right": (0.5, 4),
        "wrong": (0.25, 4),
        "refused": (0.25, 4),
        "not_wrong": (0.75, 4),
        "answered": (0.75, 4),
    }


def test_refusals_overall_and_by_tag() -> None:
    asked = questions()
    # Refused: 1 near miss, 2 unanswerable, and 1 of the 5 that have an answer.
    assert values(refusal(asked)) == {"refusal_precision": (3 / 4, 4), "refusal_recall": (3 / 5, 5)}
    assert values(refusal(asked, "near_miss")) == {
        "refusal_precision": (1 / 2, 2),
        "refusal_recall": (1 / 3, 3),
    }
    assert values(refusal(asked, "unanswerable")) == {
        "refusal_precision": (2 / 3, 3),
        "refusal_recall": (1.0, 2),
    }


def test_grounded_numbers_count_replies_that_were_looked_at() -> None:
    found = grounded_numbers(
        turns(
            ({}, turn("7 days [1]", trace={"ungrounded": []})),
            ({}, turn("七天", trace={"ungrounded": []})),
            ({}, turn("8 days", trace={"ungrounded": ["8"]})),
            ({}, turn("see ABC-1", trace={"ungrounded": ["ABC-1"]})),
            ({}, turn("no number [1]", trace={"ungrounded": []})),
            ({}, turn("9 days")),
        )
    )
    assert (found.value, found.n) == (0.5, 4)


def test_wrong_language_by_script() -> None:
    found = wrong_language(
        turns(
            ({}, turn("七天内可以退货"), {"language": "zh"}),
            ({}, turn("Seven days"), {"language": "zh"}),
            ({"language": "en"}, turn("Seven days"), {"language": "zh"}),
            ({}, turn("七天内可以退货")),
            ({}, turn("")),
        )
    )
    assert (found.value, found.n) == (0.5, 4)


def test_containment_counts_dialogues() -> None:
    found = containment(play(({}, turn()), ({}, turn(handoff=TICKET)), ({}, turn()), ({}, turn())))
    assert (found.value, found.n) == (0.75, 4)


def test_latency_by_band() -> None:
    def timed(total, first=None, **fields):
        return turn(timings_ms={"total": total, "first_token": first}, **fields)

    found = latency(
        turns(
            ({}, timed(10, 5)),
            ({}, timed(20, 6)),
            ({}, timed(30)),
            ({}, timed(1000, band="generated")),
            ({}, turn(timings_ms={})),
        )
    )
    assert list(found) == ["all", "direct", "generated"]
    assert {p: found["direct"]["total"][p].value for p in ("p50", "p95", "p99")} == pytest.approx(
        {"p50": 20, "p95": 29, "p99": 29.8}
    )
    assert (
        found["direct"]["total"]["n"],
        found["direct"]["first_token"]["n"],
        found["all"]["total"]["n"],
    ) == (3, 2, 4)
    assert found["direct"]["first_token"]["p50"].value == 5.5
    assert "first_token" not in found["generated"]


def test_band_shares() -> None:
    found = band_shares(turns(({}, turn()), ({}, turn()), ({}, REFUSED), ({}, turn(band="flow"))))
    assert {name: e.value for name, e in found.items() if e.value} == {
        "direct": 0.5,
        "refused": 0.25,
        "flow": 0.25,
    }


def test_overlap_with_the_entry_that_should_be_cited() -> None:
    texts = {
        "en": {"p#a": "question about nothing", "p#b": "other", "q": "delivery"},
        "zh": {"p#a": "question"},
    }
    asked = turns(
        ({"cites": ["p"]}, turn()),  # "question 1": one of two words, in the better of two passages
        ({"cites": ["q"]}, turn()),  # none
        ({"cites": ["gone"]}, turn()),  # no text: left out
        ({"cites": ["p#a"]}, turn()),  # one of two
        ({}, turn()),
    )
    assert question_overlap(asked, texts) == {"median": 0.5, "n": 3}
    assert question_overlap(asked, {}) == {"median": None, "n": 0}


def test_all_metrics_together() -> None:
    played = play(
        ({"intent": "a", "contains": ["7"]}, turn("7 days", intent={"name": "a", "confidence": 1})),
        ({"command": "ChitChat"}, turn("x")),
        ({"command": "Search"}, turn("x"), {"db_unchanged": True}),
        ({}, turn("x")),
    )
    found = metrics(played)
    assert tuple(found) == names()
    assert (found["turns_passed"].value, found["turns_passed"].n) == (2 / 3, 3)
    # The dialogue with an unchecked database and the one that expects nothing do not count.
    assert (found["dialogues_passed"].value, found["dialogues_passed"].n) == (0.5, 2)
    assert (found["right"].value, found["intent_macro_f1"].value, found["containment"].value) == (1, 1, 1)
    assert found["right_language"].value == 1 - found["wrong_language"].value
    for estimate in found.values():
        if estimate.n:
            assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
