"""Any text is a message or bad input; its language is kept, switched, or noted as foreign."""

from __future__ import annotations

import threading

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scripted import make_services, script, sure, write_shop
from turns import ASKED, play

from bot.conversation import Conversation, begin
from bot.errors import BadInput
from bot.services import Services
from bot.shop.folder import load_shop
from bot.store.memory import MemoryLog
from bot.turn import MAX_MESSAGE, check_message, take_turn

# --- languages ---


def test_the_messages_own_language_wins(services: Services, conversation: Conversation) -> None:
    assert play(services, conversation, ASKED["zh"], "en")["language"] == "zh"
    assert play(services, conversation, ASKED["en"], "zh")["language"] == "en"


def test_the_language_is_kept_where_a_message_tells_none(services: Services, conversation: Conversation) -> None:
    for text in (ASKED["en"], "???", "18"):
        assert play(services, conversation, text)["language"] == "en"


def test_the_language_is_switched_with_the_message(services: Services, conversation: Conversation) -> None:
    spoken = [play(services, conversation, text)["language"] for text in (ASKED["en"], ASKED["zh"], "???", ASKED["en"])]
    assert spoken == ["en", "zh", "zh", "en"]


def test_a_first_message_without_a_language(services: Services) -> None:
    assert play(services, begin(MemoryLog()), "???", "en")["language"] == "en"
    assert play(services, begin(MemoryLog()), "???")["language"] == "zh"  # the shop's first


def test_mixed_scripts_are_chinese(services: Services, conversation: Conversation) -> None:
    assert play(services, conversation, "iPhone 15 Pro Max 有货吗")["language"] == "zh"


@pytest.mark.parametrize(
    "text",
    ["¿Cuánto cuesta el envío para la casa?", "配送はどのくらいかかりますか", "сколько стоит доставка"],
)
def test_another_language_gets_the_shops_first_and_a_note(
    services: Services, conversation: Conversation, text: str
) -> None:
    turn = play(services, conversation, text, "en")
    assert turn["language"] == "zh"
    assert turn["reply"].startswith("（我可以用中文或英文回复。）\n")


def test_a_note_is_not_yet_an_answer(services: Services, conversation: Conversation) -> None:
    """`first_token` is when the customer can read the answer; a note before it does not count."""
    sure(services, 0.5)
    waited = threading.Event()
    script(services, [lambda: waited.wait(0.15), "标准配送需要2-4天。"])
    turn = play(services, conversation, "сколько стоит доставка, 多久能送到")
    assert turn["band"] == "generated"
    assert turn["timings_ms"]["first_token"] >= 150


# --- messages ---

UNREADABLE = [
    "",
    " \n\t ",
    "\0",
    "\x01\x02\x7f\x9f",
    "\u200b\u200b",
    "\ufeff",
    "\u200d",
    "\ud800",
    "\u2028\u2029",
    "\u00ad",
]


@pytest.mark.parametrize("text", UNREADABLE, ids=ascii)
def test_a_message_without_anything_to_read(services: Services, conversation: Conversation, text: str) -> None:
    with pytest.raises(BadInput, match="empty"):
        list(take_turn(services, conversation, text))
    assert conversation.log.events(conversation.id) == []
    assert play(services, conversation, ASKED["en"])["band"] == "direct"


@pytest.mark.parametrize("text", ["x" * 100_000, "很" * (MAX_MESSAGE + 1), "word " * 20_000])
def test_a_message_that_is_too_long(services: Services, conversation: Conversation, text: str) -> None:
    with pytest.raises(BadInput, match="at most 4000"):
        list(take_turn(services, conversation, text))
    assert conversation.log.events(conversation.id) == []


def test_the_longest_message(services: Services, conversation: Conversation) -> None:
    play(services, conversation, "很" * MAX_MESSAGE)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  hi  ", "hi"),
        ("a\0b", "ab"),
        ("how\u00a0much", "how much"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\u3000b", "a b"),
        ("ship\u00adping\u200b", "shipping"),
        ("\ufeffhi", "hi"),
        ("x\ud800y", "xy"),
        ("a\u202eb", "ab"),
        ("👩\u200d👧 ❤\ufe0f", "👩\u200d👧 ❤\ufe0f"),
        ("多久？\n快点", "多久？\n快点"),
        ("a\tb", "a\tb"),
    ],
)
def test_a_message_is_cleaned(text: str, clean: str) -> None:
    assert check_message(text) == clean
    assert check_message(clean) == clean


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return make_services(load_shop(write_shop(tmp_path_factory.mktemp("shared") / "shop")))


INTENTS = ("ask_delivery_time", "greeting", "off_topic", "human_agent", "complaint", "cancel", "recommend")
ANY = (
    st.text()
    | st.text(alphabet=st.characters())
    | st.text("0123456789零一二两三百千万亿点半.,%:¥#@-+[]{}\n 折天元那呢?")
    | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape"))
)


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(ANY, min_size=1, max_size=3),
    said=ANY,
    intent=st.sampled_from(INTENTS),
    chance=st.floats(0, 1),
    top=st.floats(0, 1),
    language=st.sampled_from([None, "zh", "en"]),
)
def test_any_message_gives_a_turn_or_is_bad_input(
    shared: Services,
    texts: list[str],
    said: str,
    intent: str,
    chance: float,
    top: float,
    language: str | None,
) -> None:
    shared.head.usual = (intent, chance)
    sure(shared, top)
    script(shared, said, said)
    conversation = begin(MemoryLog())
    for text in texts:
        try:
            play(shared, conversation, text, language)
        except BadInput:
            assert not conversation.lock.locked()
