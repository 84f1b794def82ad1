"""Reads the corpus of shop talk: entries and questions by shop. Knows nothing of models."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import BadInput


@dataclass(frozen=True)
class CorpusQuestion:
    """A customer's question and the strings that a right answer contains (`a|b` means either)."""

    text: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class CorpusEntry:
    """One entry of an invented shop in one language."""

    shop: str
    id: str
    language: str
    kind: str
    title: str
    text: str
    questions: tuple[CorpusQuestion, ...]


@dataclass(frozen=True)
class SideQuestion:
    """A question beside the entries: unanswerable, near_miss, false_premise or follow_up."""

    shop: str
    language: str
    kind: str
    text: str
    entry_id: str | None = None
    facts: tuple[str, ...] = ()
    history: tuple[str, ...] = ()


@dataclass
class Corpus:
    """All shops read, in the order of their names."""

    entries: list[CorpusEntry] = field(default_factory=list)
    side: list[SideQuestion] = field(default_factory=list)

    @property
    def shops(self) -> list[str]:
        """Names of the shops, sorted."""
        return sorted({e.shop for e in self.entries})

    def of(self, shops: Iterable[str]) -> Corpus:
        """The part that belongs to `shops`."""
        names = set(shops)
        return Corpus([e for e in self.entries if e.shop in names], [s for s in self.side if s.shop in names])


def _lines(path: Path) -> list[dict]:  # type: ignore[type-arg]
    rows = []
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            raise BadInput(f"{path}:{n}: not a JSON object ({error}); mend the line") from error
    return rows


def _question(raw: str | dict) -> CorpusQuestion:  # type: ignore[type-arg]
    if isinstance(raw, str):
        return CorpusQuestion(raw)
    return CorpusQuestion(raw["text"], tuple(raw.get("facts", ())))


def read_corpus(folder: Path) -> Corpus:
    """Every `<folder>/<shop>/entries.jsonl` with its `questions.jsonl`, in the format of eval/corpus/README.md."""
    corpus = Corpus()
    paths = sorted(folder.glob("*/entries.jsonl"))
    if not paths:
        raise BadInput(f"{folder}: no */entries.jsonl in it; name the folder of the corpus")
    for path in paths:
        for row in _lines(path):
            questions = tuple(_question(q) for q in row["q"])
            corpus.entries.append(
                CorpusEntry(
                    row["shop"], row["id"], row["lang"], row.get("kind", "faq"), row["title"], row["text"], questions
                )
            )
        beside = path.with_name("questions.jsonl")
        for row in _lines(beside) if beside.exists() else []:
            entry_id = row.get("near_id") or row.get("answer_id")
            corpus.side.append(
                SideQuestion(
                    row["shop"],
                    row["lang"],
                    row["kind"],
                    row["text"],
                    entry_id,
                    tuple(row.get("facts", ())),
                    tuple(row.get("history", ())),
                )
            )
    return corpus
