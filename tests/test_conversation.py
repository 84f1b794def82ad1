"""A conversation begins, is resumed by whoever holds its credential, and by nobody else."""

from __future__ import annotations

import pytest
from scripted import ScriptedWriter, says, script

from bot.conversation import begin, hash_key, resume
from bot.services import Services
from bot.store.log import ConversationRecord
from bot.store.memory import MemoryLog
from bot.turn import take_turn


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


def test_a_guest_gets_a_key_that_is_not_kept(log: MemoryLog) -> None:
    conversation = begin(log)
    record = log.get(conversation.id)
    assert conversation.key is not None and record is not None
    assert len(conversation.key) >= 32  # 192 bits in base 64
    assert record.key_hash == hash_key(conversation.key)
    assert conversation.key not in repr(record)


def test_a_customer_gets_none(log: MemoryLog) -> None:
    conversation = begin(log, "u1")
    record = log.get(conversation.id)
    assert conversation.key is None and record is not None
    assert (record.customer_id, record.key_hash) == ("u1", None)


def test_ids_and_keys_differ(log: MemoryLog) -> None:
    made = [begin(log) for _ in range(50)]
    assert len({c.id for c in made}) == len({c.key for c in made}) == 50


def test_the_key_opens_a_guests_conversation(log: MemoryLog) -> None:
    made = begin(log)
    found = resume(log, made.id, key=made.key)
    assert found is not None and found.id == made.id
    # One who has signed in since still holds the key.
    assert resume(log, made.id, key=made.key, customer="u1") is not None


@pytest.mark.parametrize("key", [None, "", "wrong", "é"])
@pytest.mark.parametrize("customer", [None, "u1"])
def test_no_other_key_does(log: MemoryLog, key: str | None, customer: str | None) -> None:
    assert resume(log, begin(log).id, key=key, customer=customer) is None


def test_another_conversations_key_does_not(log: MemoryLog) -> None:
    assert resume(log, begin(log).id, key=begin(log).key) is None


def test_only_the_customer_opens_a_customers_conversation(log: MemoryLog) -> None:
    made = begin(log, "u1")
    assert resume(log, made.id, customer="u1") is not None
    for key, customer in ((None, None), (None, "u2"), ("any", None), ("any", "u2"), ("", "")):
        assert resume(log, made.id, key=key, customer=customer) is None


def test_a_record_without_a_credential_opens_to_nobody(log: MemoryLog) -> None:
    log.create(ConversationRecord("c_x", "now"))
    assert resume(log, "c_x", key="") is None
    assert resume(log, "c_x", key="any", customer="u1") is None


def test_an_unknown_id(log: MemoryLog) -> None:
    assert resume(log, "c_nobody", key="any") is None


def test_a_resumed_conversation_knows_what_was_said(log: MemoryLog, services: Services) -> None:
    made = begin(log)
    says(services, "转人工", "human_agent")
    for text in ("多久能送到？", "转人工"):
        list(take_turn(services, made, text))
    found = resume(log, made.id, key=made.key)
    assert found is not None
    assert found.exchanges == made.exchanges
    assert (found.language, found.handoff) == ("zh", made.handoff)
    assert found.last_question() == "多久能送到？"


def test_a_turn_of_another_process_counts(log: MemoryLog, services: Services) -> None:
    """Two workers of a server each hold the conversation in memory; what one adds the other must know."""
    here = begin(log)
    there = resume(log, here.id, key=here.key)
    assert there is not None
    says(services, "人工", "human_agent")
    list(take_turn(services, here, "多久能送到？"))
    ticket = list(take_turn(services, here, "人工"))[-1][1]["handoff"]["ticket"]
    again = list(take_turn(services, there, "人工"))[-1][1]
    assert again["handoff"]["ticket"] == ticket
    assert "conversation_key" not in again
    assert [e.question for e in there.exchanges] == ["多久能送到？", "人工", "人工"]


def test_small_talk_is_no_question_to_lean_on(log: MemoryLog, services: Services) -> None:
    conversation = begin(log)
    assert conversation.last_question() is None
    says(services, "谢谢", "thanks")
    list(take_turn(services, conversation, "多久能送到？"))
    list(take_turn(services, conversation, "谢谢"))
    assert conversation.last_question() == "多久能送到？"
    assert isinstance(services.writer, ScriptedWriter) and script(services).requests == []
