"""Who is talking and what the flows work with in one turn. Knows nothing of messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.conversation import Conversation
from bot.flows.context import Context
from bot.flows.state import FlowState, from_json, to_json
from bot.identity.desk import Desk
from bot.identity.identity import Identity, identity_of
from bot.orders.book import OrderBook
from bot.orders.scope import Scope
from bot.perceive.entities import find_entities
from bot.shop.types import Shop

EVENT = "flow"
"""The type of the events that keep a flow's state; data is `{"state": {...} | null}`."""


@dataclass(frozen=True)
class Caller:
    """One turn of one conversation over a shop's records; `now` is the shop's time."""

    shop: Shop
    book: OrderBook
    desk: Desk | None
    conversation: Conversation
    language: str
    now: datetime

    @property
    def identity(self) -> Identity:
        """Who the conversation speaks for."""
        return identity_of(self.conversation)

    @property
    def state(self) -> FlowState | None:
        """The running request."""
        return from_json(self.conversation.flow)

    def keep(self, state: FlowState | None) -> None:
        """Put the state into the log, where another process finds it."""
        data = to_json(state)
        if data != self.conversation.flow:
            self.conversation.record(EVENT, {"state": data})

    def context(self, text: str = "") -> Context | None:
        """The records in the caller's scope; None for a guest who has proved nothing.

        A guest who has proved several orders sees the one that `text` names, else the one proved last.
        """
        scopes = self.identity.scopes
        if not scopes:
            return None
        state = self.state
        numbers = tuple(entity.value for entity in find_entities(text) if entity.kind == "order")
        named = {number.casefold() for number in (*numbers, text)}
        scope: Scope = next((s for s in reversed(self.identity.orders) if s.order_id.casefold() in named), scopes[-1])
        if self.identity.customer:
            scope = self.identity.customer
        recent = (state.slots.get("order_id") if state else None) or self.conversation.recent_order
        return Context(self.shop, self.book, scope, self.now, self.language, recent, numbers)
