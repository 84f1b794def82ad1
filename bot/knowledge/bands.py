"""Chooses how a knowledge question is answered: direct, generated, extractive or refused. Knows nothing of replies' wording.

Thresholds are set by `zhanggui calibrate` on labelled dialogues, never by hand; the shipped ones were set on the corpus'
choosing shops, which nothing was trained on.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from bot.errors import BadInput
from bot.knowledge.answerable import Confidence

Band = Literal["direct", "generated", "extractive", "refused"]
_SHIPPED = Path(__file__).resolve().parent / "thresholds.json"


@dataclass(frozen=True)
class Thresholds:
    """Least confidences for one language: in the best passage for a word-for-word answer, in any of the best for writing,
    and in the best passage for quoting it when no writer is at hand."""

    direct: float
    generated: float
    extractive: float


def choose(confidence: Confidence, curated: bool, thresholds: Thresholds) -> Band:
    """The band for a question. `curated`: the best passage is a curated answer in the customer's language."""
    if curated and confidence.top >= thresholds.direct:
        return "direct"
    return "generated" if confidence.any >= thresholds.generated else "refused"


def load_thresholds(path: Path | None = None) -> dict[str, Thresholds]:
    """Thresholds by language from a file that `calibrate` wrote, else the shipped ones. Raises BadInput for a broken file."""
    source = path or _SHIPPED
    try:
        data = json.loads(source.read_text(encoding="utf-8"))
        return {
            language: Thresholds(**{k: float(v) for k, v in data["thresholds"][language].items()})
            for language in ("zh", "en")
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{source}: not a thresholds file ({error}); make one with `zhanggui calibrate`") from error


def save_thresholds(path: Path, thresholds: dict[str, Thresholds], about: dict[str, object]) -> None:
    """Write a thresholds file, all or nothing; `about` says what it was calibrated on and the figures seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.tmp")
    body = {"thresholds": {k: asdict(v) for k, v in thresholds.items()}, **about}
    fresh.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(path)
