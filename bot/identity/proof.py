"""Proves one order to a guest by its number and a contact on it. Answers alike whether or not the order exists.

Knows nothing of the database, nor of what is shown of the order.
"""

from __future__ import annotations

import hmac

from bot.conversation import Conversation
from bot.identity.contacts import contact_keys
from bot.identity.desk import Desk
from bot.identity.identity import prove_order
from bot.identity.limits import WINDOW, minutes, proof_counters
from bot.identity.outcomes import NotProved, Proved, TooMany

# Read where an order or a contact is missing, so that it takes the same work.
_DECOY = "+8613800000000"
_MOST_FORMS = 8


def prove(desk: Desk, conversation: Conversation, order_id: str, contact: str) -> Proved | NotProved | TooMany:
    """Let the conversation see the order when `contact` (e-mail or phone) is on it.

    The attempt is counted, for the visitor and for the order, before the answer is known. Raises Failure when the
    database fails; then nothing is proved.
    """
    visitor, order = desk.visitor_of(conversation), desk.order_key(order_id)
    rows = {"order": order, "contact": desk.hashed("contact", *sorted(contact_keys(contact, desk.regions)))}
    with desk.steady():
        wait = desk.book.attempt(proof_counters(visitor, order), WINDOW, desk.now())
        if wait:
            desk.audit(conversation, "proof_blocked", **rows)
            return TooMany(minutes(wait))
        found = desk.book.order_with_contact(order_id, _Contact(desk, contact).fits)
        desk.audit(conversation, "proof_ok" if found else "proof_failed", **rows)
        return Proved(prove_order(conversation, found)) if found else NotProved()


class _Contact:
    """A contact as a guest wrote it, compared with those on file."""

    def __init__(self, desk: Desk, text: str) -> None:
        self._desk = desk
        self._text = text

    def fits(self, kept: str, country: str) -> bool:
        """Whether `kept`, of a customer in `country`, is the same contact."""
        regions = (country, *self._desk.regions)
        same = self._shares(contact_keys(self._text, regions), contact_keys(kept or _DECOY, regions))
        return same and bool(kept)

    def _shares(self, mine: frozenset[str], known: frozenset[str]) -> bool:
        """Whether the two have a form in common, in a time that does not tell how nearly."""
        pairs = [(a, b) for a in self._padded(mine, "mine") for b in self._padded(known, "known")]
        return sum(hmac.compare_digest(a, b) for a, b in pairs) > 0

    def _padded(self, forms: frozenset[str], side: str) -> list[str]:
        hashed = [self._desk.hashed("contact form", form) for form in sorted(forms)[:_MOST_FORMS]]
        return hashed + [self._desk.hashed(f"no {side}", str(n)) for n in range(_MOST_FORMS - len(hashed))]
