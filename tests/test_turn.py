"""A turn from message to turn object: its fields, the bands of an answer, a broken writer, and the log."""

from __future__ import annotations

import json
import re
import threading
from typing import Any

import pytest
from scripted import make_services, says, script, sure, write_shop
from turns import ASKED, play

from bot.conversation import Conversation, begin
from bot.errors import WriterUnavailable
from bot.services import Services
from bot.shop.folder import load_shop
from bot.store.memory import MemoryLog
from bot.turn import take_turn


def test_the_first_turn_of_a_guest_carries_the_key(services: Services, conversation: Conversation) -> None:
    first, second = (play(services, conversation, ASKED["en"]) for _ in range(2))
    assert first["conversation_key"] == conversation.key
    assert "conversation_key" not in second
    assert first["conversation_id"] == second["conversation_id"] == conversation.id
    assert first["message_id"] != second["message_id"]


def test_a_customers_turn_carries_none(services: Services) -> None:
    assert "conversation_key" not in play(services, begin(MemoryLog(), "u1"), ASKED["en"])


# --- bands ---


@pytest.mark.parametrize("language", ["en", "zh"])
def test_direct(services: Services, conversation: Conversation, language: str) -> None:
    turn = play(services, conversation, ASKED[language])
    assert (turn["command"], turn["band"], turn["language"]) == ("Search", "direct", language)
    assert turn["intent"]["name"] == "ask_delivery_time"
    assert turn["citations"][0]["id"] == "delivery"
    assert turn["quick_replies"] == [] and turn["timings_ms"]["generate"] == 0


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "It takes 2-4 days. Express takes 1 day."), ("zh", "标准需要2-4天。特快需要1天。")],
)
def test_generated(services: Services, conversation: Conversation, language: str, said: str) -> None:
    sure(services, 0.5)
    script(services, list(said))
    turn = play(services, conversation, ASKED[language])
    assert (turn["band"], turn["language"]) == ("generated", language)
    assert re.sub(r" ?\[\d\]", "", turn["reply"]) == said
    assert turn["citations"][0]["id"] == "delivery"
    assert turn["timings_ms"]["generate"] > 0 and turn["timings_ms"]["guard"] > 0


