"""What a turn needs, put together once for a shop. Knows nothing of HTTP or the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.encoder import Encoder
from bot.generate.writer import Writer
from bot.identity.desk import Desk
from bot.knowledge.answerable import Model
from bot.knowledge.bands import Thresholds
from bot.knowledge.search import Knowledge
from bot.orders.book import OrderBook
from bot.route.head import IntentHead
from bot.route.intents import Intent
from bot.shop.types import Shop


@dataclass(frozen=True)
class Services:
    """The loaded parts of one shop; shared by all conversations and threads."""

    shop: Shop
    encoder: Encoder
    knowledge: Knowledge
    head: IntentHead
    intents: Mapping[str, Intent]
    answerable: Model
    thresholds: Mapping[str, Thresholds]
    writer: Writer
    book: OrderBook
    desk: Desk | None = None  # where guests prove who they are; without one nobody can

    def throwaway(self, book: OrderBook) -> Services:
        """The same parts over another order book: a copy that a batch or an evaluation may change and drop."""
        return replace(self, book=book)
