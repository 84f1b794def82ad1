"""The flows in one declared form: which slots each needs, in what order, and the change that they make. Knows nothing of dialogue.

`slots` are asked in this order, each only when it cannot be chosen silently; `change` builds the effect out of filled
slots. What is allowed is `bot.orders.rules`' matter: a form holds no rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.orders.changes import (
    Cancel,
    Change,
    ChangeAddress,
    ChangePayment,
    Exchange,
    LineChange,
    ModifyItems,
    RequestInvoice,
    Return,
)
from bot.orders.records import Address

Slots = Mapping[str, Any]


@dataclass(frozen=True)
class Form:
    """One flow: its name, the slots to fill, and its effect. `lines`: it is about lines of the order, not the whole."""

    name: str
    slots: tuple[str, ...]
    change: Callable[[Slots], Change]
    lines: bool = False


def _lines(slots: Slots) -> tuple[LineChange, ...]:
    new = slots.get("new_sku", {})
    return tuple(
        LineChange(row["line_no"], row["sku"], row["quantity"], new.get(str(row["line_no"]))) for row in slots["lines"]
    )


def _invoice(slots: Slots) -> RequestInvoice:
    return RequestInvoice(
        slots["order_id"],
        slots.get("title", ""),
        slots.get("kind", "personal"),
        slots.get("tax_id", ""),
        slots.get("email", ""),
    )


CANCEL = Form("cancel", ("order_id", "reason"), lambda s: Cancel(s["order_id"], s.get("reason")))
RETURN = Form(
    "return",
    ("order_id", "lines", "quantity", "reason", "refund_payment_method_id"),
    lambda s: Return(s["order_id"], _lines(s), s["refund_payment_method_id"], s.get("reason")),
    lines=True,
)
EXCHANGE = Form(
    "exchange",
    ("order_id", "lines", "new_sku", "reason", "payment_method_id"),
    lambda s: Exchange(s["order_id"], _lines(s), s["payment_method_id"], s.get("reason")),
    lines=True,
)
MODIFY_ITEMS = Form(
    "modify_items",
    ("order_id", "lines", "new_sku", "payment_method_id"),
    lambda s: ModifyItems(s["order_id"], _lines(s), s["payment_method_id"]),
    lines=True,
)
CHANGE_ADDRESS = Form(
    "change_address",
    ("order_id", "address"),
    lambda s: ChangeAddress(Address(**s["address"]), None if s["order_id"] == DEFAULT else s["order_id"]),
)
CHANGE_PAYMENT = Form(
    "change_payment",
    ("order_id", "payment_method_id"),
    lambda s: ChangePayment(s["order_id"], s["payment_method_id"]),
)
INVOICE = Form("invoice", ("order_id", "title", "tax_id"), _invoice)

DEFAULT = "default"  # the value of order_id that means the customer's default address
FORMS = {form.name: form for form in (CANCEL, RETURN, EXCHANGE, MODIFY_ITEMS, CHANGE_ADDRESS, CHANGE_PAYMENT, INVOICE)}
