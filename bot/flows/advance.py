"""Goes on with a request: chooses silently what can only be one thing, asks for the next slot, else proposes. Reads no messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.flows import words
from bot.flows.choose_variant import next_variant
from bot.flows.context import SWAPS, Context
from bot.flows.forms import DEFAULT, FORMS
from bot.flows.hear_address import address_missing
from bot.flows.propose import deny, propose
from bot.flows.replies import FlowReply, ask, denial, order_of
from bot.flows.state import SHOWN, Asked, FlowState, Option
from bot.orders.book import Denied
from bot.orders.ledger import difference
from bot.orders.records import Order, OrderLine
from bot.orders.rules import allowed_lines, allowed_methods, rule_of

Commands = list[dict[str, Any]]
Step = FlowState | FlowReply
# What a rule says of one slot is no end: another value is offered.
_ASK_AGAIN = {
    "method_unknown": "payment", "method_not_allowed": "payment", "method_same": "payment", "balance": "payment",
    "not_in_stock": "new_sku", "same_variant": "new_sku", "unknown_sku": "new_sku", "other_product": "new_sku",
    "reason": "reason", "address": "address", "tax_id": "tax_id", "invoice": "title",
    "quantity": "lines",
}  # fmt: skip


def advance(context: Context, state: FlowState, commands: Commands, before: str = "") -> FlowReply:
    """The next question, the proposal, or the denial."""
    for slot in FORMS[state.flow].slots:
        step = _STEPS[slot](context, state, commands, before)
        if isinstance(step, FlowReply):
            return step
        state = step
    made = propose(context, state, commands, before)
    return made if isinstance(made, FlowReply) else denied_slot(context, state, made, commands, before)


def denied_slot(context: Context, state: FlowState, denied: Denied, commands: Commands, before: str = "") -> FlowReply:
    """A denial that offers another choice of the slot it is about, where there is one; else the end of the request."""
    order, what = order_of(context, state), _ASK_AGAIN.get(denied.code)
    slot = _payment_slot(state.flow) if what == "payment" else what
    text = "\n".join(filter(None, [before.strip(), denial(context, state, denied, order)]))
    again: FlowReply | None = None
    if what == "payment" and order and (methods := _methods(context, state, order)) and slot:
        again = _ask_method(context, state.with_slots(**{slot: None}), slot, commands, text, [m.id for m in methods])
    elif denied.code == "not_found" and order is None:
        again = _another_order(context, state, commands, text)
    elif what == "new_sku" and order:
        again = _again_variant(context, state, denied, commands, text)
    elif what == "lines" and order:
        again = _again_lines(context, state, denied, order, commands, text)
    elif what in ("reason", "address", "tax_id", "title"):
        step = _STEPS[what](context, state.with_slots(**{what: None}), commands, text)
        again = step if isinstance(step, FlowReply) else None
    if again is None or again.awaiting is None:
        return deny(context, state, denied, commands, before=before)
    again.action = {"name": state.flow, "arguments": {"order_id": order.id} if order else {}, "status": "denied",
                    "reason": denied.code}  # fmt: skip
    return again


# --- one step for each slot: a state when it is filled, else the reply that asks ---


def _order(context: Context, state: FlowState, commands: Commands, before: str) -> Step:
    chosen = state.slots.get("order_id")
    if chosen == DEFAULT:
        return state
    if chosen is None:
        found = _choose_order(context, state, commands, before)
        if isinstance(found, FlowReply):
            return found
        state = found
        if state.slots["order_id"] == DEFAULT:
            return state
    order = order_of(context, state)
    if order is None:
        return deny(context, state, Denied("not_found", {"order_id": chosen or ""}), commands, before=before)
    if denied := context.denied(state.flow, order):
        return deny(context, state, denied, commands, before=before)
    return replace(state, flow=context.kind_for(state.flow, order))


def _choose_order(context: Context, state: FlowState, commands: Commands, before: str) -> Step:
    fitting = [order for order in context.orders if context.denied(state.flow, order) is None]
    among = [order for order in map(context.order, state.slots.get("among", [])) if order]
    offered = [order for order in among if order in fitting] or fitting
    address = state.flow == "change_address"
    if not offered and address:
        return state.with_slots(order_id=DEFAULT)
    if not offered:
        return _none_fits(context, state, among, commands, before)
    if len(offered) == 1 and (not address or among or state.slots.get("of_order")):
        return state.with_slots(order_id=offered[0].id, among=None)
    options = [Option(order.id, words.order_label(context, order)) for order in offered[:SHOWN]]
    if address:
        options.append(Option(DEFAULT, words.say(context.language, "default_address")))
    text = words.say(context.language, "ask_order_or_default" if address else "ask_order")
    return ask(state, Asked("order_id", tuple(options), text=text + _more(context, len(offered))), commands, before)


def _another_order(context: Context, state: FlowState, commands: Commands, text: str) -> FlowReply | None:
    """After a number that is not there: the orders that there are, even a single one, for it was not the one named."""
    fitting = [order for order in context.orders if context.denied(state.flow, order) is None]
    if not fitting or state.flow == "track":
        return None
    options = tuple(Option(order.id, words.order_label(context, order)) for order in fitting[:SHOWN])
    question = Asked("order_id", options, text=words.say(context.language, "ask_order") + _more(context, len(fitting)))
    return ask(state.with_slots(order_id=None), question, commands, text)


def _none_fits(context: Context, state: FlowState, among: list[Order], commands: Commands, before: str) -> FlowReply:
    """No order allows it: the rule that is nearest to what was asked is named."""
    rule = rule_of(state.flow, context.shop.config.rules)
    if rule is None and state.flow != "invoice":
        return deny(context, state, Denied("off", {"action": state.flow}), commands, before=before)
    orders = among or context.orders
    if not orders:
        return deny(context, state, Denied("no_order", {}), commands, before=before)
    chosen = state.with_slots(order_id=orders[0].id)
    denied = context.denied(state.flow, orders[0]) or Denied("no_order", {})
    return deny(context, chosen, denied, commands, before=before)


def _more(context: Context, count: int) -> str:
    return " " + words.say(context.language, "more_options", count=count - SHOWN) if count > SHOWN else ""


def _lines(context: Context, state: FlowState, commands: Commands, before: str) -> Step:
    order = order_of(context, state)
    assert order is not None
    fine = context.open_lines(state.flow, order)
    chosen = state.slots.get("lines")
    if chosen:
        return _checked_lines(context, state, order, commands, before)
    if not fine:
        verdicts = allowed_lines(state.flow, order, context.catalogue, context.shop.config.rules)
        denied = next((v.denied for v in verdicts if v.denied), Denied("line_status", {}))
        return deny(context, state, denied, commands, before=before)
    some = [line for line in fine if line.line_no in state.slots.get("some", [])] or fine
    if len(some) == 1:
        line = some[0]
        return state.with_slots(
            lines=[{"line_no": line.line_no, "sku": line.sku, "quantity": line.quantity}], some=None
        )
    return _ask_lines(context, state, order, some, commands, before, all_of_them=some == fine)


def _ask_lines(
    context: Context, state: FlowState, order: Order, some: list[OrderLine], commands: Commands, before: str,
    *, all_of_them: bool,
) -> FlowReply:  # fmt: skip
    options = [Option(str(line.line_no), words.line_text(context, line, price=True)) for line in some[:20]]
    if state.flow == "return" and all_of_them:
        options.append(Option("all", words.say(context.language, "all_lines")))
    text = words.say(context.language, "ask_lines", order=order.id)
    return ask(state, Asked("lines", tuple(_distinct(options)), text=text), commands, before)


def _again_lines(
    context: Context, state: FlowState, denied: Denied, order: Order, commands: Commands, text: str
) -> FlowReply | None:
    """After a quantity that is not there: which lines, without the one it was said of."""
    number = denied.details.get("line_no")
    left = [row for row in state.slots.get("lines", []) if row["line_no"] != number]
    fine = context.open_lines(state.flow, order)
    after = state.with_slots(lines=left or None, some=None)
    return _ask_lines(context, after, order, fine, commands, text, all_of_them=True) if fine else None


def _distinct(options: list[Option]) -> list[Option]:
    """Labels that stand for one option each: equal ones get their line's number."""
    labels = [option.label for option in options]
    return [o if labels.count(o.label) == 1 else Option(o.value, f"{o.label} ({o.value})") for o in options]


