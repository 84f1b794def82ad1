"""From a shop's records to passages and units."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.load import faq_passages, passage_units, policy_passages, shop_passages
from bot.knowledge.passages import Passage
from bot.shop.folder import load_shop
from bot.shop.types import FaqEntry, PolicyDocument

SHOP = "id: tiny\nname: Tiny\ncurrency: CNY\ntimezone: Asia/Shanghai\nlocales: [en]\n"


def entry(q: dict[str, list[str]], a: dict[str, str], **more: str) -> FaqEntry:
    return FaqEntry.model_validate({"id": "fees", "q": q, "a": a, "file": "faq/a.yaml", "line": 7, **more})


def policy(body: str, title: str = "Returns policy") -> PolicyDocument:
    return PolicyDocument("returns", title, "https://x.example/r", None, "en", body, "policies/en/returns.md", 4)


def test_a_passage_for_each_language_with_an_answer() -> None:
    en, zh = faq_passages(
        entry(
            {"en": ["What does it cost?", "Fees?"], "zh": ["多少钱？"]},
            {"en": " ¥5. ", "zh": "5元。"},
            intent="ask_fee",
            url="https://x.example",
        )
    )
    assert en == Passage(
        "fees",
        "en",
        "faq",
        "What does it cost?",
        "¥5.",
        ("What does it cost?", "Fees?"),
        "ask_fee",
        "https://x.example",
        "faq/a.yaml:7",
    )
    assert (zh.id, zh.language, zh.title, zh.text, zh.questions) == (
        "fees",
        "zh",
        "多少钱？",
        "5元。",
        ("多少钱？",),
    )


def test_questions_in_a_language_without_answer_lead_to_the_answer_there_is() -> None:
    (only,) = faq_passages(entry({"en": ["Fees?"], "zh": ["多少钱？"]}, {"en": "¥5."}))
    assert only.language == "en"
    assert only.title == "Fees?"
    assert only.questions == ("Fees?", "多少钱？")


def test_an_answer_without_questions_of_its_language_borrows_a_title() -> None:
    (only,) = faq_passages(entry({"zh": ["多少钱？"]}, {"en": "¥5."}))
    assert only.title == "多少钱？"


def test_policy_ids_and_titles() -> None:
    body = "Before.\n\n# Returns policy\nintro\n\n## Fees\nfree\n\n## Fees\nnot free"
    found = policy_passages(policy(body))
    assert [(p.id, p.title, p.text) for p in found] == [
        ("returns", "Returns policy", "Before."),
        ("returns#returns-policy", "Returns policy", "intro"),
        ("returns#fees", "Returns policy › Fees", "free"),
        ("returns#fees-2", "Returns policy › Fees", "not free"),
    ]
    assert {(p.kind, p.language, p.url, p.source) for p in found} == {
        ("policy", "en", "https://x.example/r", "policies/en/returns.md")
    }


def test_every_passage_has_a_unit() -> None:
    passages = [
        Passage("a", "en", "faq", "A?", "Answer.", ("A?",)),
        Passage("b", "en", "policy", "B", "**"),
        Passage("c", "en", "policy", "C", "| x |\n|---|"),
    ]
    found = passage_units(passages)
    assert [(u.passage, u.text) for u in found] == [(0, "Answer."), (0, "A?"), (1, "B"), (2, "x")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_folder_with_one_language_is_enough(tmp_path: Path, language: str) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP, encoding="utf-8")
    (tmp_path / "faq").mkdir()
    text = {
        "en": "- id: open\n  q: {en: [When?]}\n  a: {en: At nine.}\n",
        "zh": "- id: open\n  q: {zh: [几点？]}\n  a: {zh: 九点。}\n",
    }
    (tmp_path / "faq" / "a.yaml").write_text(text[language], encoding="utf-8")
    passages = shop_passages(load_shop(tmp_path))
    assert [(p.id, p.language, p.kind) for p in passages] == [("open", language, "faq")]
    assert len(passage_units(passages)) == 2


def test_faq_comes_before_policies(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP, encoding="utf-8")
    for name, text in {
        "faq/a.yaml": "- id: open\n  q: {en: [When?]}\n  a: {en: At nine.}\n",
        "policies/en/r.md": "---\nid: returns\ntitle: Returns\n---\n# Fees\nFree.\n",
        "policies/zh/r.md": "---\nid: returns\ntitle: 退货\n---\n# 费用\n免费。\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    passages = shop_passages(load_shop(tmp_path))
    assert [p.kind for p in passages] == ["faq", "policy", "policy"]
    assert {(p.id, p.language) for p in passages[1:]} == {("returns#fees", "en"), ("returns#费用", "zh")}
