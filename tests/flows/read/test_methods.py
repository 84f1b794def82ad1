import pytest
from hypothesis import given, settings

from bot.flows.read.methods import read_methods
from tests.flows.read.shop import METHODS, TEXTS

NAMED = {
    "PayPal please": {"PM3"},
    "my gift card": {"PM2"},
    "credit card": {"PM1", "PM4"},
    "the Visa": {"PM1"},
    "ending in 9513": {"PM4"},
    "the card ending 6018": {"PM1"},
    "Refund it to my gift card": {"PM2"},
    "not the gift card, PayPal": {"PM3"},
    "gift card, if that is not possible PayPal": {"PM2"},
    "pm3": {"PM3"},
    "mastercard": {"PM4"},
    "amex": set(),
    "alipay": {"PM5"},
    "the original payment method": {"PM1"},
    "the same card": {"PM1"},
    "the other card": {"PM4"},
    "Visa ending in 6018": {"PM1"},
    "hello": set(),
    "a new card": set(),
    "礼品卡": {"PM2"},
    "支付宝": {"PM5"},
    "原路退回": {"PM1"},
    "尾号6018": {"PM1"},
    "信用卡": {"PM1", "PM4"},
    "微信": set(),
    "余额": set(),
    "退到支付宝吧": {"PM5"},
    "不要礼品卡，用支付宝": {"PM5"},
    "另一张卡": {"PM4"},
    "用尾号7721的卡": {"PM2"},
    "贝宝": {"PM3"},
    "原来的那张卡": {"PM1"},
    "新卡": set(),
    "好的": set(),
}


@pytest.mark.parametrize(("text", "ids"), NAMED.items())
def test_finds_methods_on_file(text, ids):
    assert {m.id for m in read_methods(text, METHODS, "PM1").candidates} == ids


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("WeChat", "wechat"),
        ("微信支付", "wechat"),
        ("store credit", "store_credit"),
        ("账户余额", "store_credit"),
        ("amex", "card"),
    ],
)
def test_tells_the_kind_that_is_not_on_file(text, kind):
    found = read_methods(text, METHODS)
    assert (found.kind, found.candidates) == (kind, ())


def test_tells_original_other_and_new():
    assert read_methods("原路退回", METHODS, "PM1").original
    assert read_methods("a different payment method", METHODS, "PM1").other
    assert read_methods("I want to add a new card", METHODS).new


@pytest.mark.parametrize(("text", "id"), [("the second", "PM5"), ("第一个", "PM3"), ("2", "PM5"), ("最后一个", "PM5")])
def test_reads_places_among_those_shown(text, id):
    assert read_methods(text, METHODS, shown=("PM3", "PM5")).one.id == id


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_never_raises(text):
    found = read_methods(text, METHODS, "PM1", ("PM2", "PM3"))
    assert set(found.candidates) <= set(METHODS)
