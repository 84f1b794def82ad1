"""Reading text files safely."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop import textfile
from bot.shop.problems import Problems
from bot.shop.textfile import read_text

from .helpers import may_read_anything


def read(path, **options):
    problems = Problems()
    return read_text(path, path.name, problems, **options), [str(problem) for problem in problems.ordered()]


def test_byte_order_mark_and_line_ends(tmp_path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes("\ufeff一\r\n二\r三\n".encode())
    assert read(file) == ("一\n二\n三\n", [])


def test_another_encoding_is_named_with_its_line(tmp_path) -> None:
    file = tmp_path / "gbk.yaml"
    file.write_bytes(b"a: 1\n" + "b: 退货\n".encode("gbk"))
    assert read(file) == (
        None,
        ["gbk.yaml:2: error: not UTF-8 (it may be GBK or another older encoding); save the file as UTF-8"],
    )
    file.write_bytes("id: x".encode("utf-16"))
    assert "it looks like UTF-16" in read(file)[1][0]
    file.write_bytes(b"ok\n\n\x81\xff\xff")
    assert read(file)[1] == ["gbk.yaml:3: error: not UTF-8; save the file as UTF-8"]


def test_large_files_are_not_read(tmp_path) -> None:
    file = tmp_path / "large.yaml"
    with file.open("wb") as out:
        out.truncate(textfile.TEXT_LIMIT + 1)
    text, problems = read(file)
    assert text is None and "too large (limit 20 MB)" in problems[0]


def test_what_is_no_file(tmp_path) -> None:
    assert read(tmp_path)[1][0].endswith("not an ordinary file")
    assert read(tmp_path / "missing")[1][0].endswith("not an ordinary file")
    os.mkfifo(tmp_path / "pipe")
    assert read(tmp_path / "pipe")[1][0].endswith("not an ordinary file")


@pytest.mark.skipif(may_read_anything(), reason="root may read every file")
def test_a_forbidden_file(tmp_path) -> None:
    file = tmp_path / "secret.yaml"
    file.touch(mode=0)
    assert "cannot be read" in read(file)[1][0]


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_one_problem(tmp_path_factory, data) -> None:
    file = tmp_path_factory.mktemp("any") / "any.txt"
    file.write_bytes(data)
    text, problems = read(file)
    assert (text is None) == (len(problems) == 1)
