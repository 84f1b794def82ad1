"""Search results as the contract shows them, and batches with bad lines in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.knowledge.found import found_rows, search_lines
from bot.knowledge.search import Knowledge

from .helpers import knowledge


@pytest.fixture(scope="module")
def small() -> Knowledge:
    return knowledge()


def test_a_row_has_the_contracts_fields(small: Knowledge) -> None:
    rows = found_rows(small, "Tibet fee", None, "zh", 2)
    assert len(rows) == 2
    assert list(rows[0]) == ["id", "title", "text", "language", "score", "source", "url"]
    assert rows[0]["id"] == "shipping#zones"
    assert rows[0]["url"] == "https://x.example/zones"
    assert isinstance(rows[0]["score"], float)
    json.dumps(rows)


@pytest.mark.parametrize(
    ("text", "language", "default", "found"),
    [
        ("delivery", None, "zh", "en"),
        ("多久能送到", None, "en", "zh"),
        ("123", None, "zh", "zh"),
        ("delivery", "zh", "en", "zh"),
        ("delivery", "", "zh", "en"),
    ],
)
def test_the_language_is_the_callers_else_the_texts_else_the_shops(
    small: Knowledge, text: str, language: str | None, default: str, found: str
) -> None:
    rows = found_rows(small, text, language, default, 9)
    assert next(r for r in rows if r["id"] == "delivery")["language"] == found


@pytest.mark.parametrize("text", ["", "  \n"])
def test_empty_text_is_refused(small: Knowledge, text: str) -> None:
    with pytest.raises(BadInput, match="text is empty"):
        found_rows(small, text, None, "zh", 5)


def test_an_unknown_language_is_refused(small: Knowledge) -> None:
    with pytest.raises(BadInput, match="language: 'fr' is not supported; write zh or en"):
        found_rows(small, "delivery", "fr", "zh", 5)


def lines(path: Path, small: Knowledge, content: bytes) -> list[dict[str, object]]:
    file = path / "batch.jsonl"
    file.write_bytes(content)
    return list(search_lines(file, small, "zh", 2))


def test_a_line_a_question(tmp_path: Path, small: Knowledge) -> None:
    content = '\ufeff{"id": 1, "text": "delivery"}\n\n{"id": "b", "text": "包装", "language": "zh"}\r\n'
    found = lines(tmp_path, small, content.encode())
    assert [f["id"] for f in found] == [1, "b"]
    assert all(set(f) == {"id", "results"} for f in found)
    assert [len(f["results"]) for f in found] == [2, 2]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bad", "identifier", "message"),
    [
        (b"not json", None, "not an object"),
        (b"[]", None, "not an object"),
        (b"null", None, "not an object"),
        (b"7", None, "not an object"),
        (b"{}", None, "not an object"),
        (b'{"id": "x"}', "x", "not an object"),
        (b'{"id": "x", "text": 5}', "x", "not an object"),
        (b'{"id": "x", "text": null}', "x", "not an object"),
        (b'{"id": "x", "text": " "}', "x", "text is empty"),
        (b'{"id": "x", "text": "hi", "language": "fr"}', "x", "language: 'fr'"),
        (b'{"id": "x", "text": "hi", "language": 5}', "x", "language: 5"),
        (b"\xff\xfe", None, "not an object"),
        (b"[" * 100_000, None, "not an object"),
    ],
)
def test_a_bad_line_is_told_in_its_place_and_the_rest_is_answered(
    tmp_path: Path, small: Knowledge, bad: bytes, identifier: str | None, message: str
) -> None:
    good = b'{"id": "ok", "text": "delivery"}'
    found = lines(tmp_path, small, b"\n".join([good, bad, good]))
    assert [f["id"] for f in found] == ["ok", identifier, "ok"]
    assert found[1]["line"] == 2
    error = found[1]["error"]
    assert isinstance(error, dict) and error["code"] == "bad_input" and message in error["message"]
    assert found[0] == found[2]


def test_a_missing_file_is_named(tmp_path: Path, small: Knowledge) -> None:
    with pytest.raises(BadInput, match=r"none\.jsonl is not a file"):
        next(search_lines(tmp_path / "none.jsonl", small, "zh", 5))
