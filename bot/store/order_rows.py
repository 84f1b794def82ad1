"""Rows of the order tables as records, and back. Knows nothing of scopes, rules or what a change does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Table, delete, func, insert, select, update

from bot.errors import Failure
from bot.orders.records import (
    ADDRESS_FIELDS,
    Address,
    ChangeRow,
    Customer,
    Invoice,
    Order,
    OrderLine,
    Payment,
    PaymentMethod,
    Shipment,
    ShipmentEvent,
)
from bot.store import tables as t
from bot.store.columns import storable
from bot.text import nfkc

_ORDER_OWN = ("id", "customer_id", "status", "currency", "total", "shipping_fee", "discount", "payment_method_id",
              "refund_payment_method_id", "exchange_payment_method_id", "cancel_reason", "note", "version")  # fmt: skip
_LINE = ("line_no", "sku", "product_id", "options", "quantity", "unit_price", "status", "exchange_sku")
_BATCH = 500  # databases take a bounded number of parameters in one statement


def typed(order_id: str) -> str:
    """An order number without what customers may write as they like: a leading #, case, full width, spaces around."""
    return storable(nfkc(order_id)).strip().removeprefix("#").strip().casefold()


def address_columns(address: Address) -> dict[str, str]:
    """An address as the columns of customers and orders."""
    return {f"address_{name}": getattr(address, name) for name in ADDRESS_FIELDS}


def read_orders(
    connection: Connection, where: ColumnElement[bool], zone: ZoneInfo, limit: int | None = None, offset: int = 0
) -> list[Order]:
    """The orders that `where` names, newest first, complete; times in `zone`."""
    query: Select[Any] = select(t.orders).where(where).order_by(t.orders.c.placed_at.desc(), t.orders.c.id.desc())
    found = connection.execute(query.limit(limit).offset(offset)).mappings().all()
    parts = _Parts(connection, [row["id"] for row in found], zone)
    return [_order(row, parts, zone) for row in found]


def read_customer(connection: Connection, customer_id: str) -> Customer | None:
    """A customer with the payment methods on file; None when there is none."""
    row = connection.execute(select(t.customers).where(t.customers.c.id == storable(customer_id))).mappings().first()
    if row is None:
        return None
    methods = select(t.payment_methods).where(t.payment_methods.c.customer_id == row["id"])
    names = ("id", "name", "email", "phone", "locale", "joined_at", "tier", "marketing_consent")
    return Customer(
        **{name: row[name] for name in names},
        address=_address(row),
        payment_methods=tuple(
            PaymentMethod(m["id"], m["customer_id"], m["kind"], m["label"], m["balance"])
            for m in connection.execute(methods.order_by(t.payment_methods.c.id)).mappings()
        ),
    )


def read_stock(connection: Connection, skus: Iterable[str]) -> dict[str, int | None]:
    """What the table says of each sku; a sku that it has not is left out."""
    rows = _rows_of(connection, t.stock, "sku", list(skus))
    return {row["sku"]: row["quantity"] for row in rows}


def write_order(connection: Connection, before: Order, after: Order) -> None:
    """Keep an order as changed: its own row, its lines and its invoice. Payments and changes are only ever added.

    Raises Failure when somebody else has changed it since it was read.
    """
    values: dict[str, Any] = {name: getattr(after, name) for name in _ORDER_OWN if name not in ("id", "customer_id")}
    values |= address_columns(after.address)
    same = (t.orders.c.id == before.id) & (t.orders.c.version == before.version)
    if connection.execute(update(t.orders).where(same).values(values)).rowcount != 1:
        raise Failure(f"database: order {before.id} was changed at the same time; try again")
    old = {line.line_no: line for line in before.lines}
    for line in after.lines:
        if old.get(line.line_no) != line:
            _write_line(connection, before.id, line, line.line_no in old)
    if after.invoice != before.invoice:
        connection.execute(delete(t.invoices).where(t.invoices.c.order_id == before.id))
        if after.invoice is not None:
            connection.execute(insert(t.invoices).values(order_id=before.id, **vars(after.invoice)))


def add_payments(connection: Connection, order_id: str, added: Sequence[Payment]) -> None:
    """Add rows to an order's payments."""
    for payment in added:
        connection.execute(insert(t.payments).values(order_id=order_id, **vars(payment)))


def move_balance(connection: Connection, customer_id: str, method_id: str, difference: int) -> None:
    """Add to the balance of a customer's gift card or store credit; one without a balance is empty.

    Raises Failure when it would fall below 0.
    """
    own = (t.payment_methods.c.id == method_id) & (t.payment_methods.c.customer_id == customer_id)
    after = func.coalesce(t.payment_methods.c.balance, 0) + difference
    enough = after >= 0
    values = {"balance": after}
    if connection.execute(update(t.payment_methods).where(own & enough).values(values)).rowcount != 1:
        raise Failure(f"database: the balance of payment method {method_id} cannot move by {difference}")


