"""Counts the bytes of a download by the files it writes. Knows nothing of who writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

_POLL: Final = 0.2
"""Seconds between two looks."""


def meter(finished: Callable[[float], bool], folders: Sequence[Path], tick: Callable[[int], None]) -> None:
    """Calls `tick` with the growth of the largest of `folders` until `finished(seconds to wait)` is true.

    A file that is moved from one folder to another is not counted twice; what `tick` raises is passed on.
    """
    seen, done = 0, False
    while not done:
        done = finished(_POLL)
        now = max(seen, *(_bytes_under(folder) for folder in folders))
        tick(now - seen)
        seen = now


def _bytes_under(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # the writer moves and removes its files while they are counted
            continue
    return total
