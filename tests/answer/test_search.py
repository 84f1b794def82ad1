"""A question's band decides how it is answered; every failure of the writer ends in extracts or a refusal."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from scripted import ScriptedWriter, Step, make_services, script, sure, write_shop

from bot.answer.question import Answer
from bot.answer.search import answer_question, find
from bot.errors import WriterUnavailable
from bot.generate.none import NoWriter
from bot.services import Services
from bot.shop.folder import load_shop

ASKED = {"en": "How long does delivery take?", "zh": "多久能送到？"}
CURATED = {
    "en": "Standard delivery takes 2-4 days. Express delivery takes 1 day and costs ¥18.",
    "zh": "标准配送需要2-4天。特快配送需要1天，费用18元。",
}


def answer(services: Services, text: str, language: str) -> tuple[str, Answer]:
    """What was shown, and the answer."""
    question = find(services, text, language)
    assert question is not None
    stream, shown = answer_question(services, question), ""
    while True:
        try:
            shown += next(stream)
        except StopIteration as end:
            return shown, end.value


@pytest.mark.parametrize("language", ["en", "zh"])
def test_direct_is_the_curated_answer_word_for_word(services: Services, language: str) -> None:
    sure(services, 0.9)
    shown, made = answer(services, ASKED[language], language)
    assert made.band == "direct"
    assert shown == made.text == f"{CURATED[language]} [1]"
    (citation,) = made.citations
    assert (citation.n, citation.id, citation.url) == (1, "delivery", "https://shop.example/delivery")
    assert citation.quote in CURATED[language]
    assert script(services).requests == []


def test_a_policy_is_never_direct(services: Services) -> None:
    sure(services, 0.99)
    script(services, "Goods may be sent back within 30 days of arrival.")
    shown, made = answer(services, "Window: goods may be sent back within how many days of arrival", "en")
    assert made.band == "generated"
    assert made.citations[0].id == "returns#window"
    assert shown.endswith("[1]")


def test_an_answer_in_the_other_language_is_never_direct(services: Services) -> None:
    sure(services, 0.99)
    script(services, "Members get 1 point for each ¥1.")
    shown, made = answer(services, "会员 积分 points", "en")
    assert made.citations[0].id == "loyalty"
    assert (made.band, shown) == ("generated", "Members get 1 point for each ¥1. [1]")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_between_the_thresholds_the_writer_writes(services: Services, language: str) -> None:
    sure(services, 0.5)
    text = {"en": "Standard delivery takes 2-4 days.", "zh": "标准配送需要2-4天。"}[language]
    script(services, text)
    shown, made = answer(services, ASKED[language], language)
    assert (made.band, shown) == ("generated", f"{text} [1]")


def test_below_the_threshold_nothing_is_said_and_nobody_asked(services: Services) -> None:
    sure(services, 0.1)
    writer = script(services, "Standard delivery takes 2-4 days.")
    shown, made = answer(services, ASKED["en"], "en")
    assert (made.band, shown, made.citations) == ("refused", "", ())
    assert writer.requests == []


FAILURES: list[tuple[str, list[str | Iterable[Step]]]] = [
    ("dead", []),
    ("busy", [[WriterUnavailable("the writer's queue is full")]]),
    ("slow", [["Standard delivery ta", WriterUnavailable("too slow")]]),
    ("silent", ["", ""]),
    ("wrong number twice", ["It takes 9 days.", "It takes 8 days."]),
    ("wrong, then dead", ["It takes 9 days."]),
    ("wrong language twice", ["需要几天。", "要等几天才行。"]),
    ("promise twice", ["I will send it today.", "We have refunded you."]),
]


@pytest.mark.parametrize(("name", "replies"), FAILURES, ids=[name for name, _ in FAILURES])
def test_without_a_usable_reply_the_shops_own_words_are_quoted(
    services: Services, name: str, replies: list[str | Iterable[Step]]
) -> None:
    sure(services, 0.55)
    writer = script(services, *replies)
    shown, made = answer(services, ASKED["en"], "en")
    assert made.band == "extractive"
    assert shown == made.text == f"{CURATED['en']} [1]"
    assert made.citations[0].id == "delivery"
    assert made.rejected or name == "silent"
    assert writer.live == 0


@pytest.mark.parametrize(("name", "replies"), FAILURES, ids=[name for name, _ in FAILURES])
def test_or_refused_where_the_best_passage_is_too_unsure(
    services: Services, name: str, replies: list[str | Iterable[Step]]
) -> None:
    sure(services, 0.4)
    script(services, *replies)
    shown, made = answer(services, ASKED["en"], "en")
    assert (made.band, shown, made.citations) == ("refused", "", ()), name


def test_half_a_stream_is_an_answer_and_nothing_is_added_to_it(services: Services) -> None:
    sure(services, 0.55)
    script(services, ["Standard delivery takes 2-4 days. ", "Express", WriterUnavailable("it died")])
    shown, made = answer(services, ASKED["en"], "en")
    assert made.band == "generated"
    assert shown == made.text == "Standard delivery takes 2-4 days. [1]"


@pytest.mark.parametrize(("language", "said"), [("en", "NOT_IN_NOTES"), ("zh", "资料未提及")])
def test_what_the_notes_do_not_say_is_refused(services: Services, language: str, said: str) -> None:
    sure(services, 0.55)
    script(services, said)
    shown, made = answer(services, ASKED[language], language)
    assert (made.band, shown) == ("refused", "")


def test_without_a_writer_another_languages_answer_is_quoted_behind_a_line(services: Services) -> None:
    sure(services, 0.55)
    shown, made = answer(services, "会员 积分 points", "en")
    assert made.band == "extractive"
    first, second = shown.split("\n")
    assert first == "Our answer, in Chinese:"
    assert second in ("会员每消费1元得1积分。 [1]", "积分在365天后失效。 [1]")


def test_the_writer_may_be_switched_off(shop_folder: object, tmp_path: object) -> None:
    services = make_services(load_shop(shop_folder), NoWriter())  # type: ignore[arg-type]
    sure(services, 0.55)
    _, made = answer(services, ASKED["zh"], "zh")
    assert made.band == "extractive"
    assert made.rejected == ("writer: the writer is switched off (ZHANGGUI_WRITER=none)",)


def test_a_shop_without_passages_has_no_question(tmp_path: object) -> None:
    folder = write_shop(tmp_path / "bare", faq__faq_yaml="[]\n")  # type: ignore[operator]
    for language in ("en", "zh"):
        (folder / "policies" / language / "returns.md").unlink()
    services = make_services(load_shop(folder))
    assert find(services, "anything", "en") is None


def test_the_guards_time_is_told(services: Services) -> None:
    sure(services, 0.55)
    script(services, "Standard delivery takes 2-4 days.")
    assert answer(services, ASKED["en"], "en")[1].guard_ms > 0
    assert isinstance(services.writer, ScriptedWriter)
