"""How often what may be tried, and how long a code holds. Knows nothing of what is tried; all by the machine's clock."""

from __future__ import annotations

from datetime import timedelta

from bot.identity.port import Counter

WINDOW = timedelta(hours=1)
PROOFS_OF_VISITOR = 10
PROOFS_OF_ORDER = 5  # over all visitors
CODES_OF_VISITOR = 10
CODES_OF_ORDER = 5
CODES_OF_CONVERSATION = 4
RESEND = timedelta(minutes=1)
REFUSALS_OF_VISITOR = 10  # audit rows of refused tokens; more say nothing new
CODE_TRIES = 5
CODE_LASTS = timedelta(minutes=10)


def proof_counters(visitor: str, order: str) -> list[Counter]:
    """What one proof is counted in; the arguments are keys."""
    return [("proof:visitor", visitor, PROOFS_OF_VISITOR), ("proof:order", order, PROOFS_OF_ORDER)]


def code_counters(visitor: str, order: str, conversation: str) -> list[Counter]:
    """What one sending of a code is counted in."""
    return [
        ("code:visitor", visitor, CODES_OF_VISITOR),
        ("code:order", order, CODES_OF_ORDER),
        ("code:conversation", conversation, CODES_OF_CONVERSATION),
    ]


def minutes(seconds: int) -> int:
    """Seconds as whole minutes, at least 1, never too few."""
    return max(1, -(-seconds // 60))
