"""A shop's customers, orders and stock in a SQL database. Knows nothing of conversations, nor what is allowed or planned.

The scope of a request is part of each query, so that a foreign row is never read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from bot.orders.arguments import arguments_of
from bot.orders.book import Applied, Denied, Stale
from bot.orders.changes import Change, Exchange, ModifyItems, Return, action_of
from bot.orders.effects import Plan, plan
from bot.orders.records import Address, Customer, Order
from bot.orders.rules import check
from bot.orders.scope import CustomerScope, OrderScope, Scope
from bot.shop.types import Shop
from bot.store import tables as t
from bot.store.columns import storable
from bot.store.database import Database
from bot.store.order_rows import (
    add_payments,
    address_columns,
    move_balance,
    move_stock,
    read_customer,
    read_orders,
    read_stock,
    typed,
    write_order,
)

_FEW = 5  # past parcels; fewer say nothing about a region
_PARCELS = 1000


class SqlOrderBook:
    """Keeps the contract of bot/orders/book.py."""

    def __init__(self, database: Database, shop: Shop) -> None:
        """`shop` gives catalogue, rules, currency and timezone; the database is closed with the book."""
        self.database = database
        self.shop = shop
        self._zone = shop.config.zone

    def customer(self, scope: Scope) -> Customer | None:
        """The scope's customer; None for a guest's scope, or when there is none."""
        if isinstance(scope, OrderScope):
            return None
        with self.database.reading() as connection:
            return read_customer(connection, scope.customer_id)

    def orders(self, scope: Scope, limit: int = 50, offset: int = 0) -> list[Order]:
        """The scope's orders, newest first."""
        with self.database.reading() as connection:
            found = read_orders(connection, _within(scope), self._zone, max(limit, 0), max(offset, 0))
        return [_shown(order, scope) for order in found]

    def order(self, scope: Scope, order_id: str) -> Order | None:
        """One order of the scope by its number (a leading # and case are ignored); None alike for a foreign and a missing one."""
        with self.database.reading() as connection:
            found = self._find(connection, scope, order_id)
        return found and _shown(found, scope)

    def owner(self, order_id: str) -> str | None:
        """Whose order this is: for the operator's commands, who may see all. None when there is no such order."""
        query = select(t.orders.c.id, t.orders.c.customer_id).where(t.orders.c.typed == typed(order_id))
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        exact = [row for row in rows if row.id == _plain(order_id)] or rows
        return exact[0].customer_id if len(exact) == 1 else None

    def stock(self, skus: Iterable[str]) -> dict[str, int | None]:
        """What is left of each sku now; None where the shop does not count it, 0 for one that the shop does not know."""
        with self.database.reading() as connection:
            return self._stock(connection, skus)

    def preview(self, scope: CustomerScope, change: Change, now: datetime) -> dict[str, Any] | Denied:
        """The exact `action.arguments` of the contract (amounts included) that `apply` would log, or why it may not be done."""
        with self.database.reading() as connection:
            looked = self._look(connection, scope, change, now)
        return looked if isinstance(looked, Denied) else looked.arguments

    def apply(
        self, scope: CustomerScope, change: Change, *, key: str, confirmed: dict[str, Any], now: datetime
    ) -> Applied | Denied | Stale:
        """Do it, once a `key`, in one transaction: rules are checked again, and `confirmed` must equal what would be done.

        Raises Failure when the database fails; then nothing was done.
        """
        with self.database.writing() as connection:
            row = connection.execute(select(t.changes).where(t.changes.c.key == key)).mappings().first()
            if row is not None:
                return self._repeated(connection, scope, row)
            looked = self._look(connection, scope, change, now)
            if isinstance(looked, Denied):
                return looked
            if _canonical(confirmed) != _canonical(looked.arguments):
                return Stale()
            self._persist(connection, looked)
            action = action_of(change)
            own = None if looked.order is None else looked.order.id
            values = {"key": key, "at": now, "action": action, "order_id": own, "by": scope.by}
            values |= {"customer_id": looked.customer.id, "arguments": looked.arguments}
            connection.execute(insert(t.changes).values(**values))
            after = None if own is None else self._find(connection, scope, own)
        return Applied(action, looked.arguments, after)

    def delivery_days(self, carrier: str, region: str) -> list[float]:
        """Days from shipping to delivery of past parcels of that carrier to that region (all regions when it has fewer than 5)."""
        query = (
            select(t.shipments.c.shipped_at, t.shipments.c.delivered_at)
            .join(t.orders, t.orders.c.id == t.shipments.c.order_id)
            .where(t.shipments.c.carrier == carrier)
            .where(t.shipments.c.shipped_at.is_not(None), t.shipments.c.delivered_at.is_not(None))
            .order_by(t.shipments.c.delivered_at.desc())
            .limit(_PARCELS)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query.where(t.orders.c.address_region == region)).all()
            if len(rows) < _FEW:
                rows = connection.execute(query).all()
        return [(row.delivered_at - row.shipped_at).total_seconds() / 86400 for row in rows]

    def close(self) -> None:
        """Give the database's connections back."""
        self.database.close()

    def _find(self, connection: Connection, scope: Scope, order_id: str) -> Order | None:
        """Where numbers differ in case only, the one written exactly so, else none."""
        where = _within(scope) & (t.orders.c.typed == typed(order_id))
        found = read_orders(connection, where, self._zone, limit=100)
        exact = [order for order in found if order.id == _plain(order_id)] or found
        return exact[0] if len(exact) == 1 else None

    def _stock(self, connection: Connection, skus: Iterable[str]) -> dict[str, int | None]:
        wanted = list(dict.fromkeys(skus))
        kept = read_stock(connection, wanted)
        return {sku: kept[sku] if sku in kept else self._catalogue_stock(sku) for sku in wanted}

    def _catalogue_stock(self, sku: str) -> int | None:
        owner = self.shop.sku_owner.get(sku)
        return 0 if owner is None else owner[1].stock

    def _look(self, connection: Connection, scope: CustomerScope, change: Change, now: datetime) -> _Looked | Denied:
        """What the change would do to the present records, or why it may not be done."""
        customer = read_customer(connection, scope.customer_id)
        if customer is None:
            return Denied("not_found", {"customer_id": scope.customer_id})
        order = None if change.order_id is None else self._find(connection, scope, change.order_id)
        if order is not None:
            change = replace(change, order_id=order.id)
        products = self.shop.sku_owner
        stock = self._stock(connection, _skus(change, order))
        if denied := check(change, order, customer, products, self.shop.config.rules, stock, now):
            return denied
        made = plan(change, order, customer, products, stock)
        return _Looked(customer, order, made, arguments_of(change, customer.id, made, self.shop.config.currency))

    def _persist(self, connection: Connection, looked: _Looked) -> None:
        made, customer = looked.plan, looked.customer
        if looked.order is not None and made.order is not None:
            write_order(connection, looked.order, made.order)
            add_payments(connection, made.order.id, made.payments_added)
        if made.customer is not None and made.customer.address != customer.address:
            own = t.customers.c.id == customer.id
            connection.execute(update(t.customers).where(own).values(address_columns(made.customer.address)))
        for method_id, difference in made.balances.items():
            move_balance(connection, customer.id, method_id, difference)
        for sku, difference in made.stock.items():
            move_stock(connection, sku, difference, self._catalogue_stock(sku))

    def _repeated(self, connection: Connection, scope: CustomerScope, row: RowMapping) -> Applied | Denied:
        if row["customer_id"] != scope.customer_id:
            return Denied("not_found", {})
        order = None if row["order_id"] is None else self._find(connection, scope, row["order_id"])
        return Applied(row["action"], row["arguments"], order, repeated=True)


