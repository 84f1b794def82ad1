"""What a flow may look at in one turn: the shop, the records in the caller's scope, the time. Knows nothing of dialogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.orders.book import Denied, OrderBook
from bot.orders.records import Customer, Order, OrderLine, PaymentMethod
from bot.orders.rules import allowed_lines, order_allowed
from bot.orders.scope import CustomerScope, Scope
from bot.orders.variants import Candidate, candidates_of
from bot.shop.fields import pick
from bot.shop.types import Product, Shop, Variant

MOST_ORDERS = 200
SWAPS = ("exchange", "modify_items")


@dataclass
class Context:
    """One turn's view of the records; each is read once."""

    shop: Shop
    book: OrderBook
    scope: Scope
    now: datetime
    language: str
    recent: str | None = None  # the order that was spoken of last
    named: tuple[str, ...] = ()  # order numbers in the message

    @cached_property
    def customer(self) -> Customer | None:
        """The verified customer; None for a guest."""
        return self.book.customer(self.scope)

    @cached_property
    def orders(self) -> list[Order]:
        """The orders in scope, newest first; of very many the newest, and those whose number was named."""
        orders = self.book.orders(self.scope, limit=MOST_ORDERS)
        if len(orders) == MOST_ORDERS:
            known = {order.id for order in orders}
            for number in filter(None, dict.fromkeys((*self.named, self.recent))):
                order = self.book.order(self.scope, number)
                if order and order.id not in known:
                    orders.append(order)
                    known.add(order.id)
        return orders

    @property
    def may_change(self) -> bool:
        """Whether the caller may change anything."""
        return isinstance(self.scope, CustomerScope)

    @property
    def catalogue(self) -> Mapping[str, tuple[Product, Variant]]:
        """Products and variants by sku."""
        return self.shop.sku_owner

    def order(self, order_id: str | None) -> Order | None:
        """One of the orders in scope: the very number, else whatever its case where that names one order only."""
        wanted = (order_id or "").lstrip("#")
        for order in self.orders:
            if order.id == wanted:
                return order
        alike = [order for order in self.orders if order.id.casefold() == wanted.casefold()]
        return alike[0] if len(alike) == 1 else None

    def method(self, method_id: str | None) -> PaymentMethod | None:
        """One of the customer's payment methods."""
        methods = self.customer.payment_methods if self.customer else ()
        return next((method for method in methods if method.id == method_id), None)

    def denied(self, flow: str, order: Order) -> Denied | None:
        """Why the order allows no such change; the two kinds of swap count as one here."""
        found = [order_allowed(name, order, self.shop.config.rules, self.now) for name in kinds(flow)]
        return None if None in found else found[0]

    def kind_for(self, flow: str, order: Order) -> str:
        """The flow that fits the order's state: items are modified before shipping and exchanged after delivery."""
        rules = self.shop.config.rules
        return next((name for name in kinds(flow) if order_allowed(name, order, rules, self.now) is None), flow)

    def open_lines(self, flow: str, order: Order) -> list[OrderLine]:
        """The lines that may be part of the change."""
        verdicts = allowed_lines(flow, order, self.catalogue, self.shop.config.rules)
        fine = {verdict.line_no for verdict in verdicts if verdict.denied is None}
        return [line for line in order.lines if line.line_no in fine]

    def variants(self, product: Product) -> tuple[Candidate, ...]:
        """A product's variants with what is left of each now."""
        stock = self.book.stock([variant.sku for variant in product.variants])
        return candidates_of(product, stock, self.shop.config.currency)

    def name(self, sku: str) -> str:
        """A product's name in the customer's language, as far as the shop has it; else the sku."""
        product, _ = self.catalogue.get(sku, (None, None))
        return pick(product.name, self.language, self.shop.config.locales) if product else sku


def kinds(flow: str) -> tuple[str, ...]:
    """The changes that a flow may turn out to be, its own first."""
    return (flow, *(name for name in SWAPS if name != flow)) if flow in SWAPS else (flow,)
