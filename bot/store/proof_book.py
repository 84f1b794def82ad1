"""What identity proofs need kept, in a SQL database. Knows nothing of what is proved, nor who may see what.

Contacts are compared here and never handed out, save the e-mail that a code goes to.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from bot.store import tables as t
from bot.store.database import Database
from bot.store.order_rows import typed

_KEPT = timedelta(days=1)  # attempts and codes are forgotten after it; windows are shorter


class SqlProofBook:
    """Keeps the contract of bot/identity/port.py. The database belongs to the order book, which closes it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def normal(self, order_id: str) -> str:
        """The order number as it is looked up."""
        return typed(order_id)

    def order_with_contact(self, order_id: str, fits: Callable[[str, str], bool]) -> str | None:
        """The order's own number when one of its contacts fits, else None; the work is the same for a missing order."""
        orders, customers = t.orders.c, t.customers.c
        columns = (orders.id, orders.address_country, orders.address_phone, customers.email, customers.phone)
        query = select(*columns).join(t.customers, customers.id == orders.customer_id)
        with self.database.reading() as connection:
            rows = connection.execute(query.where(orders.typed == typed(order_id)).limit(100)).all()
        # Where numbers differ in case only, the one written exactly so, else none: as the order book finds them.
        exact = [row for row in rows if row.id == order_id.strip().removeprefix("#")] or rows
        own, country, *contacts = exact[0] if len(exact) == 1 else (None, "", "", "", "")
        # All are compared: one that fits must not make it shorter.
        return own if sum(fits(contact, country) for contact in contacts) else None

    def recipient(self, order_id: str) -> tuple[str, str] | None:
        """(customer id, e-mail on file) of the order with exactly this number."""
        query = select(t.customers.c.id, t.customers.c.email).join(t.orders, t.orders.c.customer_id == t.customers.c.id)
        with self.database.reading() as connection:
            row = connection.execute(query.where(t.orders.c.id == order_id)).first()
        return None if row is None else (row.id, row.email)

    def attempt(self, counters: Sequence[tuple[str, str, int]], window: timedelta, now: datetime) -> int:
        """Count one attempt in all counters, or in none: 0, or the seconds until it would be counted."""
        # The lock covers all counters: two attempts at once must not both find the last free place.
        with self.database.writing("attempts") as connection:
            connection.execute(delete(t.attempts).where(t.attempts.c.at < now - _KEPT))
            wait = max(_wait(connection, counter, window, now) for counter in counters)
            if wait == 0:
                rows = [{"kind": kind, "key": key, "at": now} for kind, key, _ in counters]
                connection.execute(insert(t.attempts), rows)
        return wait

    def keep_code(
        self, conversation_id: str, customer_id: str | None, code_hash: str, tries: int, expires_at: datetime
    ) -> None:
        """Keep a code for the conversation in place of an earlier one; without a customer it is one that nothing meets."""
        codes = t.codes.c
        with self.database.writing(f"code {conversation_id}") as connection:
            old = (codes.conversation_id == conversation_id) | (codes.expires_at < expires_at - _KEPT)
            connection.execute(delete(t.codes).where(old))
            values = {"code_hash": code_hash, "tries_left": tries, "expires_at": expires_at}
            connection.execute(
                insert(t.codes).values(conversation_id=conversation_id, customer_id=customer_id, **values)
            )

    def try_code(self, conversation_id: str, code_hash: str, now: datetime) -> tuple[str | None, int]:
        """Use up one try: (customer id, 0) for the right code, which then holds no more, else (None, tries left)."""
        codes = t.codes.c
        own: ColumnElement[bool] = codes.conversation_id == conversation_id
        with self.database.writing(f"code {conversation_id}") as connection:
            row = connection.execute(
                select(t.codes).where(own, codes.tries_left > 0, codes.expires_at > now)
            ).first()  # fmt: skip
            if row is None:
                return None, 0
            right = hmac.compare_digest(row.code_hash, code_hash) and row.customer_id is not None
            left = 0 if right else row.tries_left - 1
            connection.execute(update(t.codes).where(own).values(tries_left=left))
        return (row.customer_id, 0) if right else (None, left)

    def audit(self, at: datetime, action: str, subject: str, data: dict[str, Any]) -> None:
        """Append one row of what happened to whom."""
        with self.database.writing("audit") as connection:
            connection.execute(insert(t.audit).values(at=at, action=action, subject=subject, data=data))


def _wait(connection: Connection, counter: tuple[str, str, int], window: timedelta, now: datetime) -> int:
    """Seconds until the counter has room; 0 when it has."""
    kind, key, limit = counter
    attempts = t.attempts.c
    mine = (attempts.kind == kind) & (attempts.key == key) & (attempts.at > now - window)
    if (connection.execute(select(func.count()).where(mine)).scalar() or 0) < limit:
        return 0
    # Room comes when the oldest of the last `limit` attempts leaves the window.
    oldest = connection.execute(
        select(attempts.at).where(mine).order_by(attempts.at.desc()).offset(limit - 1).limit(1)
    ).scalar_one()
    return max(1, int((oldest + window - now).total_seconds()) + 1)
