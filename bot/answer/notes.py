"""Chooses what the writer gets to read: the best passages, trimmed to the sentences that matter. Knows nothing of prompts.

Prompt tokens cost time (about 11 ms each on two cores), so a long passage is cut to its best sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.encoder import Encoded
from bot.guard.citations import Source
from bot.knowledge.search import Hit, Knowledge
from bot.knowledge.split import weight

NOTES = 2
BUDGET = (320, 160)  # weights (see split.weight) of the first and the second note
NEAR = 0.06  # a passage further behind the best one than this is left out


@dataclass(frozen=True)
class Note:
    """A passage as the writer reads it."""

    title: str
    text: str
    source: Source
    language: str


def notes(knowledge: Knowledge, question: Encoded, hits: Sequence[Hit]) -> list[Note]:
    """Up to NOTES notes, best first."""
    near = [h for h in hits[:NOTES] if hits[0].score - h.score <= NEAR]
    return [_note(knowledge, question, hit, budget) for hit, budget in zip(near, BUDGET, strict=False)]


def source_of(knowledge: Knowledge, hit: Hit) -> Source:
    """The hit's passage as something to cite."""
    passage = hit.passage
    return Source(passage.id, passage.title, passage.url, tuple(knowledge.sentences(hit)))


def _note(knowledge: Knowledge, question: Encoded, hit: Hit, budget: int) -> Note:
    scored = knowledge.supporting_sentences(hit, question)
    kept: set[int] = set()
    used = 0
    for n in sorted(range(len(scored)), key=lambda i: -scored[i][0]):
        cost = weight(scored[n][1])
        if kept and used + cost > budget:
            continue
        kept.add(n)
        used += cost
    text = " ".join(scored[n][1] for n in sorted(kept))
    title = hit.passage.title.split(" › ")[-1]
    return Note(title, text, source_of(knowledge, hit), hit.passage.language)
