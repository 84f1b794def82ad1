"""A guest sees an order for its number and a contact on it; what does not fit tells nothing, and cannot be tried for ever."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from bot.conversation import Conversation, begin
from bot.errors import Failure
from bot.identity.desk import Desk
from bot.identity.identity import identity_of
from bot.identity.limits import PROOFS_OF_ORDER, PROOFS_OF_VISITOR
from bot.identity.outcomes import NotProved, Proved, TooMany, say
from bot.identity.proof import prove
from bot.orders.scope import OrderScope
from bot.shop.types import Shop
from bot.store.database import Database, open_database
from bot.store.load import load_data
from bot.store.memory import MemoryLog

from .helpers import Clock, actions, audit, make_desk


def another(log: MemoryLog, visitor: str) -> Conversation:
    made = begin(log)
    made.visitor = visitor
    return made


@pytest.mark.parametrize("contact", ["lin@example.com", "LIN@Example.com", "+86 170-0000-0101", "17000000101"])
@pytest.mark.parametrize("order_id", ["A100", "#a100"])
def test_the_right_pair(desk: Desk, guest: Conversation, order_id: str, contact: str) -> None:
    assert prove(desk, guest, order_id, contact) == Proved(OrderScope("A100"))
    assert identity_of(guest).scopes == (OrderScope("A100"),)


@pytest.mark.parametrize("contact", ["1 555 0100", "+15550100", "ann@example.com"])
def test_a_contact_of_another_country(desk: Desk, guest: Conversation, contact: str) -> None:
    assert prove(desk, guest, "B200", contact) == Proved(OrderScope("B200"))


@pytest.mark.parametrize(
    ("order_id", "contact"),
    [
        ("A100", "ann@example.com"),
        ("A100", "17000000102"),
        ("A100", ""),
        ("A102", ""),
        ("A999", "lin@example.com"),
        ("", ""),
        ("A999", "+8613800000000"),  # what a missing order is compared with instead
        ("A102", "+8613800000000"),
        ("A100", "' OR 1=1 --"),
        ("' OR 1=1 --", "lin@example.com"),
        ("CASE1", "lin@example.com"),
        ("\ud800", "\ud800@x"),
        ("A1%", "%"),
    ],
)
def test_a_wrong_pair_and_a_missing_order_are_alike(
    desk: Desk, guest: Conversation, order_id: str, contact: str
) -> None:
    assert prove(desk, guest, order_id, contact) == NotProved()
    assert identity_of(guest).guest


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_words_are_alike(desk: Desk, guest: Conversation, language: str) -> None:
    said = {say(prove(desk, guest, order, "no@example.com"), language) for order in ("A100", "A999")}
    assert len(said) == 1


def test_a_visitor_may_try_so_often(desk: Desk, log: MemoryLog, clock: Clock) -> None:
    for n in range(PROOFS_OF_VISITOR):
        # A new conversation makes no new visitor.
        assert prove(desk, another(log, "192.0.2.1"), f"X{n}", "a@example.com") == NotProved()
    blocked = prove(desk, another(log, "192.0.2.1"), "A100", "lin@example.com")
    assert blocked == TooMany(61) or blocked == TooMany(60)
    assert prove(desk, another(log, "192.0.2.2"), "A100", "lin@example.com") == Proved(OrderScope("A100"))
    clock.tick(minutes=30)
    assert prove(desk, another(log, "192.0.2.1"), "A100", "lin@example.com") in (TooMany(30), TooMany(31))
    clock.tick(minutes=31)
    assert prove(desk, another(log, "192.0.2.1"), "A101", "lin@example.com") == Proved(OrderScope("A101"))


@pytest.mark.parametrize("order_id", ["A100", "A999"])
def test_an_order_may_be_tried_so_often_by_all(desk: Desk, log: MemoryLog, clock: Clock, order_id: str) -> None:
    spellings = [order_id, f"#{order_id}", order_id.lower(), f" {order_id} ", f"＃{order_id}"]
    for n in range(PROOFS_OF_ORDER):
        assert prove(desk, another(log, f"v{n}"), spellings[n], "a@example.com") == NotProved()
    found = prove(desk, another(log, "v9"), order_id, "lin@example.com")
    assert isinstance(found, TooMany)
    clock.tick(minutes=61)
    assert not isinstance(prove(desk, another(log, "v9"), order_id, "lin@example.com"), TooMany)


def test_a_conversation_without_an_address_is_its_own_visitor(desk: Desk, log: MemoryLog) -> None:
    alone = begin(log)
    for n in range(PROOFS_OF_VISITOR):
        prove(desk, alone, f"X{n}", "a@example.com")
    assert isinstance(prove(desk, alone, "A100", "lin@example.com"), TooMany)
    assert isinstance(prove(desk, begin(log), "A100", "lin@example.com"), Proved)


def test_attempts_are_counted_before_the_answer_is_known(
    desk: Desk, guest: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who closes the connection in the middle has tried all the same."""

    def fail(*_: object) -> str:
        raise Failure("database: gone")

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.book), "order_with_contact", fail)
        for n in range(PROOFS_OF_VISITOR):
            with pytest.raises(Failure):
                prove(desk, guest, f"X{n}", "a@example.com")
    assert isinstance(prove(desk, guest, "A100", "lin@example.com"), TooMany)


