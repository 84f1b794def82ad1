"""Measures the intent head on public sets and writes benchmarks/intents.md. Knows nothing of shops or serving."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot.config import settings
from bot.encoder import Encoder, load_encoder
from bot.evaluation.intervals import wilson
from bot.models.installed import path_of
from bot.route.head import OUT_OF_SCOPE, fit_head
from bot.route.train import measure, vectors
from bot.training.intent_sets import IntentSet, Row, intent_sets
from bot.training.intent_tune import TuneRecipe, tune
from bot.training.lora import untuned
from bot.training.torch_encoder import TorchEncoder

PUBLISHED = ("banking77", "banking77, ten a class", "clinc150")


def write_page(data: Path, out: Path, fine_tune: bool) -> None:
    """Train and measure on every set, with the serving encoder and with words alone, and write the page."""
    encoder = load_encoder(settings().embedder)
    folder = path_of(settings().embedder)
    rows = []
    with untuned() as base:
        raw = TorchEncoder(base)
        for found in intent_sets(data):
            if found.name in PUBLISHED:
                rows.append(_line(found.name, "the same head on e5 as published", _head(found, raw)))
    for found in intent_sets(data):
        rows.append(_line(found.name, "shipped head", _head(found, encoder)))
        rows.append(_line(found.name, "TF-IDF, logistic regression", _words(found)))
        if fine_tune and found.name in PUBLISHED:
            rows.append(
                _line(
                    found.name, "`--fine-tune`", _head(found, encoder, lambda r: tune(folder, r, TuneRecipe(), _quiet))
                )
            )
    body = _page(rows)
    out.write_text(body, encoding="utf-8")
    print(body)


def _quiet(_: str) -> None:
    """No progress: the page is the output."""


def _head(
    found: IntentSet, encoder: Encoder, tuner: Callable[[Sequence[Row]], Encoder] | None = None
) -> dict[str, Any]:
    began = time.monotonic()
    used = tuner(found.train) if tuner else encoder
    head = fit_head(vectors(used, [t for t, _ in found.train]), [label for _, label in found.train])
    figures = measure(head, used, found.test).figures
    print(f"{found.name}: {figures}", file=sys.stderr, flush=True)
    return {**figures, "seconds": round(time.monotonic() - began)}


def _words(found: IntentSet) -> dict[str, Any]:
    """The same figures for words and pairs of words (characters in zh) by TF-IDF and logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    began = time.monotonic()
    chinese = found.name.endswith("zh")
    maker = TfidfVectorizer(analyzer="char" if chinese else "word", ngram_range=(1, 2), sublinear_tf=True)
    model = LogisticRegression(C=30, max_iter=300, class_weight="balanced")
    model.fit(maker.fit_transform([t for t, _ in found.train]), [label for _, label in found.train])
    chances = model.predict_proba(maker.transform([t for t, _ in found.test]))
    inside = np.asarray([label not in OUT_OF_SCOPE for label in model.classes_])
    best = model.classes_[inside][chances[:, inside].argmax(1)]
    is_in = np.asarray([label not in OUT_OF_SCOPE for _, label in found.test])
    hits = np.asarray([b == label for b, (_, label) in zip(best, found.test, strict=True)])
    top = chances[:, inside].max(1)
    said_in = top >= 0.5 if not is_in.all() else np.ones(len(top), bool)
    right = np.where(is_in, hits & said_in, ~said_in)
    return {
        "accuracy": float(right.mean()),
        "in_scope_accuracy": float(hits[is_in].mean()),
        "oos_recall": float((~said_in)[~is_in].mean()) if not is_in.all() else None,
        "oos_auroc": float(roc_auc_score(is_in, top)) if not is_in.all() else None,
        "n": len(found.test),
        "seconds": round(time.monotonic() - began),
    }


def _line(name: str, method: str, figures: dict[str, Any]) -> str:
    low, high = wilson(round(figures["accuracy"] * figures["n"]), figures["n"])
    cells = [_shown(figures[k]) for k in ("in_scope_accuracy", "oos_recall", "oos_auroc")]
    accuracy = f"{figures['accuracy']:.3f} [{low:.3f}, {high:.3f}]"
    return f"| {name} | {method} | {figures['n']} | {accuracy} | {' | '.join(cells)} | {figures['seconds']} |"


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _page(rows: Sequence[str]) -> str:
    lines = "\n".join(rows)
    return f"""# Intents

Written by `make bench-intents` on {datetime.now(UTC).date().isoformat()}, {os.cpu_count()} cores. Accuracy [95 % interval,
Wilson] counts out of scope as one more label, told at a probability of .5; in-scope accuracy asks which
label is best. Sets without a part for testing are halved by label with a fixed seed. Sources: [README.md](README.md).

| set | head | n | accuracy | in scope | out-of-scope recall | out-of-scope AUROC | seconds |
|---|---|---|---|---|---|---|---|
{lines}

HINT3's test messages are real ones, two thirds of them out of scope, and its training file has no example of those.
"""
