"""Decides whether a change is allowed by the shop's rules. Knows nothing of conversations, databases or what a change does.

A denial carries one of `CODES`, which are stable, and in `details` what a message needs: JSON values, amounts in minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.orders.book import Denied
from bot.orders.changes import (
    Cancel,
    Change,
    ChangeAddress,
    ChangePayment,
    Exchange,
    ModifyItems,
    RequestInvoice,
    Return,
    action_of,
)
from bot.orders.forms import address_denied, invoice_denied
from bot.orders.ledger import Catalogue, difference
from bot.orders.line_rules import LineVerdict, allowed_lines, parts_denied, swaps_denied
from bot.orders.method_rules import allowed_methods, method_denied
from bot.orders.order_rules import delivered_at, order_allowed, reason_denied, reason_id, rule_of
from bot.orders.records import Customer, Order
from bot.shop.tables import order_key
from bot.shop.types import Rules

__all__ = [
    "CODES",
    "LineVerdict",
    "allowed_lines",
    "allowed_methods",
    "check",
    "delivered_at",
    "order_allowed",
    "reason_id",
    "rule_of",
]

CODES = (
    "not_found", "off", "status", "too_late_minutes", "too_late_days", "reason", "excluded_tag", "once_per_order",
    "final", "line_status", "not_in_stock", "same_variant", "other_product", "unknown_sku", "method_unknown",
    "method_not_allowed", "method_same", "balance", "quantity", "address", "invoice_cancelled", "tax_id", "invoice",
    "no_change",
)  # fmt: skip


def check(
    change: Change,
    order: Order | None,
    customer: Customer,
    products: Catalogue,
    rules: Rules,
    stock: Mapping[str, int | None],
    now: datetime,
) -> Denied | None:
    """Why `change` is not allowed, or None. Without a rule for it (a customer's default address) only its form is looked at.

    `order` is the one that the change names, None when the customer has none such. `products` is the shop's
    `sku_owner`, `stock` what is left of each sku (None: not counted). Raises ValueError for times without a zone.
    """
    if isinstance(change, ChangeAddress) and change.order_id is None:
        return address_denied(change.address, customer.address)
    if order is None or not _is_named(change, order) or order.customer_id != customer.id:
        return Denied("not_found", {"order_id": change.order_id})
    if denied := order_allowed(action_of(change), order, rules, now):
        return denied
    match change:
        case Cancel():
            return reason_denied("cancel", change.reason, rules)
        case Return() | Exchange() | ModifyItems():
            return _lines_change_denied(change, order, customer, products, rules, stock)
        case ChangeAddress():
            return address_denied(change.address, order.address)
        case ChangePayment():
            return method_denied("change_payment", change.payment_method_id, order, customer, rules, 0)
        case RequestInvoice():
            return invoice_denied(change, order.invoice)


def _is_named(change: Change, order: Order) -> bool:
    return order_key((change.order_id or "").strip()).casefold() == order.id.casefold()


def _lines_change_denied(
    change: Return | Exchange | ModifyItems,
    order: Order,
    customer: Customer,
    products: Catalogue,
    rules: Rules,
    stock: Mapping[str, int | None],
) -> Denied | None:
    action = action_of(change)
    if denied := parts_denied(action, change.lines, order, products, rules):
        return denied
    if not isinstance(change, ModifyItems) and (denied := reason_denied(action, change.reason, rules)):
        return denied
    if isinstance(change, Return):
        return method_denied(action, change.refund_payment_method_id, order, customer, rules, 0)
    if denied := swaps_denied(action, change.lines, order, products, rules, stock):
        return denied
    charge = difference(order, change.lines, products)
    if not change.payment_method_id and not charge:
        return None  # no money moves
    return method_denied(action, change.payment_method_id, order, customer, rules, charge)
