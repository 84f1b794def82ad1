"""Pairs of a question and a piece of an entry that the reader learns to tell apart. Knows nothing of torch.

The candidates are those that a search finds, each by its best unit, as in serving. A question beside the entries (unanswerable
or near miss) has candidates and no right one among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.encoder import Encoder
from bot.knowledge.search import Knowledge
from bot.route.followup import joined
from bot.training.answerable import knowledge_of
from bot.training.corpus import Corpus

CANDIDATES = 10


@dataclass(frozen=True)
class Example:
    """A question, what was found for it (best first), and the place of the right one; None when none is right.

    `missing` tells that an answer exists but was not found.
    """

    shop: str
    language: str
    kind: str
    question: str
    candidates: tuple[str, ...]
    gold: int | None
    missing: bool = False
    ids: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()


def examples_of(corpus: Corpus, shop: str, encoder: Encoder) -> Iterator[Example]:
    """Every question of a shop with its candidates; a right entry that was not found takes the last place."""
    knowledge = knowledge_of(corpus, shop, encoder)
    for entry in (e for e in corpus.entries if e.shop == shop):
        for question in entry.questions:
            yield _example(knowledge, shop, entry.language, "answerable", question.text, entry.id)
    for side in (s for s in corpus.side if s.shop == shop):
        text = joined(side.text, side.history[-1]) if side.history else side.text
        gold = side.entry_id if side.kind in ("false_premise", "follow_up") else None
        yield _example(knowledge, shop, side.language, side.kind, text, gold)


def _example(knowledge: Knowledge, shop: str, language: str, kind: str, text: str, gold: str | None) -> Example:
    hits = knowledge.search(text, language, k=200)
    ids = [h.passage.id for h in hits]
    kept = hits[:CANDIDATES]
    missing = gold is not None and gold not in ids[:CANDIDATES]
    if missing and gold in ids:
        kept = [*kept[:-1], hits[ids.index(gold)]]
    texts = tuple(knowledge.index.units[h.scored.unit].embedded for h in kept)
    names = tuple(h.passage.id for h in kept)
    place = names.index(gold) if gold in names else None
    return Example(shop, language, kind, text, texts, place, missing, names, tuple(h.score for h in kept))