def test_generated_sentences_are_events_of_their_own(services: Services, conversation: Conversation) -> None:
    sure(services, 0.5)
    writer = script(services, list("It takes 2-4 days. Express takes 1 day. It costs ¥18."))
    seen: list[int] = []
    texts: list[str] = []
    for kind, data in take_turn(services, conversation, ASKED["en"]):
        if kind == "delta":
            texts.append(data["text"])
            seen.append(len(writer.written))
    assert [t.strip() for t in texts[:3]] == ["It takes 2-4 days.", "Express takes 1 day.", "It costs ¥18."]
    assert seen[0] < seen[1] < seen[2]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_extractive(services: Services, conversation: Conversation, language: str) -> None:
    sure(services, 0.55)
    turn = play(services, conversation, ASKED[language])
    assert (turn["command"], turn["band"], turn["language"]) == ("Search", "extractive", language)
    assert "2-4" in turn["reply"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_refused(services: Services, conversation: Conversation, language: str) -> None:
    sure(services, 0.1)
    turn = play(services, conversation, ASKED[language])
    assert (turn["command"], turn["band"], turn["language"]) == ("Search", "refused", language)
    assert turn["citations"] == []
    assert turn["handoff"] is None
    assert turn["quick_replies"] == [{"en": "Talk to a person", "zh": "转人工"}[language]]


@pytest.mark.parametrize(("language", "said"), [("en", "NOT_IN_NOTES"), ("zh", "资料未提及")])
def test_not_in_the_notes_is_refused(services: Services, conversation: Conversation, language: str, said: str) -> None:
    sure(services, 0.55)
    script(services, said)
    turn = play(services, conversation, ASKED[language])
    assert turn["band"] == "refused" and said not in turn["reply"]


BROKEN: dict[str, list[Any]] = {
    "dead": [],
    "busy": [[WriterUnavailable("full")]],
    "slow": [["It ta", WriterUnavailable("too slow")]],
    "silent": ["", ""],
    "ungrounded twice": ["It takes 9 days.", "It takes 8 days."],
    "other language twice": ["标准配送需要几天。", "标准配送要等几天才行。"],
    "promises twice": ["I will send it.", "I have refunded it."],
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize(("top", "band"), [(0.55, "extractive"), (0.4, "refused")])
def test_a_broken_writer_is_never_an_error(
    services: Services, conversation: Conversation, name: str, top: float, band: str
) -> None:
    sure(services, top)
    writer = script(services, *BROKEN[name])
    turn = play(services, conversation, ASKED["en"])
    assert turn["band"] == band
    assert "9" not in turn["reply"] and "refunded" not in turn["reply"]
    assert writer.live == 0


def test_half_a_stream_is_cut_at_a_sentence(services: Services, conversation: Conversation) -> None:
    sure(services, 0.55)
    script(services, ["It takes 2-4 days. ", "Express ta", WriterUnavailable("died")])
    turn = play(services, conversation, ASKED["en"])
    assert (turn["band"], turn["reply"]) == ("generated", "It takes 2-4 days. [1]")


def test_a_wrong_first_sentence_is_asked_for_again(services: Services, conversation: Conversation) -> None:
    sure(services, 0.55)
    script(services, "It takes 9 days.", "It takes 2-4 days.")
    turn = play(services, conversation, ASKED["en"])
    assert (turn["band"], turn["reply"]) == ("generated", "It takes 2-4 days. [1]")
    assert turn["trace"]["rejected"] == []


def test_a_wrong_later_sentence_ends_the_reply(services: Services, conversation: Conversation) -> None:
    sure(services, 0.55)
    script(services, "It takes 2-4 days. It costs ¥99. Bye.")
    turn = play(services, conversation, ASKED["en"])
    assert (turn["band"], turn["reply"]) == ("generated", "It takes 2-4 days. [1]")
    assert turn["trace"]["rejected"] == ["ungrounded: 99"]


def test_closing_the_turn_early_closes_the_writer(services: Services, conversation: Conversation) -> None:
    sure(services, 0.5)
    writer = script(services, list("It takes 2-4 days. Express takes 1 day. It costs ¥18."))
    events = take_turn(services, conversation, ASKED["en"])
    while next(events)[0] != "delta":
        pass
    assert writer.live == 1
    events.close()
    assert writer.live == 0 and writer.closed_early.is_set()
    # The conversation is free for the next message.
    assert conversation.lock.acquire(blocking=False)
    conversation.lock.release()


def test_a_shop_without_knowledge_refuses(tmp_path, conversation: Conversation) -> None:
    folder = write_shop(tmp_path / "bare", faq__faq_yaml="[]\n")
    for language in ("en", "zh"):
        (folder / "policies" / language / "returns.md").unlink()
    services = make_services(load_shop(folder))
    assert play(services, conversation, ASKED["zh"])["band"] == "refused"
    says(services, "cancel it", "cancel")
    assert play(services, conversation, "cancel it")["band"] == "flow"


# --- the log ---


def test_the_log_holds_all_that_the_customer_saw(services: Services, conversation: Conversation) -> None:
    turn = play(services, conversation, ASKED["en"])
    message, kept = conversation.log.events(conversation.id)
    assert (message.type, message.data) == ("message", {"text": ASKED["en"]})
    assert kept.type == "turn" and kept.data["text"] == ASKED["en"]
    for name in ("reply", "citations", "band", "message_id", "quick_replies", "handoff"):
        assert kept.data[name] == turn[name]
    assert conversation.log.find_message(turn["message_id"]) == conversation.id
    assert conversation.key not in json.dumps([e.data for e in conversation.log.events(conversation.id)])


def test_the_turn_is_in_the_log_before_it_is_done(services: Services, conversation: Conversation) -> None:
    for kind, _ in take_turn(services, conversation, ASKED["en"]):
        if kind == "done":
            assert conversation.log.events(conversation.id)[-1].type == "turn"


def test_turns_of_one_conversation_wait_for_each_other(services: Services, conversation: Conversation) -> None:
    sure(services, 0.5)
    go, inside = threading.Event(), threading.Event()
    script(services, [inside.set, go.wait, "It takes 2-4 days."], "It takes 2-4 days.")
    done: list[str] = []

    def ask(name: str) -> None:
        list(take_turn(services, conversation, ASKED["en"]))
        done.append(name)

    first = threading.Thread(target=ask, args=("first",))
    first.start()
    assert inside.wait(5)
    second = threading.Thread(target=ask, args=("second",))
    second.start()
    second.join(0.1)
    assert done == []
    go.set()
    first.join(5)
    second.join(5)
    assert done == ["first", "second"]
    assert [e.type for e in conversation.log.events(conversation.id)] == ["message", "turn"] * 2
