"""Chooses the version of a line that is wished, or asks for what is still open. Reads no messages and knows no rules."""

from __future__ import annotations

from typing import Any

from bot.flows import words
from bot.flows.context import Context
from bot.flows.hear_wish import wish_of
from bot.flows.replies import FlowReply, ask
from bot.flows.state import SHOWN, Asked, FlowState, Option
from bot.orders.records import Order, OrderLine
from bot.orders.variants import Candidate, Found, changed_options, choose

Commands = list[dict[str, Any]]


def next_variant(
    context: Context, state: FlowState, order: Order, row: dict[str, Any], commands: Commands, before: str
) -> FlowState | FlowReply:
    """The state with the line's new sku, or the question for it."""
    key = str(row["line_no"])
    if key in state.slots.get("new_sku", {}):
        return state
    line = order.line(row["line_no"])
    product, _ = context.catalogue.get(row["sku"], (None, None))
    if line is None or product is None:
        return state
    candidates = context.variants(product)
    wish = wish_of(state.slots.get("wish", {}).get(key))
    if not wish:
        return _offer(context, state, line, _others(candidates, line, row["quantity"]), commands, before)
    found = choose(row["sku"], candidates, wish, row["quantity"])
    if found.best is not None:
        return _take(state, key, found.best.sku)
    if found.open_option:
        return _ask_option(context, state, line, found, commands, before)
    if found.choices and not found.already:
        return _take(state, key, found.choices[0].sku)
    return _nothing(context, state, line, found, _others(candidates, line, row["quantity"]), commands, before)


def _take(state: FlowState, key: str, sku: str) -> FlowState:
    return state.with_slots(new_sku={**state.slots.get("new_sku", {}), key: sku})


def _others(candidates: tuple[Candidate, ...], line: OrderLine, quantity: int) -> list[Candidate]:
    """What is in stock instead, the most alike first."""
    fine = [c for c in candidates if c.sku != line.sku and c.has(quantity) and c.price is not None]
    return sorted(fine, key=lambda c: len(changed_options(line.options, c.options)))


def _offer(
    context: Context, state: FlowState, line: OrderLine, others: list[Candidate], commands: Commands, before: str
) -> FlowReply:
    options = [Option(c.sku, words.variant_text(context, c.sku)) for c in others[:SHOWN]]
    text = words.say(context.language, "ask_new_sku", line=words.line_text(context, line))
    if len(others) > SHOWN:
        text += " " + words.say(context.language, "more_options", count=len(others) - SHOWN)
    return ask(state, Asked("new_sku", tuple(options), line.line_no, text), commands, before)


def _ask_option(
    context: Context, state: FlowState, line: OrderLine, found: Found, commands: Commands, before: str
) -> FlowReply:
    options = tuple(Option(value, value) for value in found.open_values)
    text = words.say(context.language, "ask_option", option=found.open_option, line=words.line_text(context, line))
    return ask(state, Asked(f"option:{found.open_option}", options, line.line_no, text), commands, before)


def _nothing(
    context: Context,
    state: FlowState,
    line: OrderLine,
    found: Found,
    others: list[Candidate],
    commands: Commands,
    before: str,
) -> FlowReply:
    """No version in stock meets the wish: say so, and offer what there is; the wish is dropped, so that another counts."""
    from bot.flows.propose import deny
    from bot.orders.book import Denied

    sold_out = words.listed(
        (words.variant_text(context, c.sku, price=False) for c in found.sold_out[:3]), context.language
    )
    code = "same_variant" if found.already else "not_in_stock"
    if not others:
        return deny(context, state, Denied(code, {"line_no": line.line_no, "sku": line.sku}), commands, before=before)
    text = words.say(
        context.language, "denied", code="same_variant" if found.already else "no_variant", details={},
        product=context.name(line.sku), sold_out=sold_out, order_id="",
    )  # fmt: skip
    wishes = {key: wish for key, wish in state.slots.get("wish", {}).items() if key != str(line.line_no)}
    before = "\n".join(filter(None, [before.strip(), text]))
    reply = _offer(context, state.with_slots(wish=wishes or None), line, others, commands, before)
    reply.action = {
        "name": state.flow, "arguments": {"order_id": state.slots["order_id"]}, "status": "denied", "reason": code,
    }  # fmt: skip
    return reply
