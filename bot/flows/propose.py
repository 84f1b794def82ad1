"""Proposes a filled request, carries it out on a yes, and denies what the rules forbid. Knows nothing of reading messages."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from typing import Any

from bot.flows import words
from bot.flows.context import Context
from bot.flows.forms import FORMS
from bot.flows.replies import (
    FlowReply,
    awaiting_of,
    confirm_question,
    denial,
    order_of,
    possible_instead,
    values_of,
)
from bot.flows.state import PROPOSAL_SECONDS, FlowState, Proposal
from bot.orders.arguments import change_from
from bot.orders.book import Applied, Denied, Stale
from bot.orders.scope import CustomerScope

Commands = list[dict[str, Any]]


def propose(context: Context, state: FlowState, commands: Commands, before: str = "") -> FlowReply | Denied:
    """The summary of exactly what would be done, with a question; or why it may not be done."""
    assert isinstance(context.scope, CustomerScope)
    change = FORMS[state.flow].change(state.slots)
    arguments = context.book.preview(context.scope, change, context.now)
    if isinstance(arguments, Denied):
        return arguments
    values = values_of(context, state.flow, arguments)
    if state.slots.get("skipped"):
        values["skipped"] = state.slots["skipped"]
    if state.flow == "cancel":
        values["method"] = _refunds_of_cancel(context, state) or values["method"]
    summary = " ".join(words.say(context.language, "summary", **values).split())
    question = confirm_question(context.language, words.say(context.language, "confirm", summary=summary))
    proposal = Proposal(arguments, summary, "p_" + secrets.token_urlsafe(16), time.time() + PROPOSAL_SECONDS)
    after = replace(state, asked=question, proposal=proposal, failed=0)
    action = {"name": state.flow, "arguments": arguments, "status": "proposed", "reason": None}
    text = "\n".join(filter(None, [before.strip(), question.text]))
    return FlowReply(
        text, commands, after, awaiting_of(state.flow, question), action, quick=[o.label for o in question.options]
    )


def _refunds_of_cancel(context: Context, state: FlowState) -> str:
    """Where the money of a cancelled order goes when it was paid by several methods."""
    from bot.orders.ledger import give_back, paid

    order = order_of(context, state)
    shares = dict(give_back(order, paid(order))) if order else {}
    if len(shares) < 2 and (order is None or order.payment_method_id in shares):
        return ""
    currency = context.shop.config.currency
    texts = [
        words.say(
            context.language,
            "refund_to",
            amount=words.money(share, currency),
            method=words.method_text(context, context.method(method), method),
        )
        for method, share in shares.items()
    ]
    return words.listed(texts, context.language)


def carry_out(context: Context, state: FlowState, commands: Commands) -> FlowReply | Denied | Stale:
    """Do what was confirmed, once; the proposal's key makes a repetition harmless."""
    assert isinstance(context.scope, CustomerScope) and state.proposal is not None
    proposal = state.proposal
    change = change_from(state.flow, proposal.arguments)
    values = values_of(context, state.flow, proposal.arguments)  # as they were agreed to: the records change now
    done = context.book.apply(context.scope, change, key=proposal.key, confirmed=proposal.arguments, now=context.now)
    if not isinstance(done, Applied):
        return done
    text = " ".join(words.say(context.language, "done", **values).split())
    action = {"name": state.flow, "arguments": done.arguments, "status": "done", "reason": None}
    return FlowReply(text, commands, None, None, action)


def deny(context: Context, state: FlowState, denied: Denied, commands: Commands, *, before: str = "") -> FlowReply:
    """The end of a request that a rule forbids, with the rule's text to be found and what is possible instead."""
    order = order_of(context, state) or context.order(denied.details.get("order_id"))
    flows = possible_instead(context, state.flow, order, whole=denied.code == "partial_cancel")
    text = denial(context, state, denied, order)
    separator = "、" if context.language == "zh" else ", "
    tail = words.say(context.language, "instead", flows=separator.join(flows))
    reason = denied.code if denied.code not in ("no_order",) else "status"
    arguments: dict[str, Any] = {"order_id": order.id} if order else {}
    action = {"name": state.flow, "arguments": arguments, "status": "denied", "reason": reason}
    query = words.say(context.language, "query", flow=state.flow, code=denied.code)
    text = "\n".join(filter(None, [before.strip(), text.strip()]))
    return FlowReply(text, commands, None, None, action, query=query, tail=tail, offer_person=True)
