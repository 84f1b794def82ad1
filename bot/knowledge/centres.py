"""Where each language's vectors lie on average, so that passages of two languages compete evenly. Knows nothing of searching.

Vectors of a multilingual encoder lie nearer to others of their own language, whatever they say: a question would rather
find any passage in its own language than the right one in another. Part of each language's mean is taken off both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.encoder import Encoded, Encoder, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SHARE = 0.5  # of the mean; chosen among 0, .5, .8 and 1 on the corpus' choosing shops (docs/retrieval.md)
_ENOUGH = 10  # texts of a language, below which its mean says more of these texts than of the language
_TEXTS = 400


@dataclass(frozen=True)
class Centres:
    """(languages, d) each: means of questions, of their tokens, of units, and of their tokens. Zero where too little is known."""

    question: Floats
    question_token: Floats
    unit: Floats
    unit_token: Floats

    def stacked(self) -> Floats:
        """(4, languages, d), to be kept in a file."""
        return np.stack([self.question, self.question_token, self.unit, self.unit_token])

    def centred(self, question: Encoded, language: int) -> tuple[Floats, Floats]:
        """The question's mean vector (d,) and token vectors (t, d), its language's part taken off."""
        mean = unit(question.mean - SHARE * self.question[language])
        return mean, unit(question.tokens - SHARE * self.question_token[language])

    def known(self, languages: Sequence[int]) -> bool:
        """Whether all these languages have centres."""
        parts = self.stacked()[:, list(languages)]
        return bool((np.abs(parts).max(-1) > 0).all())


def find_centres(
    asked: Sequence[Sequence[str]],
    encoder: Encoder,
    vectors: Floats,
    tokens: NDArray[np.int8],
    rows: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]],
) -> Centres:
    """`asked` are questions (titles and curated ones) by language; `rows` say by language which of `vectors` (units, d) and
    which of `tokens` (all tokens, d; int8 of unit vectors times 127) are its own, as (unit numbers, token numbers)."""
    count = len(asked)
    found = np.zeros((4, count, encoder.dim), np.float32)
    for language, texts in enumerate(asked):
        own, own_tokens = rows[language]
        if len(texts) < _ENOUGH or len(own) < _ENOUGH:
            continue
        encoded = encoder.encode(list(texts)[:_TEXTS], "query")
        found[0, language] = np.mean([e.mean for e in encoded], 0)
        found[1, language] = np.concatenate([e.tokens for e in encoded]).mean(0)
        found[2, language] = vectors[own].mean(0)
        found[3, language] = tokens[own_tokens].mean(0, dtype=np.float32) / 127.0
    return Centres(*found)
