"""Cuts a streamed text at the first stop string, also where pieces split it. Knows nothing of models."""

from __future__ import annotations

from collections.abc import Sequence


class StopCutter:
    """Passes text on as early as it can be no part of a stop string; `done` once one was met."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.done = False

    def feed(self, text: str) -> str:
        """What may be shown now that `text` has arrived; nothing after a stop string."""
        if self.done:
            return ""
        self._held += text
        found = [(at + len(stop), at) for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if found:
            self.done = True
            return self._take(min(found)[1])  # the one that is complete first, however the pieces fall
        return self._take(len(self._held) - self._open_end())

    def finish(self) -> str:
        """What was held back, now that the text has ended."""
        return "" if self.done else self._take(len(self._held))

    def _take(self, count: int) -> str:
        out, self._held = self._held[:count], self._held[count:]
        return out

    def _open_end(self) -> int:
        """The length of the longest end of the held text that a stop string may begin with."""
        for length in range(min(len(self._held), max(map(len, self._stops), default=0)), 0, -1):
            if any(stop.startswith(self._held[-length:]) for stop in self._stops):
                return length
        return 0
