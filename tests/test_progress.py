"""Progress goes to stderr: every step on a terminal, each stage once into a file."""

from __future__ import annotations

import sys

import pytest

from bot.progress import tell, tell_end


def test_progress_into_a_file_is_not_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    for line in ("knowledge: embedding 9 passages", "knowledge: 1/9 units", "knowledge: 9/9 units"):
        tell(line)
    out, err = capsys.readouterr()
    assert (out, err) == ("", "knowledge: embedding 9 passages\n")


def test_progress_on_a_terminal_is_one_line_that_changes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    for line in ("knowledge: 1/9 units", "knowledge: 9/9 units"):
        tell(line)
    tell_end()
    out, err = capsys.readouterr()
    assert out == "" and "\n" not in err
    assert "1/9" in err and "9/9" in err and err.endswith("\r\x1b[2K")
