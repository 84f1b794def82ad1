"""Every check: passing, failing, and what it says."""

from __future__ import annotations

import pytest

from bot.evaluation.checks import CHECKS, check_turn, cited_ids, is_refused
from bot.evaluation.suite import EXPECTATIONS

from .helpers import TICKET, cited, expect, turn

CANCEL = {"name": "cancel", "arguments": {}, "status": "proposed", "reason": None}
CONFIRM = {"flow": "cancel", "slot": "confirm", "options": []}


def product(key, price=10.0, **fields):
    return {"id": key, "name": key, "price": price, "currency": "CNY", "url": None, "image": None, **fields}


def test_there_is_a_check_for_every_expectation() -> None:
    assert tuple(CHECKS) == EXPECTATIONS


@pytest.mark.parametrize(
    ("wanted", "given", "reason"),
    [
        ({"command": "Search"}, turn(), ""),
        ({"command": "ChitChat"}, turn(), "command is Search, not ChitChat"),
        ({"intent": "returns"}, turn(intent={"name": "returns", "confidence": 1}), ""),
        ({"intent": "returns"}, turn(), "intent is none, not returns"),
        ({"intent": None}, turn(), ""),
        ({"intent": None}, turn(intent={"name": "returns", "confidence": 1}), "intent is returns, not none"),
        ({"band": ["direct", "generated"]}, turn(), ""),
        ({"band": ["flow", "generated"]}, turn(), "band is direct, not flow or generated"),
        ({"cites": ["a", "returns"]}, turn(citations=cited("x", "returns#window")), ""),
        ({"cites": ["a", "b"]}, turn(citations=cited("x", "y")), "cites x, y, not a or b"),
        ({"cites": ["a"]}, turn(), "cites none, not a"),
        ({"contains": ["seven", "free"]}, turn("Seven days[1], free"), ""),
        ({"contains": ["seven", "7", "x"]}, turn("Seven days"), "the reply lacks /7/, /x/"),
        ({"not_contains": ["fifteen"]}, turn("Seven days"), ""),
        ({"not_contains": ["seven", "x"]}, turn("Seven days"), "the reply has /seven/"),
        ({"refused": False}, turn(), ""),
        ({"refused": True}, turn(), "refused is false, not true"),
        ({"refused": True}, turn(band="refused"), ""),
        ({"refused": True}, turn(command="CannotHandle"), ""),
        ({"refused": True}, turn(handoff=TICKET), ""),
        ({"handoff": True}, turn(handoff=TICKET), ""),
        ({"handoff": False}, turn(handoff=TICKET), "handoff is true, not false"),
        ({"recommends": ["p1", "p2"]}, turn(products=[product("p9"), product("p2")]), ""),
        ({"recommends": ["p1"]}, turn(products=[product("p9")]), "shows p9, not p1"),
        ({"products_min": 1}, turn(products=[product("p9")]), ""),
        ({"products_min": 2}, turn(products=[product("p9")]), "shows 1 products, not 2 or more"),
        ({"not_products": ["p1"]}, turn(products=[product("p9")]), ""),
        ({"not_products": ["p1", "p9"]}, turn(products=[product("p9")]), "shows p9"),
        ({"max_price": 10}, turn(products=[product("p9")]), ""),
        ({"max_price": 9.5}, turn(products=[product("p9"), product("p1", 1)]), "p9 (10.0): more than 9.5"),
        ({"max_price": 10}, turn(products=[product("p9", None)]), "p9 (no price): more than 10"),
        ({"max_price": 10}, turn(), ""),
        ({"categories": ["tea"]}, turn(products=[product("known"), product("p", category="tea")]), ""),
        ({"categories": ["cups"]}, turn(products=[product("known")]), "known (tea): not of cups"),
        ({"categories": ["cups"]}, turn(products=[product("p")]), "p (none): not of cups"),
        ({"awaiting": "confirm"}, turn(awaiting=CONFIRM), ""),
        ({"awaiting": "order_id"}, turn(awaiting=CONFIRM), "awaited slot is confirm, not order_id"),
        ({"awaiting": None}, turn(), ""),
        ({"awaiting": None}, turn(awaiting=CONFIRM), "awaited slot is confirm, not none"),
        ({"action": {"name": "cancel", "status": "proposed"}}, turn(action=CANCEL), ""),
        ({"action": {"status": "done"}}, turn(action=CANCEL), "action's status is proposed, not done"),
        ({"action": {"name": "cancel"}}, turn(), "action's name is none, not cancel"),
        ({"action": None}, turn(), ""),
        ({"action": None}, turn(action=CANCEL), "action is cancel, not none"),
        ({"flow": "cancel"}, turn(awaiting=CONFIRM), ""),
        ({"flow": "cancel"}, turn(action=CANCEL), ""),
        ({"flow": "track"}, turn(command="StartFlow", intent={"name": "track", "confidence": 1}), ""),
        ({"flow": "track"}, turn(commands=[{"command": "StartFlow", "intent": "x", "flow": "track"}]), ""),
        ({"flow": "track"}, turn(intent={"name": "track", "confidence": 1}), "flow is none, not track"),
        ({"flow": "track"}, turn(awaiting=CONFIRM), "flow is cancel, not track"),
        ({"flow": None}, turn(), ""),
        ({"flow": None}, turn(action=CANCEL), "flow is cancel, not none"),
        ({"language": "en"}, turn("Seven days to return it"), ""),
        ({"language": "zh"}, turn("七天内可退"), "language is en, not zh"),
        ({"language": "zh"}, turn("Seven days", language="zh"), "the reply does not read as zh"),
    ],
)
def test_a_check(wanted, given, reason) -> None:
    (outcome,) = check_turn(expect(**wanted), given, {"known": "tea"})
    assert (outcome.check, outcome.passed, outcome.reason) == (next(iter(wanted)), not reason, reason)


def test_outcomes_come_in_the_suites_order() -> None:
    outcomes = check_turn(expect(language="en", command="Search"), turn("Yes, we do"))
    assert [o.check for o in outcomes] == ["language", "command"]
    assert check_turn(expect(), turn()) == ()


def test_a_turn_object_may_lack_what_it_does_not_need() -> None:
    wanted = {
        **dict.fromkeys(("intent", "awaiting", "action", "flow")),
        "refused": False,
        "max_price": 1,
        "products_min": 0,
    }
    assert all(o.passed for o in check_turn(expect(**wanted), {}))
    assert not is_refused({})


def test_citations_are_ordered_by_their_marks_and_counted_once() -> None:
    rows = [{"n": 2, "id": "b"}, {"n": 1, "id": "a"}, {"n": 3, "id": "a"}]
    assert cited_ids(turn(citations=rows)) == ["a", "b"]


def test_an_extractive_reply_may_introduce_a_quotation_and_a_generated_one_may_not() -> None:
    quote = "Returns are free within seven days of delivery for all members."
    reply = "我们的英文答案：" + quote
    fields = {"language": "zh", "citations": cited("returns", quote=quote)}
    for band, passed in (("extractive", True), ("generated", False)):
        (outcome,) = check_turn(expect(language="zh"), turn(reply, band=band, **fields))
        assert outcome.passed is passed
