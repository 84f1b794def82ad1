"""What a message asks for: small talk, order changes, a person; and which message leans on the one before."""

from __future__ import annotations

import re

import pytest
from scripted import make_services, says, script, sure, write_shop
from turns import ASKED, play

from bot.conversation import Conversation, begin
from bot.services import Services
from bot.shop.folder import load_shop
from bot.store.memory import MemoryLog

# --- commands ---


@pytest.mark.parametrize(
    ("intent", "en", "zh"),
    [
        ("greeting", "Hello", "您好"),
        ("thanks", "welcome", "不客气"),
        ("goodbye", "Goodbye", "再见"),
        ("bot_identity", "not a person", "不是真人"),
    ],
)
def test_small_talk(services: Services, conversation: Conversation, intent: str, en: str, zh: str) -> None:
    for text, language, wanted in (("some small talk", "en", en), ("随便聊聊吧", "zh", zh)):
        says(services, text, intent)
        turn = play(services, conversation, text)
        assert (turn["command"], turn["band"], turn["language"]) == ("ChitChat", "template", language)
        assert wanted in turn["reply"] and turn["intent"]["name"] == intent
        assert turn["citations"] == []


@pytest.mark.parametrize("intent", ["off_topic", "instruct_bot", "advice"])
@pytest.mark.parametrize("text", ["write me a poem", "写一首诗吧"])
def test_what_the_shop_is_not_for(services: Services, conversation: Conversation, intent: str, text: str) -> None:
    says(services, text, intent)
    turn = play(services, conversation, text)
    assert (turn["command"], turn["band"]) == ("CannotHandle", "refused")
    assert turn["handoff"] is None


@pytest.mark.parametrize("text", ["cancel my order #4312 please", "帮我取消订单LC43125"])
def test_a_guest_proves_an_order_before_anything_is_said_of_it(
    services: Services, conversation: Conversation, text: str
) -> None:
    says(services, text, "cancel")
    turn = play(services, conversation, text)
    assert (turn["command"], turn["band"]) == ("StartFlow", "flow")
    assert turn["commands"] == [{"command": "StartFlow", "intent": "cancel", "flow": "cancel"}]
    assert turn["action"] is None
    assert turn["awaiting"] == {"flow": "identity", "slot": "email_or_phone", "options": []}


def test_a_change_that_is_denied_gives_the_shops_rule_where_there_is_one(services: Services, log: MemoryLog) -> None:
    text = "please send my goods back within the window"
    says(services, text, "return")
    for certain, cited in ((0.9, True), (0.2, False)):
        sure(services, certain)
        turn = play(services, begin(log, "c1"), text)
        assert turn["action"]["status"] == "denied" and turn["awaiting"] is None
        assert bool(turn["citations"]) == cited
        assert turn["quick_replies"]


@pytest.mark.parametrize("text", ["recommend me something nice", "给我推荐个好东西"])
def test_a_recommendation_is_answered_honestly(services: Services, conversation: Conversation, text: str) -> None:
    says(services, text, "recommend")
    turn = play(services, conversation, text)
    assert (turn["command"], turn["band"], turn["products"]) == ("Recommend", "template", [])
    assert turn["quick_replies"]


@pytest.mark.parametrize(("intent", "reason"), [("human_agent", "requested"), ("complaint", "complaint")])
@pytest.mark.parametrize("text", ["get me somebody to talk to", "我要找你们的人"])
def test_a_handoff_opens_one_ticket(
    services: Services, conversation: Conversation, intent: str, reason: str, text: str
) -> None:
    says(services, text, intent)
    first = play(services, conversation, text)
    assert (first["command"], first["band"]) == ("Handoff", "template")
    assert first["handoff"] == {
        "reason": reason,
        "ticket": first["handoff"]["ticket"],
        "state": "waiting",
        "wait_minutes": None,
    }
    assert first["handoff"]["ticket"] in first["reply"]
    assert re.search(r"9:00-18:00", first["reply"])
    again = play(services, conversation, text)
    assert again["handoff"] == first["handoff"] and first["handoff"]["ticket"] in again["reply"]
    assert [e.type for e in conversation.log.events(conversation.id)].count("handoff") == 1


def test_the_ticket_stays_until_the_bot_has_the_conversation_back(
    services: Services, conversation: Conversation
) -> None:
    says(services, "转人工", "human_agent")
    assert play(services, conversation, ASKED["zh"])["handoff"] is None
    ticket = play(services, conversation, "转人工")["handoff"]
    later = play(services, conversation, "礼品包装多少钱？")
    assert (later["command"], later["band"], later["handoff"]) == ("Search", "direct", ticket)


