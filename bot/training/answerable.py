"""Trains the answerability model on the corpus' shops and prints how well it tells answerable from not. Knows nothing of replies.

Each shop is indexed as a real one would be, once with titles only and once with two of an entry's questions as curated ones.
Positive rows are questions whose entry was found; negative rows are unanswerable questions, near misses, and answerable
questions whose own entry is hidden, which then stand among its near twins.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.encoder import Encoder
from bot.knowledge.answerable import BACKGROUND, FEATURES, features
from bot.knowledge.index import build_index
from bot.knowledge.load import passage_units
from bot.knowledge.passages import Passage
from bot.knowledge.search import Hit, Knowledge
from bot.route.followup import joined
from bot.training.corpus import Corpus, CorpusEntry

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

CURATED = 2  # questions given to an entry in the second indexing
HIDDEN_WEIGHT = 0.35  # rows with a hidden entry are many and made, so each counts less


@dataclass(frozen=True)
class Row:
    """One training or test row."""

    shop: str
    language: str
    kind: str
    features: Floats
    top: bool
    any: bool


def knowledge_of(corpus: Corpus, shop: str, encoder: Encoder, curated: int = 0) -> Knowledge:
    """The shop's entries as a searchable knowledge base, both languages."""
    entries = [e for e in corpus.entries if e.shop == shop]
    passages = [as_passage(e, curated) for e in entries]
    return Knowledge(build_index(passages, passage_units(passages), encoder), encoder)


def as_passage(entry: CorpusEntry, curated: int = 0) -> Passage:
    """An entry as a passage; `curated` of its questions become curated ones of a FAQ entry."""
    if entry.kind == "faq":
        questions = (entry.title, *(q.text for q in entry.questions[:curated]))
        return Passage(entry.id, entry.language, "faq", entry.title, entry.text, questions)
    return Passage(entry.id, entry.language, "policy", entry.title, entry.text)


def shop_rows(corpus: Corpus, shop: str, encoder: Encoder) -> Iterator[Row]:
    """All rows of one shop."""
    for curated in (0, CURATED):
        knowledge = knowledge_of(corpus, shop, encoder, curated)
        for entry in (e for e in corpus.entries if e.shop == shop):
            if curated and entry.kind != "faq":
                continue
            asked = entry.questions[curated:]
            for number, question in enumerate(asked):
                hits = _search(knowledge, question.text, entry.language)
                yield _row(shop, entry.language, "answerable", hits, entry.id)
                if number % 2 == 0:
                    rest = [h for h in hits if h.passage.id != entry.id]
                    yield _row(shop, entry.language, "hidden", rest, None)
        for side in (s for s in corpus.side if s.shop == shop):
            text = joined(side.text, side.history[-1]) if side.history else side.text
            gold = side.entry_id if side.kind in ("false_premise", "follow_up") else None
            yield _row(shop, side.language, side.kind, _search(knowledge, text, side.language), gold)


def _search(knowledge: Knowledge, text: str, language: str) -> list[Hit]:
    return knowledge.search(text, language, k=BACKGROUND + 1)


def _row(shop: str, language: str, kind: str, hits: list[Hit], gold: str | None) -> Row:
    kept = hits[:BACKGROUND]
    ids = [h.passage.id for h in kept[:3]]
    return Row(shop, language, kind, features(kept), ids[:1] == [gold], gold in ids)


def fit(rows: list[Row]) -> dict[str, Any]:
    """Standardisation and the two logistic regressions, as `answerable.json` holds them."""
    from sklearn.linear_model import LogisticRegression

    x = np.stack([r.features for r in rows])
    mean, scale = x.mean(0), x.std(0) + 1e-6
    wide = (x - mean) / scale
    weights = np.asarray([HIDDEN_WEIGHT if r.kind == "hidden" else 1.0 for r in rows])
    out: dict[str, Any] = {"features": list(FEATURES), "mean": mean.tolist(), "scale": scale.tolist()}
    for name in ("top", "any"):
        y = np.asarray([getattr(r, name) for r in rows])
        model = LogisticRegression(C=0.3, max_iter=2000).fit(wide, y, sample_weight=weights)
        out[name] = [*model.coef_[0].tolist(), float(model.intercept_[0])]
    return out


def score(model: dict[str, Any], rows: list[Row], name: str) -> Floats:
    """(n,) probabilities of a fitted model for rows."""
    x = np.stack([r.features for r in rows])
    mean, scale = (np.asarray(model[k], np.float32) for k in ("mean", "scale"))
    wide = (x - mean) / scale
    w = np.asarray(model[name], np.float32)
    chance: Floats = 1 / (1 + np.exp(-(wide @ w[:-1] + w[-1])))
    return chance


def held_out(rows: list[Row]) -> dict[str, Any]:
    """AUROC by language and kind of outsider, each shop judged by a model that never saw it."""
    from sklearn.metrics import roc_auc_score

    shops = sorted({r.shop for r in rows})
    chances = np.zeros(len(rows), np.float32)
    tops = np.zeros(len(rows), np.float32)
    for shop in shops:
        own = [n for n, r in enumerate(rows) if r.shop == shop]
        model = fit([r for r in rows if r.shop != shop])
        chances[own] = score(model, [rows[n] for n in own], "any")
        tops[own] = score(model, [rows[n] for n in own], "top")
    report: dict[str, Any] = {}
    for language in ("zh", "en"):
        inside = [n for n, r in enumerate(rows) if r.language == language and r.any]
        for kind in ("unanswerable", "near_miss"):
            outside = [n for n, r in enumerate(rows) if r.language == language and r.kind == kind]
            if outside:
                y = [True] * len(inside) + [False] * len(outside)
                report[f"auroc_{kind}_{language}"] = round(float(roc_auc_score(y, chances[inside + outside])), 3)
        own = [n for n, r in enumerate(rows) if r.language == language and r.kind == "answerable"]
        report[f"auroc_top_{language}"] = round(float(roc_auc_score([rows[n].top for n in own], tops[own])), 3)
        report[f"hit1_{language}"] = round(float(np.mean([rows[n].top for n in own])), 3)
        report[f"hit3_{language}"] = round(float(np.mean([rows[n].any for n in own])), 3)
    return report


def train(corpus: Corpus, encoder: Encoder, out: Path) -> dict[str, Any]:
    """Fit on every shop that has questions beside its entries; write `out`; return held-out figures."""
    shops = [s for s in corpus.shops if any(q.shop == s for q in corpus.side)]
    rows = [row for shop in shops for row in shop_rows(corpus, shop, encoder)]
    report = held_out(rows)
    model = fit(rows)
    body = {**model, "encoder": encoder.fingerprint, "shops": shops, "held_out": report}
    out.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
    return report
