"""Splits policy documents into passages by heading, and passages into units. Knows nothing of files or vectors.

Tables stay whole in the passage and each row is a unit of its own, written out with its column names, because a
customer asks for one row ("how long to Tibet?").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

from bot.knowledge.passages import Unit, UnitKind
from bot.text import CJK, sentence_spans

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LINE_END = re.compile(r"\r\n?|\n")  # where Markdown ends a line; `splitlines` also cuts at form feeds and U+2028
UNIT_LIMIT = 420  # characters of Latin text; a CJK character counts as three


@dataclass(frozen=True)
class Section:
    """A section of a document: its slug ("" before the first heading), headings from outer to inner, and text."""

    slug: str
    headings: tuple[str, ...]
    text: str


def slug(heading: str) -> str:
    """The contract's slug: hyphens, underscores, letters and CJK characters stay."""
    return re.sub(r"[^\w-]", "", re.sub(r"\s+", "-", heading.strip().lower()))


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def sections(body: str) -> list[Section]:
    """The sections of a Markdown body in order; a heading without text of its own gives none."""
    lines = _LINE_END.split(body)
    tokens = _markdown().parse(body)
    marks: list[tuple[int, int, int, str]] = []  # first line, line after the heading, level, text
    for token, content in pairwise(tokens):
        if token.type == "heading_open" and token.map and token.level == 0:
            marks.append((token.map[0], token.map[1], int(token.tag[1]), content.content))
    found: list[Section] = []
    seen: set[str] = set()
    path: list[tuple[int, str]] = []
    starts = [(0, 0, 0, ""), *marks]
    for (_, begin, level, title), end in zip(starts, [*(m[0] for m in marks), len(lines)], strict=True):
        name = ""
        if level:
            path = [p for p in path if p[0] < level] + [(level, _unmarked(" ".join(title.split())))]
            name = _unused(slug(title) or "section", seen)
            seen.add(name)
        text = "\n".join(lines[begin:end]).strip()
        if text:
            found.append(Section(name, tuple(t for _, t in path), text))
    return found


def _unused(name: str, seen: set[str]) -> str:
    """`name`, or with the first of -2, -3, ... that no section of the file has."""
    free, number = name, 1
    while free in seen:
        number += 1
        free = f"{name}-{number}"
    return free


_BAR = re.compile(r"(?<!\\)\|")


def _cells(line: str) -> list[str]:
    """The cells of a line that may be a row of a table; the bars at its ends may be missing. None without a bar."""
    parts = [c.strip().replace("\\|", "|") for c in _BAR.split(line.strip())]
    if len(parts) == 1:
        return []
    return parts[(not parts[0]) : (-1 if not parts[-1] else None)]


def _is_rule(line: str) -> bool:
    """Whether this is the line between a table's header and its rows."""
    cells = _cells(line)
    return bool(cells) and all(re.fullmatch(":?-+:?", cell) for cell in cells)


def blocks(text: str) -> list[tuple[str, list[str]]]:
    """The text in order as ("prose", lines) and ("table", rows written out as sentences)."""
    out: list[tuple[str, list[str]]] = []
    lines = text.splitlines()
    index = 0
    while index < len(lines):
        header = _cells(lines[index])
        if header and index + 1 < len(lines) and _is_rule(lines[index + 1]):
            index += 2
            rows = []
            while index < len(lines) and (cells := _cells(lines[index])):
                rows.append(row_sentence(header, cells))
                index += 1
            # A table without rows still says what its header says.
            out.append(("table", rows or [row_sentence([], header)]))
            continue
        if not out or out[-1][0] != "prose":
            out.append(("prose", []))
        out[-1][1].append(lines[index])
        index += 1
    return [(kind, part) for kind, part in out if any(p.strip() for p in part)]


def row_sentence(header: list[str], cells: list[str]) -> str:
    """A table row as a sentence: `Zone: Tibet; time: 7-10 days; fee: ¥18`; cells beyond the header stand alone."""
    chinese = bool(CJK.search("".join(header + cells)))
    colon, comma = ("：", "；") if chinese else (": ", "; ")
    pairs = [f"{h}{colon}{c}" if h else c for h, c in zip_longest(header, cells, fillvalue="") if c]
    return comma.join(pairs)


def weight(text: str) -> int:
    """Length in Latin characters, a CJK character counted as three: about what the encoder sees."""
    return len(text) + 2 * len(CJK.findall(text))


_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)、])\s+")
_MARKS = re.compile(r"\*\*|__|`|^#+\s+|^>\s?", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")


def _unmarked(markdown: str) -> str:
    """Without emphasis and link targets; links twice, for an image inside a link."""
    return _LINK.sub(r"\1", _LINK.sub(r"\1", _MARKS.sub("", markdown)))


def plain(markdown: str) -> str:
    """Markdown prose as a person reads it: no emphasis, link targets or bullets; wrapped lines joined."""
    lines: list[str] = []
    for line in _unmarked(markdown).splitlines():
        stripped = _ITEM.sub("", line).strip()
        starts_item = bool(_ITEM.match(line))
        if lines and stripped and not starts_item and lines[-1] and not lines[-1].startswith("|"):
            joint = "" if CJK.search(lines[-1][-1]) or lines[-1][-1] in "。，；：！？、）" else " "
            lines[-1] += joint + stripped
        else:
            lines.append(stripped)
    return "\n".join(line for line in lines if line)


def _parts(text: str) -> list[str]:
    """Prose cut at sentence ends into parts of at most about UNIT_LIMIT."""
    parts: list[str] = []
    start = end = 0
    for a, b in sentence_spans(text):
        if end > start and weight(text[start:b]) > UNIT_LIMIT:
            parts.append(text[start:end].strip())
            start = a
        end = b
    if text[start:end].strip():
        parts.append(text[start:end].strip())
    return parts


def units(position: int, heading: str, text: str, questions: tuple[str, ...] = ()) -> list[Unit]:
    """The units of one passage: parts of its prose, rows of its tables, and the curated questions."""
    found: list[Unit] = []
    for kind, lines in blocks(text):
        pieces = _parts(plain("\n".join(lines))) if kind == "prose" else [row for row in lines if row]
        unit_kind: UnitKind = "body" if kind == "prose" else "row"
        found += [Unit(position, unit_kind, heading, piece) for piece in pieces]
    found += [Unit(position, "question", "", q) for q in questions]
    return found
