"""What was paid for an order and over which method, and what a swap of lines costs, in minor units. Knows nothing of rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.orders.changes import LineChange
from bot.orders.money import line_refunds, to_minor
from bot.orders.records import Order, PaymentMethod
from bot.shop.types import Product, Variant

WITH_BALANCE = frozenset({"gift_card", "store_credit"})
Catalogue = Mapping[str, tuple[Product, Variant]]


def balance_of(method: PaymentMethod) -> int | None:
    """What is left on a gift card or store credit (one without a balance is empty); None for other methods."""
    return (method.balance or 0) if method.kind in WITH_BALANCE else None


def paid_by_method(order: Order) -> dict[str, int]:
    """What was paid less what was given back, by payment method, in the order of their first use; may be negative."""
    sums: dict[str, int] = {}
    for payment in order.payments:
        sign = 1 if payment.kind == "payment" else -1
        sums[payment.payment_method_id] = sums.get(payment.payment_method_id, 0) + sign * payment.amount
    return sums


def paid(order: Order) -> int:
    """What was paid for the order less what was given back."""
    return max(0, sum(paid_by_method(order).values()))


def give_back(order: Order, amount: int, except_to: str | None = None) -> list[tuple[str, int]]:
    """(payment method id, share) of `amount`: to the order's own method first, then to the others in order of first use.

    No method gets more than it paid; one that only ever got money back (a difference in price) gets nothing.
    """
    sums = {method: net for method, net in paid_by_method(order).items() if net > 0 and method != except_to}
    shares = []
    for method in sorted(sums, key=lambda method: method != order.payment_method_id):
        if share := min(amount, sums[method]):
            shares.append((method, share))
            amount -= share
    return shares


def moved(order: Order, new_method: str) -> list[tuple[str, int]]:
    """What other methods get back when the order is to be paid with `new_method` alone, which then pays the sum of it."""
    already = max(0, paid_by_method(order).get(new_method, 0))
    return give_back(order, max(0, paid(order) - already), except_to=new_method)


def price_of(sku: str, products: Catalogue, currency: str) -> int | None:
    """The present price of a sku in minor units; None when the sku or its price is not known."""
    _, variant = products.get(sku, (None, None))
    return None if variant is None or variant.price is None else to_minor(variant.price, currency)


def difference(order: Order, lines: Iterable[LineChange], products: Catalogue) -> int:
    """What lines cost more (or, negative, less) as their new skus. Raises ValueError where a price is not known.

    No more goes back for a piece than was paid for it: its price less its share of the discount.
    """
    wanted = list(lines)
    worth = line_refunds(order, [(part.line_no, part.quantity) for part in wanted])
    total = 0
    for part, most in zip(wanted, worth, strict=True):
        old, new = order.line(part.line_no), price_of(part.new_sku or "", products, order.currency)
        if old is None or new is None:
            raise ValueError(f"line {part.line_no} of order {order.id}: no price of {part.new_sku}")
        total += max((new - old.unit_price) * part.quantity, -most)
    return total
