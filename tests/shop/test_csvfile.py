"""The CSV reader."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop.csvfile import read_csv
from bot.shop.problems import Problems


def read(folder, text):
    (folder / "t.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    problems = Problems()
    table = read_csv(folder / "t.csv", "t.csv", problems)
    rows = [] if table is None else [(row.line, dict(zip(row.columns, row.cells, strict=True))) for row in table.rows]
    return rows, [str(problem) for problem in problems.ordered()]


def test_rows_know_their_lines(tmp_path) -> None:
    rows, problems = read(tmp_path, '\ufeffid,note\r\n1,"two\r\nlines"\r\n\r\n2, 退货 \r\n')
    assert problems == []
    assert rows == [(2, {"id": "1", "note": "two\nlines"}), (5, {"id": "2", "note": "退货"})]


def test_a_missing_column_reads_as_empty(tmp_path) -> None:
    (tmp_path / "t.csv").write_text("id\n1\n")
    row = next(read_csv(tmp_path / "t.csv", "t.csv", Problems()).rows)
    assert row["id"] == "1" and row["nothing"] == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "t.csv:1: error: no header"),
        ("a,b\n1\n2,3\n", "t.csv:2: error: 1 cells where the header has 2 columns"),
        ("a,b\n1,2,3\n", "t.csv:2: error: 3 cells where the header has 2 columns"),
        ("a,a\n1,2\n", "t.csv:1: error: column 'a' stands twice"),
        ("a,,c\n1,2,3\n", "t.csv:1: error: column 2 has no name"),
        ("a;b\n1;2\n", "t.csv:1: error: columns must be separated by commas"),
        ('a,b\n1,2\n3,"open\n', "t.csv:3: error: not readable as CSV"),
        ('a,b\n"x"y,2\n', "t.csv:2: error: not readable as CSV"),
    ],
)
def test_what_is_wrong(tmp_path, text, problem) -> None:
    assert [p.startswith(problem) for p in read(tmp_path, text)[1]] == [True]


def test_another_encoding(tmp_path) -> None:
    assert "not UTF-8" in read(tmp_path, "id,名字\n1,李雷\n".encode("gbk"))[1][0]


_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1, max_size=8).filter(
    lambda c: c.strip()
)


@given(st.lists(st.lists(_CELL, min_size=3, max_size=3), max_size=6))
def test_what_a_csv_writer_writes_is_read_back(tmp_path_factory, rows) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["a", "b", "c"], *rows])
    read_rows, problems = read(tmp_path_factory.mktemp("csv"), out.getvalue())
    assert problems == []
    assert [list(cells.values()) for _, cells in read_rows] == [[cell.strip() for cell in row] for row in rows]


@given(st.text(alphabet='a,"\n;\r\t 1灯\x00', max_size=50))
def test_any_text_is_rows_or_problems(tmp_path_factory, text) -> None:
    rows, problems = read(tmp_path_factory.mktemp("csv"), text)
    assert all(len(cells) == len(rows[0][1]) for _, cells in rows)
    assert all(": error: " in problem for problem in problems)
