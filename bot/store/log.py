"""The conversation log's interface and records. Knows nothing of any database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class ConversationRecord:
    """A conversation as begun. `key_hash` is the SHA-256 of a guest's key, None for a customer's conversation."""

    id: str
    created_at: str
    key_hash: str | None = None
    customer_id: str | None = None


@dataclass(frozen=True)
class LoggedEvent:
    """One event: `seq` counts from 1 in each conversation, `at` is ISO 8601 in UTC, `data` a JSON object."""

    seq: int
    at: str
    type: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Feedback:
    """A rating of one message: 1 or -1, with an optional comment."""

    message_id: str
    conversation_id: str
    rating: int
    comment: str | None = None


class ConversationLog(Protocol):
    """One contract test class (tests/store/contract.py) runs against every implementation. Safe to use from several threads."""

    def create(self, record: ConversationRecord) -> None:
        """Add a conversation. Raises Failure when the id exists."""
        ...

    def get(self, conversation_id: str) -> ConversationRecord | None: ...

    def append(self, conversation_id: str, type: str, data: dict[str, Any]) -> LoggedEvent:
        """Add one event; it is durable when this returns. Raises Failure for an unknown conversation or a full disk."""
        ...

    def events(self, conversation_id: str, after: int = 0) -> list[LoggedEvent]:
        """Events with `seq` above `after`, in order; empty for an unknown conversation."""
        ...

    def delete(self, conversation_id: str) -> bool:
        """Remove a conversation with its events and feedback; False when there is none."""
        ...

    def add_feedback(self, feedback: Feedback) -> None:
        """Keep a rating; a second one for the same message replaces the first. Raises Failure for an unknown conversation."""
        ...

    def feedback(self, conversation_id: str) -> list[Feedback]: ...

    def find_message(self, message_id: str) -> str | None:
        """The conversation that holds the assistant's message `message_id`."""
        ...

    def close(self) -> None: ...
