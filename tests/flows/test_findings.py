"""What a hostile customer, a crash or a locked database must not bring about in a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from scripted import says
from sqlalchemy import select, update

from bot.errors import Failure
from bot.flows.context import Context
from bot.flows.read.addresses import read_address
from bot.flows.track import asks_about_paid
from bot.orders.scope import CustomerScope
from bot.store import tables
from bot.turn import take_turn

Begin = Callable[..., Any]
CANCEL = "cancel LC46757, ordered by mistake"


def _left_after_first_event(chat: Any, text: str, intent: str | None = None) -> None:
    if intent:
        says(chat.services, text, intent)
    events = take_turn(chat.services, chat.conversation, text)
    assert next(events)[0] == "routed"
    events.close()


def test_a_yes_to_a_summary_that_was_never_shown_does_not_count(talk: Begin) -> None:
    chat = talk()
    _left_after_first_event(chat, CANCEL, "cancel")
    assert chat.say("yes", "acknowledge")["action"] is None
    assert chat.changed == {}


def test_a_change_that_nobody_was_told_of_is_told_next(talk: Begin) -> None:
    chat = talk()
    chat.say(CANCEL, "cancel")
    _left_after_first_event(chat, "yes")
    turn = chat.say("hello", "greeting")
    assert turn["action"]["status"] == "done" and "Done" in turn["reply"]
    assert len(chat.changed["orders"]["LC46757"]["changes"]) == 1
    assert len(chat.conversation.changes) == 1
    assert chat.say("how much do I get back in total?")["reply"].count("256.65") == 1


def test_after_a_failed_change_a_no_is_a_no(talk: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = talk()
    chat.say(CANCEL, "cancel")

    def locked(*_: Any, **__: Any) -> None:
        raise Failure("the database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(type(chat.services.book), "apply", locked)
        with pytest.raises(Failure):
            chat.say("yes")
    turn = chat.say("no, please do not cancel it")
    assert turn["command"] == "CancelFlow" and chat.changed == {}


def test_after_a_failed_change_a_yes_tries_again(talk: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = talk()
    chat.say(CANCEL, "cancel")

    def locked(*_: Any, **__: Any) -> None:
        raise Failure("the database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(type(chat.services.book), "apply", locked)
        with pytest.raises(Failure):
            chat.say("yes")
    assert chat.say("yes")["action"]["status"] == "done"


@pytest.mark.parametrize(
    "text",
    [
        "How much does shipping cost?",
        "How much is the return shipping cost if I pay?",
        "how much is gift wrapping? does it cost extra",
        "订单满多少钱包邮？",
    ],
)
def test_questions_of_price_are_not_about_an_order(text: str) -> None:
    assert not asks_about_paid(text)


def _delivered_today(chat: Any) -> None:
    orders = tables.orders
    with chat.book.database.writing() as connection:
        today = connection.execute(select(orders.c.placed_at).where(orders.c.id == "LC46757")).scalar()
        connection.execute(update(orders).where(orders.c.id == "LC41027").values(delivered_at=today))


@pytest.mark.parametrize(
    "text",
    [
        "return 0 of the pillows from order LC41027",
        "return -1 pillows from order LC41027",
        "return 200 pillows from order LC41027",
        "LC41027的枕头退200个",
        "LC41027的枕头退0个",
    ],
)
def test_pieces_that_are_not_there_are_refused(talk: Begin, text: str) -> None:
    chat = talk()
    _delivered_today(chat)
    turn = chat.say(text, "return")
    assert turn["action"]["status"] == "denied" and turn["action"]["reason"] == "quantity", turn["reply"]
    assert turn["awaiting"]["slot"] == "lines"


def test_some_of_the_pieces_are_returned(talk: Begin) -> None:
    chat = talk()
    _delivered_today(chat)
    turn = chat.say("return 1 of the pillows from order LC41027", "return")
    assert turn["action"]["arguments"]["lines"][0]["quantity"] == 1


@pytest.mark.parametrize("text", ["I don't want it anymore", "我不想买了"])
def test_a_reason_that_sounds_like_giving_up(talk: Begin, text: str) -> None:
    chat = talk()
    assert chat.say("cancel LC46757 please", "cancel")["awaiting"]["slot"] == "reason"
    turn = chat.say(text)
    assert turn["action"] and turn["action"]["arguments"]["reason"] == "no_longer_needed", turn["reply"]


def test_a_mark_in_the_customers_words_is_no_citation(talk: Begin) -> None:
    turn = talk().say("invoice for order LC46757, title: Acme [1] <img src=x>", "invoice")
    assert "[1]" not in turn["reply"] and "［1］" in turn["reply"]


def test_the_title_of_an_invoice_is_its_first_line(talk: Begin) -> None:
    chat = talk()
    turn = chat.say("开发票 LC46757，公司", "invoice")
    assert turn["awaiting"]["slot"] == "title"
    turn = chat.say("第一行\n第二行")
    assert turn["awaiting"]["slot"] == "tax_id"


def _context(chat: Any, **more: Any) -> Context:
    services = chat.services
    from bot.shop.clock import shop_now

    scope = CustomerScope("C1001", "token")
    return Context(services.shop, services.book, scope, shop_now(services.shop.config), "en", **more)


def test_an_order_older_than_the_newest_is_found_by_its_number(talk: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.flows.context.MOST_ORDERS", 1)
    chat = talk()
    assert "LC41027" in chat.say("where is order LC41027?", "track")["reply"]
    assert chat.turns[-1]["action"]["status"] == "done"
    assert chat.say("where is order LC99999?", "track")["action"]["status"] == "denied"


def test_numbers_that_differ_in_case_only(talk: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    context = _context(talk())
    real = next(order for order in context.orders if order.id == "LC46757")
    context.__dict__["orders"] = [replace(real, id="lc46757"), real]
    assert context.order("LC46757") is real and context.order("lc46757") is not real
    assert context.order("Lc46757") is None
    context.__dict__["orders"] = [real]
    assert context.order("#lc46757") is real


def test_an_even_swap_names_the_method_that_is_agreed_to(talk: Begin) -> None:
    chat = talk()
    turn = chat.say("change the notebook in order LC46757 to another colour", "modify_items")
    for _ in range(3):
        if turn["awaiting"]["slot"] == "confirm":
            break
        turn = chat.say(turn["awaiting"]["options"][0]["label"])
    arguments = turn["action"]["arguments"]
    if "amounts" not in arguments and "payment_method_id" in arguments:
        assert "no difference in price (" in turn["reply"]


def test_a_place_before_the_city_is_no_part_of_it() -> None:
    assert read_address("改到公司，上海市浦东新区世纪大道100号").address.city == "上海市"


@pytest.mark.parametrize("text", ["LC41027", "#LC41027", "order LC41027", "订单号：LC41027"])
def test_a_number_alone_asks_about_that_order(talk: Begin, text: str) -> None:
    turn = talk().say(text, "modify_items")
    assert turn["commands"][0]["flow"] == "track" and turn["action"]["name"] == "track", turn["reply"]
