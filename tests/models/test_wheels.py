from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from bot.errors import Failure
from bot.models.registry import Wheel
from bot.models.sources import SourceMissing, Stopped
from bot.models.wheels import _reason, pip_wheel

from .helpers import make_wheel


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its only source."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_pip_brings_the_wheel_and_its_bytes_are_counted(tmp_path: Path, shelf: Path) -> None:
    made = make_wheel(shelf, "zg-toy-part1==1.0", {"pkg/part01.bin": b"x" * 5000})
    into, ticks = tmp_path / "into", list[int]()
    into.mkdir()
    found = pip_wheel(Wheel(wheel="zg-toy-part1==1.0", member="*"), into, ticks.append)
    assert found.read_bytes() == made.read_bytes()
    assert into in found.parents
    assert sum(ticks) >= made.stat().st_size


def test_what_the_registry_does_not_have_is_named_in_one_line(tmp_path: Path, shelf: Path) -> None:
    with pytest.raises(SourceMissing, match=r"registry: zg-toy-none==9: .*No matching distribution") as caught:
        pip_wheel(Wheel(wheel="zg-toy-none==9", member="*"), tmp_path, lambda count: None)
    assert "\n" not in str(caught.value)


def test_giving_up_ends_pip_at_once(tmp_path: Path, shelf: Path) -> None:
    make_wheel(shelf, "zg-toy-part1==1.0", {"pkg/part01.bin": b"x"})

    def stop(count: int) -> None:
        raise Stopped

    start, before = time.monotonic(), threading.active_count()
    with pytest.raises(Stopped):
        pip_wheel(Wheel(wheel="zg-toy-part1==1.0", member="*"), tmp_path, stop)
    assert time.monotonic() - start < 10
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("log", "kind", "text"),
    [
        ("/usr/bin/python: No module named pip", Failure, "ensurepip"),
        ("ERROR: Could not install: [Errno 28] No space left on device", Failure, "the disk is full"),
        (
            "WARNING: Retrying: NewConnectionError\nERROR: No matching distribution",
            SourceMissing,
            "cannot be reached",
        ),
        ("something\nERROR: first\nERROR: HTTP error 404", SourceMissing, "HTTP error 404"),
        ("", SourceMissing, "pip gave no reason"),
    ],
)
def test_pip_s_reason_is_told_with_what_to_do(log: str, kind: type[Failure], text: str) -> None:
    error = _reason(Wheel(wheel="a==1", member="*"), log)
    assert type(error) is kind
    assert text in str(error)
    assert "\n" not in str(error)
