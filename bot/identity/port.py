"""The interface to what proofs need kept: contacts on file, counters, codes, audit rows. Knows no database.

The answers tell only whether something fits: contacts never leave the book, except the e-mail that a code goes to.
bot/store/proof_book.py implements it; one contract test class (tests/identity/book_contract.py) runs against it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

Counter = tuple[str, str, int]
"""What is counted (a kind), for whom (a key without personal data), and how often it may happen in the window."""


class ProofBook(Protocol):
    """Safe to use from several threads and processes. Every method raises Failure when the database fails."""

    def normal(self, order_id: str) -> str:
        """The order number as it is looked up: two spellings that find the same order have the same normal form."""
        ...

    def order_with_contact(self, order_id: str, fits: Callable[[str, str], bool]) -> str | None:
        """The order's own number when one of its contacts fits, else None, for a missing order too.

        `fits(contact, country)` is called for each contact of the order (its phone, the customer's e-mail and phone), and
        as often with empty texts where there is no such order, so that both take the same work.
        """
        ...

    def recipient(self, order_id: str) -> tuple[str, str] | None:
        """(customer id, e-mail on file) of the order with exactly this number; the e-mail may be empty."""
        ...

    def attempt(self, counters: Sequence[Counter], window: timedelta, now: datetime) -> int:
        """Count one attempt in all counters, or in none when one of them is full.

        Returns 0 when it was counted, else the seconds (at least 1) until it would be.
        """
        ...

    def keep_code(
        self, conversation_id: str, customer_id: str | None, code_hash: str, tries: int, expires_at: datetime
    ) -> None:
        """Keep a code for the conversation in place of an earlier one; without a customer it is one that nothing meets."""
        ...

    def try_code(self, conversation_id: str, code_hash: str, now: datetime) -> tuple[str | None, int]:
        """Use up one try: (customer id, 0) for the right code, which then holds no more, else (None, tries left)."""
        ...

    def audit(self, at: datetime, action: str, subject: str, data: dict[str, Any]) -> None:
        """Append one row: what happened, to whom (a key), and more; no secret and no contact in clear."""
        ...
