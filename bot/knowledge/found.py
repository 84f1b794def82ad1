"""Search results as the contract shows them, for one text or for a batch file. Knows nothing of the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.errors import BadInput
from bot.knowledge.index import LANGUAGES
from bot.knowledge.search import Knowledge
from bot.perceive.language import detect


def found_rows(knowledge: Knowledge, text: str, language: str | None, default: str, k: int) -> list[dict[str, Any]]:
    """`[{"id","title","text","language","score","source","url"}]`, best first, an id once."""
    if not text.strip():
        raise BadInput("search: the text is empty; write what to search for")
    if language not in (None, "", *LANGUAGES):
        raise BadInput(f"language: {language!r} is not supported; write zh or en")
    spoken = language or detect(text) or default
    return [
        {
            "id": h.passage.id,
            "title": h.passage.title,
            "text": h.passage.text,
            "language": h.passage.language,
            "score": round(h.score, 4),
            "source": h.passage.source,
            "url": h.passage.url,
        }
        for h in knowledge.search(text, spoken, k)
    ]


def search_lines(
    path: Path, knowledge: Knowledge, default: str, k: int, language: str | None = None
) -> Iterator[dict[str, Any]]:
    """`{"id","results"}` for each `{"id","text"}` line; a bad line gives `{"id","line","error"}` and the rest is answered."""
    if not path.is_file():
        raise BadInput(f"--batch: {path} is not a file; name a JSON Lines file")
    with path.open("rb") as handle:
        for number, raw in enumerate(handle, 1):
            if not raw.strip():
                continue
            identifier: Any = None
            try:
                line = json.loads(raw.decode("utf-8-sig"))
                identifier = line["id"]
                results = found_rows(knowledge, line["text"], line.get("language") or language, default, k)
                yield {"id": identifier, "results": results}
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError, BadInput) as error:
                reason = str(error) if isinstance(error, BadInput) else 'not an object {"id","text"} in UTF-8'
                yield {"id": identifier, "line": number, "error": {"code": "bad_input", "message": reason}}
