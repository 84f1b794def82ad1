"""What a shop keeps of one customer, to hand out or to forget. Knows nothing of who may ask: for the operator's commands."""

from __future__ import annotations

import json
import secrets
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, or_, select, update

from bot.orders.record_json import customer_json, order_json
from bot.orders.records import Address
from bot.store import tables as t
from bot.store.order_book import SqlOrderBook
from bot.store.order_rows import address_columns, read_customer, read_orders

# Of an address, bookkeeping and delivery estimates need no more than this.
_KEPT_OF_ADDRESS = ("region", "country")
_PROOF = "identity"  # the type of the events that bot/identity/identity.py writes


def export_customer(book: SqlOrderBook, customer_id: str) -> dict[str, Any] | None:
    """Everything that is kept of a customer as JSON values; None when nothing is."""
    config = book.shop.config
    with book.database.reading() as connection:
        customer = read_customer(connection, customer_id)
        orders = read_orders(connection, t.orders.c.customer_id == customer_id, config.zone)
        found: dict[str, Any] = {
            "customer": customer and {**customer_json(customer, config.currency), **_extra(connection, customer_id)},
            "orders": [order_json(order) for order in orders],
            "changes": _rows(connection, t.changes, t.changes.c.customer_id == customer_id),
            "conversations": _conversations(connection, customer_id, [order.id for order in orders]),
            "events": _rows(connection, t.events, t.events.c.customer_id == customer_id),
            "ratings": _rows(connection, t.ratings, t.ratings.c.user == customer_id),
            "audit": _rows(connection, t.audit, t.audit.c.subject == customer_id),
        }
    return found if any(found.values()) else None


def forget_customer(book: SqlOrderBook, customer_id: str) -> dict[str, int] | None:
    """Remove a customer's personal data for good; returns what was removed or made anonymous, None when nothing is kept.

    Orders, amounts and the log of changes stay for bookkeeping, under a random id that leads back to nobody.
    """
    with book.database.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete=ON")  # what is deleted is overwritten in the file too
        known = read_customer(connection, customer_id) is not None
        own = t.orders.c.customer_id == customer_id
        order_ids = list(connection.execute(select(t.orders.c.id).where(own)).scalars())
        anonymous = f"anonymous-{secrets.token_hex(8)}"
        counts = {"conversations": _forget_conversations(connection, customer_id, order_ids)}
        counts |= _forget_behaviour(connection, customer_id, anonymous)
        if known:
            counts |= _forget_orders(connection, customer_id, order_ids, anonymous)
    return counts if known or any(counts.values()) else None


def _forget_conversations(connection: Connection, customer_id: str, order_ids: list[str]) -> int:
    ids = _conversation_ids(connection, customer_id, order_ids)
    for table, column in ((t.feedback, "conversation_id"), (t.conversation_events, "conversation_id")):
        connection.execute(delete(table).where(table.c[column].in_(ids)))
    return connection.execute(delete(t.conversations).where(t.conversations.c.id.in_(ids))).rowcount


def _forget_behaviour(connection: Connection, customer_id: str, anonymous: str) -> dict[str, int]:
    """Events stay for statistics, without a way back to the person: visitor and search words go too."""
    values = {"customer_id": anonymous, "visitor_id": None, "query": None, "extra": None}
    events = update(t.events).where(t.events.c.customer_id == customer_id).values(values)
    ratings = update(t.ratings).where(t.ratings.c.user == customer_id).values(user=anonymous, extra=None)
    audit = update(t.audit).where(t.audit.c.subject == customer_id).values(subject=anonymous, data=None)
    connection.execute(delete(t.codes).where(t.codes.c.customer_id == customer_id))
    named = {"events": events, "ratings": ratings, "audit": audit}
    return {name: connection.execute(statement).rowcount for name, statement in named.items()}


