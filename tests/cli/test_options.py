"""JSON on stdout is one line whatever it holds and wherever it goes."""

from __future__ import annotations

import io
import json
import sys

import pytest

from bot.cli.options import check_language, emit, read_stdin
from bot.errors import BadInput


@pytest.mark.parametrize("value", [{"text": "灯笼 🏮"}, {"text": "a\nb\u2028c"}, {"id": "\ud800"}, [], "x", None])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "gbk"])
def test_one_value_is_one_line(monkeypatch: pytest.MonkeyPatch, value: object, encoding: str) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding, newline="\n"))
    emit(value)
    assert raw.getvalue().count(b"\n") == 1
    assert json.loads(raw.getvalue().decode(encoding)) == value


def test_characters_are_written_as_they_are_where_that_can_be(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"text": "灯笼"})
    assert capsys.readouterr().out == '{"text": "灯笼"}\n'


@pytest.mark.parametrize(
    ("raw", "text"),
    [("你好".encode(), "你好"), (b"\xef\xbb\xbfhi", "hi"), (b"a\xffb", "a\ufffdb"), (b"", "")],
)
def test_standard_input_is_text_whatever_it_is(monkeypatch: pytest.MonkeyPatch, raw: bytes, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="ascii"))
    assert read_stdin() == text


def test_languages() -> None:
    assert [check_language(language) for language in (None, "zh", "en")] == [None, "zh", "en"]
    for language in ("", "fr", "ZH"):
        with pytest.raises(BadInput, match="--lang"):
            check_language(language)
