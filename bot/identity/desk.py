"""What proving needs, put together once for a shop, and its audit rows. Knows nothing of what is proved how."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.conversation import Conversation
from bot.identity.limits import REFUSALS_OF_VISITOR, WINDOW
from bot.identity.mail import Mailer
from bot.identity.port import ProofBook
from bot.identity.secret import keyed_hash
from bot.shop.fields import pick
from bot.shop.types import ShopConfig

FLOOR = 0.25
"""Seconds: well above what a proof takes, so that how long it took tells nothing."""


def machine_time() -> datetime:
    """Now by the machine's clock: limits and codes do not follow a frozen shop clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """`secret` keys every hash; `regions` are where phone numbers without a country code may be from.

    Without a `mailer` no codes are sent. Safe to use from several threads.
    """

    book: ProofBook
    config: ShopConfig
    secret: str = field(repr=False)
    regions: tuple[str, ...] = ()
    mailer: Mailer | None = None
    now: Callable[[], datetime] = machine_time
    floor: float = FLOOR

    def shop_name(self, language: str) -> str:
        """What the shop is called in `language`."""
        return pick(self.config.name, language, self.config.locales)

    def hashed(self, purpose: str, *parts: str) -> str:
        """A key for counters and audit rows that shows nothing of what it was made from."""
        return keyed_hash(self.secret, purpose, *parts)[:32]

    def visitor_key(self, visitor: str) -> str:
        """The key of a network address."""
        return self.hashed("visitor", visitor)

    def visitor_of(self, conversation: Conversation) -> str:
        """The key of who is at the other end; a conversation without a network address is its own visitor."""
        return self.visitor_key(conversation.visitor or f"conversation {conversation.id}")

    def order_key(self, order_id: str) -> str:
        """The key of an order number, the same for all its spellings and whether or not there is such an order."""
        return self.hashed("order", self.book.normal(order_id))

    def audit(self, conversation: Conversation, action: str, customer: str | None = None, **data: str) -> None:
        """One row: who (the customer where one is known, else the visitor's key), when, what; `data` holds keys and ids only."""
        visitor = self.visitor_of(conversation)
        more = {"conversation_id": conversation.id, "visitor": visitor, **data}
        self.book.audit(self.now(), action, customer or visitor, more)

    def token_refused(self, visitor: str) -> None:
        """Note that a token did not hold; a visitor who goes on and on fills no disk."""
        key = self.visitor_key(visitor)
        if not self.book.attempt([("token:visitor", key, REFUSALS_OF_VISITOR)], WINDOW, self.now()):
            self.book.audit(self.now(), "token_refused", key, {})

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Make the body take a whole number of floors, so that its length tells nothing of what it found."""
        started = time.monotonic()
        try:
            yield
        finally:
            if self.floor:
                time.sleep(self.floor - (time.monotonic() - started) % self.floor)

    def close(self) -> None:
        """Wait for the mails that are on their way."""
        if self.mailer:
            self.mailer.close()