@pytest.mark.parametrize("name", ["refused", "other_language_answer", "handoff", "我的意图"])
def test_a_shops_own_small_talk_gets_the_general_reply(tmp_path, conversation: Conversation, name: str) -> None:
    """Whatever it is called: a reply of that name may need what small talk does not have."""
    folder = write_shop(tmp_path / "own")
    (folder / "intents.yaml").write_text(
        f"- {{name: {name}, command: ChitChat, examples: {{en: [knock knock]}}}}\n", "utf-8"
    )
    services = make_services(load_shop(folder))
    says(services, "knock knock", name)
    turn = play(services, conversation, "knock knock")
    assert (turn["command"], turn["band"], turn["intent"]["name"]) == ("ChitChat", "template", name)
    assert "Tiny Shop" in turn["reply"]


@pytest.mark.parametrize("intent", ["greeting", "off_topic", "recommend"])
def test_an_unsure_route_gives_way_to_a_known_answer(
    services: Services, conversation: Conversation, intent: str
) -> None:
    says(services, ASKED["en"], intent, 0.7)
    assert play(services, conversation, ASKED["en"])["command"] == "Search"
    sure(services, 0.5)
    assert play(services, conversation, ASKED["en"])["command"] != "Search"


def test_an_improbable_route_is_a_search(services: Services, conversation: Conversation) -> None:
    sure(services, 0.1)
    says(services, "hm hm", "human_agent", 0.3)
    turn = play(services, conversation, "hm hm")
    assert (turn["command"], turn["band"], turn["handoff"]) == ("Search", "refused", None)


# --- follow-ups ---


def test_a_follow_up_is_joined_with_the_question_before(services: Services, conversation: Conversation) -> None:
    play(services, conversation, "How much is gift wrapping?")
    sure(services, 0.5)
    writer = script(services, "Gift wrapping costs ¥12 for small boxes.")
    turn = play(services, conversation, "and for small boxes?")
    assert turn["citations"][0]["id"] == "gift-wrap"
    assert turn["trace"]["earlier"] == "How much is gift wrapping?"
    assert "Earlier question: How much is gift wrapping?" in writer.asked[0]
    assert "Question: and for small boxes?" in writer.asked[0]


def test_a_question_of_its_own_is_not_joined(services: Services, conversation: Conversation) -> None:
    play(services, conversation, "How much is gift wrapping?")
    turn = play(services, conversation, "Within how many days may goods be sent back to your shop?")
    assert "earlier" not in turn["trace"]


@pytest.mark.parametrize(
    ("text", "intent", "command"),
    [
        ("转人工", "human_agent", "Handoff"),
        ("talk to a person", "human_agent", "Handoff"),
        ("投诉", "complaint", "Handoff"),
        ("谢谢", "thanks", "ChitChat"),
        ("thanks", "thanks", "ChitChat"),
        ("are you a bot", "bot_identity", "ChitChat"),
        ("取消订单", "cancel", "StartFlow"),
        ("推荐一个", "recommend", "Recommend"),
    ],
)
def test_a_short_request_after_a_question_is_what_it_is(
    services: Services, conversation: Conversation, text: str, intent: str, command: str
) -> None:
    play(services, conversation, ASKED["zh"])
    says(services, text, intent, 0.97)
    assert play(services, conversation, text)["command"] == command


def test_a_person_is_called_however_sure_the_knowledge_is(services: Services, conversation: Conversation) -> None:
    play(services, conversation, ASKED["zh"])
    says(services, "转人工", "human_agent", 0.65)
    sure(services, 0.99)
    assert play(services, conversation, "转人工")["command"] == "Handoff"


@pytest.mark.parametrize(
    ("text", "intent", "chance"),
    [
        ("那退货呢", "return", 0.95),
        ("what about furniture?", "capabilities", 0.97),
        ("周末呢", "greeting", 0.8),
        ("and for cards?", "thanks", 0.95),
    ],
)
def test_a_follow_up_is_one_whatever_the_router_takes_it_for(
    services: Services, conversation: Conversation, text: str, intent: str, chance: float
) -> None:
    play(services, conversation, ASKED["zh"])
    says(services, text, intent, chance)
    turn = play(services, conversation, text)
    assert turn["command"] == "Search" and turn["trace"]["earlier"] == ASKED["zh"]
