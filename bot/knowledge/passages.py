"""What the index holds: passages, and the units of text that stand for them. Knows nothing of files or vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
