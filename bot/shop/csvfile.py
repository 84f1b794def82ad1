"""Reads CSV tables with line numbers: UTF-8, a header, commas. Knows nothing of what the columns mean."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.shop.problems import Problems, shown
from bot.shop.textfile import TABLE_LIMIT, read_text


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on, and its cells without surrounding spaces, in the order of `columns`."""

    line: int
    columns: dict[str, int]
    cells: list[str]

    def __getitem__(self, column: str) -> str:
        """The cell's text; empty when the table has no such column."""
        at = self.columns.get(column)
        return "" if at is None else self.cells[at]


@dataclass(frozen=True)
class CsvTable:
    """Columns in the header's order, and the well-formed rows, read as they are asked for (once)."""

    columns: tuple[str, ...]
    rows: Iterator[Row]


def read_csv(path: Path, file: str, problems: Problems) -> CsvTable | None:
    """The table in `path`; None when there is no usable header, after an error is noted under `file`.

    Rows with a wrong number of cells are noted and left out; blank lines are skipped.
    """
    text = read_text(path, file, problems, limit=TABLE_LIMIT)
    if text is None:
        return None
    records = _records(text, file, problems)
    header = next(records, None)
    if header is None:
        problems.error(file, 1, "no header: the first line names the columns")
        return None
    line, columns = header
    if not _header_is_fine(columns, line, file, problems):
        return None
    return CsvTable(tuple(columns), _rows(columns, records, file, problems))


def _rows(columns: list[str], records: Iterator[tuple[int, list[str]]], file: str, problems: Problems) -> Iterator[Row]:
    index = {name: at for at, name in enumerate(columns)}
    for line, cells in records:
        if len(cells) == len(columns):
            yield Row(line, index, cells)
        else:
            problems.error(file, line, f"{len(cells)} cells where the header has {len(columns)} columns")


def _records(text: str, file: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.error(file, line, f"not readable as CSV: {error}; the rest of the file is not read")
            return
        if any(cell.strip() for cell in cells):
            yield line, [cell.strip() for cell in cells]


def _header_is_fine(columns: list[str], line: int, file: str, problems: Problems) -> bool:
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if "" in columns:
        problems.error(file, line, f"column {columns.index('') + 1} has no name")
    for name in filter(None, twice):
        problems.error(file, line, f"column {shown(name)} stands twice")
    if len(columns) == 1 and any(mark in columns[0] for mark in ";\t"):
        problems.error(file, line, "columns must be separated by commas")
        return False
    return "" not in columns and not twice
