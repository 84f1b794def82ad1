"""What retrieval is measured on: the corpus' test shops and public sets, as passages and questions. Knows nothing of encoders."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BadInput
from bot.knowledge.passages import Passage
from bot.knowledge.split import sections
from bot.training.answerable import as_passage
from bot.training.corpus import Corpus

_LONGEST = 1500  # characters of a question; the encoder reads fewer


@dataclass(frozen=True)
class Query:
    """A question, its language, and the documents any of which answers it."""

    text: str
    language: str
    gold: frozenset[str]


@dataclass(frozen=True)
class RetrievalSet:
    """A knowledge base and what is asked of it. Sets of the same name are measured as one."""

    name: str
    passages: list[Passage]
    queries: list[Query]


def shop_set(corpus: Corpus, shop: str) -> RetrievalSet:
    """A shop of the corpus with the questions that its entries answer."""
    entries = [e for e in corpus.entries if e.shop == shop]
    queries = [Query(q.text, e.language, frozenset([e.id])) for e in entries for q in e.questions]
    return RetrievalSet(shop, [as_passage(e) for e in entries], queries)


def half_translated(corpus: Corpus, shop: str) -> RetrievalSet:
    """The same shop with every entry in one language only, by turns: half of the questions are answered in the other language."""
    whole = shop_set(corpus, shop)
    kept = {}
    for number, name in enumerate(sorted({p.id for p in whole.passages})):
        kept[name] = "zh" if number % 2 else "en"
    passages = [p for p in whole.passages if kept[p.id] == p.language]
    queries = [q for q in whole.queries if all(kept[g] != q.language for g in q.gold)]
    return RetrievalSet(f"{shop}, other language", passages, queries)


def public_sets(data: Path) -> list[RetrievalSet]:
    """wixqa, techqa, tau2-banking, zh-question-pairs and epqa. Raises BadInput where one is missing or broken."""
    try:
        return [_wixqa(data), _techqa(data), _banking(data), _pairs(data), *_epqa(data)]
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(f"{data}: a public set is missing or broken ({error}); see benchmarks/README.md") from error


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def _documents(rows: list[dict[str, Any]], language: str) -> list[Passage]:
    """One passage a section of each document, all with the document's id: a document counts by its best section."""
    found = []
    for row in rows:
        parts = sections(row["text"]) or []
        for part in parts:
            title = " › ".join([row["title"], *part.headings])
            found.append(Passage(row["id"], language, "policy", title, part.text))
        if not parts:
            found.append(Passage(row["id"], language, "policy", row["title"], row["title"]))
    return found


def _wixqa(data: Path) -> RetrievalSet:
    asked = _rows(data / "wixqa" / "qa.jsonl")
    queries = [Query(q["question"][:_LONGEST], "en", frozenset(q["article_ids"])) for q in asked]
    return RetrievalSet("wixqa", _documents(_rows(data / "wixqa" / "kb.jsonl"), "en"), queries)


def _techqa(data: Path) -> RetrievalSet:
    asked = [q for q in _rows(data / "techqa" / "qa.jsonl") if q["answerable"]]
    queries = [Query(q["question"][:_LONGEST], "en", frozenset(q["doc_ids"])) for q in asked]
    return RetrievalSet("techqa", _documents(_rows(data / "techqa" / "docs.jsonl"), "en"), queries)


def _banking(data: Path) -> RetrievalSet:
    asked = [q for q in _rows(data / "tau2-banking" / "tasks.jsonl") if q.get("required_documents")]
    queries = [Query(_scenario(q["user_scenario"])[:_LONGEST], "en", frozenset(q["required_documents"])) for q in asked]
    return RetrievalSet("tau2-banking", _documents(_rows(data / "tau2-banking" / "docs.jsonl"), "en"), queries)


def _scenario(scenario: Any) -> str:
    """The customer's situation as text."""
    instructions = scenario.get("instructions") if isinstance(scenario, dict) else scenario
    if isinstance(instructions, dict):
        return "\n".join(str(v) for v in instructions.values() if v)
    return str(instructions)


def _epqa(data: Path) -> list[RetrievalSet]:
    """One small set a question: it is asked of its own product's candidates only."""
    found = []
    for row in _rows(data / "epqa" / "dev.jsonl"):
        names = [f"{row['id']}-{number}" for number in range(len(row["candidates"]))]
        passages = [Passage(name, "en", "faq", "", c["text"]) for name, c in zip(names, row["candidates"], strict=True)]
        gold = frozenset(n for n, c in zip(names, row["candidates"], strict=True) if c["label"] == 2)
        if gold:
            found.append(RetrievalSet("epqa", passages, [Query(row["question"], "en", gold)]))
    return found


def _pairs(data: Path) -> RetrievalSet:
    folder = data / "zh-question-pairs"
    entries = _rows(folder / "faq_dev_entries.jsonl")
    passages = [Passage(e["id"], "zh", "faq", "", e["question"]) for e in entries]
    asked = [q for q in _rows(folder / "faq_dev_queries.jsonl") if q["faq_id"]]
    return RetrievalSet(
        "zh-question-pairs", passages, [Query(q["text"], "zh", frozenset([q["faq_id"]])) for q in asked]
    )
