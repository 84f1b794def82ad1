"""The language of a message, from its scripts: customers mix them, and other languages are neither Chinese nor English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.perceive.language import detect, foreign

CHINESE = [
    "好",
    "有货吗",
    "7天",
    "iPhone 15 Pro Max 有货吗",
    "Apple Watch Ultra 2 Natural Titanium Alpine Loop 有吗",
    "有 Sony WH-1000XM5 Wireless Noise Cancelling Headphones black 吗",
    "我想 cancel 我的 order",
    "请问 return policy 是什么",
    "refund 多久到账",
    "size M 有吗",
    "α7 相机有货吗",
    "の会员卡怎么用",
    "铁观音",
    "請問可以退貨嗎",
    "這件衣服有沒有L碼？",
    "你好 hello",
    "我的邮箱是 li@example.com",
]
ENGLISH = [
    "ok",
    "no",
    "hello",
    "Where is my order?",
    "What is the price of 大红袍",
    "do you have 大红袍 tea",
    "Do you sell 小米 14 Ultra in Singapore",
    "Can I pay with Alipay 支付宝?",
    "can you tell me if 退货 is free",
    "ＯＫ ｔｈａｎｋｓ",
    "I'd like a café au lait mug",
    "How do I return a La Mer cream",
    "when will my order come",
    "Is the Die Hard DVD in stock?",
    "α and β version?",
]
FOREIGN = [
    "返品できますか",
    "配送料はいくらですか",
    "iPhone 15 のケースはありますか",
    "반품할 수 있나요?",
    "배송은 얼마나 걸려요",
    "Où est ma commande ?",
    "Je veux retourner ma commande",
    "Quel est le délai de livraison ?",
    "¿Dónde está mi pedido?",
    "Quiero devolver mi pedido",
    "Wo ist meine Bestellung?",
    "Wann kommt mein Paket?",
    "Posso restituire il mio ordine?",
    "Como faço para devolver meu pedido?",
    "Где мой заказ?",
    "أين طلبي",
    "สินค้าอยู่ที่ไหน",
    "Πού είναι η παραγγελία μου;",
]
NEITHER = ["", " ", "123", "?", "😀👍", "M", "18.50", "#"]


@pytest.mark.parametrize("text", CHINESE)
def test_chinese(text: str) -> None:
    assert detect(text) == "zh"
    assert not foreign(text)


@pytest.mark.parametrize("text", ENGLISH)
def test_english(text: str) -> None:
    assert detect(text) == "en"
    assert not foreign(text)


@pytest.mark.parametrize("text", FOREIGN)
def test_foreign(text: str) -> None:
    assert detect(text) is None
    assert foreign(text)


@pytest.mark.parametrize("text", NEITHER)
def test_nothing_to_judge_by(text: str) -> None:
    assert detect(text) is None
    assert not foreign(text)


@given(st.text("退货可以吗运费多少在哪里", min_size=1, max_size=30))
def test_han_alone_is_chinese(text: str) -> None:
    assert detect(text) == "zh"


@given(st.lists(st.sampled_from("where is my order please can you return it".split()), min_size=1, max_size=9))
def test_english_words_are_english(words: list[str]) -> None:
    assert detect(" ".join(words)) == "en"


@given(st.text(max_size=60))
def test_a_foreign_text_is_never_called_chinese_or_english(text: str) -> None:
    found = detect(text)
    assert found in ("zh", "en", None)
    assert not (foreign(text) and found)


@given(st.sampled_from(CHINESE + ENGLISH + FOREIGN), st.sampled_from(["!!!", " 123", " 😀", "  "]))
def test_signs_and_digits_change_nothing(text: str, more: str) -> None:
    assert detect(text + more) == detect(text)
