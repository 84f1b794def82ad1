"""Answers a question from the knowledge base: find, choose the band, compose, fall back. Knows nothing of conversations."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from bot.answer.generated import Task, generated
from bot.answer.notes import notes
from bot.answer.question import Answer, Question
from bot.answer.verbatim import direct, extractive
from bot.encoder import Encoded
from bot.errors import WriterUnavailable
from bot.knowledge.answerable import BACKGROUND
from bot.knowledge.bands import choose
from bot.services import Services
from bot.shop.fields import pick


def find(
    services: Services,
    text: str,
    language: str,
    *,
    encoded: Encoded | None = None,
    earlier: str | None = None,
    asked: str | None = None,
) -> Question | None:
    """Search for `text`; None when the shop has no passages. `asked` is what the writer is shown where it differs."""
    vector = encoded or services.encoder.encode([text], "query")[0]
    hits = tuple(services.knowledge.search(text, language, k=BACKGROUND, question=vector))
    if not hits:
        return None
    return Question(asked or text, language, vector, hits, services.answerable.judge(hits), earlier)


def answer_question(services: Services, question: Question) -> Generator[str, None, Answer]:
    """Yields the reply's text as it may be shown, and returns the answer; a refused one has no text."""
    best = question.best.passage
    thresholds = services.thresholds[question.language]
    curated = best.kind == "faq" and best.language == question.language
    band = choose(question.confidence, curated, thresholds)
    if band == "refused":
        return Answer("refused", "")
    if band == "direct":
        answer = direct(services.knowledge, question)
        yield answer.text
        return answer
    return (yield from _write(services, question))


def task_for(services: Services, question: Question) -> Task:
    """What the writer is asked for a question."""
    config = services.shop.config
    return Task(
        question.text,
        question.language,
        pick(config.name, question.language, config.locales),
        notes(services.knowledge, question.encoded, question.hits),
        question.earlier,
        config.tone,
    )


def _write(services: Services, question: Question) -> Generator[str, None, Answer]:
    rejected: list[str] = []
    guard_ms = 0.0
    try:
        outcome = yield from generated(services.writer, task_for(services, question))
        if outcome.answer:
            return outcome.answer
        if outcome.not_found:
            return Answer("refused", "", (), tuple(outcome.rejected), outcome.guard_ms)
        rejected, guard_ms = outcome.rejected, outcome.guard_ms
    except WriterUnavailable as error:
        rejected = [f"writer: {error}"]
    if question.confidence.top < services.thresholds[question.language].extractive:
        return Answer("refused", "", (), tuple(rejected), guard_ms)
    answer = replace(extractive(services.knowledge, question), rejected=tuple(rejected), guard_ms=guard_ms)
    yield answer.text
    return answer
