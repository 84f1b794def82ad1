"""Answers without a model are the shop's own words, with the sentence that carries the fact as the quote."""

from __future__ import annotations

import pytest
from scripted import make_services, write_shop

from bot.answer.notes import BUDGET, notes
from bot.answer.question import Question
from bot.answer.search import find
from bot.answer.verbatim import direct, extractive
from bot.knowledge.split import weight
from bot.services import Services
from bot.shop.folder import load_shop

LONG = {
    "en": " ".join(f"Sentence number {n} is about topic{n} and nothing else at all." for n in range(1, 15)),
    "zh": "".join(f"第{n}句只讲{word}，别的都不讲，一点也不讲。" for n, word in enumerate("春夏秋冬东南西北天地人", 1)),
}
FAQ = f"""\
- id: long
  q: {{en: [Tell me all], zh: [全部说说]}}
  a: {{en: "{LONG["en"]}", zh: "{LONG["zh"]}"}}
"""


def ask(services: Services, text: str, language: str) -> Question:
    question = find(services, text, language)
    assert question is not None
    return question


@pytest.fixture
def long_shop(tmp_path) -> Services:
    return make_services(load_shop(write_shop(tmp_path / "long", faq__faq_yaml=FAQ)))


@pytest.mark.parametrize(("language", "text"), [("en", "topic7"), ("zh", "讲西的那句")])
def test_a_long_answer_is_cut_to_the_sentences_asked_for(long_shop: Services, language: str, text: str) -> None:
    made = extractive(long_shop.knowledge, ask(long_shop, text, language))
    wanted = {"en": "topic7", "zh": "只讲西"}[language]
    assert wanted in made.text
    assert len(made.text) < len(LONG[language]) / 2
    assert wanted in made.citations[0].quote
    assert made.text.endswith(" [1]") and made.band == "extractive"


def test_direct_is_whole_even_when_it_is_long(long_shop: Services) -> None:
    made = direct(long_shop.knowledge, ask(long_shop, "Tell me all", "en"))
    assert made.text == f"{LONG['en']} [1]"


def test_a_policy_is_quoted_without_its_markup(tmp_path) -> None:
    body = "---\nid: returns\ntitle: Returns\n---\n# Window\n"
    body += "**Goods** may be [sent back](https://x.example) within 30 days.\n"
    services = make_services(load_shop(write_shop(tmp_path / "md", policies__en__returns_md=body)))
    made = extractive(services.knowledge, ask(services, "window for goods sent back", "en"))
    assert made.text == "Goods may be sent back within 30 days. [1]"
    assert made.citations[0].id == "returns#window"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_notes_keep_to_their_budget(long_shop: Services, language: str) -> None:
    question = ask(long_shop, {"en": "topic7", "zh": "讲西的那句"}[language], language)
    made = notes(long_shop.knowledge, question.encoded, question.hits)
    assert 1 <= len(made) <= len(BUDGET)
    for note, budget in zip(made, BUDGET, strict=False):
        assert weight(note.text) <= budget + weight(max(note.source.sentences, key=len))
    assert {"en": "topic7", "zh": "西"}[language] in made[0].text
    assert made[0].source.id == "long"
