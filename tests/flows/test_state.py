"""A flow's state survives the log unchanged."""

from __future__ import annotations

import json

from bot.flows.state import Asked, FlowState, Option, Proposal, Request, from_json, to_json


def test_a_state_survives_json() -> None:
    state = FlowState(
        "return",
        {"order_id": "LC1", "lines": [{"line_no": 1, "sku": "a", "quantity": 2}]},
        Asked("confirm", (Option("yes", "Yes"),), 1, "Shall I?"),
        Proposal({"order_id": "LC1"}, "Return", "p_1", 12.5, confirmed=True),
        (Request("cancel", {"order_id": "LC2"}, "and cancel LC2"),),
        1,
    )
    assert from_json(json.loads(json.dumps(to_json(state)))) == state
    assert from_json(to_json(FlowState("track"))) == FlowState("track")
    assert to_json(None) is None and from_json(None) is None


def test_another_value_makes_a_proposal_void() -> None:
    state = FlowState("cancel", {"reason": "a"}, proposal=Proposal({}, "", "k", 0.0))
    assert state.with_slots(reason="a").proposal is not None
    assert state.with_slots(reason="b").proposal is None
    assert "reason" not in state.with_slots(reason=None).slots
