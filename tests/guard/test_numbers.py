"""Numbers of a text as values, whichever way they are written."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard.equivalents import equivalents
from bot.guard.numbers import numbers, written


def values(*numbers: int | str) -> set[Decimal]:
    return {Decimal(n) for n in numbers}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", values()),
        ("no number", values()),
        ("7 days", values(7)),
        ("７天", values(7)),
        ("３．５公斤", values("3.5")),
        ("¥1,299.00", values(1299)),
        ("1,2345", values(1, 2345)),
        ("满199，300减", values(199, 300)),
        ("买3、5、7件", values(3, 5, 7)),
        ("7-10 days", values(7, 10)),
        ("3至5天", values(3, 5)),
        ("7.5.2", values("7.5", 2)),
        ("2026-10-01", values(2026, 10, 1)),
        ("2026年10月1日", values(2026, 10, 1)),
        ("9:00-21:30", values(9, 21, 30)),
        ("９：００开门", values(9)),
        ("15% off", values(15)),
        ("1.5万", values(15_000)),
        ("3千万", values(30_000_000)),
        ("2 million", values(2_000_000)),
        ("3百元", values(300)),
        ("5千克", values(5)),
        ("五千克", values(5)),
        ("60㎡", values(60)),
        ("10 m²", values(10)),
        ("①打开②取出", values()),
    ],
)
def test_digits(text: str, expected: set[Decimal]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("七天内", values(7)),
        ("两三天", values(2, 3)),
        ("三五天", values(3, 5)),
        ("十七八元", values(17, 18)),
        ("十分钟", values(10)),
        ("三十分钟", values(30)),
        ("二十一个", values(21)),
        ("两千万", values(20_000_000)),
        ("一个", values()),
        ("一般一定一起", values()),
        ("统一三天发货", values(3)),
        ("十分满意", values()),
        ("第三方", values()),
        ("第三天", values()),
        ("周三发货", values()),
        ("周一至周五", values()),
        ("周一到五", values()),
        ("每周三次", values(3)),
        ("双十一", values()),
        ("二维码", values()),
        ("二手", values()),
        ("四川", values()),
        ("百货", values()),
        ("三点五公斤", values("3.5")),
        ("三点十五分", values(3, 15)),
        ("三点五十", values(3, 50)),
        ("兩三天", values(2, 3)),
        ("百分之三十", values(30)),
        ("三分之一", values(3)),
        ("半年", values()),
    ],
)
def test_chinese(text: str, expected: set[Decimal]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one year", values()),
        ("no one", values()),
        ("thirty days", values(30)),
        ("between five and seven days", values(5, 7)),
        ("two to three weeks", values(2, 3)),
        ("twenty\nfive", values(20, 5)),
        ("a hundred", values(100)),
        ("a two-year warranty", values(2)),
    ],
)
def test_english(text: str, expected: set[Decimal]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. Open the box\n2. Take it out", values()),
        ("1、打开\n2、取出", values()),
        ("(1) Open\n（2）Take", values()),
        ("3、5天内", values(3, 5)),
        ("7. ", values(7)),
        ("2026. A year", values(2026)),
        ("It takes 3. Then 5.", values(3, 5)),
    ],
)
def test_the_number_of_a_list_item_is_none(text: str, expected: set[Decimal]) -> None:
    assert numbers(text) == expected


@given(st.decimals(0, 10**9, places=2, allow_nan=False))
def test_a_number_reads_back_however_it_is_printed(value: Decimal) -> None:
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    for text in (f"{value}", f"{value:,}", str(value).translate(wide), f"¥{value}元", f"约{value}天"):
        assert numbers(text) == {value}


@given(st.text(max_size=80))
def test_no_text_raises(text: str) -> None:
    assert all(isinstance(v, Decimal) for v in numbers(text) | equivalents(text))


@given(st.text("一二三十百千万亿两点零半0123.,:%折周第 \n天元", max_size=40))
def test_no_mixture_raises(text: str) -> None:
    assert all(v >= 0 for v in numbers(text) | equivalents(text) if "%" not in text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("30", "30"),
        ("3E+1", "30"),
        ("3.50", "3.5"),
        ("0", "0"),
        ("0.00", "0"),
        ("1E+6", "1000000"),
        ("100", "100"),
        ("0.05", "0.05"),
    ],
)
def test_written(value: str, expected: str) -> None:
    assert written(Decimal(value)) == expected


@given(st.decimals(0, 10**12, places=3, allow_nan=False))
def test_written_numbers_are_plain_and_the_same(value: Decimal) -> None:
    text = written(value)
    assert "E" not in text and Decimal(text) == value
    assert numbers(text) == {value}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15:00", values(3)),
        ("00:30", values(12, 24)),
        ("3 pm", values(15)),
        ("3:30 p.m.", values(15)),
        ("12 pm", values(12)),
        ("2-5 pm", values(14, 17)),
        ("下午3点", values(15)),
        ("下午三点", values(15)),
        ("晚上九点半", values(21)),
        ("八五折", values(15, 85, "8.5")),
        ("8.5折", values(15, 85, "8.5")),
        ("九折", values(10, 90, 9)),
        ("20% off", values(80, 8)),
        ("half price", values(50, 5)),
        ("一年质保", values(1)),
        ("one year", values(1)),
        ("第三天", values(3)),
        ("October 5", values(10)),
        ("5 May", values(5)),
        ("twice", values(2)),
        ("六成租金", values(60)),
        ("the first kilogram", values(1)),
        ("百分之百", values(100)),
        ("noon", values(12)),
        ("you may return", values()),
        ("三折叠", values()),
        ("9:00", values()),
        ("7 days", values()),
    ],
)
def test_equivalents(text: str, expected: set[Decimal]) -> None:
    found = equivalents(text)
    assert expected <= found
    if not expected:
        assert found == set()


def test_the_morning_is_not_the_evening() -> None:
    assert Decimal(21) not in numbers("Open from 9:00") | equivalents("Open from 9:00")


HOSTILE = [
    "1",
    "1,",
    "1,111",
    "1.",
    "一二三",
    "三天,",
    "one ",
    "one and ",
    " ",
    "\n",
    "(1)",
    "1%2折3:00下午4点 ",
    "1 to ",
    "周一二",
    "第",
    "twenty five million ",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_4000_characters_take_less_than_20_ms(unit: str) -> None:
    text = (unit * 4000)[:4000]
    numbers(text)
    took = []
    for _ in range(3):
        began = time.process_time()
        numbers(text)
        took.append(time.process_time() - began)
    assert min(took) < 0.02