def _checked_lines(context: Context, state: FlowState, order: Order, commands: Commands, before: str) -> Step:
    """The chosen lines that may be part of it; the others are named in the summary, or are why it is denied."""
    verdicts = allowed_lines(state.flow, order, context.catalogue, context.shop.config.rules)
    refused = {verdict.line_no: verdict.denied for verdict in verdicts if verdict.denied}
    kept = [row for row in state.slots["lines"] if row["line_no"] not in refused]
    if len(kept) == len(state.slots["lines"]):
        return state
    dropped = [row["line_no"] for row in state.slots["lines"] if row["line_no"] in refused]
    if not kept:
        denied = refused[dropped[0]]
        assert denied is not None
        return deny(context, state, denied, commands, before=before)
    names = [words.line_text(context, line) for number in dropped if (line := order.line(number))]
    return state.with_slots(lines=kept, skipped=words.listed(names, context.language))


def _quantity(context: Context, state: FlowState, commands: Commands, before: str) -> Step:
    return state


def _new_sku(context: Context, state: FlowState, commands: Commands, before: str) -> Step:
    order = order_of(context, state)
    assert order is not None
    for row in state.slots["lines"]:
        step = next_variant(context, state, order, row, commands, before)
        if isinstance(step, FlowReply):
            return step
        state = step
    return state