def move_stock(connection: Connection, sku: str, difference: int, first: int | None) -> None:
    """Add to what is left of a sku. `first` is what the catalogue says where the table has no row yet.

    Raises Failure when it would fall below 0.
    """
    if not read_stock(connection, [sku]):
        connection.execute(insert(t.stock).values(sku=sku, quantity=first))
    enough = (t.stock.c.sku == sku) & (t.stock.c.quantity + difference >= 0)
    if connection.execute(update(t.stock).where(enough).values(quantity=t.stock.c.quantity + difference)).rowcount != 1:
        raise Failure(f"database: the stock of {sku} cannot move by {difference}")


class _Parts:
    """What belongs to some orders, read at once and kept by order."""

    def __init__(self, connection: Connection, ids: list[str], zone: ZoneInfo) -> None:
        self.lines = _by_order(_rows_of(connection, t.order_lines, "order_id", ids, "line_no"))
        self.payments = _by_order(_rows_of(connection, t.payments, "order_id", ids, "id"))
        self.invoices = _by_order(_rows_of(connection, t.invoices, "order_id", ids))
        self.shipments = _by_order(_rows_of(connection, t.shipments, "order_id", ids, "id"))
        self.changes = _by_order(_rows_of(connection, t.changes, "order_id", ids, "id"))
        numbers = list({row["tracking_no"] for rows in self.shipments.values() for row in rows} - {""})
        self.scans: dict[str, list[ShipmentEvent]] = defaultdict(list)
        for row in _rows_of(connection, t.shipment_events, "tracking_no", numbers, "at", "id"):
            text = {language: row[f"text_{language}"] for language in ("en", "zh") if row[f"text_{language}"]}
            scan = ShipmentEvent(row["at"].astimezone(zone), row["status"], row["location"], text)
            self.scans[row["tracking_no"]].append(scan)


def _rows_of(connection: Connection, table: Table, column: str, values: list[str], *order: str) -> list[RowMapping]:
    """The rows of a table whose `column` is one of `values`."""
    found: list[RowMapping] = []
    for start in range(0, len(values), _BATCH):
        query = select(table).where(table.c[column].in_(values[start : start + _BATCH]))
        found += connection.execute(query.order_by(*(table.c[name] for name in order))).mappings()
    return found


def _by_order(rows: Iterable[RowMapping]) -> Mapping[str, list[RowMapping]]:
    found: dict[str, list[RowMapping]] = defaultdict(list)
    for row in rows:
        found[row["order_id"]].append(row)
    return found


def _order(row: RowMapping, parts: _Parts, zone: ZoneInfo) -> Order:
    return Order(
        **{name: row[name] for name in _ORDER_OWN},
        placed_at=row["placed_at"].astimezone(zone),
        delivered_at=row["delivered_at"] and row["delivered_at"].astimezone(zone),
        address=_address(row),
        lines=tuple(OrderLine(**{name: line[name] for name in _LINE}) for line in parts.lines.get(row["id"], ())),
        payments=tuple(
            Payment(p["kind"], p["amount"], p["payment_method_id"]) for p in parts.payments.get(row["id"], ())
        ),
        invoice=next((_invoice(i) for i in parts.invoices.get(row["id"], ())), None),
        shipments=tuple(_shipment(s, parts, zone) for s in parts.shipments.get(row["id"], ())),
        changes=tuple(
            ChangeRow(c["at"].astimezone(zone), c["action"], c["arguments"], c["by"])
            for c in parts.changes.get(row["id"], ())
        ),
    )


def _invoice(row: RowMapping) -> Invoice:
    return Invoice(row["title"], row["tax_id"], row["email"], row["kind"], row["status"])


def _shipment(row: RowMapping, parts: _Parts, zone: ZoneInfo) -> Shipment:
    times = {name: row[name] and row[name].astimezone(zone) for name in ("shipped_at", "estimated_at", "delivered_at")}
    events = tuple(parts.scans.get(row["tracking_no"], ()))
    return Shipment(row["carrier"], row["tracking_no"], row["status"], **times, events=events)


def _address(row: RowMapping) -> Address:
    return Address(**{name: row[f"address_{name}"] for name in ADDRESS_FIELDS})


def _write_line(connection: Connection, order_id: str, line: OrderLine, known: bool) -> None:
    values = {name: getattr(line, name) for name in _LINE}
    if known:
        same = (t.order_lines.c.order_id == order_id) & (t.order_lines.c.line_no == line.line_no)
        connection.execute(update(t.order_lines).where(same).values(values))
    else:
        connection.execute(insert(t.order_lines).values(order_id=order_id, **values))
