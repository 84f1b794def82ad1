"""`zhanggui eval`: input, output, exit codes."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from bot.cli.eval_cmd import evaluate
from bot.config import settings
from bot.errors import BadInput, Failure

from .helpers import Scripted, cited, dialogue, turn, write_suite

SHOP = "id: tiny\nname: {en: Tiny}\ncurrency: CNY\ntimezone: Asia/Shanghai\nlocales: [en]\n"
FAQ = "- id: returns\n  q: {en: [Can I return it?]}\n  a: {en: Within 7 days.}\n"
RIGHT = turn("Within 7 days, 9 at most.", citations=cited("returns", quote="Within 7 days."))


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A tiny shop, a home, a suite of one question, and an answerer whose replies a test sets."""
    (tmp_path / "shop" / "faq").mkdir(parents=True)
    (tmp_path / "shop" / "shop.yaml").write_text(SHOP)
    (tmp_path / "shop" / "faq" / "all.yaml").write_text(FAQ)
    monkeypatch.setenv("ZHANGGUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZHANGGUI_SHOP", str(tmp_path / "shop"))
    settings.cache_clear()
    world = SimpleNamespace(path=tmp_path, replies=[RIGHT], opened=[])

    def open_answerer(shop, progress):
        world.opened.append(shop)
        return Scripted(world.replies)

    monkeypatch.setitem(sys.modules, "bot.answerer", SimpleNamespace(open_answerer=open_answerer))
    row = dialogue("a", ("Can I return it?", {"contains": ["7 days"], "cites": ["returns"]}))
    world.suite = write_suite(tmp_path / "s.jsonl", {**row, "thresholds": {"right": 0.5}})
    yield world
    settings.cache_clear()


def run(*arguments):
    app = typer.Typer()
    app.command()(evaluate)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_run_is_shown_and_kept(world) -> None:
    result = run(world.suite)
    assert result.exit_code == 0, result.output
    assert "1 dialogues, 1 turns, 2 checks" in result.stdout
    (kept,) = (world.path / "home" / "runs").glob("*/report.json")
    assert f"report: {kept}" in result.stderr
    assert world.opened == [world.path / "shop"]


def test_json_is_the_report_and_nothing_else(world) -> None:
    result = run(world.suite, "--json", "--out", world.path / "out")
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert report == json.loads((world.path / "out" / "report.json").read_text())
    assert report["overall"]["right"]["value"] == 1.0
    # The shop's own passages are what claims are checked against, and what overlap is measured with.
    assert report["turns"][0]["ungrounded"] == ["9"]
    assert report["overlap"]["overall"]["n"] == 1


def test_a_missed_threshold_is_exit_code_1(world) -> None:
    world.replies = [turn("Never", band="refused")]
    result = run(world.suite)
    assert result.exit_code == 1
    assert "threshold missed: s: right is 0.0000, below the minimum 0.5" in result.stderr
    assert list((world.path / "home" / "runs").glob("*/report.json"))


def test_against_an_earlier_run_by_path_and_by_name(world) -> None:
    assert run(world.suite, "--out", world.path / "home" / "runs" / "first").exit_code == 0
    for earlier in (world.path / "home" / "runs" / "first", "first"):
        world.replies = [turn("Never")]
        result = run(world.suite, "--json", "--against", earlier)
        assert json.loads(result.stdout)["against"]["counts"]["worse"] == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["missing.jsonl"], r"missing\.jsonl:1: not an ordinary file"),
        (["{suite}", "--against", "nowhere"], "nowhere: cannot be read"),
        (["{suite}", "--out", "{suite}"], "--out: .* cannot be made"),
        (["{suite}", "--shop", "nowhere"], "no folder"),
        (["{odd}"], "unknown metric 'rihgt'"),
    ],
)
def test_bad_input_is_found_before_anything_is_loaded(world, arguments, says) -> None:
    odd = write_suite(world.path / "odd.jsonl", {**dialogue("a", ("?", None)), "thresholds": {"rihgt": 1}})
    result = run(*(a.format(suite=world.suite, odd=odd) for a in arguments))
    assert isinstance(result.exception, BadInput)
    assert result.exception.exit_code == 2
    with pytest.raises(BadInput, match=says):
        raise result.exception
    assert world.opened == []


def test_without_a_suite_the_shipped_ones_are_run(world, monkeypatch) -> None:
    monkeypatch.setattr("bot.resources.shipped", lambda name: world.path)
    assert run().exit_code == 0


def test_without_a_suite_and_none_shipped_one_must_be_named(world, monkeypatch) -> None:
    def missing(name):
        raise Failure("not found")

    monkeypatch.setattr("bot.resources.shipped", missing)
    result = run()
    assert isinstance(result.exception, BadInput)
    assert "name a .jsonl file" in str(result.exception)
