"""Loads a shop's `data/` into its database: all of it or nothing. Knows nothing of what a cell may hold (bot/shop does)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from bot.errors import BadInput
from bot.shop import tables as files
from bot.shop.csvfile import Row
from bot.shop.datacheck import AFTER_DELIVERY, check_data
from bot.shop.fields import FieldContext
from bot.shop.problems import Problem, Problems
from bot.shop.products import Catalogue
from bot.shop.textfile import is_there
from bot.shop.types import Shop
from bot.store import tables as t
from bot.store.database import Database
from bot.store.load_rows import Cells, Totals

_BATCH = 500


class BadData(BadInput):
    """The tables of a data folder are wrong; `problems` says where."""

    def __init__(self, folder: Path, problems: list[Problem]) -> None:
        errors = [problem for problem in problems if problem.severity == "error"]
        first, more = errors[0], len(errors) - 1
        tail = f" (and {more} more: zhanggui shop check {folder})" if more else ""
        super().__init__(f"{folder / first.file}:{first.line}: {first.message}{tail}; nothing was loaded")
        self.problems = problems


def has_data(folder: Path) -> bool:
    """Whether a folder holds a table that could be loaded."""
    return any(is_there(folder / table.file) for table in files.TABLES)


def is_empty(database: Database) -> bool:
    """Whether nothing was ever loaded or noted: no customer, no order, no behaviour."""
    with database.reading() as connection:
        return _is_empty(connection)


def load_data(database: Database, shop: Shop, folder: Path, *, replace: bool = False) -> dict[str, int]:
    """Load the tables in `folder`/data into the shop's database; returns the number of rows by table.

    The catalogue's stock is taken over too. With `replace` what was there before, the log of changes included, is
    deleted first; conversations stay. Raises BadData with every problem, BadInput for a database that is not empty;
    then nothing has changed.
    """
    context = FieldContext(shop.config.locales, shop.config.currency, shop.config.zone)
    problems = Problems()
    check_data(folder, problems, _catalogue(shop), context)
    if problems.errors():
        raise BadData(folder, problems.ordered())
    with database.writing() as connection:
        if replace:
            for table in (*t.BEHAVIOUR_TABLES, *reversed(t.ORDER_TABLES)):
                connection.execute(delete(table))
        elif not _is_empty(connection):
            orders = connection.execute(select(func.count()).select_from(t.orders)).scalar_one()
            raise BadInput(
                f"the database of {shop.config.id} is not empty ({orders} orders); --replace deletes what is there"
            )
        return _Loading(connection, shop, folder, context).run()


def load_first_data(database: Database, shop: Shop) -> dict[str, int] | None:
    """Load the shop folder's own data into an empty database; None when it has data already or the folder has none.

    Raises BadData.
    """
    if not has_data(shop.path) or not is_empty(database):
        return None
    return load_data(database, shop, shop.path)


def _is_empty(connection: Connection) -> bool:
    looked = (t.customers, t.orders, *t.BEHAVIOUR_TABLES)
    return not any(connection.execute(select(select(table).exists())).scalar() for table in looked)


def _catalogue(shop: Shop) -> Catalogue:
    ids = {product.id: product.line for product in shop.products}
    skus = {sku: product.line for sku, (product, _) in shop.sku_owner.items()}
    return Catalogue(list(shop.products), ids, skus, found=bool(shop.products))


class _Loading:
    """One run: tables are streamed, and what belongs to an order but stands in another table is remembered by order."""

    def __init__(self, connection: Connection, shop: Shop, folder: Path, context: FieldContext) -> None:
        self._connection = connection
        self._shop = shop
        self._folder = folder
        self._context = context
        self._problems = Problems()
        self._cells = Cells(shop)
        self._totals = Totals(shop)
        self._counts: dict[str, int] = {}

    def run(self) -> dict[str, int]:
        for row in self._rows(files.ORDER_LINES):
            self._totals.add(row)
        self._insert(files.CUSTOMERS, t.customers, self._cells.customer)
        self._insert(files.PAYMENT_METHODS, t.payment_methods, self._cells.payment_method)
        self._insert(files.ORDERS, t.orders, lambda row: self._cells.order(row, self._totals))
        self._insert(files.ORDER_LINES, t.order_lines, lambda row: self._cells.line(row, self._totals))
        self._keep(t.payments, iter(self._totals.payments))
        self._insert(files.SHIPMENTS, t.shipments, lambda row: self._cells.shipment(row, self._totals))
        self._deliver()
        self._insert(files.SHIPMENT_EVENTS, t.shipment_events, self._cells.shipment_event)
        self._insert(files.EVENTS, t.events, self._cells.event)
        self._insert(files.RATINGS, t.ratings, self._cells.rating)
        stock = ({"sku": sku, "quantity": variant.stock} for sku, (_, variant) in self._shop.sku_owner.items())
        self._keep(t.stock, stock)
        if self._problems.errors():  # the files were changed since they were checked
            raise BadData(self._folder, self._problems.ordered())
        return self._counts

    def _rows(self, table: files.Table) -> Iterator[Row]:
        if is_there(self._folder / table.file):
            yield from files.read_table(self._folder, table, self._problems, self._context) or ()

    def _insert(self, source: files.Table, target: Table, values: Any) -> None:
        extra = tuple(source.columns)
        rows = ({**values(row), "extra": _extra(row, extra)} for row in self._rows(source))
        self._counts[source.name] = self._keep(target, rows)

    def _keep(self, target: Table, rows: Iterator[dict[str, Any]]) -> int:
        number = 0
        while batch := list(islice(rows, _BATCH)):
            self._connection.execute(insert(target), batch)
            number += len(batch)
        return number

    def _deliver(self) -> None:
        """Delivered orders without a time of delivery have that of their last parcel."""
        for order_id, at in self._totals.delivered.items():
            missing = (t.orders.c.id == order_id) & t.orders.c.delivered_at.is_(None)
            missing &= t.orders.c.status.in_(AFTER_DELIVERY)
            self._connection.execute(update(t.orders).where(missing).values(delivered_at=at))


def _extra(row: Row, known: Iterable[str]) -> dict[str, str] | None:
    """The columns that the contract does not name, with something in them."""
    found = {name: row[name] for name in row.columns if name not in known and row[name]}
    return found or None
