"""A conversation's state between turns, kept as an event log. Knows nothing of how a reply is made."""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.store.log import ConversationLog, ConversationRecord, LoggedEvent


@dataclass
class Exchange:
    """One turn as later turns see it."""

    question: str
    reply: str
    command: str
    language: str


@dataclass
class Conversation:
    """What a turn may know of the turns before it. `lock` keeps one turn at a time."""

    id: str
    log: ConversationLog
    customer: str | None = None
    key: str | None = None
    language: str | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    handoff: dict[str, Any] | None = None
    seen: int = 0
    proofs: list[dict[str, Any]] = field(default_factory=list)  # what identity proofs gave it
    flow: dict[str, Any] | None = None  # the running request, as bot/flows/state.py writes it
    recent_order: str | None = None  # the order that was spoken of last, for "that order"
    changes: list[dict[str, Any]] = field(default_factory=list)  # what was changed here: action and arguments
    visitor: str | None = None  # the network address at the other end, where there is one; never kept
    lock: threading.Lock = field(default_factory=threading.Lock)

    def record(self, type: str, data: dict[str, Any]) -> LoggedEvent:
        """Append to the log, and take the event into the state."""
        event = self.log.append(self.id, type, data)
        self.refresh()
        return event

    def refresh(self) -> None:
        """Take in what the log has got since, from another process as well."""
        for event in self.log.events(self.id, self.seen):
            self._apply(event.type, event.data)
            self.seen = event.seq

    def _apply(self, type: str, data: dict[str, Any]) -> None:
        if type == "turn":
            self.exchanges.append(Exchange(data["text"], data["reply"], data["command"], data["language"]))
            self.language = data["language"]
            arguments = (data.get("action") or {}).get("arguments") or {}
            self.recent_order = arguments.get("order_id", self.recent_order)
        elif type == "handoff":
            self.handoff = data["handoff"]
        elif type == "identity":
            self.proofs.append(data)
        elif type == "flow":
            self.flow = data["state"]
        elif type == "change":
            self.changes.append(data)

    def last_question(self) -> str | None:
        """The customer's last question to the knowledge base, for a follow-up to lean on."""
        return next((e.question for e in reversed(self.exchanges) if e.command in ("Search", "StartFlow")), None)


def begin(log: ConversationLog, customer: str | None = None) -> Conversation:
    """A new conversation; a guest gets a key of 192 random bits, of which only the hash is kept."""
    key = None if customer else secrets.token_urlsafe(24)
    record = ConversationRecord(
        id="c_" + secrets.token_urlsafe(12),
        created_at=datetime.now(UTC).isoformat(),
        key_hash=hash_key(key) if key else None,
        customer_id=customer,
    )
    log.create(record)
    return Conversation(record.id, log, customer, key)


def resume(
    log: ConversationLog, conversation_id: str, *, key: str | None = None, customer: str | None = None
) -> Conversation | None:
    """The conversation, if the credential fits: a guest's key, or the customer who began it; None for any other."""
    record = log.get(conversation_id)
    if record is None:
        return None
    if record.customer_id is not None:
        if record.customer_id != customer:
            return None
    elif not key or not record.key_hash or not secrets.compare_digest(hash_key(key), record.key_hash):
        return None
    conversation = Conversation(record.id, log, record.customer_id, key)
    conversation.refresh()
    return conversation


def hash_key(key: str) -> str:
    """SHA-256 of a conversation key; the key has 192 random bits, so no salt or slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()
