"""Plain-text helpers shared by all: normal form, sentences, script. Knows nothing of shops or models."""

from __future__ import annotations

import re
import unicodedata

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # escaped: the last block looks like the one before it
CJK = re.compile(f"[{_CJK}]")
# A sentence ends at CJK full stops, or at . ! ? when what follows looks like a new sentence: never inside 3.5 or e.g.
# A run such as ？！ ends one sentence, and before a CJK character ! and ? need no space.
_END = re.compile(
    rf"(?<=[。！？；])(?![。！？；!?])[”’」』）)]*|(?<=[!?])(?![!?！？])[\"'”’)]*(?=\s|$|[{_CJK}])"
    r"|(?<=[.])[\"'”’)]*(?=\s+[^\sa-z]|\s*$)|\n+"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|approx|no|vs|mr|mrs|ms|dr|st|inc|ltd|co|min|max|fig|p|pp)|\b[A-Z])\.$", re.IGNORECASE
)
_LONGEST_ABBREVIATION = 12  # characters: more than the longest above
_ITEM_NUMBER = re.compile(r"\W*\d{1,2}\.")


def nfkc(text: str) -> str:
    """NFKC, lower case, single spaces: the form in which texts are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence or line of `text`, without surrounding white space; spans are in order and never overlap."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in [*_END.finditer(text), None]:
        end = match.end() if match else len(text)
        piece = text[start:end]
        if match and "\n" not in match.group() and _goes_on(piece.strip()):
            continue
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            spans.append((start + lead, start + len(piece.rstrip())))
        start = end
    return spans


def _goes_on(piece: str) -> bool:
    """Whether the full stop at the end of `piece` is an abbreviation's or the one of a list number ("1. Open the box")."""
    short = len(piece) <= _LONGEST_ABBREVIATION
    # Only the end is searched: a text of many abbreviations would take quadratic time.
    return bool(_ABBREVIATION.search(piece[-_LONGEST_ABBREVIATION:])) or (short and bool(_ITEM_NUMBER.fullmatch(piece)))


def sentences(text: str) -> list[str]:
    """The sentences of `text`; a table row or list item is one."""
    return [text[a:b] for a, b in sentence_spans(text)]


def shorten(text: str, limit: int) -> str:
    """`text` cut to `limit` characters with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