def _forget_orders(connection: Connection, customer_id: str, order_ids: list[str], anonymous: str) -> dict[str, int]:
    connection.execute(insert(t.customers).values(id=anonymous, marketing_consent=False))
    for table in (t.payment_methods, t.orders, t.changes):
        own = table.c.customer_id == customer_id
        connection.execute(update(table).where(own).values(customer_id=anonymous))
    connection.execute(delete(t.customers).where(t.customers.c.id == customer_id))
    labels = update(t.payment_methods).where(t.payment_methods.c.customer_id == anonymous)
    methods = connection.execute(labels.values(label="", extra=None)).rowcount
    cleared = {name: text for name, text in address_columns(Address()).items() if not name.endswith(_KEPT_OF_ADDRESS)}
    values = {**cleared, "note": "", "extra": None}
    orders = connection.execute(update(t.orders).where(t.orders.c.customer_id == anonymous).values(values)).rowcount
    _forget_invoices(connection, order_ids)
    _forget_arguments(connection, anonymous)
    return {"customers": 1, "payment_methods": methods, "orders": orders}


def _forget_invoices(connection: Connection, order_ids: list[str]) -> None:
    """A company's name and tax number are no personal data and stay on its invoices."""
    of_orders = t.invoices.c.order_id.in_(order_ids)
    connection.execute(update(t.invoices).where(of_orders).values(email=""))
    person = of_orders & (t.invoices.c.kind == "personal")
    connection.execute(update(t.invoices).where(person).values(title="", tax_id=""))


def _forget_arguments(connection: Connection, anonymous: str) -> None:
    """The log of changes keeps what was done and for how much, not where to and for whom."""
    query = select(t.changes.c.id, t.changes.c.arguments).where(t.changes.c.customer_id == anonymous)
    for number, arguments in connection.execute(query).all():
        kept = {name: value for name, value in arguments.items() if name not in ("address", "invoice")}
        if "customer_id" in kept:
            kept["customer_id"] = anonymous
        connection.execute(update(t.changes).where(t.changes.c.id == number).values(arguments=kept, by=""))


def _conversation_ids(connection: Connection, customer_id: str, order_ids: list[str]) -> list[str]:
    """The customer's conversations, and those of a guest who proved to be the customer, or an order of theirs.

    Naming a number proves nothing: whoever typed it may be a stranger, whose words are nobody else's to read or delete.
    """
    named = [f'"customer_id": {_as_json(customer_id)}', *(f'"order_id": {_as_json(key)}' for key in order_ids)]
    data = t.conversation_events.c.data
    begun = select(t.conversations.c.id).where(t.conversations.c.customer_id == customer_id)
    told = select(t.conversation_events.c.conversation_id).where(
        t.conversation_events.c.type == _PROOF, or_(*(data.contains(words, autoescape=True) for words in named))
    )
    return sorted({*connection.execute(begun).scalars(), *connection.execute(told.distinct()).scalars()})


def _conversations(connection: Connection, customer_id: str, order_ids: list[str]) -> list[dict[str, Any]]:
    found = []
    for key in _conversation_ids(connection, customer_id, order_ids):
        events = t.conversation_events.c.conversation_id == key
        query = select(t.conversation_events).where(events).order_by(t.conversation_events.c.seq)
        begun = connection.execute(select(t.conversations.c.created_at).where(t.conversations.c.id == key)).scalar()
        lines = [
            {"seq": row["seq"], "at": row["at"], "type": row["type"], "data": json.loads(row["data"])}
            for row in connection.execute(query).mappings()
        ]
        rated = _rows(connection, t.feedback, t.feedback.c.conversation_id == key)
        found.append({"id": key, "created_at": begun, "events": lines, "feedback": rated})
    return found


def _rows(connection: Connection, table: Table, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    order = list(table.primary_key.columns)
    rows = connection.execute(select(table).where(where).order_by(*order)).mappings()
    return [{name: _plain(value) for name, value in row.items() if name != "id"} for row in rows]


def _extra(connection: Connection, customer_id: str) -> dict[str, Any]:
    found = connection.execute(select(t.customers.c.extra).where(t.customers.c.id == customer_id)).scalar()
    return {"extra": found} if found else {}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _as_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