def _again_variant(
    context: Context, state: FlowState, denied: Denied, commands: Commands, text: str
) -> FlowReply | None:
    order = order_of(context, state)
    number = denied.details.get("line_no")
    row = next((row for row in state.slots.get("lines", []) if row["line_no"] == number), None)
    if order is None or row is None or state.flow not in SWAPS:
        return None
    left = {key: sku for key, sku in state.slots.get("new_sku", {}).items() if key != str(number)}
    wishes = {key: wish for key, wish in state.slots.get("wish", {}).items() if key != str(number)}
    step = next_variant(
        context, state.with_slots(new_sku=left or None, wish=wishes or None), order, row, commands, text
    )
    return step if isinstance(step, FlowReply) else None


def _reason(context: Context, state: FlowState, commands: Commands, before: str) -> Step:
    from bot.shop.fields import pick

    rule = rule_of(state.flow, context.shop.config.rules)
    reasons = getattr(rule, "reasons", ())
    if not reasons:
        return state.with_slots(reason=None)
    if state.slots.get("reason"):
        return state
    locales = context.shop.config.locales
    options = tuple(Option(reason.id, pick(reason.label, context.language, locales)) for reason in reasons)
    return ask(state, Asked("reason", options, text=words.say(context.language, "ask_reason")), commands, before)


def _payment_slot(flow: str) -> str | None:
    return next((name for name in FORMS[flow].slots if name.endswith("payment_method_id")), None)


def _charge(context: Context, state: FlowState, order: Order) -> int:
    """What a swap costs more, in minor units; 0 for other changes."""
    if state.flow not in SWAPS:
        return 0
    change = FORMS[state.flow].change({**state.slots, "payment_method_id": ""})
    return difference(order, getattr(change, "lines", ()), context.catalogue)


def _methods(context: Context, state: FlowState, order: Order) -> list[Any]:
    if context.customer is None:
        return []
    rules = context.shop.config.rules
    return allowed_methods(state.flow, order, context.customer, rules, _charge(context, state, order))


