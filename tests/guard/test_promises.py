"""The promises ledger: policy may be said, acts for this customer may not."""

from __future__ import annotations

import time

import pytest

from bot.guard.promises import unkept

POLICY = [
    "",
    "We refund within 3 days.",
    "We will refund you within 3 days of receiving the item.",
    "You can cancel your order within 30 minutes.",
    "Refunds are processed within 5 days.",
    "Returned items are refunded to your original payment.",
    "Once your return has been processed, you will get an email.",
    "If your order has been shipped, it cannot be cancelled.",
    "You'll get an e-mail when your order has been shipped.",
    "An email is sent after your return has been processed.",
    "Orders we have already shipped can't be cancelled.",
    "Items that we have shipped can be returned.",
    "If we sent you the wrong item, we pay the postage.",
    "We can cancel orders that are not shipped.",
    "The item is returned to our warehouse.",
    "您可以取消订单。",
    "我们会在3天内为您退款。",
    "我们为您提供7天无理由退货服务。",
    "我们免费为您换货。",
    "签收后如有质量问题，我们为您免费更换。",
    "我们收到退货后会为您办理退款。",
    "如果您的订单已经取消，款项会原路退回。",
    "您的订单已取消的，款项原路退回。",
    "您的退款申请提交后，3天内到账。",
    "在您的订单已发货的情况下，不能修改。",
    "订单已发货后不能取消。",
    "商品发出后不能修改地址。",
    "系统将立即为您退款。",
    "客服会帮您处理。",
    "您也可以联系客服，由客服为您修改地址。",
    "退款会原路退回。",
]
PROMISES = [
    "I have cancelled your order.",
    "I've refunded you ¥30.",
    "I’ve sent it.",
    "I cancelled your order.",
    "I've gone ahead and cancelled your order.",
    "Sure — I have now successfully updated your address.",
    "We have refunded your payment.",
    "Your order has been cancelled.",
    "Your refund has been processed.",
    "Your refund is on its way!",
    "We are processing your refund.",
    "I'm cancelling your order now.",
    "I'll cancel it for you.",
    "I can refund you now.",
    "I'd be happy to process the refund.",
    "Let me check that for you.",
    "I will look into it.",
    "If you want, I can cancel it.",
    "When you asked, I have cancelled your order.",
    "I have\ncancelled\tyour order.".replace("\n", "  "),
    "已为您退款",
    "我已经帮您取消了订单。",
    "我们已经为您安排补发。",
    "我们现在已为您退款",
    "当然已为您取消订单",
    "这边已为您登记换货。",
    "给您退款了。",
    "已取消您的订单。",
    "您的订单已取消。",
    "您的包裹已经发货",
    "您的退款正在处理中。",
    "好的，马上为您退款。",
    "我们马上为您补发",
    "正在为您查询订单",
    "我会为您查询。",
    "我帮您查一下。",
    "我来帮您处理退款。",
    "我可以帮您修改地址。",
    "我查一下",
]


@pytest.mark.parametrize("reply", POLICY)
def test_policy_may_be_said(reply: str) -> None:
    assert unkept(reply) == []


@pytest.mark.parametrize("reply", PROMISES)
def test_an_act_for_the_customer_may_not(reply: str) -> None:
    assert unkept(reply) != []


@pytest.mark.parametrize("reply", PROMISES)
def test_a_promise_is_found_among_policy(reply: str) -> None:
    assert unkept(f"We refund within 3 days. {reply}") != []
    assert unkept(f"三天内退款。{reply}") != []


def test_the_phrase_is_what_stands_in_the_reply() -> None:
    assert unkept("Good news: I have cancelled your order.") == ["I have cancelled"]


@pytest.mark.parametrize(
    "unit",
    [
        "I just ",
        "just ",
        "I have ",
        "your order has been ",
        "if ",
        "我为您",
        "您的订单已",
        "已为您",
        "如",
        "let me ",
        " ",
        "马上",
    ],
)
def test_hostile_text_takes_no_time(unit: str) -> None:
    text = (unit * 4000)[:4000]
    unkept(text)
    began = time.process_time()
    unkept(text)
    unkept("I have " + text)
    assert time.process_time() - began < 0.1
