"""Is the answer here? A calibrated model over cheap features of a search. Knows nothing of thresholds or replies.

No single score tells answerable from not; the model weighs seven. Of twenty tried, with trees as well, these did best on corpus
shops that neither the encoder nor the model was trained on (docs/retrieval.md); the length of the question told more, but only
because the corpus' unanswerable questions are longer.
It is trained on corpus shops by `make train-answerable`; its weights ship in `answerable.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.errors import Failure
from bot.knowledge.search import Hit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_WEIGHTS = Path(__file__).resolve().parent / "answerable.json"
FEATURES = ("late", "margin", "lexical", "late_z", "worst", "weighted_margin", "question")
_WORST = 3  # tokens
LIKE, LEAD = 0.6, 0.08  # see asked_before; on the sample shop's choosing half it is never true of a question to refuse
BACKGROUND = 12  # hits that tell how any passage of this shop looks to this question


@dataclass(frozen=True)
class Confidence:
    """`top`: the best passage answers the question; `any`: one of the best three does. Both calibrated, 0..1."""

    top: float
    any: float


KNOWN = Confidence(0.99, 0.99)  # of a question asked in the words of its entry


def features(hits: Sequence[Hit]) -> Floats:
    """(len(FEATURES),) for the hits of a question (best first, at least one, up to BACKGROUND).

    Of the best hit: late interaction; its lead over the second; the share of the question's words it holds; how far its late
    interaction stands out from the others', in their standard deviations; the mean cosine of the question tokens it covers
    worst; its lead when each token counts by how much the hits differ in it; and late interaction with a curated question.
    """
    top = hits[0].scored
    lead = hits[0].score - hits[1].score if len(hits) > 1 else 0.3
    others = np.asarray([h.scored.late for h in hits[1:]] or [top.late])
    stands_out = (top.late - others.mean()) / (others.std() + 0.01)
    worst = float(np.sort(top.best)[:_WORST].mean())
    row = [top.late, lead, top.lexical, stands_out, worst, _weighted_lead(hits), top.question]
    return np.asarray(row, np.float32)


def _weighted_lead(hits: Sequence[Hit]) -> float:
    """The best hit's lead over the nearest other, each question token weighted by how much the hits differ in it."""
    if len(hits) == 1:
        return 0.3
    matches = np.stack([h.scored.best for h in hits])
    weights = matches.std(0) + 1e-6
    scores = matches @ weights / weights.sum()
    return float(scores[0] - scores[1:].max())


def asked_before(hits: Sequence[Hit]) -> bool:
    """Whether the customer asks, in the shop's own words, what a curated entry answers.

    All of the question's words of content stand in the best entry, one of its curated questions is like it, and no other
    passage comes near. The corpus holds no such plain questions (its questions are worded far from the entries), so the
    model cannot have learned what they look like.
    """
    top = hits[0].scored
    lead = hits[0].score - hits[1].score if len(hits) > 1 else 1.0
    return top.lexical >= 0.99 and top.question >= LIKE and lead >= LEAD


@dataclass(frozen=True)
class Model:
    """Two logistic regressions over standardised features."""

    mean: Floats
    scale: Floats
    top: Floats
    any: Floats

    def judge(self, hits: Sequence[Hit]) -> Confidence:
        """How sure it is that the hits of a question answer it."""
        return KNOWN if asked_before(hits) else self.confidence(features(hits))

    def confidence(self, row: Floats) -> Confidence:
        """The calibrated probabilities for one feature row."""
        x = (row - self.mean) / self.scale
        chance = [float(1 / (1 + np.exp(-np.clip(x @ w[:-1] + w[-1], -60, 60)))) for w in (self.top, self.any)]
        return Confidence(chance[0], max(chance))


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """The model that ships in the package."""
    try:
        data = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
        if tuple(data["features"]) != FEATURES:
            raise ValueError("it was trained on other features")
        return Model(*(np.asarray(data[k], np.float32) for k in ("mean", "scale", "top", "any")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(f"{_WEIGHTS}: {error}; run `make train-answerable`") from error
