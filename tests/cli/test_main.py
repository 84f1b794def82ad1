"""The command as a whole: help at once, nothing heavy imported, errors as one line and an exit code."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from typing import Any

import pytest
import typer

import bot.cli.main as cli
from bot.errors import BadInput, Failure, ModelMissing

from .conftest import Run, is_one_line

HEAVY = (
    "torch",
    "transformers",
    "faiss",
    "onnxruntime",
    "sklearn",
    "fastapi",
    "numpy",
    "sqlalchemy",
    "jinja2",
    "pydantic_settings",
    "uvicorn",
    "rich",
)
VERBS = (
    "setup",
    "init",
    "serve",
    "chat",
    "ask",
    "kb",
    "train",
    "calibrate",
    "eval",
    "shop",
    "models",
    "doctor",
    "token",
    "bench",
)


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


def test_help_comes_at_once() -> None:
    took = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ended = subprocess.run([sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, timeout=60)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert ended.returncode == 0 and ended.stderr == ""
        took.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    assert min(took) < 0.3
    for verb in VERBS:
        assert f"\n  {verb} " in ended.stdout


@pytest.mark.parametrize("arguments", ["--help", "ask --help", "serve --help", "kb search --help"])
def test_help_imports_nothing_heavy(arguments: str) -> None:
    code = f"""
import sys
sys.argv = ["zhanggui", *{arguments.split()!r}]
from bot.cli.main import main
try:
    main()
except SystemExit as end:
    assert end.code in (0, None), end.code
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    ended = python(code)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.strip() == "[]"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(run: Run, verb: str) -> None:
    ran = run(verb, "--help")
    assert ran.code == 0 and "--help" in ran.out and ran.err == ""


@pytest.mark.parametrize("arguments", [[], ["kb"], ["train"], ["models"], ["shop"]])
def test_nothing_to_do_shows_the_help(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.code == 2 and "Commands" in ran.err + ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope"], ["nope", "zhanggui --help"]),
        (["ask", "--nope"], ["--nope", "zhanggui ask --help"]),
        (["serve", "--port", "x"], ["--port", "zhanggui serve --help"]),
        (["serve", "--port", "70000"], ["--port"]),
        (["token"], ["--customer"]),
        (["ask", "a", "b"], ["b"]),
        (["kb", "search", "x", "-k", "0"], ["-k"]),
    ],
)
def test_a_mistake_in_the_command_line_is_one_line(run: Run, arguments: list[str], words: list[str]) -> None:
    assert is_one_line(run(*arguments), 2, *words)


class Raising:
    """Stands for the application and raises."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __call__(self, **_: Any) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (BadInput("shop.yaml:3: no such\n  field"), 2, ["shop.yaml:3: no such field"]),
        (Failure("disk full"), 1, ["disk full"]),
        (ModelMissing("run `zhanggui models pull x`"), 1, ["models pull"]),
        (PermissionError(13, "Permission denied", "/some/file"), 1, ["/some/file", "Permission denied"]),
        (RuntimeError("what?\nwell"), 1, ["RuntimeError", "what? well", "--debug"]),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad byte"), 1, ["bad byte"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, words: list[str]
) -> None:
    monkeypatch.setattr(cli, "app", Raising(error))
    assert is_one_line(run("ask"), code, *words)


@pytest.mark.parametrize("error", [BadInput("x"), RuntimeError("x")])
def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(cli, "app", Raising(error))
    monkeypatch.setattr(sys, "argv", ["zhanggui", "ask", "--debug", "x"])
    with pytest.raises(type(error)):
        cli.main()
    assert sys.argv == ["zhanggui", "ask", "x"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), typer.Abort()])
def test_an_interrupt_is_quiet(run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    monkeypatch.setattr(cli, "app", Raising(error))
    ran = run("ask")
    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_a_reader_that_leaves_is_quiet() -> None:
    """`zhanggui --help | head -0`."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        ended = subprocess.run(
            [sys.executable, "-m", "bot", "--help"],
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert "Traceback" not in ended.stderr
