"""Sentences and normal forms: nothing is lost, nothing overlaps, and decimals and abbreviations end no sentence."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.text import CJK, nfkc, sentence_spans, sentences, shorten

# Few characters, so that ends of sentences, abbreviations and spaces come often.
TEXTS = st.one_of(st.text(max_size=80), st.text("aA7。！？；.!?,”\"') \n\t元", max_size=60))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t ", []),
        ("Free returns", ["Free returns"]),
        ("Free returns. No fee.", ["Free returns.", "No fee."]),
        ("It costs 3.50 a day. It is 2.5 kg.", ["It costs 3.50 a day.", "It is 2.5 kg."]),
        ("Version 1.2.3 is out.", ["Version 1.2.3 is out."]),
        ("We ship abroad, e.g. Japan. Ask us.", ["We ship abroad, e.g. Japan.", "Ask us."]),
        ("Ask Mr. Li or Dr. Wang. They know.", ["Ask Mr. Li or Dr. Wang.", "They know."]),
        ("Lantern Co. Ltd. Sells lamps.", ["Lantern Co. Ltd. Sells lamps."]),
        ("Order No. 5 is late.", ["Order No. 5 is late."]),
        ("Open until 5 p.m. On Sundays closed.", ["Open until 5 p.m. On Sundays closed."]),
        ("Really?! Yes! Good.", ["Really?!", "Yes!", "Good."]),
        ("See shop.example.com for more. Bye.", ["See shop.example.com for more.", "Bye."]),
        ('He said "no." Then left.', ['He said "no."', "Then left."]),
        ("He said “yes!” Then left.", ["He said “yes!”", "Then left."]),
        ("七天内可退。运费自理！可以吗？", ["七天内可退。", "运费自理！", "可以吗？"]),
        ("真的吗？！太好了！！！谢谢", ["真的吗？！", "太好了！！！", "谢谢"]),
        ("他说：“可以。”然后走了。", ["他说：“可以。”", "然后走了。"]),
        ("满99元包邮；不满收8元。", ["满99元包邮；", "不满收8元。"]),
        ("有货吗?多少钱?能退吗!", ["有货吗?", "多少钱?", "能退吗!"]),
        ("价格3.5元。重2.5公斤。", ["价格3.5元。", "重2.5公斤。"]),
        ("one\ntwo\n\nthree", ["one", "two", "three"]),
        ("etc.\nNext", ["etc.", "Next"]),
        ("1. Open the box.\n2. Take it out.", ["1. Open the box.", "2. Take it out."]),
        ("It takes 3. Then 5.", ["It takes 3.", "Then 5."]),
        ("中文。English here. 中文", ["中文。", "English here.", "中文"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@settings(deadline=None)
@given(TEXTS)
@example("a.\n。”")
def test_spans_are_in_order_and_leave_out_nothing_but_space(text: str) -> None:
    position = 0
    for start, end in sentence_spans(text):
        assert position <= start < end
        assert text[position:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        position = end
    assert text[position:].strip() == ""


@settings(deadline=None)
@given(TEXTS)
def test_no_sentence_holds_a_line_break(text: str) -> None:
    assert all("\n" not in s for s in sentences(text))


@settings(deadline=None)
@given(st.lists(st.decimals(0, 9999, places=2), min_size=1, max_size=4))
def test_a_decimal_is_never_cut(values: list[object]) -> None:
    found = sentences(" ".join(f"Now {v} kg." for v in values))
    assert len(found) == len(values)
    assert all(str(v) in s for v, s in zip(values, found, strict=True))


@pytest.mark.parametrize("unit", ["A. ", "e.g. ", '."', ". ", "。”", "?!", "1. ", "\n", '!"'])
def test_hostile_text_takes_no_time(unit: str) -> None:
    text = (unit * 4000)[:4000]
    began = time.process_time()
    sentence_spans(text)
    assert time.process_time() - began < 0.2


def test_nfkc_is_the_form_in_which_texts_are_compared() -> None:
    assert nfkc("  Ｈｅｌｌｏ　 WORLD\n１２ ") == "hello world 12"


@settings(deadline=None)
@given(st.text("aZé ＡＺ１　①½中。，\n", max_size=40))
def test_nfkc_of_nfkc_is_itself(text: str) -> None:
    assert nfkc(nfkc(text)) == nfkc(text)


def test_cjk_is_han_and_not_kana_or_punctuation() -> None:
    assert CJK.findall("中A，あア한가\ud7a3 鿿㐀。\uf900") == ["中", "鿿", "㐀", "\uf900"]


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("ab cd", 4, "ab…"), ("", 1, "")],
)
def test_shorten(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected


@settings(deadline=None)
@given(st.text(max_size=30), st.integers(1, 40))
def test_shortened_text_is_within_its_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit
