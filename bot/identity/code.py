"""One-time codes: six digits to the e-mail on file, which make a guest that customer. Knows nothing of how mail travels.

A code is kept as a keyed hash bound to its conversation; it holds ten minutes and five tries, and once.
"""

from __future__ import annotations

import secrets
import unicodedata
from datetime import timedelta

from bot.conversation import Conversation
from bot.errors import Failure
from bot.identity.desk import Desk
from bot.identity.identity import become_customer, identity_of
from bot.identity.limits import CODE_LASTS, CODE_TRIES, RESEND, WINDOW, code_counters, minutes
from bot.identity.mail import Letter
from bot.identity.outcomes import CodeSent, NoMail, TooMany, Verified, WrongCode
from bot.prompts import render

DIGITS = 6


def send_code(desk: Desk, conversation: Conversation, order_id: str, language: str) -> CodeSent | NoMail | TooMany:
    """Send a code to the e-mail of the order's customer, if the conversation has proved the order.

    The answer is the same when it has not, or when there is no e-mail; the mail itself leaves in the background.
    A new code takes the place of an earlier one. Raises Failure when the database fails; then nothing is sent.
    """
    if desk.mailer is None:
        return NoMail()
    order = desk.order_key(order_id)
    with desk.steady():
        if wait := _too_many(desk, conversation, order):
            desk.audit(conversation, "code_blocked", order=order)
            return TooMany(minutes(wait))
        found = desk.book.recipient(_proved(desk, conversation, order))
        customer, email = found or ("", "")
        code = _new_code()
        known = customer if email else None
        made = desk.hashed("code", conversation.id, code)
        desk.book.keep_code(conversation.id, known, made, CODE_TRIES, desk.now() + CODE_LASTS)
        desk.audit(conversation, "code_asked", customer, order=order)
        if known:
            _post(desk, conversation, (customer, email), code, language)
        return CodeSent()


def check_code(desk: Desk, conversation: Conversation, text: str) -> Verified | WrongCode:
    """Take the code that the guest typed; the right one makes the conversation the customer's. Never says why one is wrong.

    Raises Failure when the database fails; then nothing is proved.
    """
    made = desk.hashed("code", conversation.id, read_code(text) or "")
    with desk.steady():
        customer, left = desk.book.try_code(conversation.id, made, desk.now())
        if customer is None:
            desk.audit(conversation, "code_wrong")
            return WrongCode(left)
        desk.audit(conversation, "code_ok", customer)
        return Verified(become_customer(conversation, customer))


def read_code(text: str) -> str | None:
    """The six digits of a code, however they are spaced or wide; None when the text holds other than six digits."""
    digits = "".join(str(unicodedata.decimal(c)) for c in text[:200] if c.isdecimal())
    return digits if len(digits) == DIGITS else None


def _new_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def _too_many(desk: Desk, conversation: Conversation, order: str) -> int:
    """Seconds to wait, 0 when the sending was counted."""
    own = desk.hashed("conversation", conversation.id)
    if wait := desk.book.attempt([("code:resend", own, 1)], RESEND, desk.now()):
        return wait
    return desk.book.attempt(code_counters(desk.visitor_of(conversation), order, own), WINDOW, desk.now())


def _proved(desk: Desk, conversation: Conversation, order: str) -> str:
    """The number of the order as the record has it, when the conversation has proved it; else none that exists."""
    scopes = identity_of(conversation).orders
    return next((scope.order_id for scope in scopes if desk.order_key(scope.order_id) == order), "")


def _post(desk: Desk, conversation: Conversation, to: tuple[str, str], code: str, language: str) -> None:
    """Write the letter and give it to the mailer; what comes of it is in the audit."""
    assert desk.mailer is not None
    customer, email = to
    shop, lasts = desk.shop_name(language), CODE_LASTS // timedelta(minutes=1)
    letter = Letter(
        to=email,
        subject=render("mail", language, "code_subject", shop=shop),
        text=render("mail", language, "code_body", shop=shop, code=code, minutes=lasts),
    )

    def done(error: Failure | None) -> None:
        desk.audit(conversation, "code_not_sent" if error else "code_sent", customer, error=str(error or ""))

    desk.mailer.post(letter, done)
