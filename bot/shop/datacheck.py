"""Checks how the tables of a shop's `data/` fit together. Knows nothing of databases; nothing is imported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bot.shop.csvfile import Row
from bot.shop.currency import decimals, parse_amount
from bot.shop.fields import FieldContext
from bot.shop.moments import parse_moment
from bot.shop.problems import Problems, shown
from bot.shop.products import Catalogue
from bot.shop.tables import (
    CUSTOMERS,
    EVENTS,
    ORDER_LINES,
    ORDERS,
    PAYMENT_METHODS,
    RATINGS,
    SHIPMENT_EVENTS,
    SHIPMENTS,
    TABLES,
    Table,
    order_key,
    parse_count,
    read_table,
)
from bot.shop.textfile import is_there

AFTER_DELIVERY = frozenset({"delivered", "return_requested", "returned", "exchange_requested", "exchanged"})
_WITH_BALANCE = frozenset({"gift_card", "store_credit"})


def check_data(path: Path, problems: Problems, catalogue: Catalogue, context: FieldContext) -> None:
    """Notes every problem in the tables of the folder `path`; tables that are not there are not missed."""
    _DataCheck(path, problems, catalogue, context).run()


@dataclass
class _Order:
    """What is remembered of an order until lines and shipments are read; a sum of None cannot be computed."""

    line: int
    needs_delivery: bool
    extras: Decimal | None
    total: str
    lines: int = 0
    all_lines: Decimal | None = Decimal()
    active_lines: Decimal | None = Decimal()


class _DataCheck:
    def __init__(self, path: Path, problems: Problems, catalogue: Catalogue, context: FieldContext) -> None:
        self._path = path
        self._problems = problems
        self._catalogue = catalogue
        self._context = context
        self._customers: set[str] = set()
        self._owner: dict[str, str] = {}
        self._orders: dict[str, _Order] = {}
        self._parcels: set[str] = set()
        self._present = {table.name for table in TABLES if is_there(path / table.file)}
        self._unread: set[str] = set()
        self._told: set[tuple[str, str, str]] = set()

    def run(self) -> None:
        self._strangers()
        self._check_customers()
        self._check_payment_methods()
        self._check_orders()
        self._check_lines()
        self._check_shipments()
        self._check_totals()
        self._check_events()
        self._check_ratings()

    def _has(self, table: Table) -> bool:
        """Whether a table is there and readable, so that references to it can be judged."""
        return table.name in self._present and table.name not in self._unread

    def _rows(self, table: Table, *needed: Table) -> Iterator[Row]:
        """The checked rows of a table that is there; a table it refers to is missed once, not by each row."""
        if not self._has(table):
            return
        for other in needed:
            if other.name not in self._present:
                self._problems.error(table.file, 1, f"{other.file}, which it refers to, is missing")
        rows = read_table(self._path, table, self._problems, self._context)
        if rows is None:
            self._unread.add(table.name)
        else:
            yield from rows

    def _strangers(self) -> None:
        known = {table.file.removeprefix("data/") for table in TABLES}
        folder = self._path / "data"
        try:
            names = sorted(file.name for file in folder.iterdir()) if is_there(folder) else []
        except OSError as error:
            self._problems.error("data", 1, f"cannot be read: {error.strerror or error}")
            return
        for name in names:
            if name.endswith(".csv") and name not in known and not name.startswith("."):
                self._problems.warn(f"data/{name}", 1, f"not read; known tables: {', '.join(sorted(known))}")

    def _amount(self, cell: str) -> Decimal | None:
        """The amount in a cell, 0 when it is empty, None when it is wrong (noted elsewhere)."""
        try:
            return parse_amount(cell or "0", decimals(self._context.currency))
        except ValueError:
            return None

    def _check_customers(self) -> None:
        emails: dict[str, int] = {}
        for row in self._rows(CUSTOMERS):
            self._customers.add(row["id"])
            email = row["email"].lower()
            if email and emails.setdefault(email, row.line) != row.line:
                message = f"email {shown(row['email'])} is another customer's too (line {emails[email]})"
                self._problems.warn(CUSTOMERS.file, row.line, message)

    def _check_customer_of(self, table: Table, row: Row) -> None:
        customer = row["customer_id"]
        if customer and customer not in self._customers and self._has(CUSTOMERS):
            self._problems.error(table.file, row.line, f"customer_id: there is no customer {shown(customer)}")

    def _check_payment_methods(self) -> None:
        for row in self._rows(PAYMENT_METHODS, CUSTOMERS):
            self._owner.setdefault(row["id"], row["customer_id"])
            self._check_customer_of(PAYMENT_METHODS, row)
            if row["kind"] in _WITH_BALANCE and not row["balance"]:
                self._problems.warn(
                    PAYMENT_METHODS.file, row.line, f"a {row['kind']} without a balance counts as empty"
                )

    def _check_orders(self) -> None:
        for row in self._rows(ORDERS, CUSTOMERS):
            fee, discount = self._amount(row["shipping_fee"]), self._amount(row["discount"])
            extras = None if fee is None or discount is None else fee - discount
            needs_delivery = row["status"] in AFTER_DELIVERY and not row["delivered_at"]
            self._orders.setdefault(order_key(row["id"]), _Order(row.line, needs_delivery, extras, row["total"]))
            self._check_customer_of(ORDERS, row)
            self._check_payment_of(row)
            self._check_delivery_of(row)

    def _check_payment_of(self, row: Row) -> None:
        method = row["payment_method_id"]
        if not method or not self._has(PAYMENT_METHODS):
            return
        if method not in self._owner:
            self._problems.error(
                ORDERS.file, row.line, f"payment_method_id: there is no payment method {shown(method)}"
            )
        elif row["customer_id"] in self._customers and self._owner[method] != row["customer_id"]:
            self._problems.error(ORDERS.file, row.line, f"payment_method_id: {shown(method)} is another customer's")

    def _check_delivery_of(self, row: Row) -> None:
        try:
            placed, delivered = (parse_moment(row[k], self._context.timezone) for k in ("placed_at", "delivered_at"))
        except ValueError:
            return
        if delivered < placed:
            self._problems.error(ORDERS.file, row.line, "delivered_at is before placed_at")

    def _order_of(self, table: Table, row: Row) -> _Order | None:
        order = self._orders.get(order_key(row["order_id"]))
        if order is None and row["order_id"] and self._has(ORDERS):
            self._problems.error(table.file, row.line, f"order_id: there is no order {shown(row['order_id'])}")
        return order

    def _check_lines(self) -> None:
        for row in self._rows(ORDER_LINES, ORDERS):
            if not self._catalogue.found:
                self._tell_once(
                    ORDER_LINES, 1, "sku", "there is no products.yaml or products.csv; skus are not checked"
                )
            elif row["sku"] and row["sku"] not in self._catalogue.skus:
                self._problems.error(ORDER_LINES.file, row.line, f"sku: no product has the sku {shown(row['sku'])}")
            order = self._order_of(ORDER_LINES, row)
            if order is None:
                continue
            order.lines += 1
            price = self._amount(row["unit_price"]) if row["unit_price"] else None
            quantity = parse_count(row["quantity"])
            amount = None if price is None or quantity is None else price * quantity
            order.all_lines = _plus(order.all_lines, amount)
            if row["status"] in ("", "active"):
                order.active_lines = _plus(order.active_lines, amount)

    def _check_totals(self) -> None:
        any_lines = any(order.lines for order in self._orders.values())
        for key, order in self._orders.items():
            if order.needs_delivery:
                message = f"order {shown(key)} has no delivered_at, so no return window can be counted"
                self._problems.warn(ORDERS.file, order.line, message)
            if not any_lines:
                self._tell_once(ORDERS, 1, "lines", f"no order has lines in {ORDER_LINES.file}")
            elif not order.lines:
                self._problems.warn(ORDERS.file, order.line, f"order {shown(key)} has no lines")
            else:
                self._check_total(order)

    def _check_total(self, order: _Order) -> None:
        total = self._amount(order.total)
        if not order.total or total is None or order.extras is None or order.all_lines is None:
            return
        # Shops export either what was paid first or what is left after cancelled lines; both are right.
        if total not in (order.all_lines + order.extras, (order.active_lines or Decimal()) + order.extras):
            parts = f"lines {order.all_lines}, shipping_fee - discount {order.extras}"
            message = f"total: {total} should be {order.all_lines + order.extras} ({parts})"
            self._problems.error(ORDERS.file, order.line, message)

    def _check_shipments(self) -> None:
        for row in self._rows(SHIPMENTS, ORDERS):
            self._parcels.add(row["tracking_no"])
            order = self._order_of(SHIPMENTS, row)
            if order is not None and row["delivered_at"]:
                order.needs_delivery = False
        for row in self._rows(SHIPMENT_EVENTS, SHIPMENTS):
            if self._has(SHIPMENTS) and row["tracking_no"] not in self._parcels:
                message = f"tracking_no: there is no shipment {shown(row['tracking_no'])}"
                self._problems.error(SHIPMENT_EVENTS.file, row.line, message)

    def _tell_once(self, table: Table, line: int, key: str, message: str) -> None:
        if (table.name, key, message) not in self._told:
            self._told.add((table.name, key, message))
            self._problems.warn(table.file, line, message)

    def _check_events(self) -> None:
        """History may outlive products and customers, so unknown ones are only warned about, each once."""
        known = {"customer_id": self._customers, "product_id": self._catalogue.ids, "order_id": self._orders}
        judged = {
            "customer_id": self._has(CUSTOMERS),
            "product_id": self._catalogue.found,
            "order_id": self._has(ORDERS),
        }
        for row in self._rows(EVENTS):
            if not row["customer_id"] and not row["visitor_id"]:
                self._problems.error(EVENTS.file, row.line, "customer_id and visitor_id are both empty")
            if row["type"] in ("view", "cart", "purchase", "rating") and not row["product_id"]:
                self._problems.error(EVENTS.file, row.line, f"product_id is empty in a {row['type']}")
            if row["type"] == "rating" and not row["value"]:
                self._problems.error(EVENTS.file, row.line, "value is empty in a rating")
            for column, keys in known.items():
                cell = row[column]
                if cell and judged[column] and order_key(cell) not in keys and cell not in keys:
                    self._tell_once(EVENTS, row.line, column, f"{column}: {shown(cell)} is not known to the shop")

    def _check_ratings(self) -> None:
        for row in self._rows(RATINGS):
            if self._catalogue.found and row["item"] and row["item"] not in self._catalogue.ids:
                self._tell_once(RATINGS, row.line, "item", f"item: there is no product {shown(row['item'])}")


def _plus(total: Decimal | None, amount: Decimal | None) -> Decimal | None:
    return None if total is None or amount is None else total + amount
