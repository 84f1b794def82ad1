"""Whatever is said: no error, no change without a yes to the shown proposal, no word of a foreign order."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted import says

WORDS = (
    "cancel|return|exchange|the lamp|the notebook|all of it|LC46757|#LC42890|LC46441|LC46718|red|cheaper|yes|no|yes, but blue|ok"
    "|gift card|the other one|No longer needed|2|二|取消|退货|换货|换成白色|好的|确认|不用了|礼品卡|支付宝|默认地址|笔记本|拍错了"
    "|where is my order|101 Highway, New York, NY 10001|我的订单|发票|税号|'; drop table orders; --|{{ 7*7 }}"
    "|how much do I get back in total?|多久能送到？|never mind|\u200d|😀|-1|999999999999"
).split("|")
INTENTS = ["cancel", "return", "exchange", "modify_items", "change_address", "change_payment", "invoice", "track"]
MESSAGE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join) | st.text(min_size=1, max_size=30)
TURN = st.tuples(MESSAGE, st.sampled_from([*INTENTS, "ask_delivery_time", "acknowledge"]), st.floats(0.3, 1))
FOREIGN = re.compile("SF8278|体育东路|知春路|黄美琪|王思雨|PM20(?:0[4-9]|1|2)")
EXAMPLES = int(os.environ.get("ZHANGGUI_TEST_EXAMPLES", "8"))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(turns=st.lists(TURN, min_size=2, max_size=6))
def test_any_conversation(talk: Callable[..., Any], turns: list[tuple[str, str, float]]) -> None:
    chat = talk("C1001")
    proposed: dict[str, Any] | None = None
    for text, intent, chance in turns:
        if not text.strip() or not any(c.isprintable() and not c.isspace() for c in text.replace("\u200d", "")):
            continue
        before = chat.changed
        says(chat.services, text, intent, chance)
        try:
            turn = chat.say(text)
        except Exception as error:
            if type(error).__name__ == "BadInput":
                continue
            raise
        assert not FOREIGN.search(turn["reply"])
        action = turn["action"] or {}
        if chat.changed != before:
            assert action["status"] == "done" and proposed is not None
            assert action["arguments"] == proposed["arguments"] and action["name"] == proposed["name"]
        if action.get("status") == "proposed":
            assert turn["awaiting"]["slot"] == "confirm"
            proposed = action
        elif (turn["awaiting"] or {}).get("slot") != "confirm" or action.get("status") == "done":
            proposed = None
