"""Plans what a change does to an order, its customer, money and stock. Knows nothing of rules, clocks or databases.

A plan is made only for a change that `bot.orders.rules.check` allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

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
from bot.orders.ledger import Catalogue, balance_of, difference, give_back, moved, paid, price_of
from bot.orders.money import line_refunds
from bot.orders.records import Customer, Invoice, Order, OrderLine, Payment, PaymentMove

AmountKind = Literal["charge", "refund"]


@dataclass(frozen=True)
class Plan:
    """What a change does. Amounts are minor units; `balances` and `stock` are differences, without zeros.

    - `order`: the order afterwards, its version one higher, `payments_added` included, without the new row in `changes`
      (the store appends that); None for the default address
    - `customer`: the customer afterwards when the address or a balance changes, else None
    - `balances`: by payment method id, for gift cards and store credit only
    - `stock`: by sku, only for skus whose stock is counted
    - `amounts`: what the customer is told: charges and refunds, now or when the goods arrive
    """

    order: Order | None
    customer: Customer | None = None
    payments_added: tuple[Payment, ...] = ()
    balances: Mapping[str, int] = field(default_factory=dict)
    stock: Mapping[str, int] = field(default_factory=dict)
    amounts: tuple[tuple[AmountKind, int], ...] = ()


def plan(
    change: Change,
    order: Order | None,
    customer: Customer,
    products: Catalogue,
    stock: Mapping[str, int | None],
) -> Plan:
    """What `change` does. `products` is the shop's `sku_owner`; `stock` what is left of each sku, None where not counted.

    Raises ValueError for a change that `rules.check` does not allow, where it could not be planned.
    """
    if isinstance(change, ChangeAddress) and change.order_id is None:
        return Plan(order=None, customer=replace(customer, address=change.address))
    if order is None:
        raise ValueError("a change of an order needs the order")
    draft = _Draft(order)
    match change:
        case Cancel():
            _cancel(draft, change)
        case Return():
            _return(draft, change)
        case Exchange():
            _exchange(draft, change, products)
        case ModifyItems():
            _modify_items(draft, change, products)
        case ChangeAddress():
            draft.order = replace(order, address=change.address)
        case ChangePayment():
            _change_payment(draft, change)
        case RequestInvoice():
            asked = Invoice(change.title, change.tax_id, change.email, change.kind)
            draft.order = replace(order, invoice=asked)
    return draft.finish(customer, stock)


class _Draft:
    """A plan in the making."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.payments: list[Payment] = []
        self.stock: Counter[str] = Counter()
        self.amounts: list[tuple[AmountKind, int]] = []

    def pay(self, kind: PaymentMove, amount: int, method: str) -> None:
        """One movement of money, unless it is of nothing."""
        if amount:
            self.payments.append(Payment(kind, amount, method))

    def tell(self, kind: AmountKind, amount: int) -> None:
        """One amount that the customer agrees to, unless it is nothing."""
        if amount:
            self.amounts.append((kind, amount))

    def tell_difference(self, difference: int) -> None:
        """A charge for a positive difference, a refund for a negative one."""
        self.tell("charge" if difference > 0 else "refund", abs(difference))

    def finish(self, customer: Customer, stock: Mapping[str, int | None]) -> Plan:
        """The plan: money that moves on a balance moves it at once, and only counted stock moves."""
        order = replace(self.order, payments=(*self.order.payments, *self.payments), version=self.order.version + 1)
        balances = _balances(self.payments, customer)
        moved_stock = {sku: delta for sku, delta in self.stock.items() if delta and stock.get(sku) is not None}
        after = _with_balances(customer, balances) if balances else None
        return Plan(order, after, tuple(self.payments), balances, moved_stock, tuple(self.amounts))


def _balances(payments: Iterable[Payment], customer: Customer) -> dict[str, int]:
    with_balance = {method.id for method in customer.payment_methods if balance_of(method) is not None}
    deltas: Counter[str] = Counter()
    for payment in payments:
        if payment.payment_method_id in with_balance:
            deltas[payment.payment_method_id] += payment.amount if payment.kind == "refund" else -payment.amount
    return {method: delta for method, delta in deltas.items() if delta}


def _with_balances(customer: Customer, deltas: Mapping[str, int]) -> Customer:
    methods = tuple(
        replace(method, balance=(method.balance or 0) + deltas[method.id]) if method.id in deltas else method
        for method in customer.payment_methods
    )
    return replace(customer, payment_methods=methods)


