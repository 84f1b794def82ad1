"""Measures retrieval: encoders and ways of ranking, on the corpus' test shops and on public sets. Knows nothing of replies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.encoder import Encoder
from bot.evaluation.intervals import share
from bot.knowledge.index import build_index
from bot.knowledge.load import passage_units
from bot.knowledge.search import Hit, Knowledge
from bot.training.retrieval_sets import Query, RetrievalSet

DEPTH = 10
Order = Callable[[Sequence[Hit]], Sequence[Hit]]


def by(name: str) -> Order:
    """Ranks by one kind of evidence alone: `dense`, `late` or `lexical`."""
    return lambda hits: sorted(hits, key=lambda h: -float(getattr(h.scored, name)))


def as_found(hits: Sequence[Hit]) -> Sequence[Hit]:
    """The order that the product uses."""
    return hits


@dataclass
class Tally:
    """For each question: the place of the first right document (0 first; None beyond DEPTH), and the share of them found."""

    places: list[int | None] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)

    def add(self, query: Query, ranked: Sequence[Hit]) -> None:
        """Take in one question's ranking."""
        ids = [h.passage.id for h in ranked[:DEPTH]]
        self.places.append(next((n for n, i in enumerate(ids) if i in query.gold), None))
        self.recall.append(len(query.gold & set(ids)) / len(query.gold))

    def figures(self) -> dict[str, float | int]:
        """hit@1 with its interval, hit@3, hit@10, MRR, recall@10 and the number of questions."""
        first = share([p == 0 for p in self.places])
        return {
            "n": len(self.places),
            "hit1": round(first.value or 0.0, 4), "low": round(first.low or 0.0, 4), "high": round(first.high or 0.0, 4),
            "hit3": round(float(np.mean([p is not None and p < 3 for p in self.places])), 4),
            "hit10": round(float(np.mean([p is not None for p in self.places])), 4),
            "mrr": round(float(np.mean([0.0 if p is None else 1 / (p + 1) for p in self.places])), 4),
            "recall10": round(float(np.mean(self.recall)), 4),
        }  # fmt: skip


Tallies = dict[tuple[str, str, str], Tally]  # (order, set, language)


def measure(sets: Iterable[RetrievalSet], encoder: Encoder, orders: dict[str, Order], tallies: Tallies) -> None:
    """Ask every question of every set and add to `tallies`."""
    for found in sets:
        knowledge = Knowledge(build_index(found.passages, passage_units(found.passages), encoder), encoder)
        encoded = encoder.encode([q.text for q in found.queries], "query")
        for query, vectors in zip(found.queries, encoded, strict=True):
            hits = knowledge.search(query.text, query.language, k=60, question=vectors)
            for name, order in orders.items():
                ranked = order(hits)
                tallies.setdefault((name, found.name, query.language), Tally()).add(query, ranked)
