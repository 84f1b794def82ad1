"""Finds the passages that may answer a question. Knows nothing of bands, writers or conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.encoder import Encoded, Encoder
from bot.knowledge.index import Index
from bot.knowledge.lexical import Lexicon
from bot.knowledge.passages import Passage
from bot.knowledge.rank import Scored, rank, sentence_scores

DENSE_CANDIDATES = 40


@dataclass(frozen=True)
class Hit:
    """A passage found, with its evidence."""

    passage: Passage
    scored: Scored

    @property
    def score(self) -> float:
        """The ranking score; higher is better, comparable within one question only."""
        return self.scored.score


class Knowledge:
    """A shop's knowledge, ready to search; safe to use from several threads."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self.index = index
        self.encoder = encoder

    @cached_property
    def lexicon(self) -> Lexicon:
        """Content words of the passages."""
        return Lexicon("\n".join([p.title, p.text, *p.questions]) for p in self.index.passages)

    def search(self, text: str, language: str, k: int = 5, question: Encoded | None = None) -> list[Hit]:
        """The `k` best passages for `text`, best first, an id once; `question` is its encoding where it is known already."""
        encoded = question or self.encoder.encode([text], "query")[0]
        units, cosines = self.index.nearest(encoded.mean, language, DENSE_CANDIDATES)
        lexical = self.lexicon.coverage(text)
        dense = {int(u): float(c) for u, c in zip(units, cosines, strict=True)}
        # A passage is judged by all its text, not only by the units that came near.
        for unit in self._siblings({self.index.units[u].passage for u in dense}):
            if unit not in dense:
                dense[unit] = float(self.index.vectors[unit] @ encoded.mean)
        best: dict[str, Hit] = {}
        for scored in rank(self.index, encoded, list(dense), dense, lexical, language):
            passage = self.index.passages[scored.passage]
            best.setdefault(passage.id, Hit(passage, scored))
        return list(best.values())[:k]

    @cached_property
    def _units_of(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number, unit in enumerate(self.index.units):
            found.setdefault(unit.passage, []).append(number)
        return found

    def _siblings(self, passages: set[int]) -> list[int]:
        return [u for p in passages for u in self._units_of[p]]

    def supporting_sentences(self, hit: Hit, question: Encoded) -> list[tuple[float, str]]:
        """(score, sentence) of everything in the hit's passage, in the passage's order; rows of tables are sentences."""
        found: list[tuple[float, str]] = []
        for unit in self._texts(hit):
            own = self.index.units[unit].sentences
            scores = sentence_scores(self.index, question, unit)
            # The encoder's limit may have cut the last sentences off: they have no tokens, and are still there.
            found += zip([*scores, *[0.0] * (len(own) - len(scores))], own, strict=True)
        return found

    def sentences(self, hit: Hit) -> list[str]:
        """The sentences of the hit's passage, in order."""
        return [s for unit in self._texts(hit) for s in self.index.units[unit].sentences]

    def _texts(self, hit: Hit) -> list[int]:
        """The units that are the passage's own text, not questions about it."""
        return [u for u in self._units_of[hit.scored.passage] if self.index.units[u].kind != "question"]


def best_sentences(found: Sequence[tuple[float, str]], limit: int) -> list[str]:
    """The `limit` best sentences, in the passage's order."""
    keep = sorted(range(len(found)), key=lambda i: -found[i][0])[:limit]
    return [found[i][1] for i in sorted(keep)]
