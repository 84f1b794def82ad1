"""Suites: what loads, and that every mistake is one line with its place."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.evaluation.suite import EXPECTATIONS, Expect, load_suite, load_suites

from .helpers import dialogue, load, write_suite

FULL = {
    "command": "Recommend",
    "intent": "recommend",
    "band": ["template", "generated"],
    "cites": ["returns", "faq-1"],
    "contains": ["7 ?天"],
    "not_contains": ["退款已"],
    "refused": False,
    "handoff": False,
    "recommends": ["p1"],
    "products_min": 1,
    "not_products": ["p2"],
    "max_price": 199.5,
    "categories": ["tea"],
    "awaiting": "option:size",
    "action": {"name": "cancel", "status": "proposed"},
    "flow": "cancel",
    "language": "zh",
}


def test_everything_of_the_format_is_read() -> None:
    row = dialogue("a", ("你好", FULL), ("嗯", None), language="zh", customer="c1", tags=["near_miss"])
    suite = load({**row, "db": {"orders": {}}, "db_unchanged": True, "thresholds": {"right": 0.8, "zh/mrr": 1}})
    read = suite.dialogues[0]
    assert (read.id, read.language, read.customer, read.tags, read.line) == (
        "a",
        "zh",
        "c1",
        ("near_miss",),
        1,
    )
    assert (read.db, read.db_unchanged, suite.thresholds) == (
        {"orders": {}},
        True,
        {"right": 0.8, "zh/mrr": 1.0},
    )
    first, second = (t.expect for t in read.turns)
    assert first.given == EXPECTATIONS == tuple(FULL)
    assert (first.band, first.max_price, first.awaiting) == (("template", "generated"), 199.5, "option:size")
    assert [p.source for p in first.contains] == ["7 ?天"]
    assert first.raw == FULL
    assert second == Expect()


def test_a_single_band_null_and_empty_lists() -> None:
    row = dialogue("a", ("?", {"band": "direct", "awaiting": None, "action": None, "cites": [], "contains": []}))
    read = load(row).dialogues[0].turns[0].expect
    assert read.given == ("band", "awaiting", "action")
    assert read.band == ("direct",)


def test_the_first_line_may_hold_thresholds_alone(tmp_path) -> None:
    path = write_suite(tmp_path / "s.jsonl", "", {"thresholds": {"right": 0.5}}, "  ", dialogue("a", ("?", None)))
    suite = load_suite(path)
    assert suite.thresholds == {"right": 0.5}
    assert [(d.id, d.line) for d in suite.dialogues] == [("a", 4)]


def test_other_fields_are_the_suites_own() -> None:
    row = {**dialogue("a", ("?", None)), "note": "why"}
    row["turns"][0]["source"] = "a ticket"
    assert load(row).dialogues[0].id == "a"


def test_windows_line_ends_a_byte_order_mark_and_line_separators(tmp_path) -> None:
    path = tmp_path / "s.jsonl"
    row = json.dumps(dialogue("a", ("one\u2028two", None)), ensure_ascii=False)
    path.write_bytes(b"\xef\xbb\xbf" + row.encode() + b"\r\n")
    assert load_suite(path).dialogues[0].turns[0].user == "one\u2028two"


TURN = {"user": "hi"}


def row(**fields):
    return {"id": "x", "language": "en", "turns": [TURN], **fields}


def wanting(**fields):
    return row(turns=[{"user": "hi", "expect": fields}])


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("{", "not valid JSON"),
        ("[]", "not a JSON object"),
        ('{"id": "x", "id": "y"}', "'id' stands twice"),
        ('{"id": NaN}', "NaN is not JSON"),
        ("[" * 100_000, "not valid JSON"),
        (json.dumps(row(id="\ud800")), "surrogate"),
        (row(id=""), "id: not a text"),
        (row(id=7), "id: not a text"),
        (row(language="fr"), "language: unknown value 'fr'"),
        (row(language=None), "language: unknown value"),
        ({"id": "x", "language": "en"}, "no field turns"),
        ({"language": "en", "turns": [TURN]}, "no field id"),
        (row(turns=[]), "turns: not a list"),
        (row(turns=[1]), "turns[0]: not an object"),
        (row(turns=[{}]), "turns[0].user: not a text"),
        (row(turns=[{"user": "hi", "expected": {}}]), "did you mean expect"),
        (row(turns=[{"user": "hi", "expect": []}]), "turns[0].expect: not an object"),
        (row(tag=["x"]), "did you mean tags"),
        (row(tags="x"), "tags: not a list"),
        (row(db=[]), "db: not an object"),
        (row(db_unchanged="yes"), "db_unchanged: not true or false"),
        (row(customer=3), "customer: not a text"),
        (row(thresholds={"right": 1}), "first line only"),
        (wanting(contain=["x"]), "turns[0].expect: unknown field 'contain'; did you mean contains?"),
        (wanting(contains="x"), "contains: not a list"),
        (wanting(contains=["("]), "contains[0]: bad regular expression"),
        (wanting(not_contains=["ok", "["]), "not_contains[1]: bad regular expression"),
        (wanting(command="search"), "command: unknown value 'search'; did you mean Search?"),
        (wanting(command=None), "command: unknown value"),
        (wanting(band="high"), "band: unknown value 'high'"),
        (wanting(refused="true"), "refused: not true or false"),
        (wanting(products_min=-1), "products_min: not a whole number"),
        (wanting(products_min=True), "products_min: not a whole number"),
        (wanting(max_price="10"), "max_price: not a number"),
        (
            '{"id":"x","language":"en","turns":[{"user":"a","expect":{"max_price":1e999}}]}',
            "max_price: not a number",
        ),
        (wanting(action={}), 'action: not an object with "name" or "status"'),
        (wanting(action={"arguments": {}}), "action: unknown field 'arguments'"),
        (wanting(action={"status": "ok"}), "action.status: unknown value 'ok'"),
        (wanting(flow="refund"), "flow: unknown value 'refund'"),
        (wanting(language="de"), "language: unknown value 'de'"),
        (row(id="first"), "id 'first' stands twice (first in line 1)"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path, bad, says) -> None:
    path = write_suite(tmp_path / "s.jsonl", row(id="first"), bad)
    with pytest.raises(BadInput) as caught:
        load_suite(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:2: ")
    assert says in message
    assert "\n" not in message


@pytest.mark.parametrize(("thresholds", "says"), [([], "not an object"), ({"right": "high"}, "not a number")])
def test_bad_thresholds(tmp_path, thresholds, says) -> None:
    with pytest.raises(BadInput, match=f"s.jsonl:1: thresholds: .*{says}"):
        load_suite(write_suite(tmp_path / "s.jsonl", row(thresholds=thresholds)))


def test_files_that_are_no_suites(tmp_path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n\n")
    (tmp_path / "gbk.jsonl").write_bytes("退货".encode("gbk"))
    (tmp_path / "folder").mkdir()
    for path, says in [
        (tmp_path / "none.jsonl", "none.jsonl:1: not an ordinary file"),
        (tmp_path / ("n" * 300), "cannot be read"),
        (tmp_path / "empty.jsonl", "the suite is empty"),
        (tmp_path / "gbk.jsonl", "not UTF-8"),
        (tmp_path / "folder", r"no \*.jsonl in this folder"),
    ]:
        with pytest.raises(BadInput, match=says):
            load_suites([path])
    with pytest.raises(BadInput, match="no suite"):
        load_suites([])


def test_a_folder_stands_for_its_suites_and_a_file_counts_once(tmp_path) -> None:
    for name in ("b", "a"):
        write_suite(tmp_path / f"{name}.jsonl", row())
    (tmp_path / "notes.txt").write_text("no suite")
    assert [s.name for s in load_suites([tmp_path, tmp_path / "a.jsonl"])] == ["a", "b"]


def test_equal_names_in_two_folders_are_told_apart(tmp_path) -> None:
    paths = [tmp_path / name / "s.jsonl" for name in ("one", "two")]
    for path in paths:
        path.parent.mkdir()
        write_suite(path, row())
    assert [s.name for s in load_suites(paths)] == [p.as_posix() for p in paths]


def never_more_than_bad_input(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.jsonl"
        path.write_bytes(data)
        try:
            suite = load_suite(path)
        except BadInput as error:
            assert str(error).startswith(f"{path}:")
        else:
            assert suite.dialogues


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_load_or_are_bad_input(data) -> None:
    never_more_than_bad_input(data)


KNOWN = ("id", "language", "customer", "tags", "turns", "db", "db_unchanged", "thresholds", "user", "expect")
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8) | st.sampled_from(["zh", "cancel"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KNOWN + EXPECTATIONS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
TURNS = st.lists(
    st.fixed_dictionaries(
        {"user": st.text(max_size=5)},
        optional={"expect": st.dictionaries(st.sampled_from(EXPECTATIONS), JSON, max_size=3)},
    ),
    min_size=1,
    max_size=2,
)
LINES = st.fixed_dictionaries(
    {"id": st.sampled_from("abc") | JSON, "language": st.sampled_from(["zh", "en"]), "turns": TURNS | JSON},
    optional=dict.fromkeys(("customer", "tags", "db", "db_unchanged", "thresholds"), JSON),
)


@settings(deadline=None)
@given(st.lists(LINES | JSON, min_size=1, max_size=3))
def test_any_json_loads_or_is_bad_input(rows) -> None:
    never_more_than_bad_input("\n".join(map(json.dumps, rows)).encode())
