"""Is the answer here? A calibrated model over cheap features of a search. Knows nothing of thresholds or replies.

No single score tells answerable from not (AUROC .65-.78 each); the model weighs scores, margins, coverage of the question's
words, and the worst-covered tokens. It is trained on the corpus' training shops by `make train-answerable`; its weights ship
in `answerable.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.encoder import Encoded
from bot.errors import Failure
from bot.guard.numbers import numbers
from bot.knowledge.lexical import Lexicon
from bot.knowledge.search import Hit
from bot.words import is_content

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_WEIGHTS = Path(__file__).resolve().parent / "answerable.json"
FEATURES = (
    "late", "dense", "question", "lexical", "margin", "margin3", "spread", "worst", "worst3", "covered", "unknown",
    "figures", "length", "chinese", "late_z", "curated", "top_unknown",
)  # fmt: skip
BACKGROUND = 12  # hits that tell how any passage of this shop looks to this question


@dataclass(frozen=True)
class Confidence:
    """`top`: the best passage answers the question; `any`: one of the best three does. Both calibrated, 0..1."""

    top: float
    any: float


def features(text: str, question: Encoded, hits: Sequence[Hit], lexicon: Lexicon, language: str) -> Floats:
    """(len(FEATURES),) for a question and its hits (best first, at least one, up to BACKGROUND)."""
    top = hits[0].scored
    scores = np.asarray([h.score for h in hits])
    lates = np.asarray([h.scored.late for h in hits[1:]] or [top.late])
    content = np.asarray([is_content(p) for p in question.pieces])
    best = np.sort(top.best[content] if content.any() else top.best)
    asked = numbers(text)
    passage = hits[0].passage
    given = numbers(passage.text)
    idf = [lexicon.idf(w) for w in lexicon.missing(text, hits[0].scored.passage)]
    return np.asarray(
        [
            top.late,
            top.dense,
            top.question,
            top.lexical,
            scores[0] - scores[1] if len(scores) > 1 else 0.3,
            scores[0] - scores[min(3, len(scores) - 1)],
            float(scores.std()),
            float(best[0]),
            float(best[:3].mean()),
            float((best > 0.85).mean()),
            lexicon.unknown(text),
            len(asked - given) / max(1, len(asked)),
            min(40, len(top.best)) / 40,
            float(language == "zh"),
            float((top.late - lates.mean()) / (lates.std() + 0.01)),
            float(passage.kind == "faq"),
            max(idf, default=0.0) / 6,
        ],
        np.float32,
    )


@dataclass(frozen=True)
class Model:
    """Two logistic regressions over standardised features and their products with the language."""

    mean: Floats
    scale: Floats
    top: Floats
    any: Floats

    def confidence(self, row: Floats) -> Confidence:
        """The calibrated probabilities for one feature row."""
        x = expand((row - self.mean) / self.scale)
        chance = [float(1 / (1 + np.exp(-np.clip(x @ w[:-1] + w[-1], -60, 60)))) for w in (self.top, self.any)]
        return Confidence(chance[0], max(chance))


def expand(row: Floats) -> Floats:
    """The standardised features, their squares, and their products with the language sign."""
    sign = np.sign(row[..., [FEATURES.index("chinese")]])
    wide: Floats = np.concatenate([row, row**2, row * sign], axis=-1).astype(np.float32)
    return wide


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
