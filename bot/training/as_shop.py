"""Writes a shop of the corpus as an ordinary shop folder with its evaluation suites. Knows nothing of models."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from bot.errors import BadInput
from bot.training.corpus import Corpus, CorpusEntry, SideQuestion


def write_shop(corpus: Corpus, name: str, folder: Path) -> None:
    """`shop.yaml`, `faq/`, `policies/` and `<name>.<language>.jsonl`. Raises BadInput for an unknown shop or a folder in use."""
    import yaml

    if not corpus.entries:
        raise BadInput(f"{name}: no such shop in the corpus")
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(f"{folder}: not empty; name a new folder")
    (folder / "faq").mkdir(parents=True)
    config = {
        "id": re.sub(r"\W", "-", name), "name": {"en": name.title(), "zh": name.title()}, "currency": "CNY",
        "timezone": "Asia/Shanghai", "locales": ["zh", "en"],
    }  # fmt: skip
    (folder / "shop.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    faq: dict[str, dict[str, Any]] = {}
    for entry in corpus.entries:
        if entry.kind == "faq":
            row = faq.setdefault(entry.id, {"id": entry.id, "q": {}, "a": {}})
            row["q"][entry.language] = [entry.title]
            row["a"][entry.language] = entry.text
        else:
            _write_policy(folder, entry)
    rows = yaml.safe_dump(list(faq.values()), allow_unicode=True, sort_keys=False, width=10_000)
    (folder / "faq" / "entries.yaml").write_text(rows, encoding="utf-8")
    for language in ("zh", "en"):
        lines = [json.dumps(d, ensure_ascii=False) for d in dialogues(corpus, language)]
        (folder / f"{name}.{language}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_policy(folder: Path, entry: CorpusEntry) -> None:
    target = folder / "policies" / entry.language
    target.mkdir(parents=True, exist_ok=True)
    head = f"---\nid: {entry.id}\ntitle: {json.dumps(entry.title, ensure_ascii=False)}\n---\n"
    (target / f"{entry.id}.md").write_text(head + entry.text + "\n", encoding="utf-8")


def dialogues(corpus: Corpus, language: str) -> list[dict[str, Any]]:
    """The shop's questions as suite lines; those whose facts are not written down expect a citation only."""
    lines: list[dict[str, Any]] = []
    for entry in (e for e in corpus.entries if e.language == language):
        for number, question in enumerate(entry.questions, 1):
            expect = _expect(entry.id, question.facts)
            lines.append(
                _line(f"{entry.id}-{language}-{number}", language, ["answerable", entry.kind], [question.text], expect)
            )
    for number, side in enumerate((s for s in corpus.side if s.language == language), 1):
        lines.append(_side(side, number))
    return lines


def _side(side: SideQuestion, number: int) -> dict[str, Any]:
    expect: dict[str, Any] = {"refused": True}
    tags = [side.kind]
    if side.kind in ("false_premise", "follow_up") and side.entry_id:
        expect, tags = _expect(side.entry_id, side.facts), ["answerable", side.kind]
    return _line(f"{side.kind}-{side.language}-{number}", side.language, tags, [*side.history, side.text], expect)


def _expect(entry_id: str, facts: tuple[str, ...]) -> dict[str, Any]:
    contains = ["(" + "|".join(re.escape(a) for a in fact.split("|")) + ")" for fact in facts]
    return {"cites": [entry_id], "contains": contains, "refused": False}


def _line(identifier: str, language: str, tags: list[str], texts: list[str], expect: dict[str, Any]) -> dict[str, Any]:
    turns: list[dict[str, Any]] = [{"user": t} for t in texts]
    turns[-1]["expect"] = expect
    return {"id": identifier, "language": language, "tags": tags, "turns": turns}
