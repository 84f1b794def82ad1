"""Measuring retrieval: the places of right documents, orders by one kind of evidence, the page's table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes import FakeEncoder

from bot.errors import BadInput
from bot.knowledge.passages import Passage
from bot.training.corpus import Corpus, CorpusEntry, CorpusQuestion
from bot.training.retrieval import Tallies, Tally, as_found, by, measure
from bot.training.retrieval_page import Row, table
from bot.training.retrieval_sets import Query, RetrievalSet, half_translated, public_sets, shop_set

PASSAGES = [
    Passage("wrap", "en", "faq", "Gift wrapping", "Gift wrapping costs $4 a parcel."),
    Passage("points", "en", "faq", "Points", "A dollar earns one point."),
    Passage("late", "en", "faq", "Late parcels", "A parcel that is late earns a voucher."),
]


def test_places_and_figures() -> None:
    queries = [Query("Gift wrapping costs", "en", frozenset(["wrap"])), Query("zebra", "en", frozenset(["nowhere"]))]
    tallies: Tallies = {}
    orders = {"found": as_found, "words": by("lexical")}
    measure([RetrievalSet("s", PASSAGES, queries)], FakeEncoder(), orders, tallies)
    for order in orders:
        figures = tallies[order, "s", "en"].figures()
        assert figures["n"] == 2 and figures["hit1"] == figures["hit3"] == figures["mrr"] == 0.5
        assert figures["low"] < 0.5 < figures["high"]


def test_recall_counts_each_needed_document() -> None:
    tally = Tally([1], [0.5])
    assert tally.figures()["recall10"] == 0.5
    assert tally.figures()["mrr"] == 0.5
    assert tally.figures()["hit1"] == 0.0


def entry(name: str, language: str) -> CorpusEntry:
    return CorpusEntry("s", name, language, "faq", name, "Text.", (CorpusQuestion(f"{name}?"),))


def test_a_half_translated_shop_asks_across_only() -> None:
    corpus = Corpus([entry(n, lang) for n in ("a", "b") for lang in ("zh", "en")])
    assert len(shop_set(corpus, "s").queries) == 4
    half = half_translated(corpus, "s")
    assert [(p.id, p.language) for p in half.passages] == [("a", "en"), ("b", "zh")]
    assert {(q.text, q.language) for q in half.queries} == {("a?", "zh"), ("b?", "en")}


def test_the_table_shows_what_was_measured_and_what_was_not() -> None:
    figures = {"hit1": 0.5, "low": 0.25, "high": 1.0, "hit3": 0.75, "recall10": 0.4}
    shown = table([Row("late", {"zh": figures})], ("zh", "en"))
    assert shown.splitlines()[-1] == "| late | .50 [.25, 1.00] / .75 | - |"
    assert table([Row("late", {"zh": figures})], ("zh",), "recall10").endswith("| .40 |")


def test_public_sets_name_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="public set"):
        public_sets(tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    def lines(path: str, rows: list[dict[str, object]]) -> None:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")

    document = {"id": "d", "title": "T", "text": "# One\nText.\n# Two\nMore."}
    lines("wixqa/kb.jsonl", [document])
    lines("wixqa/qa.jsonl", [{"id": "q", "question": "what", "article_ids": ["d"]}])
    lines("techqa/docs.jsonl", [document])
    lines(
        "techqa/qa.jsonl",
        [
            {"question": "x", "answerable": False, "doc_ids": []},
            {"question": "y", "answerable": True, "doc_ids": ["d"]},
        ],
    )
    lines("tau2-banking/docs.jsonl", [document])
    lines("tau2-banking/tasks.jsonl", [{"user_scenario": {"instructions": "lost a card"}, "required_documents": ["d"]}])
    lines("zh-question-pairs/faq_dev_entries.jsonl", [{"id": "e", "question": "怎么还款"}])
    lines(
        "zh-question-pairs/faq_dev_queries.jsonl", [{"text": "还钱", "faq_id": "e"}, {"text": "别家", "faq_id": None}]
    )
    row = {"id": 7, "question": "cord?", "candidates": [{"text": "yes", "label": 2}, {"text": "no", "label": 0}]}
    lines("epqa/dev.jsonl", [row])
    return tmp_path


def test_public_sets_become_passages_and_questions(data: Path) -> None:
    sets = {s.name: s for s in public_sets(data)}
    assert set(sets) == {"wixqa", "techqa", "tau2-banking", "zh-question-pairs", "epqa"}
    assert [p.id for p in sets["wixqa"].passages] == ["d", "d"]
    assert [q.text for q in sets["techqa"].queries] == ["y"]
    assert [q.text for q in sets["zh-question-pairs"].queries] == ["还钱"]
    assert sets["epqa"].queries[0].gold == {"7-0"}
