"""Random changes of random orders, planned after the rules allowed them: money, stock and lines always balance.

ZHANGGUI_TEST_EXAMPLES sets how many sequences are tried (`make test-orders-long`: 10,000).
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.orders.arguments import arguments_of, change_from
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
    action_of,
)
from bot.orders.effects import plan
from bot.orders.ledger import balance_of, paid, paid_by_method
from bot.orders.records import ChangeRow, Customer, Order, Payment
from bot.orders.rules import CODES, allowed_lines, allowed_methods, check, order_allowed
from bot.shop.types import Limits
from tests.orders.samples import AWAY, CUSTOMER, HOME, NOW, PAID, PRODUCTS, RULES, STOCK

METHODS = st.sampled_from(["CARD", "GIFT", "CREDIT", "GIFT", "PAY", "CARD", "NOBODY"])
# Which line, how much of it and which other variant; mostly ones that there are, so that changes are often allowed.
LINES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9), st.integers(0, 15)), min_size=1, max_size=2)
FEW = {**STOCK, "MUG-BLUE": 3, "SOCK-BLUE": 2}
State = tuple[Order, Customer, dict[str, int | None]]


def _goods(order: Order) -> int:
    return sum(line.unit_price * line.quantity for line in order.lines)


class Changes(RuleBasedStateMachine):
    """One order that its customer changes and its shop moves on."""

    @initialize(
        discount=st.sampled_from([0, 1, 700, 11900]),
        status=st.sampled_from(["pending_payment", "paid", "delivered", "delivered"]),
        by_gift=st.sampled_from([0, 100, 900]),
        final=st.booleans(),
        once=st.sampled_from([(), ("return", "exchange"), ("modify_items",)]),
        same_product=st.booleans(),
    )
    def begin(self, discount, status, by_gift, final, once, same_product):
        total = _goods(PAID) + PAID.shipping_fee - discount
        shares = [("CARD", total - by_gift), ("GIFT", by_gift)]
        payments = (
            ()
            if status == "pending_payment"
            else tuple(Payment("payment", amount, method) for method, amount in shares if amount)
        )
        arrived = NOW if status == "delivered" else None
        self.order = replace(
            PAID, discount=discount, total=total, status=status, payments=payments, delivered_at=arrived
        )
        self.customer = CUSTOMER
        self.stock: dict[str, int | None] = dict(FEW)
        self.now = NOW
        self.rules = RULES.model_copy(
            update={
                "limits": Limits(once_per_order=once),
                "modify_items": RULES.modify_items.model_copy(update={"final": final}),
                "exchange": RULES.exchange.model_copy(update={"same_product": same_product}),
            }
        )
        self.start: State = self.order, self.customer, dict(self.stock)
        self.log: list[dict | Callable[[Order], Order]] = []
        self.told_back = 0

    def attempt(self, change: Change) -> None:
        """What the store does: check, plan, log, keep."""
        denied = check(change, self.order, self.customer, PRODUCTS, self.rules, self.stock, self.now)
        if denied is not None:
            assert denied.code in CODES
            json.dumps(denied.details)
            return
        action = action_of(change)
        planned = plan(change, self.order, self.customer, PRODUCTS, self.stock)
        arguments = arguments_of(change, self.customer.id, planned, "CNY")
        self._agrees_with_what_is_offered(change)
        if action == "return":
            self.told_back += sum(amount for _, amount in planned.amounts)
        self.log.append(json.loads(json.dumps({"action": action, "arguments": arguments, "at": self.now.isoformat()})))
        self._keep(planned, ChangeRow(self.now, action, arguments, self.customer.id))

    def _agrees_with_what_is_offered(self, change: Change) -> None:
        action = action_of(change)
        if getattr(change, "order_id", None) is None:
            return
        assert order_allowed(action, self.order, self.rules, self.now) is None
        offered = allowed_lines(action, self.order, PRODUCTS, self.rules)
        allowed = {verdict.line_no for verdict in offered if not verdict.denied}
        assert {part.line_no for part in getattr(change, "lines", ())} <= allowed
        if isinstance(change, Return | ChangePayment):
            method = change.refund_payment_method_id if isinstance(change, Return) else change.payment_method_id
            assert method in {m.id for m in allowed_methods(action, self.order, self.customer, self.rules, 0)}

    def _keep(self, planned, row):
        if planned.customer is not None:
            self.customer = planned.customer
        for sku, delta in planned.stock.items():
            self.stock[sku] += delta
        if planned.order is not None:
            assert planned.order.version == self.order.version + 1
            self.order = replace(planned.order, changes=(*self.order.changes, row))

    def _parts(self, drawn, swap):
        parts = []
        for which, much, other in drawn:
            line = self.order.lines[which % len(self.order.lines)]
            product = PRODUCTS[line.sku][0]
            others = [variant.sku for variant in product.variants if variant.sku != line.sku]
            new_sku = {0: line.sku, 1: "PAN-RED", 2: "NOTHING"}.get(other) or others[other % len(others)]
            quantity = (much - 1) % line.quantity + 1 if much else line.quantity + 1
            number = line.line_no if which < 12 else 99
            parts.append(LineChange(number, line.sku, quantity, new_sku if swap else None))
        return tuple(parts)

    @rule(reason=st.sampled_from(["mistake", None, "boredom", "", "拍错了", "Mistake"]))
    def cancel(self, reason):
        # Seldom a reason that counts: a cancelled order is the end of most changes.
        self.attempt(Cancel("#lc1", reason))

    @rule(drawn=LINES, method=METHODS)
    def return_lines(self, drawn, method):
        self.attempt(Return("LC1", self._parts(drawn, False), method))

    @rule(drawn=LINES, method=METHODS)
    def exchange(self, drawn, method):
        self.attempt(Exchange("LC1", self._parts(drawn, True), method))

    @rule(drawn=LINES, method=METHODS)
    def modify_items(self, drawn, method):
        self.attempt(ModifyItems("LC1", self._parts(drawn, True), method))

    @rule(
        address=st.sampled_from([HOME, AWAY, replace(AWAY, city="", region="")]),
        order_id=st.sampled_from(["LC1", None]),
    )
    def change_address(self, address, order_id):
        self.attempt(ChangeAddress(address, order_id))

    @rule(method=METHODS)
    def change_payment(self, method):
        self.attempt(ChangePayment("LC1", method))

    @rule(title=st.sampled_from(["Lin", ""]), kind=st.sampled_from(["personal", "company"]))
    def invoice(self, title, kind):
        self.attempt(RequestInvoice("LC1", title, kind))

    def _shop_does(self, step: Callable[[Order], Order]) -> None:
        self.order = step(self.order)
        self.log.append(step)

    @precondition(lambda self: self.order.status == "pending_payment")
    @rule()
    def the_customer_pays(self):
        due = self.order.total
        self._shop_does(
            lambda order: replace(order, status="paid", payments=(*order.payments, Payment("payment", due, "CARD")))
        )

    @precondition(lambda self: self.order.status == "paid")
    @rule()
    def the_parcel_arrives(self):
        arrived: datetime = self.now
        self._shop_does(lambda order: replace(order, status="delivered", delivered_at=arrived))

    @rule(minutes=st.sampled_from([1, 5, 10, 60, 60 * 24]))
    def time_goes_by(self, minutes):
        self.now += timedelta(minutes=minutes)

    @invariant()
    def money_balances(self):
        order = self.order
        owed = 0 if order.status in ("cancelled", "pending_payment") else order.total
        assert paid(order) == owed
        assert order.total == _goods(order) + order.shipping_fee - order.discount
        assert order.total >= 0
        assert all(payment.amount > 0 for payment in order.payments)
        assert 0 <= self.told_back <= max(paid(order), 0)
        if all(line.status == "return_requested" for line in order.lines):
            assert self.told_back == _goods(order) - order.discount

    @invariant()
    def balances_follow_the_payments(self):
        before, now = paid_by_method(self.start[0]), paid_by_method(self.order)
        for first, method in zip(self.start[1].payment_methods, self.customer.payment_methods, strict=True):
            left = balance_of(method)
            if left is None:
                assert method == first
            else:
                assert left >= 0
                assert left == (first.balance or 0) - now.get(method.id, 0) + before.get(method.id, 0)

    @invariant()
    def stock_is_conserved(self):
        held: Counter[str] = Counter()
        for line in self.order.lines:
            if line.status != "cancelled":
                held[line.sku] += line.quantity
            if line.exchange_sku:
                held[line.exchange_sku] += line.quantity
        for line in self.start[0].lines:
            held[line.sku] -= line.quantity
        for sku, left in self.stock.items():
            assert (left is None) == (FEW[sku] is None)
            assert left is None or (left >= 0 and left + held[sku] == FEW[sku])

    @invariant()
    def lines_are_in_one_state(self):
        lines = self.order.lines
        assert len({line.line_no for line in lines}) == len(lines)
        assert sum(line.quantity for line in lines) == sum(line.quantity for line in PAID.lines)
        assert all(line.quantity > 0 for line in lines)
        assert all((line.exchange_sku is not None) == (line.status == "exchange_requested") for line in lines)
        statuses = {line.status for line in lines}
        assert (self.order.status == "cancelled") == (statuses == {"cancelled"})
        assert statuses <= {"active", "return_requested", "exchange_requested"} or statuses == {"cancelled"}

    @invariant()
    def limits_hold(self):
        done = [row.action for row in self.order.changes]
        assert sum(action in self.rules.limits.once_per_order for action in done) <= 1
        if self.rules.modify_items.final and "modify_items" in done:
            after = done[done.index("modify_items") + 1 :]
            assert not {"cancel", "modify_items", "change_address", "change_payment"} & set(after)

    def teardown(self):
        """The log alone, from the same start, leads to the same records."""
        if not hasattr(self, "start"):
            return
        order, customer, stock = self.start
        for step in self.log:
            if callable(step):
                order = step(order)
                continue
            change = change_from(step["action"], step["arguments"])
            planned = plan(change, order, customer, PRODUCTS, stock)
            assert arguments_of(change, customer.id, planned, "CNY") == step["arguments"]
            order, customer = planned.order or order, planned.customer or customer
            stock = {sku: left if left is None else left + planned.stock.get(sku, 0) for sku, left in stock.items()}
        assert order == replace(self.order, changes=())
        assert (customer, stock) == (self.customer, self.stock)


TestChanges = Changes.TestCase
TestChanges.settings = settings(
    max_examples=int(os.environ.get("ZHANGGUI_TEST_EXAMPLES", "60")), stateful_step_count=12, deadline=None
)
