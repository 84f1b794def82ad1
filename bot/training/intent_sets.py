"""Public sets of labelled messages as training and test rows. Knows nothing of encoders or heads."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BadInput

Row = tuple[str, str]


@dataclass(frozen=True)
class IntentSet:
    """Rows to train on and rows to measure on; `oos` is the label of what is out of scope."""

    name: str
    train: list[Row]
    test: list[Row]


def intent_sets(data: Path) -> list[IntentSet]:
    """banking77 (all, ten a class), clinc150, HINT3, natcs, nlupp, xsid in each language. Raises BadInput where one is missing."""
    try:
        banking = [_csv(data / "banking77" / f"{part}.csv", "text", "category") for part in ("train", "test")]
        return [
            IntentSet("banking77", *banking),
            IntentSet("banking77, ten a class", _shots(banking[0], 10), banking[1]),
            _clinc(data),
            IntentSet(
                "HINT3 powerplay11",
                *(_csv(data / "hint3" / f"powerplay11_{part}.csv", "text", "intent") for part in ("train", "test")),
            ),
            _halved("natcs", _csv(data / "natcs-intents" / "insurance_banking.csv", "text", "intent")),
            _nlupp(data),
            *(_halved(f"xsid {lang}", _xsid(data, lang)) for lang in ("zh", "en")),
        ]
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(f"{data}: a public set is missing or broken ({error}); see benchmarks/README.md") from error


def _csv(path: Path, text: str, label: str) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row[text].strip(), row[label].strip()) for row in csv.DictReader(file)]


def _shots(rows: Sequence[Row], count: int) -> list[Row]:
    """The first `count` rows of each label after a seeded shuffle."""
    mixed = random.Random(7).sample(list(rows), len(rows))
    kept: dict[str, list[Row]] = {}
    for row in mixed:
        own = kept.setdefault(row[1], [])
        if len(own) < count:
            own.append(row)
    return [row for own in kept.values() for row in own]


def _halved(name: str, rows: Sequence[Row]) -> IntentSet:
    """A set without a part for testing: a seeded half trains; labels with fewer than two rows are left out."""
    counts: dict[str, int] = {}
    for _, label in rows:
        counts[label] = counts.get(label, 0) + 1
    mixed = random.Random(7).sample([r for r in rows if counts[r[1]] > 1], sum(c for c in counts.values() if c > 1))
    train: list[Row] = []
    test: list[Row] = []
    seen: dict[str, int] = {}
    for row in mixed:
        seen[row[1]] = seen.get(row[1], 0) + 1
        (train if seen[row[1]] % 2 else test).append(row)
    return IntentSet(name, train, test)


def _clinc(data: Path) -> IntentSet:
    lists = json.loads((data / "clinc150" / "data_full.json").read_text(encoding="utf-8"))
    parts = {k: [(str(text), str(label)) for text, label in v] for k, v in lists.items()}
    return IntentSet("clinc150", parts["train"] + parts["oos_train"], parts["test"] + parts["oos_test"])


def _nlupp(data: Path) -> IntentSet:
    """Several intents a message: the label is all of them together, so that a missed one is an error."""
    rows = []
    for name in ("banking", "hotels"):
        for line in (data / "nlupp" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rows.append((row["text"], " ".join(sorted(row["intents"]))))
    return _halved("nlupp (all intents of a message as one label)", rows)


def _xsid(data: Path, language: str) -> list[Row]:
    with (data / "xsid-zh-en" / "valid.csv").open(encoding="utf-8", newline="") as file:
        return [(r["text"], r["intent"]) for r in csv.DictReader(file) if r["lang"] == language]
