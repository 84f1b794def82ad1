"""The claims ledger: what stands in a source passes however it is written; what stands in none never does."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.guard.claims import ungrounded
from bot.guard.equivalents import equivalents
from bot.guard.numbers import numbers
from bot.text import sentences

SOURCE = [
    "标准配送需要2-4天，费用¥18.00。特快配送需要1天。满199元包邮。周一至周五9:00-21:00营业。",
    "Returns are free within 30 days. Use code SAVE20 for 15% off. Model WH-1000XM5 weighs 250 g.",
    "请联系help@lantern.example或访问https://lantern.example/returns。",
]


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "没有数字。",
        "运费18元，两到四天送到。",
        "It costs ¥18 and takes two to four days.",
        "满199元免运费。[1]",
        "You have thirty days. [12]",
        "A 30-day return window.",
        "Within 30days.",
        "八五折，用SAVE20结账",
        "It is 15% off with save20.",
        "WH-1000XM5 is 250g.",
        "WH 1000XM5",
        "Open until 9 pm.",
        "我们9点开门，晚上九点关门。",
        "Open 9am-9pm.",
        "Write to help@lantern.example.",
        "请写信到help@lantern.example，谢谢",
        "请看https://lantern.example/returns了解",
        "See https://lantern.example/returns/.",
        "One day is enough.",
        "You need 1 day.",
        "1. Free returns.\n2. Free delivery over ¥199.",
    ],
)
def test_grounded(reply: str) -> None:
    assert ungrounded(reply, SOURCE) == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("It takes 5 days.", ["5"]),
        ("需要三十一天", ["31"]),
        ("满200元包邮", ["200"]),
        ("Only ¥1,000.50!", ["1000.5"]),
        ("12-month warranty", ["12"]),
        ("3折优惠", ["3"]),
        ("使用优惠码SAVE30结账", ["SAVE30"]),
        ("Use SAVE-20X.", ["SAVE-20X"]),
        ("WH-1000XM", ["WH-1000XM"]),
        ("iPhone15", ["iPhone15"]),
        ("LT-18", ["LT-18"]),
        ("Mail info@lantern.example.", ["info@lantern.example"]),
        ("请访问https://lantern.example/ret。", ["https://lantern.example/ret"]),
        ("See www.lantern.example now", ["www.lantern.example"]),
        ("Open until 10 pm.", ["10"]),
        ("八折", ["8"]),
    ],
)
def test_ungrounded(reply: str, expected: list[str]) -> None:
    assert ungrounded(reply, SOURCE) == expected


def test_values_are_printed_plainly() -> None:
    assert ungrounded("30 days, 1000000 points, 2.50 kg", ["none"]) == ["2.5", "30", "1000000"]


def test_the_same_code_is_named_once() -> None:
    assert ungrounded("A1B A1B", ["1"]) == ["A1B"]


@pytest.mark.parametrize(
    ("source", "reply"),
    [
        ("iPhone 15 Pro", "iPhone15 Pro"),
        ("一年质保", "1 year warranty"),
        ("10月1日起", "from October 1"),
        ("from October 1", "10月1日起"),
        ("10 x 20 cm", "10x20cm"),
        ("10m²", "10㎡"),
        ("1.5万积分", "15,000 points"),
        ("下午三点到五点", "15:00-17:00"),
        ("两三天", "2-3 days"),
        ("20% off", "八折"),
        ("half price", "五折"),
    ],
)
def test_a_value_may_be_written_otherwise(source: str, reply: str) -> None:
    assert ungrounded(reply, [source]) == []


@pytest.mark.parametrize(
    ("source", "reply", "claim"),
    [
        ("Open from 9:00", "Open until 21:00", "21"),
        ("twenty\nfive", "25 days", "25"),
        ("order W2378156", "order W237815", "W237815"),
        ("三十分钟", "三分钟", "3"),
        ("两三天", "23天", "23"),
    ],
)
def test_a_value_is_not_made_up_of_pieces(source: str, reply: str, claim: str) -> None:
    assert claim in ungrounded(reply, [source])


# Sources as shops write them, and any text at all.
_WORDS = st.sampled_from(
    "7天 ¥18.00 两三天 15% off SAVE20 WH-1000XM5 9:00-21:00 thirty-five days help@x.example https://x.example/a?b=1 "
    "1,299元 一年 第三方 10月1日 八五折 (2) 3. 1.5万 3千克 二十一个 周一至周五 2026-10-01 x3 10x20cm".split(" ")
)
_GLUE = st.sampled_from([" ", "，", "。", ". ", "\n", "", "！", "; ", "，用", " or "])
SOURCES = st.lists(st.tuples(_WORDS, _GLUE), min_size=1, max_size=12).map(lambda ps: "".join(w + g for w, g in ps))


@given(st.lists(SOURCES, min_size=1, max_size=3), st.data())
def test_copied_sentences_are_grounded(sources: list[str], data: st.DataObject) -> None:
    copied = [s for source in sources for s in sentences(source)]
    assume(copied)
    for sentence in data.draw(st.lists(st.sampled_from(copied), max_size=3)):
        assert ungrounded(sentence, sources) == []


@given(
    st.text(st.characters(exclude_characters="[]", exclude_categories=["Cs"]), max_size=60),
    st.text(max_size=20),
)
def test_any_copied_text_is_grounded(source: str, other: str) -> None:
    assert ungrounded(source, [other, source]) == []
    for sentence in sentences(source):
        assert ungrounded(sentence, [source]) == []


@given(
    st.lists(st.integers(2, 99_999), min_size=1, max_size=6),
    st.integers(2, 99_999),
    st.sampled_from(["{}天", "{} days", "¥{:,}", "{}.00元"]),
)
def test_a_number_that_stands_nowhere_is_always_found(given: list[int], claimed: int, form: str) -> None:
    source = " and ".join(f"item costs {n} yuan" for n in given)
    assume(claimed not in numbers(source) | equivalents(source))
    assert ungrounded("It is " + form.format(claimed), [source]) == [str(claimed)]


@pytest.mark.parametrize(
    "unit", ["1", "1,", "a", "a1-", "a@", "A1 ", "https://", "www.", "[1]", "一二", "a.", "-1", " "]
)
def test_4000_characters_take_less_than_20_ms(unit: str) -> None:
    text = (unit * 4000)[:4000]
    ungrounded(text, ["7 days"])
    took = []
    for reply, source in ((text, "7 days"), ("7 days", text), (text, text)):
        for _ in range(3):
            began = time.process_time()
            ungrounded(reply, [source])
            took.append(time.process_time() - began)
    assert max(min(took[i : i + 3]) for i in (0, 3, 6)) < 0.02
