"""Carries out what was agreed to, drops what was not, and offers the next request of the queue. Reads no messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.errors import Failure
from bot.flows import words
from bot.flows.advance import advance, denied_slot
from bot.flows.caller import Caller
from bot.flows.context import Context
from bot.flows.forms import DEFAULT
from bot.flows.propose import carry_out
from bot.flows.replies import FlowReply, awaiting_of, command, confirm_question
from bot.flows.state import FlowState, Request
from bot.orders.book import Denied, Stale

Commands = list[dict[str, Any]]


def confirmed(caller: Caller, context: Context, state: FlowState) -> FlowReply:
    """The yes goes into the log before the change is made: whoever goes on after a crash makes it once, and says so."""
    assert state.proposal is not None
    state = replace(state, proposal=replace(state.proposal, confirmed=True))
    caller.keep(state)
    return finish(caller, context, state, [command("SetSlot")])


def finish(caller: Caller, context: Context, state: FlowState, commands: Commands) -> FlowReply:
    """Make the change and say so; once, however often it is called."""
    assert state.proposal is not None
    try:
        made = carry_out(context, state, commands)
    except Failure:
        # Nothing was done: the proposal stands as it was shown, and only another yes makes the change.
        caller.keep(replace(state, proposal=replace(state.proposal, confirmed=False)))
        raise
    if isinstance(made, Stale):
        return again(context, state, "stale", commands)
    if isinstance(made, Denied):
        return denied_slot(context, replace(state, proposal=None), made, commands)
    key = state.proposal.key
    if all(change.get("key") != key for change in caller.conversation.changes):  # told again after a crash, made once
        caller.conversation.record("change", {"action": state.flow, "arguments": state.proposal.arguments, "key": key})
    return with_next(context, state, made)


def again(context: Context, state: FlowState, why: str, commands: Commands) -> FlowReply:
    """Propose anew, for the reason that the text `why` gives."""
    return advance(context, replace(state, proposal=None), commands, words.say(context.language, why))


def with_next(context: Context, state: FlowState, reply: FlowReply) -> FlowReply:
    """After one request the next of the queue is offered; it is begun on a yes."""
    if not state.queue:
        return reply
    first, rest = state.queue[0], state.queue[1:]
    slots = dict(first.slots)
    if slots.pop("with_address", None) and state.slots.get("address"):
        slots["address"] = state.slots["address"]
    if first.flow == state.flow == "cancel" and state.slots.get("reason"):
        slots.setdefault("reason", state.slots["reason"])
    after = FlowState(first.flow, slots, queue=rest)
    after = replace(after, queue=(Request(first.flow, slots, first.text), *rest))
    question = words.say(
        context.language,
        "next_request",
        action=words.say(context.language, "action", flow=first.flow),
        order=slots.get("order_id") if slots.get("order_id") != DEFAULT else None,
    )
    asked = confirm_question(context.language, question)
    after = replace(after, asked=asked)
    return replace(
        reply,
        text=f"{reply.text}\n{question}",
        state=after,
        awaiting=awaiting_of(first.flow, asked),
        quick=[option.label for option in asked.options],
    )


def drop(caller: Caller, context: Context, state: FlowState) -> FlowReply:
    """Give the request up; the next of the queue is offered."""
    waiting = state.queue if state.proposal or (state.asked and state.asked.slot != "confirm") else state.queue[1:]
    reply = dropped(caller, state)
    return with_next(context, replace(state, queue=waiting, slots={}), reply) if waiting else reply


def dropped(caller: Caller, state: FlowState) -> FlowReply:
    """Nothing was changed, and the request is over."""
    return FlowReply(words.say(caller.language, "dropped"), [command("CancelFlow", state.flow)], None)
