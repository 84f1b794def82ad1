"""Chinese numerals and English number words as values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard.numerals import CHINESE, ENGLISH, chinese_values, english_values


@pytest.mark.parametrize(
    ("numeral", "expected"),
    [
        ("一", []), ("零", []), ("百", []), ("万", []), ("千万", []), ("两", [2]), ("十", [10]), ("十五", [15]),
        ("二十", [20]), ("二十五", [25]), ("一百", [100]), ("一百零五", [105]), ("一百五", [150]), ("三百一十五", [315]),
        ("三千六", [3600]), ("一万二", [12_000]), ("十万", [100_000]), ("两千万", [20_000_000]), ("一亿二", [120_000_000]),
        ("三十五万八千", [358_000]), ("二〇二六", [2026]), ("八五", [85]), ("九九", [99]), ("一二三四", [1234]),
        ("两三", [2, 3]), ("一两", [1, 2]), ("三五", [3, 5]), ("七八", [7, 8]), ("十七八", [17, 18]), ("二三十", [20, 30]),
        ("三四百", [300, 400]), ("一百五六", [150, 160]), ("三点五", ["3.5"]), ("零点五", ["0.5"]), ("二十五点二五", ["25.25"]),
        ("一" * 30, []), ("", []),
    ],
)  # fmt: skip
def test_chinese(numeral: str, expected: list[int | str]) -> None:
    assert chinese_values(numeral) == {Decimal(v) for v in expected}


def spelled(number: int) -> str:
    """A number below 10,000 in Chinese, the way it is read."""
    digits, units = "零一二三四五六七八九", ["", "十", "百", "千"]
    out = ""
    for place, digit in zip(range(3, -1, -1), f"{number:04d}", strict=True):
        if digit != "0":
            out += digits[int(digit)] + units[place]
        elif out and not out.endswith("零"):
            out += "零"
    return out.rstrip("零")


@given(st.integers(2, 9999))
def test_every_number_reads_back(number: int) -> None:
    assert chinese_values(spelled(number)) == {Decimal(number)}


@given(st.integers(2, 9999), st.integers(1, 9999))
def test_large_numbers_read_back(ten_thousands: int, rest: int) -> None:
    joint = "零" if rest < 1000 else ""
    assert chinese_values(f"{spelled(ten_thousands)}万{joint}{spelled(rest)}") == {
        Decimal(ten_thousands * 10_000 + rest)
    }


@given(st.text(CHINESE + "点", max_size=25))
def test_no_run_of_numerals_raises(text: str) -> None:
    _, _, decimals = text.partition("点")
    if "点" not in decimals and all(c in "零〇一二三四五六七八九" for c in decimals):
        assert len(chinese_values(text)) <= 2


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("one", []), ("zero", []), ("hundred", []), ("two", [2]), ("nineteen", [19]), ("twenty", [20]),
        ("twenty-five", [25]), ("twenty five", [25]), ("one hundred", [100]), ("a hundred", [100]), ("a dozen", [12]),
        ("two dozen", [24]), ("one hundred and fifty", [150]), ("ten thousand", [10_000]),
        ("two hundred thousand", [200_000]), ("two thousand and five", [2005]), ("Three", [3]),
        ("one million two hundred thousand", [1_200_000]), ("five and seven", [5, 7]), ("seven eight", [7, 8]),
        ("two-three", [2, 3]), ("one and two", [2]), ("nineteen ninety-nine", [19, 99]), ("a two", [2]), ("a one", []),
    ],
)  # fmt: skip
def test_english(phrase: str, expected: list[int]) -> None:
    match = ENGLISH.fullmatch(phrase)
    assert match
    assert english_values(match.group()) == {Decimal(v) for v in expected}


@pytest.mark.parametrize("text", ["someone", "tension", "often", "dozens", "hundreds of lamps", "a lamp", "phone"])
def test_words_that_only_look_like_numbers(text: str) -> None:
    assert not ENGLISH.search(text)


_ONES = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = ["", "", *"twenty thirty forty fifty sixty seventy eighty ninety".split()]


def in_english(number: int) -> str:
    """A number below a million in words."""
    if number >= 1000:
        return f"{in_english(number // 1000)} thousand {in_english(number % 1000)}".strip()
    if number >= 100:
        rest = in_english(number % 100)
        return f"{_ONES[number // 100]} hundred" + (f" and {rest}" if rest else "")
    if number >= 20:
        return "-".join(filter(None, (_TENS[number // 10], _ONES[number % 10])))
    return _TEENS[number - 10] if number >= 10 else _ONES[number]


@given(st.integers(2, 999_999))
def test_every_number_in_words_reads_back(number: int) -> None:
    assert english_values(in_english(number)) == {Decimal(number)}
