"""What a request may see: a scope is made once, by whoever proved the identity, and every query carries it.

Only `bot.identity` (and the operator's commands, for the machine's owner) call the makers here; an import rule keeps it so.
A function that reads a customer's data takes a scope, so it cannot be called without one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CustomerScope:
    """Everything of one verified customer, to read and to change. `by` says who asks, for the log of changes."""

    customer_id: str
    by: str


@dataclass(frozen=True)
class OrderScope:
    """One order that a guest proved by number and contact: to read, with a masked address; nothing can be changed."""

    order_id: str


Scope = CustomerScope | OrderScope
