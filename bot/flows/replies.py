"""What a turn of a flow gives back, and the texts of proposals, changes and denials. Knows nothing of reading messages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bot.flows import words
from bot.flows.context import Context
from bot.flows.forms import DEFAULT, FORMS
from bot.flows.state import Asked, FlowState, Option
from bot.orders.arguments import change_from
from bot.orders.book import Denied
from bot.orders.changes import Exchange, ModifyItems, Return
from bot.orders.records import Order
from bot.shop.fields import pick


@dataclass
class FlowReply:
    """A flow's part of the turn object, and the state afterwards.

    `query` is what to search the knowledge base for, to cite the rule behind a denial.
    """

    text: str
    commands: list[dict[str, Any]]
    state: FlowState | None
    awaiting: dict[str, Any] | None = None
    action: dict[str, Any] | None = None
    query: str | None = None
    tail: str = ""  # said after the rule
    offer_person: bool = False
    quick: list[str] = field(default_factory=list)


def command(name: str, flow: str | None = None) -> dict[str, Any]:
    """One entry of `commands`; a started flow's intent is its name."""
    return {"command": name, "intent": flow if name == "StartFlow" else None, **({"flow": flow} if flow else {})}


def awaiting_of(flow: str, asked: Asked) -> dict[str, Any]:
    """The contract's `awaiting`."""
    return {
        "flow": flow,
        "slot": asked.slot,
        "options": [{"value": option.value, "label": option.label} for option in asked.options],
    }


def confirm_question(language: str, text: str) -> Asked:
    """The question that ends a summary."""
    options = (Option("yes", words.say(language, "yes")), Option("no", words.say(language, "no")))
    return Asked("confirm", options, text=text)


def ask(state: FlowState, question: Asked, commands: list[dict[str, Any]], before: str = "", **more: Any) -> FlowReply:
    """A reply that asks for a slot."""
    after = replace(state, asked=question, proposal=None)
    text = "\n".join(filter(None, [before.strip(), question.text, options_list(question)]))
    return FlowReply(
        text, commands, after, awaiting_of(state.flow, question), quick=[o.label for o in question.options][:4], **more
    )


def options_list(question: Asked) -> str:
    """The options below a question, one a line."""
    return "\n".join(f"- {option.label}" for option in question.options)


def values_of(context: Context, flow: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What the summary and the reply after the change say, out of the exact arguments."""
    order = context.order(arguments.get("order_id"))
    language = context.language
    change = change_from(flow, arguments)
    values: dict[str, Any] = {
        "flow": flow, "order": order.id if order else None, "items": "", "reason": "", "method": "", "old_method": "",
        "address": "", "invoice": "", "final": False, "skipped": "", "refunds": "",
    }  # fmt: skip
    values["amounts"] = [
        (row["kind"], words.amount_text(row["amount"], row["currency"])) for row in arguments.get("amounts", [])
    ]
    if order and isinstance(change, Return | Exchange | ModifyItems):
        values["items"] = words.listed((words.part_text(context, order, part) for part in change.lines), language)
    elif order and flow == "cancel":
        active = [line for line in order.lines if line.status in ("active", "cancelled")]
        values["items"] = words.listed((words.line_text(context, line) for line in active), language)
    method_id = arguments.get("refund_payment_method_id") or arguments.get("payment_method_id") or ""
    if flow == "cancel" and order:
        method_id = order.payment_method_id
    if method_id:
        values["method"] = words.method_text(context, context.method(method_id), method_id)
    if flow == "change_payment" and order and order.payment_method_id != method_id:
        values["old_method"] = words.method_text(context, context.method(order.payment_method_id))
    if "reason" in arguments:
        values["reason"] = reason_label(context, flow, arguments["reason"])
    if "address" in arguments:
        values["address"] = words.address_text(arguments["address"], language)
    if "invoice" in arguments:
        values["invoice"] = words.say(language, "invoice", **arguments["invoice"])
    rule = context.shop.config.rules.modify_items
    values["final"] = flow == "modify_items" and rule is not None and rule.final
    return values


def reason_label(context: Context, flow: str, reason: str) -> str:
    """A reason in the customer's language."""
    from bot.orders.rules import rule_of

    rule = rule_of(flow, context.shop.config.rules)
    found = next((known for known in getattr(rule, "reasons", ()) if known.id == reason), None)
    return pick(found.label, context.language, context.shop.config.locales) if found else reason


def denial(context: Context, state: FlowState, denied: Denied, order: Order | None) -> str:
    """Why it is not possible, in one or two sentences."""
    details, language = denied.details, context.language
    line = order.line(details.get("line_no") or 0) if order else None
    currency = context.shop.config.currency
    values: dict[str, Any] = {
        "order_id": order.id if order else details.get("order_id"),
        "status": words.status_text(str(details["status"]), language) if details.get("status") else "",
        "allowed": "/".join(words.status_text(status, language) for status in details.get("allowed", [])),
        "last_day": details.get("last_day"),
        "line": words.line_text(context, line) if line else "",
        "gift_card": bool({"gift_card", "store_credit"} & set(details.get("refund_to", []))),
        "method": words.method_text(context, context.method(details.get("payment_method_id"))),
        "needed": words.money(details["needed"], currency) if "needed" in details else "",
        "parts": ("、" if language == "zh" else ", ").join(
            words.say(language, "address_part", part=part) for part in details.get("missing", [])
        ),
        "product": details.get("product", ""),
        "sold_out": details.get("sold_out", ""),
        "order": details.get("order", ""),
        "possible": details.get("possible", ""),
    }
    return words.say(language, "denied", code=denied.code, details={"order_id": "", **details}, **values)


def possible_instead(context: Context, flow: str, order: Order | None, *, whole: bool = False) -> list[str]:
    """The other flows that this order allows now, in words; `whole`: the flow itself too, for the whole order."""
    if order is None:
        return []
    names = [
        name
        for name in FORMS
        if name != "invoice" and (name != flow or whole) and context.may_change and context.denied(name, order) is None
    ]
    kept = [name for name in names if context.kind_for(name, order) == name]
    return [words.say(context.language, "action", flow=name) for name in kept]


def order_of(context: Context, state: FlowState) -> Order | None:
    """The order that the running request is about."""
    wanted = state.slots.get("order_id")
    return None if wanted in (None, DEFAULT) else context.order(wanted)
