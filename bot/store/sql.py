"""The conversation log in a SQL database (SQLite by default). Knows nothing of what the events mean."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from bot.store.columns import storable
from bot.store.database import open_database
from bot.store.log import ConversationRecord, Feedback, LoggedEvent
from bot.store.tables import conversation_events as _events
from bot.store.tables import conversations as _conversations
from bot.store.tables import feedback as _feedback


class SqlLog:
    """One writer at a time, so that `seq` has no gaps, whichever process it is; reads run beside it (WAL)."""

    def __init__(self, url: str) -> None:
        """Open the database at a SQLAlchemy URL. Raises Failure when it cannot be opened."""
        self._database = open_database(url)

    def create(self, record: ConversationRecord) -> None:
        with self._database.writing(record.id) as connection:
            connection.execute(insert(_conversations).values(**vars(record)))

    def get(self, conversation_id: str) -> ConversationRecord | None:
        with self._database.reading() as connection:
            row = (
                connection.execute(select(_conversations).where(_conversations.c.id == storable(conversation_id)))
                .mappings()
                .first()
            )
        return ConversationRecord(**row) if row else None

    def append(self, conversation_id: str, type: str, data: dict[str, Any]) -> LoggedEvent:
        at = datetime.now(UTC).isoformat()
        text = json.dumps(data, ensure_ascii=False)
        with self._database.writing(conversation_id) as connection:
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
        with self._database.reading() as connection:
            return [LoggedEvent(seq, at, type, json.loads(data)) for seq, at, type, data in connection.execute(query)]

    def delete(self, conversation_id: str) -> bool:
        with self._database.writing(conversation_id) as connection:
            for table in (_feedback, _events):
                connection.execute(delete(table).where(table.c.conversation_id == conversation_id))
            return connection.execute(delete(_conversations).where(_conversations.c.id == conversation_id)).rowcount > 0

    def add_feedback(self, feedback: Feedback) -> None:
        with self._database.writing(feedback.conversation_id) as connection:
            connection.execute(delete(_feedback).where(_feedback.c.message_id == feedback.message_id))
            connection.execute(insert(_feedback).values(**vars(feedback)))

    def feedback(self, conversation_id: str) -> list[Feedback]:
        with self._database.reading() as connection:
            rows = connection.execute(
                select(_feedback).where(_feedback.c.conversation_id == conversation_id)
            ).mappings()
            return [Feedback(**row) for row in rows]

    def find_message(self, message_id: str) -> str | None:
        query = select(_events.c.conversation_id).where(_events.c.message_id == storable(message_id)).limit(1)
        with self._database.reading() as connection:
            found: str | None = connection.execute(query).scalar()
        return found

    def close(self) -> None:
        self._database.close()
