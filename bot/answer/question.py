"""What an answer is made from and what it is: the question with its hits, and the finished answer. Knows nothing of how."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.encoder import Encoded
from bot.guard.citations import Citation
from bot.knowledge.answerable import Confidence
from bot.knowledge.bands import Band
from bot.knowledge.search import Hit


@dataclass(frozen=True)
class Question:
    """A question to the knowledge base. `earlier` is the customer's question before it, where this one leans on it."""

    text: str
    language: str
    encoded: Encoded
    hits: tuple[Hit, ...]
    confidence: Confidence
    earlier: str | None = None

    @property
    def best(self) -> Hit:
        """The best passage."""
        return self.hits[0]


@dataclass(frozen=True)
class Answer:
    """A finished answer: `text` is the reply with its `[n]` marks; `rejected` lists what the guard threw out, for the trace;
    `guard_ms` is the time it took."""

    band: Band
    text: str
    citations: tuple[Citation, ...] = ()
    rejected: tuple[str, ...] = field(default=())
    guard_ms: float = 0.0
