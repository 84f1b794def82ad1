"""A scripted answerer, small suites, and turn objects for the tests."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from bot.evaluation.runner import Judge, run_suites
from bot.evaluation.suite import load_suite


def turn(reply="", **fields):
    """A turn object of a plain search answer, with some fields changed."""
    return {
        "reply": reply,
        "language": "en",
        "command": "Search",
        "commands": [{"command": "Search", "intent": None}],
        "intent": {"name": None, "confidence": 0.9},
        "band": "direct",
        "citations": [],
        "products": [],
        "offers": [],
        "quick_replies": [],
        "awaiting": None,
        "action": None,
        "handoff": None,
        "speaker": "assistant",
        "timings_ms": {"total": 10.0, "first_token": 5.0},
        "trace": {},
        **fields,
    }


def cited(*ids, quote=""):
    """Citations of these ids, in order."""
    return [{"n": n, "id": key, "title": key, "url": None, "quote": quote} for n, key in enumerate(ids, 1)]


TICKET = {"reason": "requested", "ticket": "T1", "state": "waiting", "wait_minutes": None}


class Scripted:
    """Answers from a list, in order; an exception in the list is raised."""

    def __init__(self, replies):
        self.replies = list(replies)
        self.begun = []
        self.heard = []

    def new_conversation(self, customer, language):
        if isinstance(customer, Exception):
            raise customer
        self.begun.append((customer, language))
        return len(self.begun)

    def reply(self, conversation, text):
        self.heard.append((conversation, text))
        answer = self.replies.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def describe(self):
        return {"writer": "none", "encoder": "tiny", "writer_ready": False}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def write_suite(path: Path, *rows) -> Path:
    """A suite file of rows: objects, or lines as they are."""
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def dialogue(key, *turns, language="en", **fields):
    """A dialogue of (user, expect) pairs."""
    rows = [{"user": user, "expect": expect} if expect is not None else {"user": user} for user, expect in turns]
    return {"id": key, "language": language, "turns": rows, **fields}


def load(*rows):
    """The suite `s` of these rows."""
    with tempfile.TemporaryDirectory() as folder:
        return load_suite(write_suite(Path(folder) / "s.jsonl", *rows))


def expect(**fields):
    """What a suite makes of these expectations."""
    return load(dialogue("d", ("?", fields))).dialogues[0].turns[0].expect


def play(*cases, judge=None):
    """Dialogues of one turn each, played; a case is (expect, turn object[, fields of the dialogue])."""
    rows = [
        dialogue(f"d{n}", (f"question {n}", case[0]), **(case[2] if len(case) > 2 else {}))
        for n, case in enumerate(cases, 1)
    ]
    return run_suites([load(*rows)], Scripted(case[1] for case in cases), judge or Judge())


def turns(*cases, judge=None):
    """The turns of `play`."""
    return [result for played in play(*cases, judge=judge) for result in played.turns]
