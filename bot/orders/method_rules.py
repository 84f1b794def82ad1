"""Decides which payment methods on file may carry the money of a change. Knows nothing of lines or time."""

from __future__ import annotations

from bot.orders.book import Denied
from bot.orders.ledger import balance_of, moved
from bot.orders.records import Customer, Order, PaymentMethod
from bot.shop.types import ReturnRule, Rules


def allowed_methods(action: str, order: Order, customer: Customer, rules: Rules, charge: int) -> list[PaymentMethod]:
    """The methods on file that may carry the money of `action`, the one that the order was paid with first.

    `charge` in minor units: what would be taken (0 or negative when money goes back); not needed for change_payment.
    """
    allowed = [
        method
        for method in customer.payment_methods
        if method_denied(action, method.id, order, customer, rules, charge) is None
    ]
    return sorted(allowed, key=lambda method: method.id != order.payment_method_id)


def method_denied(
    action: str, method_id: str, order: Order, customer: Customer, rules: Rules, charge: int
) -> Denied | None:
    """Why a method may not carry the money of `action` (`charge` as in `allowed_methods`), or None."""
    details = {"payment_method_id": method_id}
    method = next((method for method in customer.payment_methods if method.id == method_id), None)
    if method is None:
        return Denied("method_unknown", details)
    if action == "return" and not _may_get_refund(method, order, rules.return_):
        targets = list(rules.return_.refund_to) if rules.return_ else []
        return Denied("method_not_allowed", {**details, "refund_to": targets})
    needed = charge
    if action == "change_payment":
        if method.id == order.payment_method_id:
            return Denied("method_same", details)
        # An unpaid order is paid later, but a card that could not is no way to pay it.
        unpaid = order.total if order.status == "pending_payment" else 0
        needed = max(sum(share for _, share in moved(order, method.id)), unpaid)
    balance = balance_of(method)
    if balance is not None and needed > balance:
        return Denied("balance", {**details, "balance": balance, "needed": needed, "currency": order.currency})
    return None


def _may_get_refund(method: PaymentMethod, order: Order, rule: ReturnRule | None) -> bool:
    if rule is None:
        return False
    return method.kind in rule.refund_to or ("original" in rule.refund_to and method.id == order.payment_method_id)
