"""Requests over several turns: slots, proposals, yes and no, corrections, questions in between, and what is denied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scripted import sure

from bot.conversation import begin
from bot.flows import machine
from bot.store.memory import MemoryLog

Begin = Callable[..., Any]
CANCEL = {"en": "cancel LC46757, I no longer need it", "zh": "取消订单LC46757，不想要了"}
YES = {"en": "yes", "zh": "好的"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_proposal_and_a_yes(talk: Begin, language: str) -> None:
    chat = talk()
    first = chat.say(CANCEL[language], "cancel")
    assert first["awaiting"]["slot"] == "confirm" and first["language"] == language
    assert [option["value"] for option in first["awaiting"]["options"]] == ["yes", "no"]
    assert first["action"]["status"] == "proposed"
    arguments = first["action"]["arguments"]
    assert arguments["order_id"] == "LC46757" and arguments["reason"] == "no_longer_needed"
    assert arguments["amounts"] == [{"kind": "refund", "amount": 256.65, "currency": "CNY"}]
    assert chat.changed == {}
    second = chat.say(YES[language])
    assert (second["command"], second["band"]) == ("SetSlot", "flow")
    assert second["action"] == {"name": "cancel", "arguments": arguments, "status": "done", "reason": None}
    assert second["awaiting"] is None
    (order,) = chat.changed["orders"].values()
    assert order["status"] == "cancelled" and order["changes"][0]["arguments"] == arguments
    again = chat.say(YES[language], "acknowledge")
    assert again["action"] is None and len(chat.changed["orders"]["LC46757"]["changes"]) == 1


@pytest.mark.parametrize("text", ["no", "never mind", "不用了", "算了", "no, leave it as it is"])
def test_a_no_ends_it(talk: Begin, text: str) -> None:
    chat = talk()
    chat.say(CANCEL["en"], "cancel")
    turn = chat.say(text)
    assert turn["command"] == "CancelFlow" and turn["awaiting"] is None
    chat.say("yes", "acknowledge")
    assert chat.changed == {}


def test_a_yes_before_the_summary_does_not_count(talk: Begin) -> None:
    chat = talk()
    assert chat.say("yes", "acknowledge")["action"] is None
    turn = chat.say("cancel LC46757 please", "cancel")
    assert turn["awaiting"]["slot"] == "reason"
    turn = chat.say("yes")
    assert turn["awaiting"]["slot"] == "reason" and chat.changed == {}


def test_a_question_in_between_leaves_the_proposal_standing(talk: Begin) -> None:
    chat = talk()
    summary = chat.say(CANCEL["en"], "cancel")["reply"]
    turn = chat.say("How long does delivery take?")
    assert turn["command"] == "Search" and turn["awaiting"]["slot"] == "confirm" and turn["action"] is None
    assert summary.splitlines()[0] in turn["reply"]
    assert chat.say("yes")["action"]["status"] == "done"


def test_yes_but_is_a_correction(talk: Begin) -> None:
    chat = talk("C1002")
    first = chat.say("change the ink cartridges in LC46750 to blue", "modify_items")
    assert first["action"]["arguments"]["lines"][0]["new_sku"] == "MOYUNINK-BLU"
    turn = chat.say("yes, but make it sepia")
    assert turn["command"] == "CorrectSlot" and turn["action"]["status"] == "proposed"
    assert turn["action"]["arguments"]["lines"][0]["new_sku"] == "MOYUNINK-SEP"
    assert chat.changed == {}


def test_a_correction_of_the_payment_method(talk: Begin) -> None:
    chat = talk("C1003")
    first = chat.say("LC46718的水壶换成1.2升", "modify_items")
    assert first["action"]["arguments"]["payment_method_id"] == "PM2006"
    turn = chat.say("不，用礼品卡付")
    assert turn["command"] == "CorrectSlot" and turn["action"]["arguments"]["payment_method_id"] == "PM2007"
    assert chat.say("确认修改")["action"]["status"] == "done"
    assert chat.changed["payment_methods"]["PM2007"]["balance"] == 0


def test_an_option_may_be_typed_by_label_or_value(talk: Begin) -> None:
    for which in ("label", "value"):
        chat = talk("C1005")
        turn = chat.say("I want to return something from LC45940", "return")
        assert turn["awaiting"]["slot"] == "lines"
        chosen = turn["awaiting"]["options"][1][which]
        turn = chat.say(chosen)
        assert turn["command"] == "SetSlot" and [r["line_no"] for r in turn["action"]["arguments"]["lines"]] == [2]


def test_two_requests_of_one_message_come_one_after_the_other(talk: Begin) -> None:
    chat = talk()
    first = chat.say("cancel LC46757, I don't need it, and then send me an invoice for LC42890", "cancel")
    assert [c["flow"] for c in first["commands"]] == ["cancel", "invoice"]
    done = chat.say("yes")
    assert done["action"]["status"] == "done" and done["awaiting"] == {
        "flow": "invoice", "slot": "confirm", "options": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}],
    }  # fmt: skip
    shown = chat.say("yes")
    assert shown["action"]["name"] == "invoice" and shown["action"]["status"] == "proposed"
    assert "invoice" not in str(chat.changed["orders"].get("LC42890", ""))
    assert chat.say("yes")["action"]["status"] == "done"
    assert set(chat.changed["orders"]) == {"LC46757", "LC42890"}


@pytest.mark.parametrize(
    ("customer", "text", "intent", "reason"),
    [
        ("C1003", "cancel LC46718 please", "cancel", "too_late_minutes"),
        ("C1005", "cancel LC46441 please", "cancel", "status"),
        ("C1001", "please cancel just the notebook in LC46757", "cancel", "partial_cancel"),
        ("C1001", "I want to return the knit throw from LC46230", "return", "excluded_tag"),
        ("C1001", "LC41027的枕头我要退货", "return", "too_late_days"),
        ("C1011", "I want to return order LC46402", "return", "once_per_order"),
        ("C1006", "please send me an invoice for order LC44017", "invoice", "invoice_cancelled"),
        ("C1005", "return order LC46441", "return", "status"),
    ],
)
def test_what_the_rules_forbid_is_denied(talk: Begin, customer: str, text: str, intent: str, reason: str) -> None:
    chat = talk(customer)
    turn = chat.say(text, intent)
    assert turn["action"]["status"] == "denied" and turn["action"]["reason"] == reason
    assert turn["awaiting"] is None and chat.changed == {}
    assert turn["quick_replies"]


def test_another_choice_is_offered_where_there_is_one(talk: Begin) -> None:
    chat = talk("C1003")
    turn = chat.say("exchange the lamp in LC45874 for a green one", "exchange")
    assert turn["action"]["status"] == "denied" and turn["awaiting"]["slot"] == "new_sku"
    assert "YUEWAN-GRN-PLUG" not in {option["value"] for option in turn["awaiting"]["options"]}
    turn = chat.say("YUEWAN-WHT-BATT")
    assert turn["action"]["status"] == "proposed"


@pytest.mark.parametrize("number", ["LC46441", "LC99999"])
def test_an_order_that_is_not_there_may_be_named_again(talk: Begin, number: str) -> None:
    chat = talk()
    turn = chat.say(f"cancel order {number}, I no longer need it", "cancel")
    assert turn["action"] == {"name": "cancel", "arguments": {}, "status": "denied", "reason": "not_found"}
    assert [option["value"] for option in turn["awaiting"]["options"]] == ["LC46757"]
    turn = chat.say("sorry, LC46757")
    assert turn["action"]["status"] == "proposed" and turn["action"]["arguments"]["reason"] == "no_longer_needed"


def test_a_foreign_order_reads_like_a_missing_one(talk: Begin) -> None:
    foreign, missing = (talk().say(f"where is order {number}?", "track") for number in ("LC46441", "LC99999"))
    assert foreign["reply"].replace("LC46441", "LC99999") == missing["reply"]
    assert foreign["action"] == missing["action"]


def test_a_person_ends_the_request(talk: Begin) -> None:
    chat = talk()
    chat.say(CANCEL["en"], "cancel")
    turn = chat.say("let me talk to a person")
    assert turn["command"] == "Handoff" and turn["handoff"] and turn["awaiting"] is None
    chat.say("yes", "acknowledge")
    assert chat.changed == {}


def test_an_old_proposal_is_shown_again(talk: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = talk()
    chat.say(CANCEL["en"], "cancel")
    later = machine.time.time() + 16 * 60
    monkeypatch.setattr(machine.time, "time", lambda: later)
    turn = chat.say("yes")
    assert turn["action"]["status"] == "proposed" and chat.changed == {}
    monkeypatch.undo()


def test_what_has_changed_since_is_shown_again(talk: Begin) -> None:
    chat = talk()
    chat.say(CANCEL["en"], "cancel")
    other = begin(MemoryLog(), "C1001")
    mine, chat.conversation = chat.conversation, other
    chat.say("change the notebook in order LC46757 to red, size a6", "modify_items")
    chat.say("yes")
    chat.conversation = mine
    turn = chat.say("yes")
    assert turn["action"]["status"] == "proposed"
    assert turn["action"]["arguments"]["amounts"] == [{"kind": "refund", "amount": 243.65, "currency": "CNY"}]
    assert chat.changed["orders"]["LC46757"]["status"] == "paid"


def test_another_process_goes_on(talk: Begin) -> None:
    from bot.conversation import Conversation

    chat = talk()
    chat.say(CANCEL["en"], "cancel")
    old = chat.conversation
    chat.conversation = Conversation(old.id, old.log, old.customer)
    assert chat.say("yes")["action"]["status"] == "done"


def test_a_guest_sees_the_proved_order_and_changes_nothing(talk: Begin) -> None:
    chat = talk(None)
    turn = chat.say("where is my order LC46441", "track")
    assert turn["awaiting"]["slot"] == "email_or_phone" and "SF8278" not in turn["reply"]


def test_the_total_of_what_comes_back(talk: Begin) -> None:
    sure_chat = talk("C1005")
    sure(sure_chat.services, 0.9)
    sure_chat.say("return the pillow from LC45940", "return")
    sure_chat.say("yes")
    turn = sure_chat.say("how much do I get back in total?")
    assert "129.00" in turn["reply"] and turn["intent"]["name"] == "track"
