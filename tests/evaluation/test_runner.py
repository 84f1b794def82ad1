"""Playing suites: who is asked what, and what is kept."""

from __future__ import annotations

import pytest

from bot.errors import BadInput, WriterUnavailable
from bot.evaluation.runner import Judge, run_suites
from bot.guard.claims import ungrounded

from .helpers import TICKET, Scripted, cited, dialogue, load, play, turn, turns


def test_every_dialogue_is_a_conversation_of_its_own() -> None:
    suite = load(
        dialogue("a", ("one", None), ("two", {"command": "Search"}), customer="c1"),
        dialogue("b", ("三", None), language="zh", tags=["t"]),
    )
    answerer = Scripted([turn("1"), turn("2"), turn("3")])
    counted = []
    played = run_suites([suite], answerer, on_progress=lambda done, total: counted.append((done, total)))
    assert answerer.begun == [("c1", "en"), (None, "zh")]
    assert answerer.heard == [(1, "one"), (1, "two"), (2, "三")]
    assert counted == [(2, 3), (3, 3)]
    assert [(t.key, t.reply, t.tags) for d in played for t in d.turns] == [
        (("s", "a", 1), "1", ()),
        (("s", "a", 2), "2", ()),
        (("s", "b", 1), "3", ("t",)),
    ]


def test_an_error_fails_the_turn_and_the_dialogue_goes_on() -> None:
    suite = load(dialogue("a", ("one", {"refused": False, "contains": ["x"]}), ("two", {"command": "Search"})))
    (played,) = run_suites([suite], Scripted([WriterUnavailable("busy"), turn("2")]))
    first, second = played.turns
    assert (first.error, first.passed, first.verdict, first.turn) == ("busy", False, "wrong", {})
    assert [(o.check, o.passed, o.reason) for o in first.outcomes] == [
        ("refused", False, "no reply: busy"),
        ("contains", False, "no reply: busy"),
    ]
    assert second.passed
    assert played.passed is False


def test_a_bug_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        run_suites([load(dialogue("a", ("one", None)))], Scripted([ZeroDivisionError()]))


def test_an_unknown_customer_is_named_with_the_line() -> None:
    class Strict(Scripted):
        def new_conversation(self, customer, language):
            raise BadInput(f"no customer {customer}")

    with pytest.raises(BadInput, match=r"s\.jsonl:2: no customer c9"):
        run_suites(
            [load({"thresholds": {}}, dialogue("a", ("one", None), customer="c9"))],
            Strict([]),
        )


def test_what_the_database_should_hold_is_neither_passed_nor_failed() -> None:
    played = play(
        ({"command": "Search"}, turn(), {"db": {"orders": {}}, "db_unchanged": True}),
        ({"command": "Search"}, turn(), {"db_unchanged": True}),
        ({"command": "Search"}, turn()),
        ({"command": "ChitChat"}, turn()),
    )
    assert [(d.skipped, d.passed) for d in played] == [
        (("db", "db_unchanged"), None),
        (("db_unchanged",), None),
        ((), True),
        ((), False),
    ]


@pytest.mark.parametrize(
    ("wanted", "given", "verdict"),
    [
        ({"contains": ["7"]}, turn("7 days"), "right"),
        ({"contains": ["7"], "not_contains": ["15"]}, turn("7 or 15 days"), "wrong"),
        ({"contains": ["7"]}, turn("15 days"), "wrong"),
        ({"contains": ["7"]}, turn("7 days", band="refused"), "refused"),
        ({"contains": ["7"]}, turn("7 days", handoff=TICKET), "refused"),
        ({"contains": ["7"], "cites": ["a"]}, turn("7 days"), "right"),
        ({"contains": ["7"], "command": "ChitChat"}, turn("7 days"), "right"),
        ({"cites": ["a"]}, turn("x", citations=cited("a")), "right"),
        ({"cites": ["a"]}, turn("x", citations=cited("b")), "wrong"),
        ({"cites": ["a"], "not_contains": ["x"]}, turn("x", citations=cited("a")), "wrong"),
        ({"contains": ["7"], "refused": False}, turn("7 days"), "right"),
        ({"contains": ["sorry"], "refused": True}, turn("sorry", band="refused"), None),
        ({"contains": ["person"], "handoff": True}, turn("a person", handoff=TICKET), None),
        ({"command": "Search"}, turn(), None),
    ],
)
def test_right_wrong_and_refused(wanted, given, verdict) -> None:
    (result,) = turns((wanted, given))
    assert result.verdict == verdict


def test_claims_come_from_the_trace_else_from_the_ledger() -> None:
    reply, found = "7 days, 15 days, 31 days, question 2", cited("returns#w", quote="within 7 days")
    judge = Judge(texts={"zh": {"returns#w": "15 天"}, "en": {"other": "31 days"}}, ungrounded=ungrounded)
    results = turns(
        ({}, turn(reply, citations=found, trace={"ungrounded": ["9"]})),
        ({}, turn(reply, citations=found)),
        ({}, turn(reply)),
        judge=judge,
    )
    assert [r.ungrounded for r in results] == [("9",), ("31",), None]
    assert turns(({}, turn(reply, citations=found)))[0].ungrounded is None


def test_confidence_is_what_the_trace_says() -> None:
    results = turns(({}, turn(trace={"answerable": 0.25})), ({}, turn(trace={})), ({}, {"reply": "x"}))
    assert [r.confidence for r in results] == [0.25, None, None]
