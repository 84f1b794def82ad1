"""What the index holds: passages, and the units of text that stand for them. Knows nothing of files or vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.text import sentence_spans

PassageKind = Literal["faq", "policy"]
UnitKind = Literal["body", "question", "row"]


@dataclass(frozen=True)
class Passage:
    """One answer of the shop in one language: a curated FAQ answer or a section of a policy.

    `id` is the FAQ id or `policy-id#slug`; the same id in another language is the same passage translated.
    """

    id: str
    language: str
    kind: PassageKind
    title: str
    text: str
    questions: tuple[str, ...] = ()
    intent: str | None = None
    url: str | None = None
    source: str = ""

    @property
    def document(self) -> str:
        """What the passage is a part of: the FAQ entry itself, or the policy of a section."""
        return self.id.split("#", 1)[0] if self.kind == "policy" else self.id


@dataclass(frozen=True)
class Unit:
    """A piece of a passage that is embedded on its own; a search finds units and returns their passages.

    `passage` is the passage's position in the index; `text` is what a person may read of it (no heading, no prompt),
    `heading` what is embedded before it.
    """

    passage: int
    kind: UnitKind
    heading: str
    text: str

    @property
    def embedded(self) -> str:
        """The text that goes to the encoder."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text

    @property
    def spans(self) -> list[tuple[int, int]]:
        """(start, end) of each sentence of `text`; a row of a table is one, whatever stands in its cells."""
        return [(0, len(self.text))] if self.kind == "row" else sentence_spans(self.text)

    @property
    def sentences(self) -> list[str]:
        """The sentences of `text`."""
        return [self.text[a:b] for a, b in self.spans]
