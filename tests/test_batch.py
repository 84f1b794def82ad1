"""A batch file: what is wrong with one line never keeps another from its answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scripted import make_services, says, write_shop

from bot.answerer import Answerer
from bot.batch import answer_lines
from bot.errors import BadInput, Failure
from bot.resources import shipped
from bot.services import Services
from bot.shop.folder import load_shop
from bot.store.load import load_first_data
from bot.store.memory import MemoryLog
from bot.store.order_book import SqlOrderBook


def run(folder: Path, answerer: Answerer, *lines: Any, **usual: Any) -> list[dict[str, Any]]:
    """The results for lines given as objects, texts or bytes."""
    raw = [
        line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    ]
    path = folder / "batch.jsonl"
    path.write_bytes(b"\n".join(raw))
    return list(answer_lines(path, answerer, **usual))


def test_a_text_gives_the_turn_object_and_its_id(tmp_path: Path, answerer: Answerer) -> None:
    (result,) = run(tmp_path, answerer, {"id": "a", "text": "多久能送到？"})
    assert result["id"] == "a"
    assert (result["band"], result["language"], result["command"]) == ("direct", "zh", "Search")


def test_turns_share_a_conversation_and_lines_do_not(tmp_path: Path, answerer: Answerer, services: Services) -> None:
    says(services, "人工", "human_agent")
    one, two = run(
        tmp_path, answerer, {"id": 1, "turns": ["人工", "人工", "多久能送到？"]}, {"id": 2, "turns": ["人工"]}
    )
    assert [set(r) for r in (one, two)] == [{"id", "turns", "db"}] * 2
    assert one["db"] == {}
    tickets = [turn["handoff"]["ticket"] for turn in one["turns"]]
    assert len(set(tickets)) == 1 and two["turns"][0]["handoff"]["ticket"] not in tickets
    assert len({turn["conversation_id"] for turn in one["turns"]}) == 1


def test_order_is_kept_and_bad_lines_stand_in_their_place(tmp_path: Path, answerer: Answerer) -> None:
    results = run(
        tmp_path,
        answerer,
        {"id": "a", "text": "hello there"},
        "{",
        "",
        {"id": "b", "text": ""},
        "   ",
        {"id": "c", "text": "hello there"},
    )
    assert [(r["id"], r.get("line")) for r in results] == [("a", None), (None, 2), ("b", 4), ("c", None)]
    for result in (results[1], results[2]):
        assert set(result) == {"id", "line", "error"}
        assert set(result["error"]) == {"code", "message"} and result["error"]["code"] == "bad_input"


BAD: list[tuple[Any, Any]] = [
    (b"\xff\xfe", None),
    ("[]", None),
    ('"text"', None),
    ("null", None),
    ("{}", None),
    ('{"text": "hi"}', None),
    ('{"id": null, "text": "hi"}', None),
    ('{"id": true, "text": "hi"}', None),
    ('{"id": 1.5, "text": "hi"}', None),
    ('{"id": NaN, "text": "hi"}', None),
    ('{"id": "n", "text": "hi", "n": Infinity}', None),
    ('{"id": {"a": []}, "text": "hi"}', None),
    ('{"id": "x"}', "x"),
    ('{"id": "x", "text": 5}', "x"),
    ('{"id": "x", "text": null}', "x"),
    ('{"id": "x", "text": "\\u0000"}', "x"),
    ('{"id": "x", "text": "hi", "turns": ["hi"]}', "x"),
    ('{"id": "x", "turns": []}', "x"),
    ('{"id": "x", "turns": "hi"}', "x"),
    ('{"id": "x", "turns": ["hi", 5]}', "x"),
    ('{"id": "x", "turns": ["hi", ""]}', "x"),
    ('{"id": "x", "text": "hi", "language": "fr"}', "x"),
    ('{"id": "x", "text": "hi", "language": []}', "x"),
    ('{"id": "x", "text": "hi", "customer": 7}', "x"),
    ('{"id": "x", "text": "' + "x" * 100_000 + '"}', "x"),
    ("[" * 100_000, None),
    ('{"id": ' + "9" * 5000 + ', "text": "hi"}', None),
    ("hello there", None),
]


@pytest.mark.parametrize(("line", "identifier"), BAD, ids=[ascii(line)[:50] for line, _ in BAD])
def test_a_bad_line(tmp_path: Path, answerer: Answerer, line: Any, identifier: Any) -> None:
    before, bad, after = run(
        tmp_path, answerer, {"id": "a", "text": "hello there"}, line, {"id": "b", "text": "hello there"}
    )
    assert (before["id"], after["id"]) == ("a", "b") and "reply" in before and "reply" in after
    assert (bad["id"], bad["line"], bad["error"]["code"]) == (identifier, 2, "bad_input")
    assert "\n" not in bad["error"]["message"] and len(bad["error"]["message"]) < 300
    json.dumps(bad, allow_nan=False)


def test_a_failure_inside_a_turn_is_that_lines_error(tmp_path: Path, answerer: Answerer, services: Services) -> None:
    services.answerable.raises = Failure("disk full")  # type: ignore[attr-defined]
    (result,) = run(tmp_path, answerer, {"id": 1, "text": "hello there"})
    assert result == {"id": 1, "line": 1, "error": {"code": "failure", "message": "disk full"}}


def test_a_byte_order_mark_and_windows_line_ends(tmp_path: Path, answerer: Answerer) -> None:
    results = run(
        tmp_path,
        answerer,
        b'\xef\xbb\xbf{"id": 1, "text": "hello there"}\r',
        b'{"id": 2, "text": "hello there"}\r',
    )
    assert [r["id"] for r in results] == [1, 2]
    assert all("error" not in r for r in results)


def test_an_empty_file(tmp_path: Path, answerer: Answerer) -> None:
    assert run(tmp_path, answerer) == []


def test_a_file_that_cannot_be_read(tmp_path: Path, answerer: Answerer) -> None:
    for path in (tmp_path / "nope.jsonl", tmp_path):
        with pytest.raises(BadInput, match="cannot be read"):
            list(answer_lines(path, answerer))


def test_customer_and_language_of_a_line_and_of_the_command(tmp_path: Path, answerer: Answerer) -> None:
    lines = [{"id": 1, "text": "???"}, {"id": 2, "text": "???", "language": "zh", "customer": "u2"}]
    one, two = run(tmp_path, answerer, *lines, language="en", customer="u1")
    assert (one["language"], two["language"]) == ("en", "zh")
    assert "conversation_key" not in one and "conversation_key" not in two


def test_extra_fields_are_left_alone(tmp_path: Path, answerer: Answerer) -> None:
    (result,) = run(
        tmp_path, answerer, {"id": 1, "text": "hello there", "note": "x", "language": None, "customer": None}
    )
    assert "error" not in result


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    return Answerer(make_services(load_shop(write_shop(tmp_path_factory.mktemp("shared") / "shop"))), MemoryLog())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "text", "turns", "language", "customer"]), inner)
    ),
    max_leaves=8,
)
LINE = (
    st.binary()
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.sampled_from([b"", b"\r", b'{"id": 1, "text": "hi"}'])
)


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.lists(LINE, max_size=5).map(b"\n".join))
def test_any_bytes_are_a_batch_file(tmp_path: Path, shared: Answerer, raw: bytes) -> None:
    path = tmp_path / "any.jsonl"
    path.write_bytes(raw)
    results = list(answer_lines(path, shared))
    assert len(results) == sum(bool(line.strip()) for line in raw.split(b"\n"))
    for result in results:
        assert isinstance(result["id"], str | int | None)
        assert "error" in result or "reply" in result or "turns" in result
        json.dumps(result, allow_nan=False)


CHANGE = ["cancel LC46757, I no longer need it", "yes"]


def test_changes_go_to_a_copy_and_are_named(tmp_path: Path, sample_answerer: Answerer) -> None:
    for _ in range(2):  # each line begins with the records as they are
        (line,) = run(tmp_path, sample_answerer, {"id": 1, "customer": "C1001", "turns": CHANGE})
        assert line["turns"][1]["action"]["status"] == "done"
        assert set(line["db"]) == {"orders"} and set(line["db"]["orders"]) == {"LC46757"}
        assert line["db"]["orders"]["LC46757"]["status"] == "cancelled"


def test_keep_writes_to_the_records(tmp_path: Path, sample_answerer: Answerer) -> None:
    (line,) = run(tmp_path, sample_answerer, {"id": 1, "customer": "C1001", "turns": CHANGE}, keep=True)
    assert line["db"]["orders"]["LC46757"]["status"] == "cancelled"
    (again,) = run(tmp_path, sample_answerer, {"id": 1, "customer": "C1001", "turns": CHANGE}, keep=True)
    assert again["turns"][0]["action"]["status"] == "denied" and again["db"] == {}


@pytest.fixture
def sample_answerer(tmp_path: Path) -> Answerer:
    """The sample shop's records under a scripted router."""
    folder = tmp_path / "sample"
    (folder / "faq").mkdir(parents=True)
    (folder / "faq" / "a.yaml").write_text("- {id: a, q: {en: [Where are you?]}, a: {en: Here.}}\n", "utf-8")
    for name in ("shop.yaml", "products.yaml", "data"):
        (folder / name).symlink_to(shipped("knowledge_base") / name)
    services = make_services(load_shop(folder))
    says(services, CHANGE[0], "cancel")
    assert isinstance(services.book, SqlOrderBook)
    load_first_data(services.book.database, services.shop)
    return Answerer(services, MemoryLog())
