"""Rows of a shop's CSV tables, already checked, as rows of the database. Knows nothing of files or connections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.orders.ledger import WITH_BALANCE
from bot.orders.money import to_minor
from bot.orders.records import ADDRESS_FIELDS
from bot.shop.csvfile import Row
from bot.shop.moments import parse_moment
from bot.shop.tables import order_key
from bot.shop.types import Shop
from bot.store.order_rows import typed

_YES = ("true", "yes", "1")
# An order's status that tells what became of its lines, where the lines say nothing themselves.
_OF_ALL_LINES = frozenset({"cancelled", "return_requested", "returned", "exchange_requested", "exchanged"})


@dataclass
class _Sums:
    """Prices of an order's lines in minor units, and whether any line names a status of its own."""

    all: int = 0
    active: int = 0
    named: bool = False
    status: str = ""


@dataclass
class Totals:
    """What an order's rows in one table say about its rows in another."""

    shop: Shop
    payments: list[dict[str, Any]] = field(default_factory=list)
    delivered: dict[str, datetime] = field(default_factory=dict)
    _sums: dict[str, _Sums] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Count a line of order_lines.csv."""
        sums = self._sums.setdefault(order_key(row["order_id"]), _Sums())
        price = to_minor(row["unit_price"], self.shop.config.currency) * int(row["quantity"])
        sums.all += price
        sums.active += price if row["status"] in ("", "active") else 0
        sums.named |= bool(row["status"])

    def total(self, order_id: str, fee: int, discount: int) -> int:
        """What an order costs whose total is not given: its active lines, or all where none names a status."""
        sums = self._sums.get(order_id, _Sums())
        return max((sums.active if sums.named else sums.all) + fee - discount, 0)

    def remember(self, order_id: str, status: str) -> None:
        """Keep an order's status for its lines."""
        self._sums.setdefault(order_id, _Sums()).status = status

    def line_status(self, order_id: str, given: str) -> str:
        """A line's status: its own, else what the order's status says of all its lines."""
        status = self._sums.get(order_id, _Sums()).status
        return given or (status if status in _OF_ALL_LINES else "active")


class Cells:
    """Turns the cells of one row into values; amounts become minor units, times aware."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._currency = shop.config.currency
        self._zone = shop.config.zone

    def customer(self, row: Row) -> dict[str, Any]:
        """A row of customers.csv; its phone is also that of the default address."""
        return {
            **_texts(row, ("id", "name", "email", "phone", "locale", "joined_at", "tier")),
            **_address(row),
            "marketing_consent": row["marketing_consent"].lower() in _YES,
        }

    def payment_method(self, row: Row) -> dict[str, Any]:
        """A row of payment_methods.csv; a gift card or store credit without a balance is empty, others have none."""
        balance = self._amount(row["balance"]) if row["kind"] in WITH_BALANCE else None
        return {**_texts(row, ("id", "customer_id", "kind", "label")), "balance": balance}

    def order(self, row: Row, totals: Totals) -> dict[str, Any]:
        """A row of orders.csv; notes the payment that it tells of."""
        order_id = order_key(row["id"])
        fee, discount = self._amount(row["shipping_fee"]), self._amount(row["discount"])
        total = self._amount(row["total"]) if row["total"] else totals.total(order_id, fee, discount)
        totals.remember(order_id, row["status"])
        method = row["payment_method_id"]
        if row["status"] != "pending_payment" and total:
            paid = {"order_id": order_id, "kind": "payment", "amount": total, "payment_method_id": method}
            totals.payments.append(paid)
        return {
            **_texts(row, ("customer_id", "status", "payment_method_id", "note")),
            **_address(row),
            "id": order_id,
            "typed": typed(order_id),
            "placed_at": self._time(row["placed_at"]),
            "delivered_at": self._time(row["delivered_at"]),
            "currency": self._currency,
            "total": total,
            "shipping_fee": fee,
            "discount": discount,
            "version": 0,
        }

    def line(self, row: Row, totals: Totals) -> dict[str, Any]:
        """A row of order_lines.csv; product and options are those of the sku in the catalogue."""
        order_id = order_key(row["order_id"])
        product, variant = self._shop.sku_owner.get(row["sku"], (None, None))
        return {
            "order_id": order_id,
            "line_no": int(row["line_no"]),
            "sku": row["sku"],
            "product_id": product and product.id,
            "options": dict(variant.options) if variant else {},
            "quantity": int(row["quantity"]),
            "unit_price": self._amount(row["unit_price"]),
            "status": totals.line_status(order_id, row["status"]),
        }

    def shipment(self, row: Row, totals: Totals) -> dict[str, Any]:
        """A row of shipments.csv; notes when the order's last parcel arrived."""
        order_id = order_key(row["order_id"])
        times = {name: self._time(row[name]) for name in ("shipped_at", "estimated_at", "delivered_at")}
        if at := times["delivered_at"]:
            totals.delivered[order_id] = max(at, totals.delivered.get(order_id, at))
        return {"order_id": order_id, **_texts(row, ("carrier", "tracking_no", "status")), **times}

    def shipment_event(self, row: Row) -> dict[str, Any]:
        """A row of shipment_events.csv."""
        names = ("tracking_no", "status", "location", "text_en", "text_zh")
        return {**_texts(row, names), "at": self._time(row["at"])}

    def event(self, row: Row) -> dict[str, Any]:
        """A row of events.csv; an empty cell is NULL."""
        names = ("customer_id", "visitor_id", "product_id", "query")
        return {
            **{name: row[name] or None for name in names},
            "type": row["type"],
            "at": self._time(row["at"]),
            "order_id": order_key(row["order_id"]) or None,
            "quantity": int(row["quantity"]) if row["quantity"] else None,
            "value": float(row["value"]) if row["value"] else None,
        }

    def rating(self, row: Row) -> dict[str, Any]:
        """A row of ratings.csv; the timestamp stays as written."""
        return {**_texts(row, ("user", "item")), "rating": float(row["rating"]), "timestamp": row["timestamp"] or None}

    def _amount(self, cell: str) -> int:
        return to_minor(cell or "0", self._currency)

    def _time(self, cell: str) -> datetime | None:
        return parse_moment(cell, self._zone) if cell else None


def _texts(row: Row, names: Iterable[str]) -> dict[str, str]:
    return {name: row[name] for name in names}


def _address(row: Row) -> dict[str, str]:
    return {f"address_{name}": row[name] for name in ADDRESS_FIELDS}
