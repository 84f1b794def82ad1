"""Shows on stderr what a pull does: bars on a terminal, else lines. Knows nothing of models."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Any, Protocol, Self


class Progress(Protocol):
    """What a pull reports to; every method may be called from any thread."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def begin(self, name: str, total: int, done: int) -> None:
        """`name` starts: `total` bytes, of which `done` are there from an earlier run. 0 means unknown."""
        ...

    def advance(self, name: str, count: int) -> None:
        """`count` more bytes of `name` have come."""
        ...

    def note(self, name: str, text: str) -> None:
        """Something to know about `name`: a step begins, a source was passed over, it is done."""
        ...


class Silent:
    """Says nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def begin(self, name: str, total: int, done: int) -> None:
        """Says nothing."""

    def advance(self, name: str, count: int) -> None:
        """Says nothing."""

    def note(self, name: str, text: str) -> None:
        """Says nothing."""


class Plain(Silent):
    """Lines for logs: each note, and the bytes so far every `every` seconds."""

    def __init__(self, every: float = 5.0) -> None:
        self._every = every
        self._lock = threading.Lock()
        self._state: dict[str, list[int]] = {}
        self._said = time.monotonic()

    def begin(self, name: str, total: int, done: int) -> None:
        with self._lock:
            if self._state.get(name) == [done, total]:
                return
            self._state[name] = [done, total]
            self._say(
                f"{name}: fetching {megabytes(total)}" + (f", {megabytes(done)} are here already" if done else "")
            )

    def advance(self, name: str, count: int) -> None:
        with self._lock:
            state = self._state.setdefault(name, [0, 0])
            state[0] += count
            now = time.monotonic()
            if now - self._said >= self._every:
                self._said = now
                self._say(f"{name}: {megabytes(state[0])} of {megabytes(state[1])}")

    def note(self, name: str, text: str) -> None:
        self._say(f"{name}: {text}")

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)


class Bars(Silent):
    """rich's bars, one a model."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        self._bars = Progress(*columns, console=Console(stderr=True))
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def begin(self, name: str, total: int, done: int) -> None:
        if name in self._tasks:
            self._bars.update(self._tasks[name], total=total or None, completed=done)
        else:
            self._tasks[name] = self._bars.add_task(name, total=total or None, completed=done)

    def advance(self, name: str, count: int) -> None:
        if name in self._tasks:
            self._bars.advance(self._tasks[name], count)

    def note(self, name: str, text: str) -> None:
        self._bars.console.print(f"{name}: {text}", markup=False, highlight=False)


def default_progress() -> Progress:
    """Bars on a terminal, else plain lines."""
    return Bars() if sys.stderr.isatty() else Plain()


def megabytes(count: int) -> str:
    """A size for people, in decimal megabytes."""
    return f"{count / 1e6:,.0f} MB" if count else "an unknown number of bytes"
