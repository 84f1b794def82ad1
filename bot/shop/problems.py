"""What is wrong with a shop folder, by file and line. Knows nothing of how files are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One finding: `file` is relative to the shop folder with forward slashes, `line` counts from 1."""

    severity: Severity
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message}"


class Problems:
    """Collects findings while a folder is read; nothing is reported twice."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def error(self, file: str, line: int, message: str) -> None:
        """Something that keeps the shop from being used."""
        self._found[Problem("error", file, max(line, 1), _one_line(message))] = None

    def warn(self, file: str, line: int, message: str) -> None:
        """Something that is probably not meant, and does no harm to the rest."""
        self._found[Problem("warning", file, max(line, 1), _one_line(message))] = None

    def ordered(self) -> list[Problem]:
        """All findings by file and line, shop.yaml first, then in the order they were found."""
        return sorted(self._found, key=lambda p: (p.file != "shop.yaml", p.file, p.line))

    def errors(self) -> list[Problem]:
        """The errors alone, in the same order."""
        return [problem for problem in self.ordered() if problem.severity == "error"]


def unknown(what: str, value: str, known: Iterable[str]) -> str:
    """The message for a word outside a closed set, with the nearest known word or the whole set."""
    words = list(known)
    near = get_close_matches(value, words, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(words)}" if len(words) <= 12 else ""
    return f"unknown {what} {shown(value)}" + (f"; {hint}" if hint else "")


def shown(value: object) -> str:
    """A value from a file as it stands in a message: quoted, on one line, cut to 60 characters."""
    text = repr(str(value))
    return text if len(text) <= 60 else text[:56] + "...'"


def _one_line(text: str) -> str:
    return " ".join(text.split())
