"""Runs the command in this process, as the console script does, over services without a model."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scripted import TinyEncoder, make_services

from bot.cli.main import main
from bot.services import Services
from bot.shop.folder import load_shop


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs `zhanggui` with these arguments."""

    def call(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["zhanggui", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, out, err)

    return call


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Services]:
    """The services that commands made, latest last; a test may prepare them with `prepare`."""
    made: list[Services] = []

    def load(path: Path, progress: Any = None) -> Services:
        made.append(make_services(load_shop(path)))
        return made[-1]

    monkeypatch.setattr("bot.answerer.load_services", load)
    monkeypatch.setattr("bot.encoder.load_encoder", lambda name: TinyEncoder())
    return made


def is_one_line(ran: Ran, code: int, *words: str) -> bool:
    """Whether the command ended with `code`, nothing on stdout, and one line on stderr that holds `words`."""
    assert ran.code == code, ran.err
    assert ran.out == ""
    assert ran.err.startswith("zhanggui: ") and ran.err.count("\n") == 1, ran.err
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err
    return True
