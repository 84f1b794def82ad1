"""The interface to a shop's customers and orders: every read carries a scope, every write is one checked change. Knows no database.

SQL is its implementation now (bot/store/order_book.py); a shop's own system comes later. One contract test class
(tests/orders/book_contract.py) runs against every implementation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.orders.changes import Change
from bot.orders.records import Customer, Order
from bot.orders.scope import CustomerScope, Scope


@dataclass(frozen=True)
class Applied:
    """A change that is committed: the exact arguments, and the order afterwards (None for the default address)."""

    action: str
    arguments: dict[str, Any]
    order: Order | None
    repeated: bool = False  # the same key was applied before; nothing was done again


@dataclass(frozen=True)
class Denied:
    """A change that a rule forbids. `code` names the rule (see bot/orders/rules.py), `details` what a message needs."""

    code: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Stale:
    """What was confirmed is no longer what would be done (the order, a price or a stock has changed): propose anew."""


class OrderBook(Protocol):
    """A shop's customers, orders and stock. Safe to use from several threads."""

    def customer(self, scope: Scope) -> Customer | None:
        """The scope's customer; None for a guest's scope, or when there is none."""
        ...

    def orders(self, scope: Scope, limit: int = 50, offset: int = 0) -> list[Order]:
        """The scope's orders, newest first."""
        ...

    def order(self, scope: Scope, order_id: str) -> Order | None:
        """One order of the scope by its number (a leading # and case are ignored); None alike for a foreign and a missing one."""
        ...

    def stock(self, skus: Iterable[str]) -> dict[str, int | None]:
        """What is left of each sku now; None where the shop does not count it."""
        ...

    def preview(self, scope: CustomerScope, change: Change, now: datetime) -> dict[str, Any] | Denied:
        """The exact `action.arguments` of the contract (amounts included) that `apply` would log, or why it may not be done."""
        ...

    def apply(
        self, scope: CustomerScope, change: Change, *, key: str, confirmed: dict[str, Any], now: datetime
    ) -> Applied | Denied | Stale:
        """Do it, once a `key`, in one transaction: rules are checked again, and `confirmed` must equal what would be done."""
        ...

    def delivery_days(self, carrier: str, region: str) -> list[float]:
        """Days from shipping to delivery of past parcels of that carrier to that region (all regions when it has fewer than 5)."""
        ...

    def close(self) -> None: ...
