"""Who a conversation speaks for follows from its record and its events, and only identity makes scopes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import bot
from bot.conversation import Conversation, begin, resume
from bot.identity.identity import Identity, become_customer, identity_of, prove_order
from bot.orders.scope import CustomerScope, OrderScope
from bot.store.memory import MemoryLog


def test_a_guest_has_no_scope(guest: Conversation) -> None:
    assert identity_of(guest) == Identity()
    assert identity_of(guest).guest and identity_of(guest).scopes == ()


def test_a_token_makes_a_customer(log: MemoryLog) -> None:
    begun = begin(log, "C1")
    assert identity_of(begun) == Identity(CustomerScope("C1", "token"))
    assert identity_of(begun, by="owner").customer == CustomerScope("C1", "owner")
    assert resume(log, begun.id, customer="C2") is None


def test_orders_add_up_and_a_second_proof_is_the_same(guest: Conversation, log: MemoryLog) -> None:
    for order_id in ("A100", "A101", "A100"):
        assert prove_order(guest, order_id) == OrderScope(order_id)
    found = identity_of(guest)
    assert found.scopes == (OrderScope("A100"), OrderScope("A101"))
    assert found.proved("A100") and not found.proved("a100") and not found.proved("B200")
    assert len(log.events(guest.id)) == 2


def test_a_customer_needs_no_orders(guest: Conversation) -> None:
    prove_order(guest, "A100")
    assert become_customer(guest, "C1") == CustomerScope("C1", "code")
    assert identity_of(guest).scopes == (CustomerScope("C1", "code"),)


def test_events_make_no_other_customer_of_one(log: MemoryLog) -> None:
    begun = begin(log, "C1")
    become_customer(begun, "C2")
    assert identity_of(begun).customer == CustomerScope("C1", "token")


def test_it_is_in_the_log_and_ends_with_the_conversation(guest: Conversation, log: MemoryLog) -> None:
    become_customer(guest, "C1")
    again = resume(log, guest.id, key=guest.key)
    assert again is not None and identity_of(again).customer == CustomerScope("C1", "code")
    log.delete(guest.id)
    assert resume(log, guest.id, key=guest.key) is None
    assert identity_of(begin(log)).guest


MAKERS = ("bot/identity/", "bot/cli/")


def scopes_made(path: Path) -> list[int]:
    """The lines in which a scope is made."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("CustomerScope", "OrderScope"):
                found.append(node.lineno)
    return found


ROOT = Path(bot.__file__).resolve().parent


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_identity_makes_scopes(path: Path) -> None:
    own = path.relative_to(ROOT.parent).as_posix()
    if not own.startswith(MAKERS):
        assert scopes_made(path) == []
