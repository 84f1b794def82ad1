"""The grounded answer: prompt, writer, and the guard sentence by sentence as it is written. Knows nothing of search.

A sentence is shown only when its numbers, promises and language are in order. When the first one is not, the answer is
asked for once more over the best note alone; when that fails too, the caller falls back to extracts.
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from bot.answer.notes import Note
from bot.answer.question import Answer
from bot.errors import WriterUnavailable
from bot.generate.writer import Message, Writer, WriterRequest
from bot.guard.citations import Citer
from bot.guard.claims import ungrounded
from bot.guard.language import in_language
from bot.guard.promises import unkept
from bot.guard.support import unsupported
from bot.prompts import render
from bot.text import sentence_spans

MAX_TOKENS = 110
EXAMPLES = 3  # worked examples in prompts/answer.*.j2
TIMEOUT = 20.0
_NOT_FOUND = re.compile(
    r"NOT_IN_NOTES|资料(?:中|里)?(?:并?未|没有|没)(?:提及|提到|说明|说到|涉及|明确)|未提及|"
    # "Please note that returns do not include postage" is an answer: the notes must be what is spoken of.
    r"\b(?:the|these|our|provided|given) (?:notes?|information|passages?|documents?)\b[^.]{0,40}\b"
    r"(?:do(?:es)? not|don't|doesn't|didn't|no)\b[^.]{0,30}\b(?:mention|say|state|specify|include|information|cover)|"
    r"\bnot (?:mentioned|stated|specified|covered|found) in (?:the |these |our |any )?"
    r"(?:provided |given )?(?:notes?|information|passages?|documents?)\b|"
    r"\b(?:there is|there's|there are|have|has|found|find) no (?:information|mention|details?)\b|"
    r"没有(?:找到|提供|说明)?(?:任何)?(?:相关的?|有关的?|关于[^。]{0,20}的)(?:资料|信息|说明|内容)",
    re.IGNORECASE,
)
_MARK = re.compile(r"[ \t]*\[\d+\]")  # marks are attached by code; the model's own would point anywhere
_SOURCES_NAMED = re.compile(
    r"\b(?:according to|based on|as per) (?:the |these |our )?(?:notes?|passages?|documents?)\b,?\s*|"
    r"根据(?:以上|上述|店铺|提供的)?资料(?:显示)?[，,]?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Task:
    """What to write from."""

    question: str
    language: str
    shop: str
    notes: Sequence[Note]
    earlier: str | None = None
    tone: str | None = None


@dataclass
class Outcome:
    """How an attempt ended: answered, not in the notes, or rejected by the guard before anything was shown."""

    answer: Answer | None = None
    not_found: bool = False
    rejected: list[str] = field(default_factory=list)
    guard_ms: float = 0.0


def messages(task: Task) -> tuple[Message, ...]:
    """The prompt: a head that never changes for a shop and language, then the notes and the question."""
    name, language = "answer", task.language
    notes = [{"title": n.title, "text": n.text} for n in task.notes]
    examples: list[Message] = []
    for number in range(1, EXAMPLES + 1):
        examples.append(Message("user", render(name, language, f"question_{number}")))
        examples.append(Message("assistant", render(name, language, f"answer_{number}")))
    return (
        Message("system", render(name, language, "system", shop=task.shop, tone=task.tone)),
        *examples,
        Message("user", render(name, language, "user", notes=notes, question=task.question, earlier=task.earlier)),
    )


def generated(writer: Writer, task: Task) -> Generator[str, None, Outcome]:
    """Yields what may be shown, as it is checked; returns how it ended.

    Raises WriterUnavailable only before anything was shown; a writer that dies later ends the reply at its last whole sentence.
    """
    outcome = yield from _attempt(writer, task, temperature=0.0)
    if outcome.answer or outcome.not_found:
        return outcome
    again = Task(task.question, task.language, task.shop, task.notes[:1], task.earlier, task.tone)
    second = yield from _attempt(writer, again, temperature=0.2)
    second.rejected = outcome.rejected + second.rejected
    return second


def _attempt(writer: Writer, task: Task, temperature: float) -> Generator[str, None, Outcome]:
    request = WriterRequest(messages(task), max_tokens=MAX_TOKENS, temperature=temperature, timeout=TIMEOUT)
    outcome = Outcome()
    citer = Citer([n.source for n in task.notes])
    shown = ""
    try:
        with closing(_sentences(writer.stream(request))) as stream:
            for raw in stream:
                sentence = _SOURCES_NAMED.sub("", _MARK.sub("", raw))
                if _NOT_FOUND.search(sentence):
                    outcome.not_found = not shown
                    break
                if not sentence.strip():
                    continue
                began = time.perf_counter()
                problems = check(sentence, task)
                piece = "" if problems else citer.push(sentence if shown else sentence.lstrip())
                outcome.guard_ms += (time.perf_counter() - began) * 1000
                if problems:
                    outcome.rejected += problems
                    break
                shown += piece
                yield piece
    except WriterUnavailable as error:
        if not shown:
            raise
        outcome.rejected.append(f"writer: {error}")
    if shown:
        last = citer.finish()
        yield last
        outcome.answer = Answer(
            "generated", shown + last, tuple(citer.citations), tuple(outcome.rejected), outcome.guard_ms
        )
    return outcome


def check(sentence: str, task: Task) -> list[str]:
    """What is wrong with a sentence of the reply; empty when it may be shown."""
    ground = [f"{n.title}\n{n.text}" for n in task.notes] + [s for n in task.notes for s in n.source.sentences]
    found = [f"ungrounded: {claim}" for claim in ungrounded(sentence, [*ground, task.question, task.earlier or ""])]
    found += [f"promise: {phrase}" for phrase in unkept(sentence)]
    if not in_language(sentence, task.language):
        found.append(f"language: {sentence.strip()[:40]}")
    # Words can be compared only with notes in the reply's own language.
    if all(n.language == task.language for n in task.notes) and unsupported(sentence, ground):
        found.append(f"unsupported: {sentence.strip()[:40]}")
    return found


def _sentences(pieces: Generator[str]) -> Generator[str]:
    """Whole sentences out of the stream, each as early as it is certain, with the white space before it."""
    buffer = ""
    with closing(pieces):
        for piece in pieces:
            buffer += piece
            spans = sentence_spans(buffer)
            done = 0
            certain = buffer.rstrip().endswith(("。", "！", "？"))
            for _, end in spans if certain else spans[:-1]:
                yield buffer[done:end]
                done = end
            buffer = buffer[done:]
    if buffer.strip():
        yield buffer
