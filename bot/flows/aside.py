"""Looks something up while a request goes on, and comes back to it. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.flows import words
from bot.flows.context import Context
from bot.flows.replies import FlowReply, awaiting_of, command, order_of
from bot.flows.state import FlowState
from bot.flows.track import describe, refund_total, track


def total_back(context: Context, changes: Sequence[dict[str, Any]], state: FlowState | None) -> str | None:
    """What comes back in all by the conversation's `changes` and the open proposal; None when nothing does."""
    done = [change["arguments"] for change in changes]
    pending = [state.proposal.arguments] if state and state.proposal else []
    return refund_total(context, done, pending)


def aside(context: Context, state: FlowState, text: str) -> FlowReply:
    """Something told in between; the request goes on."""
    commands = [command("StartFlow", "track")]
    action: dict[str, Any] = {"name": "track", "arguments": {}, "status": "done", "reason": None}
    if state.asked is None:
        return FlowReply(text, commands, state, None, action)
    block = "summary_again" if state.proposal else "question_again"
    key = "summary" if state.proposal else "question"
    again = words.say(context.language, block, **{key: state.asked.text})
    return FlowReply(f"{text}\n{again}", commands, state, awaiting_of(state.flow, state.asked), action)


def track_aside(context: Context, state: FlowState, text: str) -> FlowReply:
    """An order looked up while another request goes on."""
    if state.flow == "track":
        return track(context, text, state)
    found = track(context, text)
    if found.awaiting:  # which order is not clear: the one that the request is about
        order = order_of(context, state)
        return aside(context, state, describe(context, order, text) if order else found.text)
    reply = aside(context, state, found.text)
    reply.action = found.action
    return reply


def track_again(context: Context, state: FlowState, text: str, *, digresses: bool) -> FlowReply | None:
    """The answer to "which order?"."""
    found = track(context, text, state)
    if found.awaiting and digresses:
        return None
    found.commands = [command("SetSlot")]
    return found
