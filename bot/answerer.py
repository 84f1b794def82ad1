"""A shop that answers in this process: services, a log, conversations. Knows nothing of HTTP or the terminal."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from bot.assemble import load_services, silent
from bot.conversation import Conversation, begin
from bot.orders.record_json import Records
from bot.services import Services
from bot.store.log import ConversationLog
from bot.store.memory import MemoryLog
from bot.store.order_book import SqlOrderBook
from bot.store.order_state import changed_between, copy_book, records_of
from bot.turn import Event, take_turn

WRITER_WAIT = 60.0


class Answerer:
    """What the terminal, batches and evaluation talk to; a context that frees the writer at its end."""

    def __init__(self, services: Services, log: ConversationLog, *, trace: bool = True) -> None:
        self.services = services
        self._log = log
        self._trace = trace
        self._languages: dict[str, str | None] = {}
        self._template: SqlOrderBook | None = None  # the records in memory, from which throw-away copies are made

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

    @contextmanager
    def apart(self) -> Iterator[Apart]:
        """The same shop over a throw-away copy of its records, for one dialogue of a batch or an evaluation."""
        before = self._records()
        book = copy_book(before)
        services = self.services.throwaway(book)
        if services.desk is not None:
            from bot.assemble import open_desk

            services = replace(services, desk=open_desk(services.shop, book.database))
        inner = Answerer(services, self._log, trace=self._trace)
        try:
            yield Apart(inner, before, book)
        finally:
            book.close()

    def _records(self) -> SqlOrderBook:
        if self._template is None:
            book = self.services.book
            assert isinstance(book, SqlOrderBook)
            self._template = copy_book(book)
        return self._template

    def records(self, customer: str | None) -> Records:
        """Everything of a customer as records; empty for a guest."""
        book = self.services.book
        assert isinstance(book, SqlOrderBook)
        return records_of(book, [customer] if customer else [])

    def describe(self) -> dict[str, Any]:
        """The writer and the encoder, for reports."""
        status = self.services.writer.status()
        return {"writer": status.name, "writer_ready": status.ready, "encoder": self.services.encoder.fingerprint}

    def close(self) -> None:
        """Stop the writer and close the log and the order book."""
        self.services.writer.close()
        self.services.book.close()
        if self._template is not None:
            self._template.close()
        self._log.close()

    def __enter__(self) -> Answerer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True)
class Apart:
    """An answerer over a throw-away copy; it is not closed by whoever uses it."""

    answerer: Answerer
    before: SqlOrderBook
    book: SqlOrderBook

    def changed(self) -> Records:
        """The records that the dialogue has changed so far."""
        return changed_between(self.before, self.book)


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
