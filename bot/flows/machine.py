"""Takes a message into the running request, or begins one. Knows nothing of the knowledge base, HTTP or the model."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from bot.flows import words
from bot.flows.advance import advance, denied_slot
from bot.flows.agree import agrees
from bot.flows.aside import aside, total_back, track_again, track_aside
from bot.flows.caller import Caller
from bot.flows.context import Context, kinds
from bot.flows.finish import again as propose_again
from bot.flows.finish import confirmed, drop, dropped, finish
from bot.flows.forms import FORMS
from bot.flows.guest import ask_for_code, identify, names_unproved
from bot.flows.hear import Heard, gives_reason, hear, option_value
from bot.flows.patterns import (
    asks_for_person,
    is_question,
    is_request,
    leaves_alone,
    only_a_number,
    undoes,
)
from bot.flows.propose import deny
from bot.flows.read.cancel_words import gives_up
from bot.flows.read.several import split_requests
from bot.flows.read.yesno import read_answer
from bot.flows.replies import FlowReply, awaiting_of, command
from bot.flows.requests import implied_flow, requests_of
from bot.flows.state import FlowState, Request
from bot.flows.track import asks_about_paid, asks_for_parcel, asks_for_total, asks_where, track
from bot.orders.book import Denied
from bot.route.router import Route

Commands = list[dict[str, Any]]
SURE = 0.9  # a route this probable is a request even where it could also be read as an answer


def read_first(caller: Caller, route: Route, text: str) -> FlowReply | None:
    """The running request's reply to the message; None when the message is not about it (or there is none)."""
    state, context = caller.state, caller.context(text)
    if state is None:
        return _without_request(caller, context, route, text)
    if state.flow == "identity":
        return _identity(caller, state, route, text)
    if context is None:
        return None
    if state.proposal and state.proposal.confirmed and context.may_change:
        return finish(caller, context, state, [command("SetSlot")])
    if option_value(state, text) is None:
        if _wants_person(route, text):
            caller.keep(None)
            return None
        if (gives_up(text) or leaves_alone(text)) and not gives_reason(context, state, text):
            return drop(caller, context, state)
        if asks_for_total(text) and (total := total_back(context, caller.conversation.changes, state)):
            return aside(context, state, total)
        other = _other_request(state, route, text)
        if other == "track":
            return track_aside(context, state, text)
        if other:
            caller.keep(replace(state, asked=None, proposal=None))
            return start(caller, Route("StartFlow", other, other, 1.0), text)
    if state.flow == "track":
        if not context.may_change and names_unproved(caller, text):
            return start(caller, Route("StartFlow", "track", "track", 1.0), text)
        return track_again(context, state, text, digresses=_is_aside(state, route, text))
    if state.asked and state.asked.slot == "confirm":
        return _at_confirm(caller, context, state, route, text)
    return _slot(caller, context, state, route, text)


def is_plain_answer(caller: Caller, text: str) -> bool:
    """Whether the message is an option that was shown, or a plain yes or no to the summary: then nothing has to route it."""
    state = caller.state
    if state is None or state.flow == "identity" or state.asked is None:
        return False
    if option_value(state, text) is not None:
        return True
    return state.asked.slot == "confirm" and (agrees(state.flow, text) or read_answer(text) in ("yes", "no"))


def start(caller: Caller, route: Route, text: str) -> FlowReply:
    """Begin the request that the message makes; several become one after the other."""
    clauses = requests_of(text, route)
    commands = [command("StartFlow", flow) for flow, _ in clauses]
    flow, said = clauses[0]
    context = caller.context(text)
    if context is None or (not context.may_change and names_unproved(caller, text)):
        state = FlowState("identity", {"then": {"flow": flow, "text": text}})
        reply = identify(caller, state, text, commands)
        assert reply is not None
        return _proved(caller, state, reply)
    if flow in ("track", "identity"):
        return _track_first(caller, context, clauses, commands, text)
    if not context.may_change:
        return ask_for_code(
            caller, context.orders[0].id if context.orders else "", {"flow": flow, "text": text}, commands
        )
    if context.customer is None:
        return deny(context, FlowState(flow), Denied("no_order", {}), commands)
    queue = tuple(Request(name, {}, part) for name, part in clauses[1:])
    before = caller.state
    kept = tuple(r for r in (before.queue if before else ()) if r.flow not in (flow, *(name for name, _ in clauses)))
    return _begin(context, FlowState(flow, queue=(*queue, *kept)), said, commands)


def reminder(caller: Caller) -> tuple[str, dict[str, Any] | None]:
    """What to repeat after a question in between, and the `awaiting` that stays."""
    state = caller.state
    if state is None or state.asked is None:
        return "", None
    if state.proposal:
        text = words.say(caller.language, "summary_again", summary=state.asked.text)
    else:
        text = words.say(caller.language, "question_again", question=state.asked.text)
    return text, awaiting_of(state.flow, state.asked)


# --- beginning ---


def _without_request(caller: Caller, context: Context | None, route: Route, text: str) -> FlowReply | None:
    """Questions about one's own records, and requests that the router took for something else."""
    if context and route.command == "Search" and context.orders and asks_for_parcel(text):
        return track(context, text)
    if only_a_number(text) or (asks_where(text) and route.command in ("Search", "StartFlow")):
        return start(caller, Route("StartFlow", "track", "track", 1.0), text)
    if context is None or not context.may_change:
        return None
    if asks_for_total(text) and (total := total_back(context, caller.conversation.changes, None)):
        action: dict[str, Any] = {"name": "track", "arguments": {}, "status": "done", "reason": None}
        return FlowReply(total, [command("StartFlow", "track")], None, None, action)
    if asks_about_paid(text) and context.orders and (route.command != "Search" or route.confidence < SURE):
        return track(context, text)
    if undoes(text):
        cancelled = [order for order in context.orders if order.status == "cancelled"]
        if cancelled:
            state = FlowState("track", {"order_id": cancelled[0].id})
            return deny(context, state, Denied("cancelled_stays", {}), [command("StartFlow", "cancel")])
    flow = implied_flow(context, caller.conversation.changes, route, text)
    return start(caller, Route("StartFlow", flow, flow, 1.0), text) if flow else None


def _begin(context: Context, state: FlowState, said: str, commands: Commands, before: str = "") -> FlowReply:
    heard = hear(context, state, said, fresh=True)
    if heard.denied:
        # What was said beside a number that is not there counts once the right one is known.
        state = heard.state.with_slots(said=said) if heard.denied.code == "not_found" else heard.state
        return _denied(context, state, heard.denied, commands, before)
    return advance(context, heard.state, commands, before)


def _denied(context: Context, state: FlowState, denied: Denied, commands: Commands, before: str = "") -> FlowReply:
    if denied.code == "partial_cancel":
        return deny(context, state, denied, commands, before=before)
    return denied_slot(context, state, denied, commands, before)


def _track_first(
    caller: Caller, context: Context, clauses: list[tuple[str, str]], commands: Commands, text: str
) -> FlowReply:
    """An order is looked up, and a further request of the same message follows at once."""
    reply = track(context, clauses[0][1] if len(clauses) > 1 else text)
    reply.commands = commands
    if len(clauses) == 1 or not context.may_change or reply.awaiting:
        return reply
    flow, said = clauses[1]
    queue = tuple(Request(name, {}, part) for name, part in clauses[2:])
    order_id = (reply.action or {}).get("arguments", {}).get("order_id")
    state = FlowState(flow, {"order_id": order_id} if order_id else {}, queue=queue)
    return _begin(context, state, said, commands, reply.text)


# --- guests ---


def _identity(caller: Caller, state: FlowState, route: Route, text: str) -> FlowReply | None:
    if _wants_person(route, text):
        caller.keep(None)
        return None
    if gives_up(text):
        return dropped(caller, state)
    reply = identify(caller, state, text, [command("SetSlot")])
    return reply and _proved(caller, state, reply)


def _proved(caller: Caller, state: FlowState, reply: FlowReply) -> FlowReply:
    """After a proof the request that waited for it goes on."""
    done = reply.action is not None and reply.action["status"] == "done"
    then = state.slots.get("then")
    context = caller.context(((reply.action or {}).get("arguments") or {}).get("order_id", ""))
    if not done or then is None or context is None:
        return reply
    if context.may_change and then["flow"] in FORMS:
        return _begin(context, FlowState(then["flow"]), then["text"], reply.commands, reply.text)
    if then["flow"] in FORMS:
        asked = ask_for_code(caller, context.orders[0].id if context.orders else "", then, reply.commands)
        asked.text = f"{reply.text}\n{asked.text}"
        return asked
    found = track(context, context.orders[0].id if context.orders else "")
    return replace(found, text=f"{reply.text}\n{found.text}", commands=reply.commands)


# --- going on ---


def _wants_person(route: Route, text: str) -> bool:
    return (route.command == "Handoff" and route.intent == "human_agent") or asks_for_person(text)


def _other_request(state: FlowState, route: Route, text: str) -> str | None:
    """Another flow that the message asks for: by its verb, or because the router is sure; None for the running one."""
    named = [clause.flow for clause in split_requests(text) if clause.flow]
    flow = named[0] if named else None
    if flow is None and route.command == "StartFlow" and route.confidence >= SURE and _is_request(state, text):
        flow = route.flow
    if flow is None or flow in kinds(state.flow) or (flow == "change_payment" and _pays(state)):
        return None
    if flow == "return" and state.flow == "exchange" and "exchange" in named:
        return None
    return flow


def _pays(state: FlowState) -> bool:
    """Whether "pay with" is a slot of the running request rather than a request."""
    return any(slot.endswith("payment_method_id") for slot in FORMS[state.flow].slots) if state.flow in FORMS else False


def _is_request(state: FlowState, text: str) -> bool:
    """A sure route alone makes no new request of a short answer to a question."""
    return state.asked is None or len(text.split()) > 4 or (len(text) > 12 and not text.isascii())


def _at_confirm(caller: Caller, context: Context, state: FlowState, route: Route, text: str) -> FlowReply | None:
    typed = option_value(state, text)
    answer = typed if typed in ("yes", "no") else "yes" if agrees(state.flow, text) else read_answer(text)
    if state.proposal is None:  # "Shall I go on with your other request?"
        if answer == "yes":
            return _begin_next(context, state, [command("SetSlot")])
        if answer == "no":
            return drop(caller, context, state)
        return _slot(caller, context, state, route, text)
    if answer == "yes":
        if time.time() > state.proposal.expires:
            return propose_again(context, state, "expired", [command("SetSlot")])
        return confirmed(caller, context, state)
    if answer == "no":
        return drop(caller, context, state)
    if answer is None and is_question(text) and not is_request(text) and not _named_flow(state, text):
        return None
    return _slot(caller, context, state, route, text, twist=answer == "twist" or _named_flow(state, text))


def _named_flow(state: FlowState, text: str) -> bool:
    return any(clause.flow in kinds(state.flow) for clause in split_requests(text) if clause.flow)


def _begin_next(context: Context, state: FlowState, commands: Commands) -> FlowReply:
    first, rest = state.queue[0], state.queue[1:]
    fresh = FlowState(first.flow, dict(first.slots), queue=rest)
    if not first.text:
        return advance(context, fresh, commands)
    heard = hear(context, fresh, first.text, fresh=not first.slots)
    kept = heard.state.with_slots(**{k: v for k, v in first.slots.items() if k in ("order_id", "lines")})
    kept = replace(kept, queue=rest)
    if heard.denied and not first.slots:
        return _denied(context, heard.state, heard.denied, commands)
    return advance(context, kept if first.slots else heard.state, commands)


def _slot(
    caller: Caller, context: Context, state: FlowState, route: Route, text: str, *, twist: bool = False
) -> FlowReply | None:
    """A value for the open slot, for others too, or a correction; None for what is none of these."""
    if state.asked and state.asked.slot == "confirm" and state.proposal is None and state.queue:
        state = FlowState(state.flow, dict(state.queue[0].slots), queue=state.queue[1:])
        twist = True
    same = route.command == "StartFlow" and (route.flow in kinds(state.flow) or _named_flow(state, text))
    again = same and _named_flow(state, text) and state.proposal is not None
    before = state
    heard = hear(context, state, text, fresh=again, twist=twist)
    commands = [_command(before, heard, again)]
    if heard.denied:
        return _denied(context, heard.state, heard.denied, commands)
    if heard.slots:
        after = replace(heard.state, asked=None, failed=0)
        if "said" in after.slots and "order_id" in after.slots:
            # What was said before the right order was known counts now.
            after = hear(context, after, after.slots["said"]).state.with_slots(said=None)
        return advance(context, after, commands)
    if heard.said or same:
        return advance(context, heard.state, commands)  # it changes nothing: the open question or the summary again
    if twist:
        return _what_else(context, state)
    if _is_aside(state, route, text):
        return None
    return _not_understood(context, state)


def _command(before: FlowState, heard: Heard, again: bool) -> dict[str, Any]:
    """StartFlow for the request made anew, CorrectSlot when a slot had a value, else SetSlot."""
    if again:
        return command("StartFlow", heard.state.flow)
    corrected = before.proposal is not None or any(
        before.slots.get(name) not in (None, heard.state.slots.get(name)) for name in heard.slots
    )
    return command("CorrectSlot" if corrected else "SetSlot")


def _what_else(context: Context, state: FlowState) -> FlowReply:
    """Something is to be different, but what was not understood: the summary is proposed anew, with a question."""
    commands = [command("CorrectSlot")]
    return advance(context, replace(state, proposal=None), commands, words.say(context.language, "ask_change"))


def _is_aside(state: FlowState, route: Route, text: str) -> bool:
    """A question or small talk rather than an answer that was not understood."""
    if is_question(text) or route.command == "Handoff":
        return True
    return route.command in ("ChitChat", "Recommend", "CannotHandle", "Search") and route.confidence >= 0.8


def _not_understood(context: Context, state: FlowState) -> FlowReply:
    failed = state.failed + 1
    commands = [command("SetSlot")]
    before = words.say(context.language, "ask_again")
    reply = advance(context, replace(state, failed=failed, proposal=None), commands, before)
    if reply.state:
        reply.state = replace(reply.state, failed=failed)
    reply.offer_person = failed >= 2
    return reply
