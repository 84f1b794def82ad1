"""Answers the lines of a batch file, each in a conversation of its own. Knows nothing of the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.answerer import Answerer
from bot.errors import BadInput, ZhangguiError
from bot.orders.record_json import changed_records
from bot.turn import check_message


def answer_lines(
    path: Path, answerer: Answerer, customer: str | None = None, language: str | None = None, *, keep: bool = False
) -> Iterator[dict[str, Any]]:
    """One result a line, in order: the turn object with `id`, `{"id","turns","db"}`, or `{"id","line","error"}` for a bad line.

    Blank lines are passed over. Nothing that is wrong with one line keeps another from its answer. `customer` and
    `language` count where a line names none. Each line changes a throw-away copy of the shop's records, with `keep` the
    real ones. Raises BadInput for a file that cannot be read.
    """
    usual = {"customer": customer, "language": language}
    try:
        handle = path.open("rb")
    except OSError as error:
        raise BadInput(f"--batch: {path} cannot be read ({error.strerror}); name a JSON Lines file") from error
    with handle:
        for number, raw in enumerate(handle, 1):
            if not raw.strip():
                continue
            identifier: str | int | None = None
            try:
                line = usual | _parse(raw)
                identifier = line["id"] if _is_id(line.get("id")) else None
                yield _answer(_checked(line), answerer, keep)
            except ZhangguiError as error:
                code = "bad_input" if isinstance(error, BadInput) else "failure"
                yield {"id": identifier, "line": number, "error": {"code": code, "message": str(error)}}


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        line = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"not valid JSON in UTF-8 ({error}); write one object a line") from error
    if not isinstance(line, dict):
        raise BadInput('not a JSON object; write {"id": ..., "text": ...}')
    return line


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _checked(line: dict[str, Any]) -> dict[str, Any]:
    if not _is_id(line.get("id")):
        raise BadInput("id: missing, or neither a string nor a number; give each line one")
    texts = line.get("turns", [line.get("text")])
    if ("text" in line) == ("turns" in line) or not isinstance(texts, list) or not texts:
        raise BadInput("text, turns: give either a text or a list of turns")
    for text in texts:
        if not isinstance(text, str):
            raise BadInput("text, turns: every message must be a string")
        check_message(text)
    if line.get("language") not in (None, "zh", "en"):
        raise BadInput(f"language: {line['language']!r} is not zh or en; leave it out to go by the message")
    if not isinstance(line.get("customer"), str | None):
        raise BadInput("customer: must be a customer's id")
    return line


def _answer(line: dict[str, Any], answerer: Answerer, keep: bool) -> dict[str, Any]:
    if keep:
        before = answerer.records(line.get("customer"))
        replies = _replies(line, answerer)
        changed = changed_records(before, answerer.records(line.get("customer")))
    else:
        with answerer.apart() as apart:
            replies = _replies(line, apart.answerer)
            changed = apart.changed()
    if "text" in line:
        return {"id": line["id"], **replies[0]}
    return {"id": line["id"], "turns": replies, "db": {kind: rows for kind, rows in changed.items() if rows}}


def _replies(line: dict[str, Any], answerer: Answerer) -> list[dict[str, Any]]:
    conversation = answerer.new_conversation(line.get("customer"), line.get("language"))
    return [answerer.reply(conversation, text) for text in line.get("turns", [line.get("text")])]
