"""The contract of a conversation log: one mixin that runs against every implementation."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest

from bot.errors import Failure
from bot.store.log import ConversationLog, ConversationRecord, Feedback

GUEST = ConversationRecord("c_1", "2026-11-01T00:00:00+00:00", key_hash="ab" * 32)
CUSTOMER = ConversationRecord("c_2", "2026-11-01T00:00:01+00:00", customer_id="顾客-1")
ODD = "'; DROP TABLE conversations; -- \0\t\n\u2028 灯笼 🏮"


class LogContract:
    """A subclass gives a fixture `log`: an empty log."""

    def test_a_conversation_comes_back_as_it_was_created(self, log: ConversationLog) -> None:
        log.create(GUEST)
        log.create(CUSTOMER)
        assert log.get("c_1") == GUEST
        assert log.get("c_2") == CUSTOMER
        assert log.get("c_3") is None

    def test_an_id_can_be_used_once(self, log: ConversationLog) -> None:
        log.create(GUEST)
        with pytest.raises(Failure):
            log.create(ConversationRecord("c_1", "later", customer_id="x"))
        assert log.get("c_1") == GUEST

    def test_events_are_numbered_from_one_in_each_conversation(self, log: ConversationLog) -> None:
        log.create(GUEST)
        log.create(CUSTOMER)
        first = [log.append("c_1", "message", {"n": n}) for n in range(3)]
        other = log.append("c_2", "message", {"n": 9})
        assert [event.seq for event in first] == [1, 2, 3]
        assert other.seq == 1
        assert log.events("c_1") == first
        assert log.events("c_2") == [other]

    def test_events_after_a_number(self, log: ConversationLog) -> None:
        log.create(GUEST)
        made = [log.append("c_1", "turn", {"n": n}) for n in range(4)]
        assert log.events("c_1", after=2) == made[2:]
        assert log.events("c_1", after=4) == []
        assert log.events("c_1", after=99) == []

    def test_an_event_says_when_in_utc(self, log: ConversationLog) -> None:
        log.create(GUEST)
        offset = datetime.fromisoformat(log.append("c_1", "message", {}).at).utcoffset()
        assert offset is not None
        assert offset.total_seconds() == 0

    def test_data_comes_back_as_it_was(self, log: ConversationLog) -> None:
        log.create(GUEST)
        data = {"text": ODD, "list": [1, 2.5, None, True, {"a": []}], "键": "值"}
        log.append("c_1", "turn", data)
        assert log.events("c_1")[0].data == data
        assert log.events("c_1")[0].type == "turn"

    def test_what_the_caller_does_later_changes_nothing(self, log: ConversationLog) -> None:
        log.create(GUEST)
        data = {"list": [1]}
        log.append("c_1", "turn", data)
        data["list"].append(2)
        assert log.events("c_1")[0].data == {"list": [1]}

    def test_no_event_without_a_conversation(self, log: ConversationLog) -> None:
        with pytest.raises(Failure):
            log.append("c_1", "message", {"text": "x"})
        assert log.events("c_1") == []

    def test_delete_takes_events_feedback_and_messages_along(self, log: ConversationLog) -> None:
        for record in (GUEST, CUSTOMER):
            log.create(record)
            log.append(record.id, "turn", {"message_id": f"m_{record.id}"})
            log.add_feedback(Feedback(f"m_{record.id}", record.id, 1))
        assert log.delete("c_1") is True
        assert log.delete("c_1") is False
        assert log.get("c_1") is None
        assert log.events("c_1") == []
        assert log.feedback("c_1") == []
        assert log.find_message("m_c_1") is None
        assert log.get("c_2") == CUSTOMER
        assert len(log.events("c_2")) == 1
        assert len(log.feedback("c_2")) == 1
        assert log.find_message("m_c_2") == "c_2"

    def test_a_deleted_conversation_takes_no_more_events(self, log: ConversationLog) -> None:
        log.create(GUEST)
        log.delete("c_1")
        with pytest.raises(Failure):
            log.append("c_1", "turn", {})

    def test_a_message_is_found_by_its_id(self, log: ConversationLog) -> None:
        log.create(GUEST)
        log.append("c_1", "message", {"text": "no id"})
        log.append("c_1", "turn", {"message_id": "m_1"})
        assert log.find_message("m_1") == "c_1"
        assert log.find_message("m_2") is None

    def test_an_id_that_no_database_could_keep_is_found_by_nobody(self, log: ConversationLog) -> None:
        log.create(GUEST)
        for odd in ("\ud800", "c_1\0", "m_1\udfff\0"):
            assert log.get(odd) is None
            assert log.find_message(odd) is None

    def test_the_last_rating_of_a_message_counts(self, log: ConversationLog) -> None:
        log.create(GUEST)
        log.append("c_1", "turn", {"message_id": "m_1"})
        log.add_feedback(Feedback("m_1", "c_1", 1, ODD))
        assert log.feedback("c_1") == [Feedback("m_1", "c_1", 1, ODD)]
        log.add_feedback(Feedback("m_1", "c_1", -1))
        assert log.feedback("c_1") == [Feedback("m_1", "c_1", -1)]

    def test_no_feedback_without_a_conversation(self, log: ConversationLog) -> None:
        with pytest.raises(Failure):
            log.add_feedback(Feedback("m_1", "c_1", 1))
        assert log.feedback("c_1") == []

    def test_threads_leave_no_gap_and_lose_nothing(self, log: ConversationLog) -> None:
        log.create(GUEST)
        gate = threading.Barrier(4)

        def write(name: int) -> None:
            gate.wait()
            for n in range(5):
                log.append("c_1", "message", {"from": name, "n": n})

        threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        events = log.events("c_1")
        assert [event.seq for event in events] == list(range(1, 21))
        for name in range(4):
            assert [e.data["n"] for e in events if e.data["from"] == name] == list(range(5))
