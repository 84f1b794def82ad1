"""Which of a question's content words a passage contains, weighted by rarity. Knows nothing of vectors."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from bot.words import content_words

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Lexicon:
    """An inverted index of the passages' content words, with inverse document frequencies (Robertson's idf)."""

    def __init__(self, texts: Iterable[str]) -> None:
        postings: dict[str, list[int]] = {}
        count = 0
        for number, text in enumerate(texts):
            count += 1
            for word in content_words(text):
                postings.setdefault(word, []).append(number)
        self._count = count
        self._postings = {w: np.asarray(p, dtype=np.int64) for w, p in postings.items()}

    def idf(self, word: str) -> float:
        """Rarity of a word: about log(passages / passages that contain it), above 0."""
        seen = len(self._postings.get(word, ()))
        return math.log(1 + (self._count - seen + 0.5) / (seen + 0.5))

    def coverage(self, question: str) -> NDArray[np.float32]:
        """(passages,): the share, by idf, of the question's words that each passage contains; words no passage has count too."""
        scores = np.zeros(self._count, np.float32)
        total = 0.0
        for word in content_words(question):
            weight = self.idf(word)
            total += weight
            rows = self._postings.get(word)
            if rows is not None:
                scores[rows] += weight
        return scores / total if total else scores

    def unknown(self, question: str) -> float:
        """The share, by idf, of the question's words that no passage contains."""
        weights = [(self.idf(w), w in self._postings) for w in content_words(question)]
        total = sum(w for w, _ in weights)
        return sum(w for w, known in weights if not known) / total if total else 0.0

    def missing(self, question: str, passage: int) -> list[str]:
        """The question's content words that one passage does not contain."""
        empty = np.empty(0, np.int64)
        return [w for w in content_words(question) if not (self._postings.get(w, empty) == passage).any()]
