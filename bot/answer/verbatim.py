"""Answers without a model: the curated answer word for word, or the supporting sentences of a passage. Knows nothing of writers."""

from __future__ import annotations

from bot.answer.question import Answer, Question
from bot.guard.citations import Citation
from bot.knowledge.search import Knowledge, best_sentences
from bot.knowledge.split import weight
from bot.prompts import render

_SHORT = 420  # a curated answer up to this weight is quoted whole
_SENTENCES = 4


def _cite(knowledge: Knowledge, question: Question) -> Citation:
    """The footnote of the best passage, quoting its best sentence."""
    scored = knowledge.supporting_sentences(question.best, question.encoded)
    quote = max(scored, key=lambda s: s[0])[1] if scored else question.best.passage.text
    passage = question.best.passage
    return Citation(1, passage.id, passage.title, passage.url, quote)


def direct(knowledge: Knowledge, question: Question) -> Answer:
    """The curated answer of the best passage as it was written."""
    return Answer("direct", f"{question.best.passage.text} [1]", (_cite(knowledge, question),))


def extractive(knowledge: Knowledge, question: Question) -> Answer:
    """The sentences of the best passage that answer the question; in another language, behind a line that says so."""
    passage = question.best.passage
    if passage.language != question.language:
        scored = knowledge.supporting_sentences(question.best, question.encoded)
        best = max(scored, default=(0.0, passage.title))[1]
        text = render("replies", question.language, "other_language_answer", sentence=best)
    elif passage.kind == "faq" and weight(passage.text) <= _SHORT:
        text = passage.text
    else:
        scored = knowledge.supporting_sentences(question.best, question.encoded)
        joint = "" if passage.language == "zh" else " "
        text = joint.join(s.strip() for s in best_sentences(scored, _SENTENCES)) or passage.text
    return Answer("extractive", f"{text} [1]", (_cite(knowledge, question),))
