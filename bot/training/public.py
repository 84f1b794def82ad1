"""Texts of public data sets that the encoder's vectors are held to while it is tuned. Knows nothing of models.

Only sets whose licence allows what is trained on them to ship: banking77 (CC BY 4.0), clinc150 (CC BY 3.0), tau2-banking (MIT),
abcd (MIT), and only parts that no figure is measured on.
"""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

from bot.errors import BadInput

_LONGEST = 900  # characters; the encoder reads about so many of an English text


def held_texts(data: Path, count: int = 1500, seed: int = 7) -> list[tuple[str, str]]:
    """Up to `count` texts a kind, as (kind, text), kind `query` or `passage`. Raises BadInput where a set is missing."""
    rng = random.Random(seed)
    try:
        queries = [*_banking(data), *_clinc(data)]
        passages = [*_documents(data)]
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(f"{data}: a public set is missing or broken ({error}); set ZHANGGUI_DATA (README)") from error
    kept = [("query", t) for t in rng.sample(queries, min(count, len(queries)))]
    return kept + [("passage", t) for t in rng.sample(passages, min(count, len(passages)))]


def _banking(data: Path) -> list[str]:
    with (data / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def _clinc(data: Path) -> list[str]:
    lists = json.loads((data / "clinc150" / "data_full.json").read_text(encoding="utf-8"))
    return [text for text, _ in lists["train"]]


def _documents(data: Path) -> list[str]:
    lines = (data / "tau2-banking" / "docs.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [f"{row['title']}\n{row['text']}" for row in map(json.loads, lines)]
    return [part for text in texts for part in (text[:_LONGEST], text[_LONGEST : 2 * _LONGEST]) if len(part) > 80]
