"""The sample shop's records with a scripted router: flows without a model."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from scripted import make_services, says
from turns import play

from bot.conversation import Conversation, begin
from bot.resources import shipped
from bot.services import Services
from bot.shop.folder import load_shop
from bot.store.load import load_first_data
from bot.store.memory import MemoryLog
from bot.store.order_book import SqlOrderBook
from bot.store.order_state import changed_between, copy_book, empty_book

TEXTS = "faq policies".split()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Services, SqlOrderBook]:
    """The sample shop with its records loaded; the tests change copies."""
    folder = tmp_path_factory.mktemp("sample") / "shop"
    shutil.copytree(shipped("knowledge_base"), folder)
    for name in TEXTS:  # what the knowledge base says is another test's matter, and its index takes its time
        for path in sorted((folder / name).rglob("*.*"))[3:]:
            path.unlink()
    shop = load_shop(folder)
    book = empty_book(shop)
    load_first_data(book.database, shop)
    return make_services(shop), book


@dataclass
class Talk:
    """One conversation over a copy of the records; `routes` as the router would have it."""

    services: Services
    conversation: Conversation
    before: SqlOrderBook
    book: SqlOrderBook
    turns: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str, intent: str | None = None, chance: float = 0.95) -> dict[str, Any]:
        """The turn object; without an intent the router takes the message for a question about delivery."""
        if intent:
            says(self.services, text, intent, chance)
        turn = play(self.services, self.conversation, text)
        self.turns.append(turn)
        return turn

    @property
    def changed(self) -> dict[str, dict[str, Any]]:
        """The records that were changed."""
        return {kind: rows for kind, rows in changed_between(self.before, self.book).items() if rows}


@pytest.fixture
def talk(sample: tuple[Services, SqlOrderBook]) -> Iterator[Callable[..., Talk]]:
    """Begins a conversation of a customer, or of a guest."""
    services, book = sample
    opened: list[SqlOrderBook] = []

    def begun(customer: str | None = "C1001") -> Talk:
        copy = copy_book(book)
        opened.append(copy)
        services.head.routes.clear()  # type: ignore[attr-defined]
        return Talk(services.throwaway(copy), begin(MemoryLog(), customer), book, copy)

    yield begun
    for copy in opened:
        copy.close()
