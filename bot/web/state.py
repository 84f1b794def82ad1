"""What the routes share: the services, the log, and the conversations now in memory. Knows nothing of routes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.conversation import Conversation, begin, resume
from bot.services import Services
from bot.store.log import ConversationLog

_KEPT = 2000


@dataclass
class WebState:
    """One a process; conversations are kept by id so that two requests for one share its lock."""

    services: Services
    log: ConversationLog
    _live: OrderedDict[str, Conversation] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, customer: str | None) -> Conversation:
        """A new conversation."""
        return self._keep(begin(self.log, customer))

    def look(self, conversation_id: str, key: str | None, customer: str | None) -> Conversation | None:
        """The conversation as the log has it now, if the credential fits it; to read, not to take a turn in."""
        return resume(self.log, conversation_id, key=key, customer=customer)

    def resume(self, conversation_id: str, key: str | None, customer: str | None) -> Conversation | None:
        """The conversation to take a turn in, if the credential fits it."""
        # The credential is checked against the log each time, whether or not the conversation is in memory.
        found = self.look(conversation_id, key, customer)
        return self._keep(found) if found else None

    def forget(self, conversation_id: str) -> None:
        """Remove a conversation from memory and log."""
        with self._lock:
            self._live.pop(conversation_id, None)
        self.log.delete(conversation_id)

    def _keep(self, conversation: Conversation) -> Conversation:
        with self._lock:
            kept = self._live.setdefault(conversation.id, conversation)
            self._live.move_to_end(conversation.id)
            while len(self._live) > _KEPT:
                self._live.popitem(last=False)
            return kept
