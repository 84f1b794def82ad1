import pytest
from hypothesis import given, settings

from bot.flows.read.several import split_requests
from bot.flows.read.words import nfkc_text
from tests.flows.read.shop import TEXTS

FLOWS = {
    "cancel #1234 and return the watch": ["cancel", "return"],
    "cancel #W123456 and #W123457": ["cancel"],
    "cancel order #W1111111, and then cancel order #W2222222": ["cancel", "cancel"],
    "Return the lamp and refund it to my PayPal": ["return"],
    "change my address and exchange the shoes for a size 9": ["change_address", "exchange"],
    "I want to cancel my pending orders. And I want to return the watch. How much will I get back?": [
        "cancel",
        "return",
        None,
    ],
    "Change the item, and if that isn't possible cancel the order": ["modify_items"],
    "Don't cancel the order, just change the address": ["change_address"],
    "When is my order W4284542 arriving? If it hasn't been shipped, I want to cancel it.": ["track", "cancel"],
    "I'd like to exchange the keyboard for a clicky one, and the thermostat for one with Google Home.": ["exchange"],
    "Hi! My T-shirt is too big. I want to exchange it, one size smaller would be good.": ["exchange"],
    "Exchange the keyboard and return the mouse, please": ["exchange", "return"],
    "Change the payment method to PayPal and send me an invoice": ["change_payment", "invoice"],
    "hello": [None],
    "先取消那单，再把手表退了": ["cancel", "return"],
    "取消订单LC41027，钱退到支付宝": ["cancel"],
    "退台灯，然后查一下LC42218到哪了": ["return", "track"],
    "把地址改成上海市浦东新区1号，另外帮我开发票": ["change_address", "invoice"],
    "退两件，换一件": ["return", "exchange"],
    "取消那单吧，顺便把另一单的地址改一下": ["cancel", "change_address"],
    "订单什么时候到？如果还没发货就取消": ["track", "cancel"],
    "把鞋子换成42码，帽子退掉": ["exchange", "return"],
    "我要退货，还没开封呢": ["return"],
    "付款方式换成支付宝，再帮我开张发票": ["change_payment", "invoice"],
    "不要取消订单，把地址改一下": ["change_address"],
    "你好": [None],
    "衣服太大了，想换小一号": ["exchange"],
}


@pytest.mark.parametrize(("text", "flows"), FLOWS.items())
def test_splits_into_requests(text, flows):
    assert [clause.flow for clause in split_requests(text)] == flows


def test_each_request_has_its_own_words_and_numbers():
    first, second = split_requests("Please cancel order #LC50001 and return the watch of #LC50002.")
    assert first.text == "Please cancel order #LC50001"
    assert second.text == "return the watch of #LC50002."
    assert [e.value for e in first.entities] == ["LC50001"]
    assert [e.value for e in second.entities] == ["LC50002"]


def test_of_nothing_comes_nothing():
    assert split_requests("") == ()
    assert split_requests(" ?! ") == ()


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_never_raises_and_clauses_stand_in_the_text_in_order(text):
    whole = nfkc_text(text)
    end = 0
    for clause in split_requests(text):
        assert whole[clause.start : clause.end] == clause.text
        assert clause.start >= end
        end = clause.end
