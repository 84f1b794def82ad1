"""Amounts: integer minor units here, JSON numbers outside, and how a discount is shared among lines. Knows nothing of changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from bot.orders.records import Order, OrderLine
from bot.shop.currency import decimals

_GONE_BACK = frozenset({"return_requested", "returned"})
_Pool = tuple[str, int]  # sku and unit price: pieces that cannot be told apart


def to_minor(amount: Decimal | int | float | str, currency: str) -> int:
    """Minor units (cents, fen) of an amount. Raises ValueError when it has more decimals than the currency."""
    places = decimals(currency)
    # A float comes from JSON: what it was written as counts, not its binary value.
    scaled = Decimal(str(amount)).scaleb(places)
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is no amount in {currency} (at most {places} decimals)")
    return int(scaled)


def to_decimal(minor: int, currency: str) -> Decimal:
    """The amount with exactly the currency's decimals: Decimal("129.00")."""
    return Decimal(minor).scaleb(-decimals(currency))


def to_json(minor: int, currency: str) -> int | float:
    """The amount as a JSON number: 129.5 for CNY, 1980 for JPY."""
    places = decimals(currency)
    return minor if places == 0 else minor / 10**places


def line_refunds(order: Order, parts: Sequence[tuple[int, int]]) -> list[int]:
    """What goes back for each (line_no, quantity), in minor units: price x quantity less the share of the discount.

    Whatever the order and the size of the parts, the shares of all parts of an order add up to its discount, so pieces
    of one sku at one price are one pool: a part carries what the pool carries with it less what it carried before.
    Lines that went back earlier count as carried. Raises ValueError for a line that the order does not have.
    """
    shares = _pool_shares(order)
    pieces: Counter[_Pool] = Counter()
    gone: Counter[_Pool] = Counter()
    for line in order.lines:
        if line.status != "cancelled":
            pieces[_pool(line)] += line.quantity
        if line.status in _GONE_BACK:
            gone[_pool(line)] += line.quantity
    refunds = []
    for number, quantity in parts:
        line_or_none = order.line(number)
        if line_or_none is None or line_or_none.status == "cancelled":
            raise ValueError(f"order {order.id} has no line {number} that could go back")
        pool = _pool(line_or_none)
        share, total = shares[pool], pieces[pool]
        carried = share * (gone[pool] + quantity) // total - share * gone[pool] // total
        gone[pool] += quantity
        refunds.append(line_or_none.unit_price * quantity - carried)
    return refunds


def _pool(line: OrderLine) -> _Pool:
    return line.sku, line.unit_price


def _pool_shares(order: Order) -> dict[_Pool, int]:
    """Each pool's share of the discount by largest remainder; a discount above the goods' value counts up to that."""
    values: dict[_Pool, int] = {}
    for line in sorted(order.lines, key=lambda line: line.line_no):
        if line.status != "cancelled":
            values[_pool(line)] = values.get(_pool(line), 0) + line.unit_price * line.quantity
    return dict(zip(values, shared(order.discount, list(values.values())), strict=True))


def shared(amount: int, values: Sequence[int]) -> list[int]:
    """`amount`, at most the sum of `values`, shared in their proportion: whole numbers that add up, none above its value."""
    total = sum(values)
    amount = min(amount, total)
    if amount <= 0:
        return [0] * len(values)
    shares = [amount * value // total for value in values]
    by_remainder = sorted(range(len(values)), key=lambda i: -(amount * values[i] % total))
    for i in by_remainder[: amount - sum(shares)]:
        shares[i] += 1
    return shares
