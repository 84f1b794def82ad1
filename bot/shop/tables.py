"""The tables of a shop's `data/`: columns, and what a cell may hold. Knows nothing of references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.shop.csvfile import CsvTable, Row, read_csv
from bot.shop.currency import decimals, parse_amount
from bot.shop.fields import FieldContext
from bot.shop.moments import parse_moment
from bot.shop.problems import Problems, shown, unknown
from bot.shop.vocabulary import EVENT_TYPES, LINE_STATUSES, ORDER_STATUSES, PAYMENT_KINDS

Check = Callable[[str, FieldContext], None]
_FLAGS = ("true", "false", "yes", "no", "1", "0")
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?")
_COUNT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Column:
    """The check of a cell's text, whether the header must have the column, whether a cell may be empty."""

    check: Check | None = None
    required: bool = True
    empty: bool = True


@dataclass(frozen=True)
class Table:
    """A table of `data/`; `key` are the columns that no two rows share."""

    name: str
    columns: dict[str, Column]
    key: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The table's file, relative to the shop folder."""
        return f"data/{self.name}.csv"


def order_key(order_id: str) -> str:
    """An order number as records keep it: a leading '#' is decoration."""
    return order_id.removeprefix("#")


def read_table(path: Path, table: Table, problems: Problems, context: FieldContext) -> Iterator[Row] | None:
    """The rows of a table of the shop folder `path`, checked cell by cell as they are asked for.

    Rows with a bad cell or a repeated key come too, after the problem is noted. Where a required column
    is missing, rows come only if their key is there, else None.
    """
    found = read_csv(path / table.file, table.file, problems)
    if found is None:
        return None
    missing = [name for name, column in table.columns.items() if column.required and name not in found.columns]
    if missing:
        problems.error(table.file, 1, f"column {', '.join(missing)} is missing")
    if missing and (not table.key or set(missing) & set(table.key)):
        return None
    return _checked(found, table, problems, context)


def _checked(found: CsvTable, table: Table, problems: Problems, context: FieldContext) -> Iterator[Row]:
    checks = [(name, table.columns[name]) for name in found.columns if name in table.columns]
    first: dict[tuple[str, ...], int] = {}
    for row in found.rows:
        for name, column in checks:
            _check_cell(name, row[name], column, table.file, row.line, problems, context)
        key = tuple(order_key(row[name]) for name in table.key)
        if key and all(key) and first.setdefault(key, row.line) != row.line:
            what = " ".join(f"{name} {shown(row[name])}" for name in table.key)
            problems.error(table.file, row.line, f"{what} stands twice (first on line {first[key]})")
        yield row


def _check_cell(
    name: str, cell: str, column: Column, file: str, line: int, problems: Problems, context: FieldContext
) -> None:
    if not cell:
        if not column.empty:
            problems.error(file, line, f"{name} is empty")
    elif column.check:
        try:
            column.check(cell, context)
        except ValueError as error:
            problems.error(file, line, f"{name}: {error}")


def _time(cell: str, context: FieldContext) -> None:
    parse_moment(cell, context.timezone)


def _amount(cell: str, context: FieldContext) -> None:
    parse_amount(cell, decimals(context.currency))


def _number(cell: str, _: FieldContext) -> None:
    if not _NUMBER.fullmatch(cell):
        raise ValueError(f"{shown(cell)} is not a number")


def parse_count(cell: str) -> int | None:
    """A whole number from 1 up, else None."""
    return int(cell) or None if _COUNT.fullmatch(cell) else None


def _count(cell: str, _: FieldContext) -> None:
    if parse_count(cell) is None:
        raise ValueError(f"{shown(cell)} is not a whole number from 1 up")


def _email(cell: str, _: FieldContext) -> None:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", cell):
        raise ValueError(f"{shown(cell)} is not an e-mail address")


def _one_of(what: str, words: tuple[str, ...]) -> Check:
    def check(cell: str, _: FieldContext) -> None:
        if cell not in words:
            raise ValueError(unknown(what, cell, words))

    return check


def _flag(cell: str, context: FieldContext) -> None:
    _one_of("flag", _FLAGS)(cell.lower(), context)


_KEY = Column(empty=False)
_TEXT = Column()
_OPTIONAL = Column(required=False)
_TIME = Column(_time)
_AT = Column(_time, empty=False)
_MONEY = Column(_amount, required=False)
_ADDRESS = {
    "recipient": _OPTIONAL,
    "address1": _TEXT,
    "address2": _TEXT,
    "district": _OPTIONAL,
    "city": _TEXT,
    "region": _TEXT,
    "country": _TEXT,
    "postcode": _TEXT,
}

CUSTOMERS = Table(
    "customers",
    {
        "id": _KEY,
        "name": _TEXT,
        "email": Column(_email),
        "phone": _TEXT,
        "locale": _TEXT,
        "joined_at": _TIME,
        "tier": _TEXT,
        **_ADDRESS,
        "marketing_consent": Column(_flag),
    },
    key=("id",),
)
PAYMENT_METHODS = Table(
    "payment_methods",
    {
        "id": _KEY,
        "customer_id": _KEY,
        "kind": Column(_one_of("kind of payment", PAYMENT_KINDS), empty=False),
        "label": _TEXT,
        "balance": Column(_amount),
    },
    key=("id",),
)
ORDERS = Table(
    "orders",
    {
        "id": _KEY,
        "customer_id": _KEY,
        "placed_at": _AT,
        "status": Column(_one_of("order status", ORDER_STATUSES), empty=False),
        "payment_method_id": _TEXT,
        **_ADDRESS,
        "phone": _OPTIONAL,
        "delivered_at": Column(_time, required=False),
        "shipping_fee": _MONEY,
        "discount": _MONEY,
        "total": _MONEY,
        "note": _OPTIONAL,
    },
    key=("id",),
)
ORDER_LINES = Table(
    "order_lines",
    {
        "order_id": _KEY,
        "line_no": Column(_count, empty=False),
        "sku": _KEY,
        "quantity": Column(_count, empty=False),
        "unit_price": Column(_amount, empty=False),
        "status": Column(_one_of("line status", LINE_STATUSES), required=False),
    },
    key=("order_id", "line_no"),
)
SHIPMENTS = Table(
    "shipments",
    {
        "order_id": _KEY,
        "carrier": _TEXT,
        "tracking_no": _TEXT,
        "status": _KEY,
        "shipped_at": _TIME,
        "estimated_at": _TIME,
        "delivered_at": Column(_time, required=False),
    },
    key=("order_id", "tracking_no"),
)
SHIPMENT_EVENTS = Table(
    "shipment_events",
    {
        "tracking_no": _KEY,
        "at": _AT,
        "status": _KEY,
        "location": _TEXT,
        "text_en": _TEXT,
        "text_zh": _TEXT,
    },
)
EVENTS = Table(
    "events",
    {
        "at": _AT,
        "customer_id": _TEXT,
        "visitor_id": _TEXT,
        "type": Column(_one_of("type of event", EVENT_TYPES), empty=False),
        "product_id": _TEXT,
        "order_id": _TEXT,
        "query": _OPTIONAL,
        "quantity": Column(_count, required=False),
        "value": Column(_number),
    },
)
RATINGS = Table(
    "ratings",
    {
        "user": _KEY,
        "item": _KEY,
        "rating": Column(_number, empty=False),
        "timestamp": _OPTIONAL,
    },
)
TABLES = (CUSTOMERS, PAYMENT_METHODS, ORDERS, ORDER_LINES, SHIPMENTS, SHIPMENT_EVENTS, EVENTS, RATINGS)
