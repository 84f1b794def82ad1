"""A change as the exact arguments that a customer confirms and the log keeps, and back. Knows nothing of rules or databases."""

from __future__ import annotations

from collections.abc import Mapping
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
from bot.orders.effects import Plan
from bot.orders.money import to_json
from bot.orders.records import ADDRESS_FIELDS, Address

_INVOICE_FIELDS = ("title", "tax_id", "email", "kind")


def arguments_of(change: Change, customer_id: str, plan: Plan, currency: str) -> dict[str, Any]:
    """The contract's `action.arguments`: `{order_id | customer_id, lines?, reason?, payment_method_id?, ..., amounts?}`.

    Only JSON values; equal changes with equal effects give equal arguments. The order's number is the record's own,
    however the customer wrote it.
    """
    whose = {"customer_id": customer_id} if plan.order is None else {"order_id": plan.order.id}
    amounts = [{"kind": kind, "amount": to_json(minor, currency), "currency": currency} for kind, minor in plan.amounts]
    return {**whose, **_particulars(change), **({"amounts": amounts} if amounts else {})}


def _particulars(change: Change) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if isinstance(change, Return | Exchange | ModifyItems):
        given["lines"] = [_line(part) for part in change.lines]
    if isinstance(change, Cancel | Return | Exchange) and change.reason is not None:
        given["reason"] = change.reason
    if isinstance(change, Return):
        given["refund_payment_method_id"] = change.refund_payment_method_id
    if isinstance(change, Exchange | ModifyItems | ChangePayment) and change.payment_method_id:
        given["payment_method_id"] = change.payment_method_id
    if isinstance(change, ChangeAddress):
        given["address"] = {name: getattr(change.address, name) for name in ADDRESS_FIELDS}
    if isinstance(change, RequestInvoice):
        given["invoice"] = {name: getattr(change, name) for name in _INVOICE_FIELDS}
    return given


def _line(part: LineChange) -> dict[str, Any]:
    line = {"line_no": part.line_no, "sku": part.sku, "quantity": part.quantity}
    return line if part.new_sku is None else {**line, "new_sku": part.new_sku}


def change_from(action: str, arguments: Mapping[str, Any]) -> Change:
    """The change that `arguments` describe (amounts are not part of it). Raises ValueError when they describe none."""
    try:
        return _change_from(action, arguments)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{action}: these are no arguments of it ({error!r})") from None


def _change_from(action: str, arguments: Mapping[str, Any]) -> Change:
    if action == "change_address":
        address = Address(**arguments["address"])
        return ChangeAddress(address, None if "customer_id" in arguments else arguments["order_id"])
    order_id = arguments["order_id"]
    lines = tuple(LineChange(**line) for line in arguments.get("lines", ()))
    reason = arguments.get("reason")
    match action:
        case "cancel":
            return Cancel(order_id, reason)
        case "return":
            return Return(order_id, lines, arguments["refund_payment_method_id"], reason)
        case "exchange":
            return Exchange(order_id, lines, arguments.get("payment_method_id", ""), reason)
        case "modify_items":
            return ModifyItems(order_id, lines, arguments.get("payment_method_id", ""))
        case "change_payment":
            return ChangePayment(order_id, arguments["payment_method_id"])
        case "invoice":
            return RequestInvoice(order_id, **arguments["invoice"])
    raise ValueError(f"{action[:40]!r} is no change of an order")
