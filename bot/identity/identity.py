"""Who a conversation speaks for, and the only place where scopes are made. Knows nothing of how it was proved.

What was proved is an event in the conversation's log, so that another process sees it; it ends with the conversation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.conversation import Conversation
from bot.orders.scope import CustomerScope, OrderScope, Scope

EVENT = "identity"
"""The type of the events, whose data is `{"order_id"}` or `{"customer_id", "by"}`."""


@dataclass(frozen=True)
class Identity:
    """A guest (both empty), a guest who proved orders, or a verified customer."""

    customer: CustomerScope | None = None
    orders: tuple[OrderScope, ...] = ()

    @property
    def guest(self) -> bool:
        """Whether nothing is proved at all."""
        return self.customer is None and not self.orders

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Everything that may be read: the customer's scope alone, which holds the rest, or each proved order's."""
        return (self.customer,) if self.customer else self.orders

    def proved(self, order_id: str) -> bool:
        """Whether the order with exactly this number was proved in the conversation."""
        return any(scope.order_id == order_id for scope in self.orders)


def identity_of(conversation: Conversation, by: str = "token") -> Identity:
    """The conversation's identity as its events have it.

    A conversation that was begun for a customer is that customer's: over HTTP each request brought a valid token of the
    same subject. `by` says for the log of changes who else vouches for it (the terminal's owner).
    """
    orders: dict[str, OrderScope] = {}
    customer = CustomerScope(conversation.customer, by) if conversation.customer else None
    for data in conversation.proofs:
        if order_id := data.get("order_id"):
            orders[order_id] = OrderScope(order_id)
        elif customer is None and data.get("customer_id"):
            customer = CustomerScope(data["customer_id"], data["by"])
    return Identity(customer, tuple(orders.values()))


def prove_order(conversation: Conversation, order_id: str) -> OrderScope:
    """Let a guest's conversation see one order; `order_id` is the record's own number."""
    _remember(conversation, {"order_id": order_id})
    return OrderScope(order_id)


def become_customer(conversation: Conversation, customer_id: str) -> CustomerScope:
    """Let a guest's conversation speak for the customer who received its code."""
    _remember(conversation, {"customer_id": customer_id, "by": "code"})
    return CustomerScope(customer_id, "code")


def _remember(conversation: Conversation, data: dict[str, Any]) -> None:
    if data not in conversation.proofs:
        conversation.record(EVENT, data)
