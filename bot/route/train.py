"""Trains an intent head from a catalogue or from CSV files, and measures one. Knows nothing of commands or shops."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.encoder import Encoder
from bot.errors import BadInput
from bot.route.head import OUT_OF_SCOPE, IntentHead, fit_head
from bot.route.intents import Intent

if TYPE_CHECKING:
    from numpy.typing import NDArray

Row = tuple[str, str]


def vectors(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """(n, d) sentence vectors of messages."""
    return np.stack([e.mean for e in encoder.encode(texts, "query")])


def examples(intents: Mapping[str, Intent]) -> list[Row]:
    """(text, intent) of every example."""
    return [(text, i.name) for i in intents.values() for part in i.examples.values() for text in part]


def train_head(intents: Mapping[str, Intent], encoder: Encoder) -> IntentHead:
    """A head over a catalogue of intents."""
    rows = examples(intents)
    return fit_head(vectors(encoder, [t for t, _ in rows]), [label for _, label in rows])


def read_rows(path: Path) -> list[Row]:
    """(text, intent) lines of a CSV with those columns. Raises BadInput with file and line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle, strict=True)
            missing = {"text", "intent"} - set(reader.fieldnames or ())
            if missing:
                raise BadInput(
                    f"{path}:1: no column {', '.join(sorted(missing))}; the header must name text and intent"
                )
            rows = []
            for row in reader:
                text, intent = (row["text"] or "").strip(), (row["intent"] or "").strip()
                if not text or not intent:
                    raise BadInput(
                        f"{path}:{reader.line_num}: text and intent must not be empty; fill or remove the line"
                    )
                rows.append((text, intent))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); name a CSV file") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path}: not a UTF-8 CSV file ({error}); save it as UTF-8") from error
    if not rows:
        raise BadInput(f"{path}: no lines below the header; add examples")
    return rows


@dataclass(frozen=True)
class Measured:
    """Figures of a head on rows it was not trained on, and what it said of each."""

    figures: dict[str, Any]
    predictions: list[tuple[str, str, str, float]]


def measure(head: IntentHead, encoder: Encoder, rows: Sequence[Row], *, scope: float = 0.5) -> Measured:
    """Accuracy and macro-F1 over all rows (out of scope being one more label), in-scope accuracy, and how well outsiders are told.

    A message whose in-scope probability is below `scope`, or whose best label is an out-of-scope one, counts as out of scope.
    """
    from sklearn.metrics import f1_score, roc_auc_score

    matrix = vectors(encoder, [t for t, _ in rows])
    chances, inside = head.probabilities(matrix), head.in_scope(matrix)
    names = [n for n, label in enumerate(head.labels) if label not in OUT_OF_SCOPE]
    best = [head.labels[names[int(i)]] for i in chances[:, names].argmax(1)]
    top = [head.labels[int(i)] for i in chances.argmax(1)]
    outside = [p < scope or t in OUT_OF_SCOPE for p, t in zip(inside, top, strict=True)]
    gold = ["oos" if label in OUT_OF_SCOPE else label for _, label in rows]
    has_outsiders = "oos" in gold
    said = ["oos" if out and has_outsiders else label for out, label in zip(outside, best, strict=True)]
    is_in = np.asarray([g != "oos" for g in gold])
    hits = np.asarray([s == g for s, g in zip(said, gold, strict=True)])
    raw = np.asarray([b == g for b, g in zip(best, gold, strict=True)])
    figures = {
        "accuracy": round(float(hits.mean()), 4),
        "macro_f1": round(float(f1_score(gold, said, average="macro", zero_division=0)), 4),
        "in_scope_accuracy": round(float(raw[is_in].mean()), 4) if is_in.any() else None,
        "oos_recall": round(float(hits[~is_in].mean()), 4) if has_outsiders else None,
        "oos_auroc": round(float(roc_auc_score(is_in, inside)), 4) if has_outsiders and is_in.any() else None,
        "n": len(rows),
    }
    confidence = [float(1 - p) if s == "oos" else float(c.max()) for s, p, c in zip(said, inside, chances, strict=True)]
    return Measured(figures, [(t, g, s, c) for (t, g), s, c in zip(rows, said, confidence, strict=True)])


def train_and_test(
    train: Path, test: Path, encoder: Encoder, tune: Callable[[Sequence[Row]], Encoder] | None = None
) -> Measured:
    """The shipped trainer on any CSV files; the test file is read only when the head is finished.

    `tune` makes another encoder of the training rows first.
    """
    began = time.monotonic()
    rows = read_rows(train)
    encoder = tune(rows) if tune else encoder
    head = fit_head(vectors(encoder, [t for t, _ in rows]), [label for _, label in rows])
    measured = measure(head, encoder, read_rows(test))
    measured.figures["seconds"] = round(time.monotonic() - began, 1)
    return measured


def cross_measure(intents: Mapping[str, Intent], encoder: Encoder, *, folds: int = 5) -> dict[str, Any]:
    """Held-out figures of a catalogue: each fifth of every intent's examples is judged by a head that never saw it."""
    rows = examples(intents)
    matrix = vectors(encoder, [t for t, _ in rows])
    labels = [label for _, label in rows]
    order = np.random.default_rng(0).permutation(len(rows))
    said: list[str] = [""] * len(rows)
    for fold in range(folds):
        test = order[fold::folds]
        rest = np.setdiff1d(order, test)
        head = fit_head(matrix[rest], [labels[i] for i in rest])
        for i, best in zip(test, head.probabilities(matrix[test]).argmax(1), strict=True):
            said[int(i)] = head.labels[int(best)]
    from sklearn.metrics import f1_score

    commands = [intents[s].command == intents[label].command for s, label in zip(said, labels, strict=True)]
    return {
        "accuracy": round(float(np.mean([s == label for s, label in zip(said, labels, strict=True)])), 4),
        "macro_f1": round(float(f1_score(labels, said, average="macro", zero_division=0)), 4),
        "command_accuracy": round(float(np.mean(commands)), 4),
        "intents": len(intents),
        "n": len(rows),
    }
