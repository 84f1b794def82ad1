"""The changes a customer can ask for, each with exactly the arguments that are confirmed. Knows nothing of rules or databases."""

from __future__ import annotations

from dataclasses import dataclass

from bot.orders.records import Address


@dataclass(frozen=True)
class LineChange:
    """A line that goes back, or is swapped for `new_sku`; `quantity` is the line's whole quantity or a part of it."""

    line_no: int
    sku: str
    quantity: int
    new_sku: str | None = None


@dataclass(frozen=True)
class Cancel:
    """Cancel a whole order. `reason` is the id of one of the rule's reasons, or None where it has none."""

    order_id: str
    reason: str | None = None


@dataclass(frozen=True)
class Return:
    """Send lines back; the money goes to `refund_payment_method_id` when they have arrived."""

    order_id: str
    lines: tuple[LineChange, ...]
    refund_payment_method_id: str
    reason: str | None = None


@dataclass(frozen=True)
class Exchange:
    """Swap delivered lines for other variants; `payment_method_id` carries the difference in price."""

    order_id: str
    lines: tuple[LineChange, ...]
    payment_method_id: str
    reason: str | None = None


@dataclass(frozen=True)
class ModifyItems:
    """Swap lines before they ship; the difference in price is settled at once over `payment_method_id`."""

    order_id: str
    lines: tuple[LineChange, ...]
    payment_method_id: str


@dataclass(frozen=True)
class ChangeAddress:
    """A new address for an order, or, without an order, the customer's default."""

    address: Address
    order_id: str | None = None


@dataclass(frozen=True)
class ChangePayment:
    """Pay the whole order with another method on file; what was paid before goes back."""

    order_id: str
    payment_method_id: str


@dataclass(frozen=True)
class RequestInvoice:
    """Ask for an invoice of an order."""

    order_id: str
    title: str
    kind: str
    tax_id: str = ""
    email: str = ""


Change = Cancel | Return | Exchange | ModifyItems | ChangeAddress | ChangePayment | RequestInvoice

ACTIONS: dict[type, str] = {
    Cancel: "cancel",
    Return: "return",
    Exchange: "exchange",
    ModifyItems: "modify_items",
    ChangeAddress: "change_address",
    ChangePayment: "change_payment",
    RequestInvoice: "invoice",
}


def action_of(change: Change) -> str:
    """The contract's name of a change."""
    return ACTIONS[type(change)]
