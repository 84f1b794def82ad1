"""A code makes a guest the customer: once, for ten minutes and five tries, in the conversation that asked for it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.conversation import Conversation, begin
from bot.identity.code import check_code, read_code, send_code
from bot.identity.desk import Desk
from bot.identity.identity import identity_of
from bot.identity.outcomes import CodeSent, NoMail, TooMany, Verified, WrongCode, say
from bot.identity.proof import prove
from bot.orders.scope import CustomerScope, OrderScope
from bot.store import tables as t
from bot.store.database import Database
from bot.store.memory import MemoryLog

from .helpers import Clock, Mailbox, actions, audit

LIN = CustomerScope("C1", "code")


@pytest.fixture
def proved(desk: Desk, guest: Conversation) -> Conversation:
    prove(desk, guest, "A100", "17000000101")
    return guest


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_right_code_makes_the_customer(desk: Desk, proved: Conversation, mailbox: Mailbox) -> None:
    assert send_code(desk, proved, "#a100", "en") == CodeSent()
    assert identity_of(proved).customer is None
    assert check_code(desk, proved, f"it is {mailbox.code[:3]} {mailbox.code[3:]}.") == Verified(LIN)
    assert identity_of(proved).customer == LIN
    assert identity_of(proved).scopes == (LIN,)


@pytest.mark.parametrize(("language", "name"), [("en", "Pens and Lamps"), ("zh", "笔与灯")])
def test_the_letter(desk: Desk, proved: Conversation, mailbox: Mailbox, language: str, name: str) -> None:
    send_code(desk, proved, "A100", language)
    (letter,) = mailbox.letters
    assert letter.to == "lin@example.com"
    assert name in letter.subject and name in letter.text
    assert re.fullmatch(r"\d{6}", mailbox.code) and "10" in letter.text
    assert mailbox.code not in letter.subject and mailbox.code not in repr(letter)
    assert "A100" not in letter.text


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("order_id", ["A101", "B200", "A999", "", "' OR 1=1 --"])
def test_an_order_that_was_not_proved_gets_the_same_words_and_no_mail(
    desk: Desk, proved: Conversation, mailbox: Mailbox, order_id: str, language: str
) -> None:
    outcome = send_code(desk, proved, order_id, language)
    assert outcome == CodeSent() and mailbox.letters == []
    assert say(outcome, language) == say(CodeSent(), language)
    # Trying a code is alike too.
    assert check_code(desk, proved, "123456") == WrongCode(4)


def test_a_customer_without_an_email_gets_the_same_words(desk: Desk, guest: Conversation, database: Database) -> None:
    with database.writing() as connection:
        connection.execute(t.customers.update().where(t.customers.c.id == "C1").values(email=""))
    prove(desk, guest, "A100", "17000000101")
    assert send_code(desk, guest, "A100", "en") == CodeSent()
    assert check_code(desk, guest, "123456") == WrongCode(4)


def test_a_code_is_of_its_conversation(desk: Desk, proved: Conversation, log: MemoryLog, mailbox: Mailbox) -> None:
    send_code(desk, proved, "A100", "en")
    assert check_code(desk, begin(log), mailbox.code) == WrongCode(0)
    assert check_code(desk, proved, mailbox.code) == Verified(LIN)


def test_a_code_holds_once(desk: Desk, proved: Conversation, mailbox: Mailbox) -> None:
    send_code(desk, proved, "A100", "en")
    assert check_code(desk, proved, mailbox.code) == Verified(LIN)
    assert check_code(desk, proved, mailbox.code) == WrongCode(0)
    assert identity_of(proved).customer == LIN


def test_a_code_holds_ten_minutes(desk: Desk, proved: Conversation, mailbox: Mailbox, clock: Clock) -> None:
    send_code(desk, proved, "A100", "en")
    clock.tick(minutes=10)
    assert check_code(desk, proved, mailbox.code) == WrongCode(0)
    clock.tick(seconds=-1)
    assert check_code(desk, proved, mailbox.code) == Verified(LIN)


def test_a_code_holds_five_tries(desk: Desk, proved: Conversation, mailbox: Mailbox) -> None:
    send_code(desk, proved, "A100", "en")
    tries = [check_code(desk, proved, wrong(mailbox.code)) for _ in range(5)]
    assert tries == [WrongCode(left) for left in (4, 3, 2, 1, 0)]
    assert check_code(desk, proved, mailbox.code) == WrongCode(0)
    assert identity_of(proved).customer is None


def test_a_new_code_takes_the_place_of_the_old(
    desk: Desk, proved: Conversation, mailbox: Mailbox, clock: Clock
) -> None:
    send_code(desk, proved, "A100", "en")
    old = mailbox.code
    clock.tick(minutes=1, seconds=1)
    assert send_code(desk, proved, "A100", "en") == CodeSent()
    if old != mailbox.code:
        assert check_code(desk, proved, old) == WrongCode(4)
    assert check_code(desk, proved, mailbox.code) == Verified(LIN)


@pytest.mark.parametrize("order_id", ["A100", "A999"])
def test_codes_are_sent_so_often(desk: Desk, proved: Conversation, clock: Clock, order_id: str) -> None:
    assert send_code(desk, proved, order_id, "en") == CodeSent()
    assert send_code(desk, proved, order_id, "en") in (TooMany(1), TooMany(2))
    for _ in range(3):
        clock.tick(minutes=1, seconds=1)
        assert send_code(desk, proved, order_id, "en") == CodeSent()
    clock.tick(minutes=1, seconds=1)
    blocked = send_code(desk, proved, order_id, "en")
    assert isinstance(blocked, TooMany) and 50 <= blocked.minutes <= 60


def test_an_order_gets_so_many_codes_from_all(desk: Desk, log: MemoryLog, mailbox: Mailbox) -> None:
    outcomes = []
    for n in range(7):
        other = begin(log)
        other.visitor = f"v{n}"
        other.record("identity", {"order_id": "A100"})
        outcomes.append(send_code(desk, other, "A100", "en"))
    assert outcomes[:5] == [CodeSent()] * 5 and all(isinstance(found, TooMany) for found in outcomes[5:])
    assert len(mailbox.letters) == 5


def test_without_mail_it_is_said_and_nothing_is_kept(desk: Desk, proved: Conversation, database: Database) -> None:
    bare = replace(desk, mailer=None)
    assert send_code(bare, proved, "A100", "en") == send_code(bare, proved, "A999", "en") == NoMail()
    with database.reading() as connection:
        assert connection.execute(select(t.codes)).all() == []


def test_neither_code_nor_email_is_kept_in_clear(
    desk: Desk, proved: Conversation, mailbox: Mailbox, database: Database
) -> None:
    send_code(desk, proved, "A100", "en")
    check_code(desk, proved, wrong(mailbox.code))
    check_code(desk, proved, mailbox.code)
    assert actions(database) == ["proof_ok", "code_asked", "code_sent", "code_wrong", "code_ok"]
    with database.reading() as connection:
        kept = str([connection.execute(select(table)).all() for table in (t.codes, t.audit, t.attempts)])
    for personal in (mailbox.code, "example.com", "192.0.2.1"):
        assert personal not in kept
    assert audit(database)[-1]["subject"] == "C1"


def test_another_process_sees_it(desk: Desk, proved: Conversation, log: MemoryLog, mailbox: Mailbox) -> None:
    send_code(desk, proved, "A100", "en")
    other = Conversation(proved.id, log, key=proved.key)
    other.refresh()
    assert identity_of(other).scopes == (OrderScope("A100"),)
    assert check_code(desk, other, mailbox.code) == Verified(LIN)
    proved.refresh()
    assert identity_of(proved).customer == LIN


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("123456", "123456"),
        ("the code is 123 456", "123456"),
        ("验证码：１２３４５６。", "123456"),
        ("012345", "012345"),
        ("12345", None),
        ("1234567", None),
        ("", None),
        ("²³⁴⁵⁶⁷", None),
        ("٠١٢٣٤٥", "012345"),
        ("x" * 300 + "123456", None),
    ],
)
def test_how_a_code_is_read(text: str, code: str | None) -> None:
    assert read_code(text) == code
