"""Attaches citations by code: each sentence of a reply is aligned with the passage sentence that supports it.

The model forgets its own marks half of the time, so it is never asked for them. Knows nothing of search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.guard.numbers import numbers
from bot.guard.support import pairs
from bot.text import sentence_spans
from bot.words import content_words


@dataclass(frozen=True)
class Source:
    """A passage that may be cited: its sentences are the candidates for the quote."""

    id: str
    title: str
    url: str | None
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Citation:
    """One footnote of a reply: `quote` is the sentence of the passage that carries the fact."""

    n: int
    id: str
    title: str
    url: str | None
    quote: str

    def as_dict(self) -> dict[str, Any]:
        """The contract's citation object."""
        return asdict(self)


def support(sentence: str, candidate: str) -> float:
    """How much of a reply's sentence a passage's sentence carries, 0..1: words and numbers, numbers weighing double.

    Chinese is compared by character pairs as well, since segmentation differs from sentence to sentence.
    """
    figures, given = numbers(sentence), numbers(candidate)
    words, known = content_words(sentence) | pairs(sentence), content_words(candidate) | pairs(candidate)
    total = len(words) + 2 * len(figures)
    return (len(words & known) + 2 * len(figures & given)) / total if total else 0.0


class Citer:
    """Numbers the sources as a reply is written, sentence by sentence.

    Of a run of sentences that rest on one source only the last is marked, so a mark is held back until the next
    sentence is known.
    """

    def __init__(self, sources: Sequence[Source], *, least: float = 0.2) -> None:
        self._pool = [(source, s) for source in sources for s in source.sentences]
        self._least = least
        self._cited: dict[str, Citation] = {}
        self._pending: int | None = None
        self._seen = ""

    @property
    def citations(self) -> list[Citation]:
        """The citations so far, in order of first use."""
        return list(self._cited.values())

    def push(self, sentence: str) -> str:
        """The next sentence as it may be shown: behind the mark that the text before it was waiting for."""
        number = self._align(sentence)
        mark = f" [{self._pending}]" if self._pending is not None and number != self._pending else ""
        self._pending = number if number is not None else (None if mark else self._pending)
        self._seen += sentence
        # White space between sentences belongs behind the mark; none is added, so that the text without marks is the reply.
        return mark + sentence

    def finish(self) -> str:
        """The last mark. A reply that no sentence supports cites the nearest one: it was written from it."""
        if not self._cited and self._pool:
            source, quote = max(self._pool, key=lambda p: support(self._seen, p[1]))
            self._pending = self._cite(source, quote)
        return f" [{self._pending}]" if self._pending is not None else ""

    def _align(self, sentence: str) -> int | None:
        best = max(self._pool, key=lambda p: support(sentence, p[1]), default=None)
        if best is None or support(sentence, best[1]) < self._least:
            return None
        return self._cite(*best)

    def _cite(self, source: Source, quote: str) -> int:
        made = Citation(len(self._cited) + 1, source.id, source.title, source.url, quote)
        return self._cited.setdefault(source.id, made).n


def attach(reply: str, sources: Sequence[Source], *, least: float = 0.2) -> tuple[str, list[Citation]]:
    """A whole reply with its marks, and its citations."""
    citer = Citer(sources, least=least)
    out, position = "", 0
    for _, end in sentence_spans(reply):
        out += citer.push(reply[position:end])
        position = end
    return out + citer.finish() + reply[position:], citer.citations
