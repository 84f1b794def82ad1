"""Throw-away copies of an order book, and what changed between two. Knows nothing of who asks: for batches and evaluation."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Connection, func, insert, select

from bot.orders.record_json import Records, changed_records, records_json
from bot.store import tables as t
from bot.store.database import memory_database
from bot.store.order_book import SqlOrderBook
from bot.store.order_rows import read_customer, read_orders

_BATCH = 1000


def empty_book(shop: Any) -> SqlOrderBook:
    """A book in memory without customers and orders; gone when it is closed."""
    database = memory_database()
    with database.writing() as connection:
        t.metadata.create_all(connection)
    return SqlOrderBook(database, shop)


def copy_book(template: SqlOrderBook) -> SqlOrderBook:
    """A copy in memory with the same customers, orders and stock; gone when it is closed.

    A copy of a book in memory takes a few milliseconds for 1,000 orders; copy a real one once, and then the copy.
    Conversations and behaviour are copied from a book in memory only (where there are none).
    """
    if not template.database.in_memory:
        return _copy_rows(template)
    copy = memory_database()
    with template.database.holding() as source, copy.holding() as target:
        source.backup(target)
    return SqlOrderBook(copy, template.shop)


def changed_between(before: SqlOrderBook, after: SqlOrderBook) -> Records:
    """The records of `after`, a copy of `before`, that its changes made different."""
    known = select(func.coalesce(func.max(t.changes.c.id), 0))
    with before.database.reading() as connection:
        last = connection.execute(known).scalar_one()
    newer = select(t.changes.c.customer_id).where(t.changes.c.id > last).distinct()
    with after.database.reading() as connection:
        touched = list(connection.execute(newer.order_by(t.changes.c.customer_id)).scalars())
    if not touched:
        return changed_records(*[records_json([], [], "")] * 2)
    return changed_records(records_of(before, touched), records_of(after, touched))


def records_of(book: SqlOrderBook, customer_ids: list[str]) -> Records:
    """Everything of some customers as records."""
    config = book.shop.config
    with book.database.reading() as connection:
        customers = [found for key in customer_ids if (found := read_customer(connection, key)) is not None]
        orders = read_orders(connection, t.orders.c.customer_id.in_(customer_ids), config.zone)
    return records_json(orders, customers, config.currency)


def _copy_rows(template: SqlOrderBook) -> SqlOrderBook:
    copy = empty_book(template.shop)
    with template.database.reading() as source, copy.database.writing() as target:
        for table in t.ORDER_TABLES:
            _copy_table(source, target, table)
    return copy


def _copy_table(source: Connection, target: Connection, table: Any) -> None:
    rows = source.execution_options(yield_per=_BATCH).execute(select(table)).mappings()
    for batch in rows.partitions(_BATCH):
        target.execute(insert(table), [dict(row) for row in cast("Any", batch)])
