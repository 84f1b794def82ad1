from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.cli import models_cmd
from bot.errors import BadInput, Failure
from bot.models.pull import pull

from .helpers import FakeRegistry, Heard, toy, toy_registry, write_list


@pytest.fixture
def app(home: Path) -> typer.Typer:
    write_list(home, {"toy": toy([b"weights"])})
    whole = typer.Typer()
    whole.add_typer(models_cmd.app)
    whole.command("doctor")(models_cmd.doctor)
    return whole


def _install() -> None:
    pull(["toy"], Heard(), fetch=FakeRegistry(toy_registry([b"weights"])))


def test_list_as_json_tells_what_is_installed(app: typer.Typer, home: Path) -> None:
    _install()
    result = CliRunner().invoke(app, ["models", "list", "--json"])
    rows = {row["name"]: row for row in json.loads(result.stdout)}
    assert rows["toy"]["ready"] is True
    assert rows["toy"]["path"] == str(home / "models" / "toy")
    qwen = rows["qwen2.5-coder-1.5b"]
    assert (qwen["ready"], qwen["used"], qwen["default"], qwen["path"]) == (False, True, True, None)


def test_list_for_people_has_a_line_a_model(app: typer.Typer) -> None:
    lines = CliRunner().invoke(app, ["models", "list"]).stdout.splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("* qwen2.5-coder-1.5b") and lines[0].endswith("not installed")


def test_verify_fails_on_damage_and_names_the_mending_command(app: typer.Typer, home: Path) -> None:
    _install()
    assert CliRunner().invoke(app, ["models", "verify"]).stdout == "toy: sound\n"
    (home / "models" / "toy" / "model.gguf").write_bytes(b"Weights")
    result = CliRunner().invoke(app, ["models", "verify", "toy"])
    assert result.exit_code == 1
    assert "model.gguf is damaged" in result.stderr
    assert "zhanggui models pull toy --again" in result.stderr


def test_verify_without_any_model_is_a_failure(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["models", "verify"])
    assert isinstance(result.exception, Failure)
    assert isinstance(CliRunner().invoke(app, ["models", "verify", "nope"]).exception, BadInput)


def test_add_then_pull(app: typer.Typer, tmp_path: Path, home: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(b"own weights")
    result = CliRunner().invoke(app, ["models", "add", "own", str(tmp_path / "m.gguf")])
    assert (result.exit_code, result.stdout) == (0, "")
    assert CliRunner().invoke(app, ["models", "pull", "own"]).exit_code == 0
    assert (home / "models" / "own" / "model.gguf").read_bytes() == b"own weights"


def test_a_folder_that_is_not_there_is_bad_input(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["models", "pull", "toy", "--from", "/nowhere"])
    assert isinstance(result.exception, BadInput)
    assert "--from /nowhere" in str(result.exception)


def test_doctor_exits_with_one_and_names_the_command(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "NO model multilingual-e5-small: not installed -> zhanggui models pull" in result.stdout
    report = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)
    assert report["ok"] is False
    assert {"name", "ok", "detail", "fix"} == set(report["checks"][0])


def test_doctor_is_content_when_nothing_is_missing(app: typer.Typer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.models.doctor.default_models", lambda: ["toy"])
    _install()
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0, result.stdout
    assert "ok model toy: installed, every byte verified" in result.stdout


def test_the_commands_module_imports_nothing_heavy() -> None:
    heavy = ("torch", "transformers", "numpy", "pydantic", "yaml", "rich.progress")
    code = f"import sys, bot.cli.models_cmd; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