def _cancel(draft: _Draft, change: Cancel) -> None:
    """Everything paid goes back at once; `total` stays what it was, for it is what the refund is of."""
    order = draft.order
    for method, amount in give_back(order, paid(order)):
        draft.pay("refund", amount, method)
    draft.tell("refund", sum(payment.amount for payment in draft.payments))
    for line in order.lines:
        if line.status == "active":
            draft.stock[line.sku] += line.quantity
    lines = tuple(replace(line, status="cancelled") if line.status == "active" else line for line in order.lines)
    draft.order = replace(order, status="cancelled", cancel_reason=change.reason, lines=lines)


def _return(draft: _Draft, change: Return) -> None:
    """Money and stock move when the goods have arrived, which the shop records; until then `total` stays."""
    order = draft.order
    draft.tell("refund", sum(line_refunds(order, [(part.line_no, part.quantity) for part in change.lines])))
    lines = _with_parts(order, change.lines, lambda line, _: replace(line, status="return_requested"))
    draft.order = replace(
        order,
        status="return_requested",
        lines=lines,
        refund_payment_method_id=change.refund_payment_method_id,
    )


def _exchange(draft: _Draft, change: Exchange, products: Catalogue) -> None:
    """The new pieces are reserved now; the difference is settled when the old ones have arrived."""
    order = draft.order
    draft.tell_difference(difference(order, change.lines, products))
    for part in change.lines:
        draft.stock[_new_sku(part)] -= part.quantity
    lines = _with_parts(
        order,
        change.lines,
        lambda line, part: replace(line, status="exchange_requested", exchange_sku=part.new_sku),
    )
    draft.order = replace(
        order,
        status="exchange_requested",
        lines=lines,
        exchange_payment_method_id=change.payment_method_id or order.exchange_payment_method_id,
    )


def _modify_items(draft: _Draft, change: ModifyItems, products: Catalogue) -> None:
    """Lines become the new variants and the difference is settled at once; nothing moves where nothing was paid yet."""
    order = draft.order
    delta = difference(order, change.lines, products)
    draft.tell_difference(delta)
    if order.status != "pending_payment":
        draft.pay("payment" if delta > 0 else "refund", abs(delta), change.payment_method_id)
    for part in change.lines:
        draft.stock[part.sku] += part.quantity
        draft.stock[_new_sku(part)] -= part.quantity
    lines = _with_parts(order, change.lines, lambda line, part: _swapped(line, part, order.currency, products))
    # Where less goes back than the price falls, because the discount had paid for it, that discount is used up.
    used_up = delta - (_worth(lines) - _worth(order.lines))
    draft.order = replace(order, lines=lines, total=order.total + delta, discount=order.discount - used_up)


def _change_payment(draft: _Draft, change: ChangePayment) -> None:
    order, new = draft.order, change.payment_method_id
    shares = moved(order, new)
    amount = sum(share for _, share in shares)
    draft.pay("payment", amount, new)
    for method, share in shares:
        draft.pay("refund", share, method)
    draft.tell("charge", amount)
    draft.tell("refund", amount)
    draft.order = replace(order, payment_method_id=new)


def _worth(lines: Iterable[OrderLine]) -> int:
    return sum(line.unit_price * line.quantity for line in lines)


def _new_sku(part: LineChange) -> str:
    if part.new_sku is None:
        raise ValueError(f"line {part.line_no}: no new sku")
    return part.new_sku


def _swapped(line: OrderLine, part: LineChange, currency: str, products: Catalogue) -> OrderLine:
    sku = _new_sku(part)
    price = price_of(sku, products, currency)
    if price is None:
        raise ValueError(f"line {line.line_no}: no price of {sku}")
    product, variant = products[sku]
    return replace(line, sku=sku, product_id=product.id, options=dict(variant.options), unit_price=price)


def _with_parts(
    order: Order, parts: Iterable[LineChange], changed: Callable[[OrderLine, LineChange], OrderLine]
) -> tuple[OrderLine, ...]:
    """The lines with `changed` applied to each part; a part of a quantity becomes a line with the next free number."""
    rows = {line.line_no: line for line in order.lines}
    untouched = {line.line_no: line.quantity for line in order.lines if line.status == "active"}
    for part in parts:
        left = untouched.get(part.line_no, 0) - part.quantity
        if part.quantity < 1 or left < 0:
            raise ValueError(f"line {part.line_no} of order {order.id} has no {part.quantity} pieces to change")
        row = rows[part.line_no]
        if left:
            number = max(rows) + 1
            rows[number] = changed(replace(row, line_no=number, quantity=part.quantity), part)
            rows[part.line_no] = replace(row, quantity=left)
        else:
            rows[part.line_no] = changed(row, part)
        untouched[part.line_no] = left
    return tuple(rows.values())
