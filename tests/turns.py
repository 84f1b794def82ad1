"""Plays turns for the tests, and checks each against the contract."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.conversation import Conversation
from bot.services import Services
from bot.turn import take_turn

Turn = dict[str, Any]
ASKED = {"en": "How long does delivery take?", "zh": "多久能送到？"}
FIELDS: dict[str, type | tuple[type, ...]] = {
    "reply": str,
    "language": str,
    "command": str,
    "commands": list,
    "intent": dict,
    "band": str,
    "citations": list,
    "products": list,
    "offers": list,
    "quick_replies": list,
    "awaiting": (dict, type(None)),
    "action": (dict, type(None)),
    "handoff": (dict, type(None)),
    "speaker": str,
    "conversation_id": str,
    "message_id": str,
    "timings_ms": dict,
    "trace": dict,
}
TIMINGS = {"perceive", "route", "retrieve", "generate", "guard", "total", "first_token"}
COMMANDS = {
    "StartFlow",
    "SetSlot",
    "CorrectSlot",
    "CancelFlow",
    "Clarify",
    "Search",
    "Recommend",
    "ChitChat",
    "Handoff",
    "CannotHandle",
}
BANDS = {"direct", "generated", "extractive", "refused", "flow", "template"}


def play(services: Services, conversation: Conversation, text: str, language: str | None = None) -> Turn:
    """The turn object; every turn played here is checked against the contract."""
    events = list(take_turn(services, conversation, text, language))
    turn = events[-1][1]
    check_events(events)
    check_turn(turn)
    return turn


def check_events(events: list[tuple[str, Any]]) -> None:
    kinds = [kind for kind, _ in events]
    turn = events[-1][1]
    assert kinds[0] == "routed" and kinds[-1] == "done" and kinds.count("done") == 1
    assert set(kinds) <= {"routed", "delta", "citations", "quick_replies", "awaiting", "action", "handoff", "done"}
    assert "".join(data["text"] for kind, data in events if kind == "delta") == turn["reply"]
    for kind in ("citations", "quick_replies"):
        sent = [data for found, data in events if found == kind]
        assert sent == ([turn[kind]] if turn[kind] else [])
    assert events[0][1] == {
        "command": turn["command"],
        "intent": turn["intent"]["name"],
        "language": turn["language"],
    }


def check_turn(turn: Turn) -> None:
    assert set(FIELDS) <= set(turn)
    for name, kind in FIELDS.items():
        assert isinstance(turn[name], kind), name
    assert turn["reply"].strip() and turn["language"] in ("zh", "en") and turn["speaker"] == "assistant"
    assert turn["command"] in COMMANDS and turn["band"] in BANDS
    assert turn["commands"][0]["command"] == turn["command"] and "intent" in turn["commands"][0]
    assert set(turn["intent"]) == {"name", "confidence"} and 0 <= turn["intent"]["confidence"] <= 1
    assert set(turn["timings_ms"]) >= TIMINGS
    assert all(isinstance(ms, float | int) and ms >= 0 for ms in turn["timings_ms"].values())
    assert turn["timings_ms"]["first_token"] <= turn["timings_ms"]["total"]
    marks = [int(n) for n in re.findall(r"\[(\d+)\]", turn["reply"])]
    assert [c["n"] for c in turn["citations"]] == list(range(1, len(turn["citations"]) + 1))
    assert set(marks) == {c["n"] for c in turn["citations"]}
    for citation in turn["citations"]:
        assert set(citation) == {"n", "id", "title", "url", "quote"} and citation["quote"]
    if turn["command"] == "Search":
        assert turn["band"] in ("direct", "generated", "extractive", "refused")
    json.dumps(turn, allow_nan=False).encode()
