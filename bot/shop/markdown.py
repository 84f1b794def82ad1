"""Reads a policy: front matter and prose of a Markdown file. Knows nothing of passages or languages."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath

from bot.shop.fields import Day, FieldContext, Identifier, Link, Text
from bot.shop.problems import Problems
from bot.shop.textfile import read_text
from bot.shop.types import PolicyDocument, Record
from bot.shop.validate import build
from bot.shop.yamlfile import Node, parse_yaml

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?=\S)")
_FENCE = re.compile(r" {0,3}(```|~~~)")


class FrontMatter(Record):
    """What stands between the two `---` lines."""

    id: Identifier | None = None
    title: Text | None = None
    url: Link | None = None
    updated: Day | None = None


def read_policy(path: Path, file: str, language: str, problems: Problems) -> PolicyDocument | None:
    """The document in `path`; None after an error is noted under `file`.

    Without front matter the id is the file's stem and the title its first heading, with a warning.
    """
    text = read_text(path, file, problems)
    if text is None:
        return None
    split = _split(text, file, problems)
    if split is None:
        return None
    head, body, body_line = split
    matter = build(FrontMatter, head, file, problems, FieldContext())
    if matter is None:
        return None
    if matter.id is None or matter.title is None:
        problems.warn(file, 1, "front matter with id and title is missing; the file's name and first heading are used")
    if not body.strip():
        problems.warn(file, body_line, "the document is empty")
    stem = unicodedata.normalize("NFC", PurePosixPath(file).stem)
    return PolicyDocument(
        id=matter.id or re.sub(r"[\s#]+", "-", stem).strip("-") or "policy",
        title=matter.title or first_heading(body) or stem,
        url=matter.url,
        updated=matter.updated,
        language=language,
        body=body,
        file=file,
        body_line=body_line,
    )


def _split(text: str, file: str, problems: Problems) -> tuple[Node, str, int] | None:
    """Front matter, body, and the line on which the body begins."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return Node({}, 1), text, 1
    end = next((n for n, line in enumerate(lines) if n and line.rstrip() in ("---", "...")), None)
    if end is None:
        problems.error(file, 1, "the front matter that begins with '---' has no closing '---'")
        return None
    head = parse_yaml("\n".join(lines[1:end]), file, problems, first_line=2)
    if head is None:
        return None
    return Node({}, 1) if head.value is None else head, "\n".join(lines[end + 1 :]), end + 2


def first_heading(body: str) -> str | None:
    """The text of the first Markdown heading that is not inside a code block."""
    fence = ""
    for line in body.split("\n"):
        mark = _FENCE.match(line)
        if mark and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
        elif not fence and (heading := _HEADING.match(line)):
            return line[heading.end() :].rstrip().rstrip("#").rstrip() or None
    return None
