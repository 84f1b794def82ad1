"""Patterns, ids and scripts: what counts as equal."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evaluation.patterns import cjk_share, compile_pattern, covers, first_hit, reads_as, without_marks


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("seven days", "Within SEVEN\n days."),
        ("7 天", "七日内（７ 天）"),
        ("退货期为7天。", "退货期为７天[1]。"),
        ("7 days from", "7 days [1] from delivery"),
        ("7 days from", "7 days ［12］ from delivery"),
        ("1299", "It costs ¥1,299.00"),
        ("1,299", "It costs 1299 yuan"),
        ("1,299,000", "共1299000元"),
        ("1299", "1\u202f299 €"),
        ("１２９９", "1299"),
        ("可以吗？", "可以吗?"),
        ("（包邮）", "(包邮)"),
        ("[，。]好", "一,好"),
        (r"\？", "why?"),
        (r"\d{1,3} days", "30 days"),
        ("café", "CAFE\u0301"),
        ("a.*b", "a\n\nb"),
    ],
)
def test_patterns_that_are_found(pattern, text) -> None:
    assert compile_pattern(pattern).found_in(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("可以吗？", "可以"),
        ("（包邮）", "包邮"),
        ("7 days", "17days"),
        ("3100", "满3，100元"),
        (r"\S\d\S", "a b"),
        ("1", "see [1]"),
    ],
)
def test_patterns_that_are_not_found(pattern, text) -> None:
    assert not compile_pattern(pattern).found_in(text)


@pytest.mark.parametrize("pattern", ["(", "a{99999999999999999999}", "(?P<n>a)(?P<n>b)", "[z-a]", "(?au)x", "*"])
def test_a_bad_pattern_says_so(pattern) -> None:
    with pytest.raises(ValueError, match="bad regular expression"):
        compile_pattern(pattern)


@settings(deadline=None)
@given(st.text())
def test_compiling_raises_nothing_else(source) -> None:
    try:
        assert compile_pattern(source).source == source
    except ValueError as error:
        assert "bad regular expression" in str(error)


def test_a_policy_id_covers_its_passages_and_nothing_else() -> None:
    assert covers("returns", "returns")
    assert covers("returns", "returns#退货-期限")
    assert covers("returns#window", "returns#window")
    assert not covers("returns#window", "returns")
    assert not covers("returns#window", "returns#window-2")
    assert not covers("returns", "returns-policy")
    assert not covers("product:1", "product:12")


def test_the_first_hit_is_a_rank() -> None:
    assert first_hit(["b", "c"], ["a", "c#x", "b"]) == 2
    assert first_hit(["z"], ["a"]) is None
    assert first_hit(["a"], []) is None


def test_marks_are_taken_out() -> None:
    assert without_marks("Free [1], fast[2]. [x] [1234]") == "Free, fast. [x] [1234]"


def test_cjk_share_by_hand() -> None:
    assert cjk_share("支持 Visa 和 iPhone, or no") == 3 / 5
    assert cjk_share("写信到help@shop.example，看 https://shop.example/a") == 1
    assert cjk_share("Visa PayPal") == 0
    assert cjk_share("12:30 – 14:00") is None


@pytest.mark.parametrize(
    ("reply", "language", "reads"),
    [
        ("七天内可以退货。", "zh", True),
        ("支持 Visa、MasterCard、PayPal、Apple Pay 和 Google Pay", "zh", True),
        ("Welcome to 灯笼铺, our return window is seven days from delivery.", "zh", False),
        ("Returns are free within seven days.", "en", True),
        ("Our store is at 北京市朝阳区, open from nine to nine every day.", "en", True),
        ("七天内可以退货。", "en", False),
        ("7", "en", True),
        ("", "zh", True),
    ],
)
def test_scripts_tell_languages_apart(reply, language, reads) -> None:
    assert reads_as(reply, language) is reads


def test_an_introduced_quotation_does_not_count() -> None:
    quote = "Returns are free within seven days of delivery for all members."
    assert reads_as("我们的英文答案：" + quote, "zh", [quote])
    assert not reads_as("我们的英文答案：" + quote, "zh")
    assert not reads_as(quote, "zh", [quote])
    assert reads_as(quote, "en", [quote])
