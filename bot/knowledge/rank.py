"""Orders candidate passages for a question: late interaction first, with dense and lexical evidence. Knows nothing of files.

Late interaction (MaxSim, Khattab & Zaharia 2020, arXiv:2004.12832): the mean, over the question's tokens, of the
cosine of the best token of the passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.encoder import Encoded, unit
from bot.knowledge.centres import SHARE
from bot.knowledge.index import LANGUAGES, Index

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Weights of the evidence, chosen over a grid on corpus shops that the encoder was not trained on (docs/retrieval.md). Likeness to
# a curated question misleads unless it is nearly the same question, so only what goes beyond SAME counts.
LATE, DENSE, LEXICAL, QUESTION, SAME = 1.0, 0.2, 0.05, 2.0, 0.9


Matches = list["NDArray[np.float32]"]


@dataclass(frozen=True)
class Scored:
    """A passage's evidence. `best` (t,) is each question token's best cosine in the winning unit."""

    passage: int
    unit: int
    score: float
    late: float
    dense: float
    question: float
    lexical: float
    best: NDArray[np.float32]


def token_matches(index: Index, tokens: NDArray[np.float32], units: Sequence[int], *, centred: bool = False) -> Matches:
    """For each unit, each question token's best cosine (t,). `centred`: the units' tokens without their language's part."""
    lengths = [int(index.starts[u + 1] - index.starts[u]) for u in units]
    stacked = (
        np.concatenate([index.tokens[index.starts[u] : index.starts[u + 1]] for u in units]).astype(np.float32) / 127.0
    )
    if centred:
        languages = np.repeat(index.unit_languages[list(units)], lengths)
        stacked = unit(stacked - SHARE * index.centres.unit_token[languages])
    cosines = tokens @ stacked.T
    firsts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    best = np.maximum.reduceat(cosines, firsts, axis=1)
    return [best[:, n] for n in range(len(units))]


def rank(
    index: Index,
    question: Encoded,
    units: Sequence[int],
    dense: dict[int, float],
    lexical: NDArray[np.float32],
    language: str,
) -> list[Scored]:
    """The passages of the candidate `units`, best first. `dense` is each unit's cosine, `lexical` each passage's coverage.

    Where units of several languages compete, `score` is that of the centred vectors (bot/knowledge/centres.py).
    """
    if not units:
        return []
    matches = dict(zip(units, token_matches(index, question.tokens, units), strict=True))
    even = _evened(index, question, units, language)
    by_passage: dict[int, list[int]] = {}
    for number in units:
        by_passage.setdefault(index.units[number].passage, []).append(number)
    scored = []
    for passage, own in by_passage.items():
        texts = [u for u in own if index.units[u].kind != "question"]
        asked = [u for u in own if index.units[u].kind == "question"]
        winner = max(texts or own, key=lambda u: float(matches[u].mean()))
        late = float(matches[winner].mean())
        near = max(dense[u] for u in (texts or own))
        question_late = max((float(matches[u].mean()) for u in asked), default=0.0)
        lex = float(lexical[passage])
        base = LATE * late + DENSE * near if even is None else max(even[u] for u in (texts or own))
        score = base + LEXICAL * lex + QUESTION * max(0.0, question_late - SAME)
        scored.append(Scored(passage, winner, score, late, near, question_late, lex, matches[winner]))
    return sorted(scored, key=lambda s: -s.score)


def _evened(index: Index, question: Encoded, units: Sequence[int], language: str) -> dict[int, float] | None:
    """Each unit's score over vectors without their language's part; None where the units are of one language."""
    present = sorted(set(index.unit_languages[list(units)].tolist()))
    asked = LANGUAGES.index(language)
    if len(present) < 2 or not index.centres.known([*present, asked]):
        return None
    mean, tokens = index.centres.centred(question, asked)
    rows = list(units)
    vectors = unit(index.vectors[rows] - SHARE * index.centres.unit[index.unit_languages[rows]])
    near = vectors @ mean
    late = [float(best.mean()) for best in token_matches(index, tokens, units, centred=True)]
    return {u: LATE * a + DENSE * float(b) for u, a, b in zip(units, late, near, strict=True)}


def sentence_scores(index: Index, question: Encoded, unit: int) -> list[float]:
    """How well each sentence of a unit's text answers the question: MaxSim over that sentence's tokens and the heading's."""
    numbers = index.token_sentences(unit)
    cosines = question.tokens @ index.token_vectors(unit).T
    count = int(numbers.max(initial=-1)) + 1
    scores = []
    for sentence in range(count):
        own = cosines[:, numbers == sentence]
        scores.append(float(own.max(1).mean()) if own.size else 0.0)
    return scores