def test_the_audit_names_nobody(desk: Desk, guest: Conversation, database: Database) -> None:
    prove(desk, guest, "A100", "lin@example.com")
    prove(desk, guest, "A100", "wrong@example.com")
    for n in range(PROOFS_OF_ORDER):
        prove(desk, guest, "A100", f"{n}@example.com")
    assert actions(database) == ["proof_ok", *["proof_failed"] * 4, *["proof_blocked"] * 2]
    text = str(audit(database))
    for personal in ("example.com", "192.0.2.1", "A100", "a100"):
        assert personal not in text
    assert guest.id in text and len({row["subject"] for row in audit(database)}) == 1


@examples(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order_id=st.text(max_size=40), contact=st.text(max_size=40))
def test_no_text_opens_an_order_or_is_an_error(
    desk: Desk, log: MemoryLog, clock: Clock, order_id: str, contact: str
) -> None:
    assert isinstance(prove(desk, begin(log), order_id, contact), NotProved | TooMany)


# --- timing ---


def median(run: Callable[[int], object], times: int = 9) -> float:
    found = []
    for n in range(times):
        started = time.perf_counter()
        run(n)
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def test_how_long_it_takes_tells_nothing(tmp_path: Path, shop: Shop, log: MemoryLog) -> None:
    """On a real file, with its writes: medians of an existing and a missing order differ by less than the noise of a network."""
    database = open_database(f"sqlite:///{tmp_path / 'shop.db'}")
    load_data(database, shop, shop.path)
    clock = Clock()
    desk = make_desk(database, shop, now=clock, floor=0.1)

    def tried(order_id: str, contact: str) -> Callable[[int], object]:
        def run(n: int) -> object:
            clock.tick(hours=1)
            found = prove(desk, another(log, f"{order_id}{n}"), order_id, contact)
            assert found == NotProved()
            return found

        return run

    times = [median(tried(*pair)) for pair in (("A100", "no@example.com"), ("A999", "no@example.com"))]
    database.close()
    assert max(times) - min(times) < 0.02
    assert min(times) >= 0.1


def test_without_the_floor_it_is_much_the_same_work(desk: Desk, log: MemoryLog) -> None:
    bare = replace(desk, floor=0.0, now=Clock())

    def tried(order_id: str, n: int) -> object:
        bare.now.tick(hours=1)  # type: ignore[attr-defined]
        return prove(bare, another(log, f"{order_id}{n}"), order_id, "17000000102")

    known, missing = (median(lambda n, o=order: tried(o, n), 25) for order in ("A100", "A999"))  # type: ignore[misc]
    assert 0.4 < known / missing < 2.5
