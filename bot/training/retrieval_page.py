"""Writes benchmarks/retrieval.md from measured tallies. Knows nothing of how they were measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One line of a table: what was done, and the figures by column (a set or a language)."""

    name: str
    figures: dict[str, Figures]
    note: str = ""


def table(rows: Sequence[Row], columns: Sequence[str], cells: str = "hit") -> str:
    """A Markdown table; a cell is `hit@1 [low, high] / hit@3`, or with `cells` = "recall10" that figure alone."""
    head = "| | " + " | ".join(columns) + " |"
    lines = [head, "|---" * (len(columns) + 1) + "|"]
    for row in rows:
        found = [_cell(row.figures[c], cells) if c in row.figures else "-" for c in columns]
        lines.append(f"| {row.name} | " + " | ".join(found) + " |")
    return "\n".join(lines)


def _cell(figures: Figures, cells: str) -> str:
    if cells == "recall10":
        return f"{_short(figures['recall10'])}"
    first = f"{_short(figures['hit1'])} [{_short(figures['low'])}, {_short(figures['high'])}]"
    return f"{first} / {_short(figures['hit3'])}"


def _short(value: float) -> str:
    """.62 for 0.62, 1.00 for 1."""
    text = f"{value:.2f}"
    return text[1:] if text.startswith("0") else text
