"""`zhanggui shop check` and `zhanggui init`."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from bot.cli.shop_cmd import app, init
from bot.config import settings
from bot.errors import BadInput, Failure
from bot.shop.folder import load_shop

from .helpers import FAQ, MINIMAL, found, write


def run(command, *arguments):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def main():
    """A main command with `init` and `shop`, as the program has."""
    main = typer.Typer()
    main.command()(init)
    main.add_typer(app)
    return main


def test_check_prints_every_problem_and_a_summary(tmp_path) -> None:
    write(tmp_path, {**MINIMAL, "faq/b.yaml": FAQ, "faq/c.yaml": "- {id: c}\n", "faq/d.txt": "x"})
    result = run(app, "check", tmp_path)
    assert result.exit_code == 2
    lines = result.stdout.splitlines()
    assert "faq/c.yaml:1: error: a is missing (the answer: {en: ..., zh: ...})" in lines
    assert "faq/d.txt:1: warning: not read; only faq/*.yaml is" in lines
    assert lines[-1] == f"{tmp_path}: 3 errors, 1 warning"


def test_warnings_alone_are_no_failure(tmp_path) -> None:
    write(tmp_path, {**MINIMAL, "faq/d.txt": "x"})
    result = run(app, "check", "--shop", tmp_path)
    assert result.exit_code == 0 and result.stdout.splitlines()[-1] == f"{tmp_path}: no errors, 1 warning"


def test_check_as_json(tmp_path) -> None:
    write(tmp_path, {**MINIMAL, "faq/店.yaml": "- {id: c, q: [x]}\n"})
    result = run(app, "check", tmp_path, "--json")
    assert result.exit_code == 2
    report = json.loads(result.stdout)
    assert (report["errors"], report["warnings"]) == (1, 0)
    problem = report["problems"][0]
    assert (problem["severity"], problem["file"], problem["line"]) == ("error", "faq/店.yaml", 1)
    assert problem["message"].startswith("a is missing")


def test_check_of_a_missing_folder(tmp_path) -> None:
    result = run(app, "check", tmp_path / "nowhere")
    assert result.exit_code == 2 and "is no folder" in result.stdout


def test_check_without_a_folder_takes_the_environments_shop(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("ZHANGGUI_SHOP", str(write(tmp_path, MINIMAL)))
    settings.cache_clear()
    try:
        assert run(app, "check").stdout == f"{tmp_path}: no errors, no warnings\n"
    finally:
        settings.cache_clear()


@pytest.mark.parametrize("exists", [False, True])
def test_init_writes_a_shop_without_a_finding(main, tmp_path, exists) -> None:
    folder = tmp_path / "新店"
    if exists:
        folder.mkdir()
    result = run(main, "init", folder)
    assert result.exit_code == 0 and f"zhanggui setup --shop {folder}" in result.stdout
    assert found(folder) == [] and load_shop(folder).config.id == "my-shop"
    assert run(main, "shop", "check", folder).exit_code == 0
    (folder / "shop.yaml").write_text("mine")


def test_init_never_overwrites(main, tmp_path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(BadInput, match="not empty"):
        init(tmp_path)
    with pytest.raises(BadInput, match="is a file"):
        init(tmp_path / "note.txt")
    assert isinstance(run(main, "init", tmp_path).exception, BadInput)
    assert [file.name for file in tmp_path.iterdir()] == ["note.txt"]


def test_init_where_nothing_can_be_written(tmp_path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Failure, match="cannot be written"):
        init(tmp_path / "file" / "shop")
