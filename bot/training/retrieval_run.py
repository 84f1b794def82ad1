"""Runs every measurement of benchmarks/retrieval.md and writes the page. Knows nothing of serving."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bot.config import settings
from bot.encoder import Encoder, load_encoder
from bot.training.corpus import Corpus, read_corpus
from bot.training.lora import untuned
from bot.training.retrieval import Order, Tallies, Tally, as_found, by, measure
from bot.training.retrieval_page import Row, table
from bot.training.retrieval_sets import RetrievalSet, half_translated, public_sets, shop_set
from bot.training.torch_encoder import TorchEncoder

LANGUAGES = ("zh", "en")
PUBLIC = ("wixqa", "techqa", "epqa", "zh-question-pairs", "tau2-banking")


def write_page(folder: Path, data: Path, curve: Path | None, out: Path) -> None:
    """Measure everything over the corpus in `folder` and the sets in `data`, and write the page to `out`."""
    split = json.loads((folder / "split.json").read_text(encoding="utf-8"))
    corpus = read_corpus(folder / "shops").of(split["test"])
    shops = [shop_set(corpus, s) for s in corpus.shops]
    shipped = load_encoder(settings().embedder)
    with untuned() as base:
        _say("raw encoder, test shops")
        raw = TorchEncoder(base)
        rows = _rows(
            shops,
            raw,
            {"words only (idf coverage)": by("lexical"), "e5, mean vectors": by("dense"), "e5, MaxSim": by("late")},
        )
        rows += _rows(
            shops,
            shipped,
            {"tuned, mean vectors": by("dense"), "tuned, MaxSim": by("late"), "tuned, as shipped": as_found},
        )
        each = _each_shop(shops, shipped)
        learning = _curve(base, shops, curve, rows)
        _say("other language")
        other = _rows([half_translated(corpus, s) for s in corpus.shops], raw, {"e5, as the product ranks": as_found})
        other += _rows([half_translated(corpus, s) for s in corpus.shops], shipped, {"tuned, as shipped": as_found})
        _say("public sets")
        public = _public(public_sets(data), {"e5": raw, "tuned": shipped})
    body = _page(split, rows, each, learning, other, public, _speed(corpus, shipped))
    out.write_text(body, encoding="utf-8")
    print(body)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _rows(sets: Sequence[RetrievalSet], encoder: Encoder, orders: dict[str, Order]) -> list[Row]:
    """One row an order, columns zh and en, over all the sets together."""
    tallies: Tallies = {}
    measure(sets, encoder, orders, tallies)
    return [Row(name, {lang: _joined(tallies, name, lang).figures() for lang in LANGUAGES}) for name in orders]


def _joined(tallies: Tallies, order: str, language: str) -> Tally:
    own = [t for (o, _, lang), t in tallies.items() if o == order and lang == language]
    return Tally([p for t in own for p in t.places], [r for t in own for r in t.recall])


def _each_shop(sets: Sequence[RetrievalSet], encoder: Encoder) -> list[Row]:
    return [Row(s.name, _rows([s], encoder, {s.name: as_found})[0].figures) for s in sets]


def _curve(base: Path, shops: Sequence[RetrievalSet], folder: Path | None, rows: Sequence[Row]) -> list[Row]:
    """MaxSim after training on ever more shops; 0 and all come from `rows`."""
    known = {r.name: r.figures for r in rows}
    found = [Row("0", known["e5, MaxSim"])]
    adapters = sorted(folder.glob("*.safetensors"), key=lambda p: int(p.stem)) if folder else []
    for adapter in adapters:
        _say(f"learning curve: {adapter.stem} shops")
        figures = _rows(shops, TorchEncoder(base, adapter), {"late": by("late")})[0].figures
        found.append(Row(adapter.stem, figures))
    return [*found, Row("all 22", known["tuned, MaxSim"])]


def _public(sets: Sequence[RetrievalSet], encoders: dict[str, Encoder]) -> list[Row]:
    found = []
    for name, encoder in encoders.items():
        orders: dict[str, Order] = {
            f"{name}, mean vectors": by("dense"),
            f"{name}, MaxSim": by("late"),
            f"{name}, as the product ranks": as_found,
        }
        tallies: Tallies = {}
        measure(sets, encoder, orders, tallies)
        for order in orders:
            figures = {s: t.figures() for (o, s, _), t in tallies.items() if o == order}
            found.append(Row(order, figures))
    return found


def _timed(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def _speed(corpus: Corpus, encoder: Encoder) -> dict[str, float]:
    """Median milliseconds to embed one question, and to search about 300 passages with MaxSim, all six test shops together."""
    from bot.knowledge.index import build_index
    from bot.knowledge.load import passage_units
    from bot.knowledge.search import Knowledge

    sets = [shop_set(corpus, s) for s in corpus.shops]
    passages = [p for s in sets for p in s.passages]
    knowledge = Knowledge(build_index(passages, passage_units(passages), encoder), encoder)
    queries = [q for s in sets for q in s.queries][::8]
    embedded, searched = [], []
    for query in queries:
        embedded.append(_timed(partial(encoder.encode, [query.text], "query")))
        vectors = encoder.encode([query.text], "query")[0]
        searched.append(_timed(partial(knowledge.search, query.text, query.language, question=vectors)))
    return {
        "passages": len(passages),
        "embed_ms": float(np.median(embedded[20:])),
        "search_ms": float(np.median(searched[20:])),
    }


def _page(
    split: dict[str, Any],
    rows: list[Row],
    each: list[Row],
    learning: list[Row],
    other: list[Row],
    public: list[Row],
    speed: dict[str, float],
) -> str:
    n = {lang: rows[0].figures[lang]["n"] for lang in LANGUAGES}
    today = datetime.now(UTC).date().isoformat()
    return f"""# Retrieval

Written by `make bench-retrieval` on {today}, {os.cpu_count()} cores. Cells are hit@1 [95 % interval, Wilson] / hit@3.

## The corpus' six test shops

{", ".join(split["test"])}: shops on which nothing was trained or chosen; {n["zh"]} questions in zh and {n["en"]} in en.

{table(rows, LANGUAGES)}

Each shop, as shipped:

{table(each, LANGUAGES)}

## Learning curve

MaxSim on the test shops, by the number of shops that the adapter was trained on (`make train-curve`).

{table(learning, LANGUAGES)}

## Answered in the other language only

Every entry of the test shops kept in one language, by turns; asked are the questions whose entry is kept in the other language.

{table(other, LANGUAGES)}

## Public sets

{table(public, PUBLIC[:4])}

tau2-banking, share of a task's required documents among the first ten (recall@10):

{table(public, PUBLIC[4:], "recall10")}

epqa ranks the ten candidates of each question's own product. Sources: [README.md](README.md).

## Speed

One question embedded: {speed["embed_ms"]:.1f} ms (median). A search over {speed["passages"]:.0f} passages
in two languages with MaxSim: {speed["search_ms"]:.1f} ms.
"""
