"""The report: its keys, its file, and reading it back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.errors import BadInput, Failure
from bot.evaluation.report import (
    Circumstances,
    make_report,
    missed,
    new_run_folder,
    read_report,
    to_json,
    write_report,
)
from bot.evaluation.runner import run_suites
from bot.evaluation.slices import by_language, by_tag

from .helpers import Scripted, cited, dialogue, load, turn

AT = datetime(2026, 11, 1, 12, 30, 5, tzinfo=UTC)


def report():
    suite = load(
        {"thresholds": {"right": 0.9, "mrr": 0.1}},
        dialogue("a", ("delivery?", {"contains": ["7"], "cites": ["r"]}), ("thanks", None), tags=["x", "y"]),
        dialogue("b", ("多久？", {"contains": ["7"]}), language="zh", tags=["x"], db={"orders": {}}),
        dialogue("c", ("?", None)),
    )
    replies = [
        turn("7 days", citations=cited("r"), trace={"answerable": 0.5, "hits": [1]}),
        turn("bye", products=[{"id": "p", "price": Decimal("9.50")}]),
        turn("八天", band="generated", trace={"ungrounded": ("8",)}),
        Failure("no index"),
    ]
    played = run_suites([suite], Scripted(replies))
    about = {"writer": "none", "encoder": "tiny", "other": 1}
    return make_report([suite], played, Circumstances(AT, 1.23456, about), {"en": {"r": "delivery"}})


def test_the_keys_of_the_report() -> None:
    found = report()
    assert list(found) == [
        "suites",
        "n",
        "started_at",
        "seconds",
        "machine",
        "writer",
        "encoder",
        "about",
        "overall",
        "by_language",
        "by_tag",
        "bands",
        "latency",
        "curve",
        "overlap",
        "skipped",
        "failures",
        "turns",
    ]
    assert found["n"] == {"dialogues": 3, "turns": 4, "checks": 3}
    assert (found["started_at"], found["seconds"]) == ("2026-11-01T12:30:05+00:00", 1.235)
    assert set(found["machine"]) == {"cores", "python", "platform"}
    assert (found["writer"], found["encoder"], found["about"]["other"]) == ("none", "tiny", 1)
    assert list(found["by_language"]) == ["en", "zh"]
    assert list(found["by_tag"]) == ["x", "y"]
    for part in ("bands", "latency", "curve", "overlap"):
        assert list(found[part]) == ["overall", "by_language", "by_tag"]
    assert found["overall"]["right"]["value"] == 0.5
    assert found["by_language"]["zh"]["right"] == {"value": 0.0, "low": 0.0, "high": 0.793451, "n": 1}
    assert found["curve"]["overall"]["points"][0]["threshold"] == 0.5
    assert found["overlap"]["overall"] == {"median": 1.0, "n": 1}
    assert found["latency"]["by_tag"]["y"]["direct"]["total"]["p50"]["value"] == 10.0


def test_thresholds_are_reported_and_the_missed_ones_said() -> None:
    found = report()
    assert [(t["metric"], t["value"], t["met"]) for t in found["suites"][0]["thresholds"]] == [
        ("right", 0.5, False),
        ("mrr", 1.0, True),
    ]
    assert missed(found) == ["s: right is 0.5000, below the minimum 0.9"]


def test_failures_tell_the_whole_story() -> None:
    first, second = report()["failures"]
    assert first == {
        "suite": "s",
        "id": "b",
        "turn": 1,
        "language": "zh",
        "tags": ["x"],
        "question": "多久？",
        "reply": "八天",
        "expected": {"contains": ["7"]},
        "reason": "the reply lacks /7/",
        "checks": ["contains"],
    }
    assert (second["id"], second["reason"]) == ("c", "no reply: no index")


def test_every_turn_is_kept_without_its_trace() -> None:
    turns = report()["turns"]
    assert [(t["id"], t["turn"], t["passed"], t["verdict"]) for t in turns] == [
        ("a", 1, True, "right"),
        ("a", 2, True, None),
        ("b", 1, False, "wrong"),
        ("c", 1, False, None),
    ]
    assert (turns[0]["confidence"], turns[0]["checks"]) == (0.5, {"contains": True, "cites": True})
    assert turns[2]["ungrounded"] == ["8"]
    assert all("trace" not in t["answer"] for t in turns)
    assert turns[1]["answer"]["products"] == [{"id": "p", "price": 9.5}]


def test_what_was_not_checked_is_said() -> None:
    assert report()["skipped"] == [{"suite": "s", "id": "b", "check": "db", "reason": "not supported yet"}]


def test_written_and_read_back(tmp_path) -> None:
    found = report()
    path = write_report(found, tmp_path / "new" / "run")
    assert path.name == "report.json"
    assert read_report(path) == read_report(path.parent) == found
    assert [p.name for p in path.parent.iterdir()] == ["report.json"]


def test_half_a_surrogate_from_a_model_does_not_spoil_the_report(tmp_path) -> None:
    found = {**report(), "note": "a\ud800b"}
    assert json.loads(to_json(found))["note"] == "a\ud800b"
    assert read_report(write_report(found, tmp_path))["note"] == "a\ud800b"


def test_a_folder_that_cannot_be_written(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure, match="choose another folder with --out"):
        write_report(report(), tmp_path / "file")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        ("{", "not JSON"),
        ("[]", "not the report"),
        ('{"turns": [], "overall": 1}', "not the report"),
        ('{"turns": [{"id": 1}], "overall": {}}', "not the report"),
    ],
)
def test_what_is_no_report(tmp_path, content, says) -> None:
    path = tmp_path / "report.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadInput, match=says):
        read_report(path)


def test_a_run_folder_is_new(tmp_path) -> None:
    first = new_run_folder(tmp_path, AT)
    assert first.name == "20261101-123005"
    first.mkdir()
    assert new_run_folder(tmp_path, AT).name == "20261101-123005-2"


def test_slices_hold_every_dialogue_they_should() -> None:
    suite = load(
        dialogue("a", ("?", None), tags=["x", "y"]),
        dialogue("b", ("?", None), language="zh"),
        dialogue("c", ("?", None), tags=["y"]),
    )
    played = run_suites([suite], Scripted([turn(), turn(), turn()]))
    assert {k: [d.id for d in v] for k, v in by_language(played).items()} == {"en": ["a", "c"], "zh": ["b"]}
    assert {k: [d.id for d in v] for k, v in by_tag(played).items()} == {"x": ["a"], "y": ["a", "c"]}
