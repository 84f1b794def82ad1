from __future__ import annotations

import sys

import pytest

from bot.models.progress import Bars, Plain, default_progress


def test_plain_lines_go_to_stderr_and_not_too_often(capsys: pytest.CaptureFixture[str]) -> None:
    with Plain(every=1000) as progress:
        progress.begin("toy", 3_000_000, 1_000_000)
        progress.begin("toy", 3_000_000, 1_000_000)
        for _ in range(100):
            progress.advance("toy", 10_000)
        progress.note("toy", "installed")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["toy: fetching 3 MB, 1 MB are here already", "toy: installed"]


def test_plain_lines_tell_the_bytes_so_far(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Plain(every=0)
    progress.begin("toy", 3_000_000, 0)
    progress.advance("toy", 2_000_000)
    assert capsys.readouterr().err.splitlines()[-1] == "toy: 2 MB of 3 MB"


def test_bars_leave_stdout_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars() as progress:
        progress.begin("toy", 3_000_000, 0)
        progress.advance("toy", 3_000_000)
        progress.advance("unknown", 1)
        progress.begin("toy", 0, 0)
        progress.note("toy", "[bold]installed[/bold]")
    out, err = capsys.readouterr()
    assert out == ""
    assert "toy: [bold]installed[/bold]" in err


def test_a_terminal_gets_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(default_progress(), Plain)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert isinstance(default_progress(), Bars)
