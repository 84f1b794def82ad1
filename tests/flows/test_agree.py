"""A yes that names what is agreed to, and nothing that only looks like one."""

from __future__ import annotations

import pytest

from bot.flows.agree import agrees


@pytest.mark.parametrize(
    ("flow", "text"),
    [
        ("cancel", "确认取消"), ("cancel", "好的，取消吧"), ("return", "确认退货"), ("exchange", "可以，换吧"),
        ("modify_items", "确认修改"), ("change_payment", "确认付款"), ("invoice", "好，开吧"), ("cancel", "是的，确认取消订单"),
        ("cancel", "yes, cancel it"), ("cancel", "Yes please cancel the order."), ("return", "ok, return it please"),
        ("exchange", "yes, go ahead and exchange them"), ("modify_items", "sure, change it"), ("invoice", "yes, send it"),
    ],
)  # fmt: skip
def test_it_agrees(flow: str, text: str) -> None:
    assert agrees(flow, text)


@pytest.mark.parametrize(
    ("flow", "text"),
    [
        ("cancel", "取消"), ("cancel", "不取消"), ("cancel", "确认不取消"), ("return", "确认取消"), ("cancel", "怎么取消"),
        ("cancel", "cancel it"), ("cancel", "yes, return it"), ("cancel", "yes, cancel the other one"), ("cancel", ""),
        ("cancel", "no, don't cancel it"), ("track", "yes, track it"), ("cancel", "好的，取消另一单"), ("cancel", "yes cancel?"),
    ],
)  # fmt: skip
def test_it_does_not(flow: str, text: str) -> None:
    assert not agrees(flow, text)
