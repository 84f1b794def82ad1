"""A shop that answers in this process: services, a log, conversations. Knows nothing of HTTP or the terminal."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from types import TracebackType
from typing import Any

from bot.assemble import load_services, silent
from bot.conversation import Conversation, begin
from bot.services import Services
from bot.store.log import ConversationLog
from bot.store.memory import MemoryLog
from bot.turn import Event, take_turn

WRITER_WAIT = 60.0


class Answerer:
    """What the terminal, batches and evaluation talk to; a context that frees the writer at its end."""

    def __init__(self, services: Services, log: ConversationLog, *, trace: bool = True) -> None:
        self.services = services
        self._log = log
        self._trace = trace
        self._languages: dict[str, str | None] = {}

    def new_conversation(self, customer: str | None = None, language: str | None = None) -> Conversation:
        """A conversation of its own; `language` is used where a message does not tell its own."""
        conversation = begin(self._log, customer)
        self._languages[conversation.id] = language
        return conversation

    def stream(self, conversation: Conversation, text: str) -> Generator[Event]:
        """The turn's events, `done` last. Closing it ends the turn and the writer's work on it."""
        return take_turn(self.services, conversation, text, self._languages.get(conversation.id))

    def reply(self, conversation: Conversation, text: str) -> dict[str, Any]:
        """The turn object."""
        turn: dict[str, Any] = {}
        for kind, data in self.stream(conversation, text):
            if kind == "done":
                turn = data
        if not self._trace:
            turn.pop("trace", None)
        return turn

    def describe(self) -> dict[str, Any]:
        """The writer and the encoder, for reports."""
        status = self.services.writer.status()
        return {"writer": status.name, "writer_ready": status.ready, "encoder": self.services.encoder.fingerprint}

    def close(self) -> None:
        """Stop the writer and close the log."""
        self.services.writer.close()
        self._log.close()

    def __enter__(self) -> Answerer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_answerer(
    shop: Path, progress: Callable[[str], None] = silent, *, trace: bool = True, wait: bool = True
) -> Answerer:
    """An answerer for a shop folder; what is said to it is not kept.

    The writer loads in the background. With `wait` this returns when it has loaded, so that the first turn's timings
    are a turn's; without, a turn that needs no writer does not wait for one.
    """
    services = load_services(shop, progress)
    if wait and services.writer.name != "none":
        progress("writer: loading")
        services.writer.wait_ready(WRITER_WAIT)
    return Answerer(services, MemoryLog(), trace=trace)
