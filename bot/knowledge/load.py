"""Turns a shop folder into passages and units. Knows nothing of vectors or searching."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.knowledge.passages import Passage, Unit
from bot.knowledge.split import sections, units

if TYPE_CHECKING:
    from bot.shop.types import FaqEntry, PolicyDocument, Shop


def faq_passages(entry: FaqEntry) -> list[Passage]:
    """One passage for each language that has an answer; its title is the first question in that language, else in any.

    Questions in a language without an answer lead to the answers there are.
    """
    found = []
    foreign = [q for language, asked in entry.q.items() if language not in entry.a for q in asked]
    for language, answer in entry.a.items():
        questions = (*entry.q.get(language, ()), *foreign)
        title = questions[0] if questions else next((q[0] for q in entry.q.values() if q), entry.id)
        source = f"{entry.file}:{entry.line}"
        found.append(
            Passage(entry.id, language, "faq", title, answer.strip(), questions, entry.intent, entry.url, source)
        )
    return found


def policy_passages(document: PolicyDocument) -> list[Passage]:
    """One passage a section; its title leads from the document to the innermost heading."""
    found = []
    for section in sections(document.body):
        name = f"{document.id}#{section.slug}" if section.slug else document.id
        # A first heading that repeats the document's title would only double it.
        headings = [h for h in section.headings if h != document.title]
        title = " › ".join([document.title, *headings])
        found.append(
            Passage(name, document.language, "policy", title, section.text, url=document.url, source=str(document.file))
        )
    return found


def shop_passages(shop: Shop) -> list[Passage]:
    """All passages of a shop, FAQ first, in the order of the files."""
    faq = [p for entry in shop.faq for p in faq_passages(entry)]
    return faq + [p for document in shop.policies for p in policy_passages(document)]


def passage_units(passages: list[Passage]) -> list[Unit]:
    """The units of all passages, in order; every passage has at least one."""
    found: list[Unit] = []
    for position, passage in enumerate(passages):
        own = units(position, passage.title, passage.text, passage.questions)
        found += own or [Unit(position, "body", "", passage.title)]
    return found