def _method(context: Context, state: FlowState, commands: Commands, before: str) -> Step:
    """The named method; else the order's own where it may carry the money; else the only one, or a question."""
    order, slot = order_of(context, state), _payment_slot(state.flow)
    assert order is not None and slot is not None
    fine = [method.id for method in _methods(context, state, order)]
    chosen = state.slots.get(slot)
    if state.slots.get("no_such_method"):
        return denied_slot(
            context, state.with_slots(no_such_method=None), Denied("method_unknown", {}), commands, before
        )
    if chosen:
        return state
    among = [method for method in state.slots.get("methods", []) if method in fine]
    if state.slots.get("methods") and not among and fine:
        wanted = Denied("method_not_allowed" if state.flow == "return" else "method_unknown",
                        {"payment_method_id": state.slots["methods"][0], "refund_to": []})  # fmt: skip
        return denied_slot(context, state.with_slots(methods=None), wanted, commands, before)
    offered = among or fine
    if not among and order.payment_method_id in fine and state.flow != "change_payment":
        return state.with_slots(**{slot: order.payment_method_id})
    if len(offered) == 1:
        return state.with_slots(**{slot: offered[0], "methods": None})
    if not offered:
        return _no_method(context, state, order, commands, before)
    return _ask_method(context, state, slot, commands, before, offered)


def _no_method(context: Context, state: FlowState, order: Order, commands: Commands, before: str) -> FlowReply:
    methods = context.customer.payment_methods if context.customer else ()
    own = next((m for m in methods if m.id != order.payment_method_id), None)
    code = "balance" if own and own.balance is not None else "method_unknown"
    details: dict[str, Any] = {"payment_method_id": own.id if own else ""}
    if code == "balance":
        details["needed"] = max(order.total, 0)
    return deny(context, state, Denied(code, details), commands, before=before)


def _ask_method(
    context: Context, state: FlowState, slot: str, commands: Commands, before: str, offered: list[str]
) -> FlowReply:
    options = [Option(method, words.method_text(context, context.method(method), method)) for method in offered[:SHOWN]]
    block = "ask_refund" if slot.startswith("refund") else "ask_payment"
    question = Asked(slot, tuple(options), text=words.say(context.language, block))
    return ask(state.with_slots(methods=None), question, commands, before)


def _address(context: Context, state: FlowState, commands: Commands, before: str) -> Step:
    address = state.slots.get("address")
    missing = address_missing(context, address) if address else ()
    if address and not missing:
        return state
    separator = "、" if context.language == "zh" else ", "
    named = separator.join(words.say(context.language, "address_part", part=part) for part in missing)
    options: tuple[Option, ...] = ()
    customer = context.customer
    if customer and not address and state.slots.get("order_id") != DEFAULT and customer.address.address1:
        label = words.address_text(customer.address, context.language)
        options = (Option("on_file", words.say(context.language, "address_on_file", address=label)),)
    text = words.say(context.language, "ask_address", missing=named)
    return ask(state, Asked("address", options, text=text), commands, before)


def _title(context: Context, state: FlowState, commands: Commands, before: str) -> Step:
    customer = context.customer
    if customer and not state.slots.get("email") and customer.email:
        state = state.with_slots(email=customer.email)
    if state.slots.get("title"):
        return state
    if customer and customer.name and state.slots.get("kind") != "company":
        return state.with_slots(title=customer.name)
    return ask(state, Asked("title", text=words.say(context.language, "ask_title")), commands, before)


def _tax_id(context: Context, state: FlowState, commands: Commands, before: str) -> Step:
    if state.slots.get("kind") != "company" or state.slots.get("tax_id"):
        return state
    return ask(state, Asked("tax_id", text=words.say(context.language, "ask_tax_id")), commands, before)


_STEPS = {
    "order_id": _order, "lines": _lines, "quantity": _quantity, "new_sku": _new_sku, "reason": _reason,
    "payment_method_id": _method, "refund_payment_method_id": _method, "address": _address, "title": _title,
    "tax_id": _tax_id,
}  # fmt: skip
