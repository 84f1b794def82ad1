"""Content words: what carries meaning stays, in whichever width and apostrophe it is typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.words import content_words, is_content


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("What is the price?", {"price"}),
        ("Returns and returned returning", {"retur"}),
        ("I don't want it", {"want"}),
        ("I don’t want it, can’t I?", {"want"}),
        ("A 3.5 kg lamp", {"3.5", "kg", "lamp"}),
        ("ＡＢＣ １２３", {"abc", "123"}),
        ("请问运费多少钱", {"运费", "钱"}),
        ("礼品包装收费吗", {"礼品包装", "收费"}),
        ("！？。，", set()),
    ],
)
def test_content_words(text: str, expected: set[str]) -> None:
    assert content_words(text) == expected


def test_chinese_and_latin_words_in_one_sentence() -> None:
    found = content_words("iPhone 15有货吗")
    assert {"iphon", "15"} <= found
    assert any("货" in word for word in found)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_every_word_is_part_of_the_text_in_its_normal_form(text: str) -> None:
    import unicodedata

    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    for word in content_words(text):
        assert word and word in plain


@settings(deadline=None)
@given(st.text("aehilnoprst 运费退货款的了吗", max_size=40))
def test_case_and_width_make_no_difference(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in text.lower())
    assert content_words(wide) == content_words(text.upper()) == content_words(text)


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("▁return", True),
        ("▁Return", True),
        ("▁the", False),
        ("吗", False),
        ("退货", True),
        ("?", False),
        ("▁", False),
        ("", False),
        ("▁30", True),
    ],
)
def test_is_content(piece: str, expected: bool) -> None:
    assert is_content(piece) is expected
