"""The writer that is switched off: every request is refused at once. Knows nothing of models."""

from __future__ import annotations

from collections.abc import Generator

from bot.errors import WriterUnavailable
from bot.generate.writer import WriterRequest, WriterStatus


class NoWriter:
    """`ZHANGGUI_WRITER=none`: the shop answers with what needs no model."""

    name = "none"

    def start(self) -> None:
        """Nothing to load."""

    def wait_ready(self, timeout: float) -> bool:
        return False

    def stream(self, request: WriterRequest) -> Generator[str]:
        raise WriterUnavailable("the writer is switched off (ZHANGGUI_WRITER=none)")

    def status(self) -> WriterStatus:
        return WriterStatus(self.name, ready=False, detail="switched off")

    def close(self) -> None:
        """Nothing to free."""
