"""The conversation log in memory: for batches, whose conversations are thrown away. Knows nothing of databases."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import Any

from bot.errors import Failure
from bot.store.log import ConversationRecord, Feedback, LoggedEvent


class MemoryLog:
    """Everything is lost when the process ends."""

    def __init__(self) -> None:
        self._records: dict[str, ConversationRecord] = {}
        self._events: dict[str, list[LoggedEvent]] = {}
        self._feedback: dict[str, Feedback] = {}
        self._messages: dict[str, str] = {}
        self._lock = threading.Lock()

    def create(self, record: ConversationRecord) -> None:
        with self._lock:
            if record.id in self._records:
                raise Failure(f"conversation {record.id} exists already")
            self._records[record.id] = record
            self._events[record.id] = []

    def get(self, conversation_id: str) -> ConversationRecord | None:
        return self._records.get(conversation_id)

    def append(self, conversation_id: str, type: str, data: dict[str, Any]) -> LoggedEvent:
        with self._lock:
            events = self._events.get(conversation_id)
            if events is None:
                raise Failure(f"conversation {conversation_id} does not exist")
            # A copy, as a database would keep it: what the caller does with its object later changes nothing here.
            kept = json.loads(json.dumps(data))
            event = LoggedEvent(len(events) + 1, datetime.now(UTC).isoformat(), type, kept)
            events.append(event)
            if "message_id" in data:
                self._messages[data["message_id"]] = conversation_id
            return event

    def events(self, conversation_id: str, after: int = 0) -> list[LoggedEvent]:
        with self._lock:
            return self._events.get(conversation_id, [])[after:]

    def delete(self, conversation_id: str) -> bool:
        with self._lock:
            self._events.pop(conversation_id, None)
            self._feedback = {k: f for k, f in self._feedback.items() if f.conversation_id != conversation_id}
            self._messages = {k: c for k, c in self._messages.items() if c != conversation_id}
            return self._records.pop(conversation_id, None) is not None

    def add_feedback(self, feedback: Feedback) -> None:
        with self._lock:
            if feedback.conversation_id not in self._records:
                raise Failure(f"conversation {feedback.conversation_id} does not exist")
            self._feedback[feedback.message_id] = feedback

    def feedback(self, conversation_id: str) -> list[Feedback]:
        with self._lock:
            return [f for f in self._feedback.values() if f.conversation_id == conversation_id]

    def find_message(self, message_id: str) -> str | None:
        return self._messages.get(message_id)

    def close(self) -> None:
        """Nothing to close."""
