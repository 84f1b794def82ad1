"""The conversation log in a SQL database (SQLite by default). Knows nothing of what the events mean."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.errors import Failure
from bot.store.log import ConversationRecord, Feedback, LoggedEvent

metadata = MetaData()
_conversations = Table(
    "conversations", metadata,
    Column("id", String(64), primary_key=True),
    Column("created_at", String(40), nullable=False),
    Column("key_hash", String(64)),
    Column("customer_id", String(64), index=True),
)  # fmt: skip
_events = Table(
    "conversation_events", metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
    Column("type", String(32), nullable=False),
    Column("message_id", String(64), index=True),
    Column("data", Text, nullable=False),
)  # fmt: skip
_feedback = Table(
    "feedback", metadata,
    Column("message_id", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("rating", Integer, nullable=False),
    Column("comment", Text),
)  # fmt: skip


class SqlLog:
    """One writer at a time, so that `seq` has no gaps, whichever process it is; reads run beside it (WAL)."""

    def __init__(self, url: str) -> None:
        try:
            self._engine = create_engine(url, connect_args={"timeout": 15} if url.startswith("sqlite") else {})
            if self._engine.dialect.name == "sqlite":
                event.listen(self._engine, "connect", _sqlite_settings)
            metadata.create_all(self._engine)
        except (SQLAlchemyError, ImportError) as error:
            raise Failure(f"database {_safe(url)}: cannot be opened ({_reason(error)})") from error
        self._write = threading.Lock()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise Failure(f"database: {_reason(error)}") from error

    def create(self, record: ConversationRecord) -> None:
        with self._write, self._begin() as connection:
            connection.execute(insert(_conversations).values(**vars(record)))

    def get(self, conversation_id: str) -> ConversationRecord | None:
        with self._begin() as connection:
            row = (
                connection.execute(select(_conversations).where(_conversations.c.id == conversation_id))
                .mappings()
                .first()
            )
        return ConversationRecord(**row) if row else None

    def append(self, conversation_id: str, type: str, data: dict[str, Any]) -> LoggedEvent:
        at = datetime.now(UTC).isoformat()
        text = json.dumps(data, ensure_ascii=False)
        with self._write, self._begin() as connection:
            # One statement, so that no other process writes between reading the last number and using the next.
            of = _events.alias()
            following = select(func.coalesce(func.max(of.c.seq), 0) + 1).where(of.c.conversation_id == conversation_id)
            values = {"conversation_id": conversation_id, "at": at, "type": type, "data": text}
            query = insert(_events).values(seq=following.scalar_subquery(), message_id=data.get("message_id"), **values)
            seq = int(connection.execute(query.returning(_events.c.seq)).scalar_one())
        return LoggedEvent(seq, at, type, json.loads(text))

    def events(self, conversation_id: str, after: int = 0) -> list[LoggedEvent]:
        query = (
            select(_events.c.seq, _events.c.at, _events.c.type, _events.c.data)
            .where(_events.c.conversation_id == conversation_id, _events.c.seq > after)
            .order_by(_events.c.seq)
        )
        with self._begin() as connection:
            return [LoggedEvent(seq, at, type, json.loads(data)) for seq, at, type, data in connection.execute(query)]

    def delete(self, conversation_id: str) -> bool:
        with self._write, self._begin() as connection:
            for table in (_feedback, _events):
                connection.execute(delete(table).where(table.c.conversation_id == conversation_id))
            return connection.execute(delete(_conversations).where(_conversations.c.id == conversation_id)).rowcount > 0

    def add_feedback(self, feedback: Feedback) -> None:
        with self._write, self._begin() as connection:
            connection.execute(delete(_feedback).where(_feedback.c.message_id == feedback.message_id))
            connection.execute(insert(_feedback).values(**vars(feedback)))

    def feedback(self, conversation_id: str) -> list[Feedback]:
        with self._begin() as connection:
            rows = connection.execute(
                select(_feedback).where(_feedback.c.conversation_id == conversation_id)
            ).mappings()
            return [Feedback(**row) for row in rows]

    def find_message(self, message_id: str) -> str | None:
        query = select(_events.c.conversation_id).where(_events.c.message_id == message_id).limit(1)
        with self._begin() as connection:
            found: str | None = connection.execute(query).scalar()
        return found

    def close(self) -> None:
        self._engine.dispose()


def _sqlite_settings(connection: Any, _: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _reason(error: Exception) -> str:
    if isinstance(error, IntegrityError):
        return "the record does not fit (an id that exists already, or one that does not)"
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _safe(url: str) -> str:
    """The URL without a password."""
    from sqlalchemy.engine import make_url

    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "of ZHANGGUI_DATABASE_URL"
