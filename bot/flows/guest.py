"""Lets a guest prove an order by its number and contact, and become its customer by a one-time code. Knows no other flow."""

from __future__ import annotations

from typing import Any

from bot.flows import words
from bot.flows.caller import Caller
from bot.flows.read.orders import clean_number
from bot.flows.replies import FlowReply, ask
from bot.flows.state import Asked, FlowState
from bot.identity.code import check_code, read_code, send_code
from bot.identity.outcomes import CodeSent, NoMail, NotProved, Proved, TooMany, Verified
from bot.identity.outcomes import say as outcome_text
from bot.identity.proof import prove
from bot.perceive.entities import find_entities

Commands = list[dict[str, Any]]


def identify(caller: Caller, state: FlowState, text: str, commands: Commands) -> FlowReply | None:
    """Take number and contact, or the code, out of a message; None when it holds neither and nothing was asked for them.

    `state.slots["then"]` is the request that waits for the proof: `{"flow", "text"}`.
    """
    asked = state.asked.slot if state.asked else ""
    if asked == "code":
        return _code(caller, state, text, commands)
    found = _read(text)
    number = found.get("order_id") or (clean_number(text) if asked == "order_id" and _short(text) else "")
    after = state.with_slots(
        **({"order_id": number} if number else {}), **({"contact": found["contact"]} if "contact" in found else {})
    )
    if asked and after == state:
        return None
    return _go_on(caller, after, commands)


def _short(text: str) -> bool:
    return len(text.split()) <= 3 and any(c.isdigit() for c in text)


def names_unproved(caller: Caller, text: str) -> bool:
    """Whether the message names an order that the guest has not proved yet."""
    proved = {scope.order_id.casefold() for scope in caller.identity.orders}
    return any(entity.kind == "order" and entity.value.casefold() not in proved for entity in find_entities(text))


def _read(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entity in find_entities(text):
        if entity.kind == "order":
            found.setdefault("order_id", entity.value)
        elif entity.kind in ("email", "phone"):
            found.setdefault("contact", entity.value)
    return found


def _go_on(caller: Caller, state: FlowState, commands: Commands) -> FlowReply:
    language, slots = caller.language, state.slots
    if "order_id" not in slots:
        return ask(state, Asked("order_id", text=words.say(language, "identity_order")), commands)
    if "contact" not in slots:
        text = words.say(language, "identity_contact", order=slots["order_id"])
        return ask(state, Asked("email_or_phone", text=text), commands)
    if caller.desk is None:
        return FlowReply(words.say(language, "identity_change"), commands, None, offer_person=True)
    outcome = prove(caller.desk, caller.conversation, slots["order_id"], slots["contact"])
    if isinstance(outcome, Proved):
        action = {
            "name": "identity",
            "arguments": {"order_id": outcome.scope.order_id},
            "status": "done",
            "reason": None,
        }
        return FlowReply(words.say(language, "identity_ok"), commands, None, None, action)
    if isinstance(outcome, TooMany):
        return FlowReply(outcome_text(outcome, language), commands, None, None, _denied("too_many"), offer_person=True)
    assert isinstance(outcome, NotProved)
    again = state.with_slots(contact=None, order_id=None)
    reply = ask(
        again, Asked("order_id", text=words.say(language, "identity_order")), commands, outcome_text(outcome, language)
    )
    reply.action = _denied("not_found")
    return reply


def ask_for_code(caller: Caller, order_id: str, then: dict[str, str], commands: Commands) -> FlowReply:
    """Send a code for a change of the proved order, and ask for it."""
    language = caller.language
    outcome = send_code(caller.desk, caller.conversation, order_id, language) if caller.desk else NoMail()
    text = outcome_text(outcome, language)
    if not isinstance(outcome, CodeSent):
        reason = "no_mail" if isinstance(outcome, NoMail) else "too_many"
        return FlowReply(text, commands, None, None, _denied(reason), offer_person=True)
    state = FlowState("identity", {"order_id": order_id, "then": then})
    return ask(state, Asked("code", text=text), commands)


def _code(caller: Caller, state: FlowState, text: str, commands: Commands) -> FlowReply | None:
    if read_code(text) is None or caller.desk is None:
        return None
    outcome = check_code(caller.desk, caller.conversation, text)
    if isinstance(outcome, Verified):
        action: dict[str, Any] = {"name": "identity", "arguments": {}, "status": "done", "reason": None}
        return FlowReply(outcome_text(outcome, caller.language), commands, None, None, action)
    said = outcome_text(outcome, caller.language)
    if not outcome.tries_left:
        return FlowReply(said, commands, None, None, _denied("code"), offer_person=True)
    reply = ask(state, Asked("code", text=said), commands)
    reply.action = _denied("code")
    return reply


def _denied(reason: str) -> dict[str, Any]:
    return {"name": "identity", "arguments": {}, "status": "denied", "reason": reason}