@dataclass(frozen=True)
class _Looked:
    """A change that is allowed: the records as they are, what it would do, and its arguments."""

    customer: Customer
    order: Order | None
    plan: Plan
    arguments: dict[str, Any]


def _within(scope: Scope) -> ColumnElement[bool]:
    """The orders that a scope may see; `OrderScope.order_id` is the record's own number."""
    if isinstance(scope, CustomerScope):
        return t.orders.c.customer_id == storable(scope.customer_id)
    return t.orders.c.id == storable(scope.order_id)


def _shown(order: Order, scope: Scope) -> Order:
    """The order as the scope may see it: who proved one order sees what, when and roughly where to, and nothing of money's ways."""
    if isinstance(scope, CustomerScope):
        return order
    address = order.address
    masked = f"{address.recipient[:1]}**" if address.recipient else ""
    return replace(
        order,
        customer_id="",
        payment_method_id="",
        refund_payment_method_id=None,
        exchange_payment_method_id=None,
        cancel_reason=None,
        payments=(),
        invoice=None,
        changes=(),
        note="",
        address=Address(recipient=masked, city=address.city, region=address.region),
    )


def _skus(change: Change, order: Order | None) -> list[str]:
    found = [line.sku for line in order.lines] if order else []
    if isinstance(change, Return | Exchange | ModifyItems):
        found += [sku for part in change.lines for sku in (part.sku, part.new_sku) if sku]
    return found


def _plain(order_id: str) -> str:
    return order_id.strip().removeprefix("#")


def _canonical(arguments: dict[str, Any]) -> str:
    return json.dumps(arguments, sort_keys=True, ensure_ascii=False)
