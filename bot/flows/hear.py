"""Takes from a message whatever it says for the slots of a running request. Knows nothing of what is asked next or of replies."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.flows.context import SWAPS, Context
from bot.flows.forms import FORMS
from bot.flows.hear_address import hear_address, hear_invoice
from bot.flows.hear_target import hear_target
from bot.flows.hear_wish import hear_wishes
from bot.flows.read.methods import read_methods
from bot.flows.read.reasons import read_reason
from bot.flows.replies import order_of
from bot.flows.state import FlowState, Request
from bot.orders.book import Denied
from bot.orders.rules import rule_of

# A refund to one method only on a condition: a cancelled order's money goes where it came from.
_REFUND_TO = re.compile(
    r"\b(?:refund\w*|money|credit\w*)\b.*\bto\b|\bif\b.*\b(?:refund|gift)|退到|退回到|退款到|退给", re.IGNORECASE
)


@dataclass
class Heard:
    """What a message gave: the state with it, the slots that got another value, further requests, a denial at once."""

    state: FlowState
    slots: list[str] = field(default_factory=list)
    denied: Denied | None = None
    said: bool = False  # something was named, even if it changes nothing

    def set(self, name: str, **slots: Any) -> None:
        """Set slots and note the name when that changes anything."""
        after = self.state.with_slots(**slots)
        self.said = True
        if after != self.state:
            self.slots.append(name)
            self.state = after

    def queue(self, requests: list[Request]) -> None:
        """Put further requests right behind the running one: what was said in one breath stays together."""
        known = [(request.flow, request.slots.get("order_id")) for request in self.state.queue]
        fresh = [r for r in requests if (r.flow, r.slots.get("order_id")) not in known]
        self.state = replace(self.state, queue=(*fresh, *self.state.queue))


def hear(context: Context, state: FlowState, text: str, *, fresh: bool = False, twist: bool = False) -> Heard:
    """Read `text` for every slot of the flow. `fresh`: it begins the request; `twist`: it corrects what was said before."""
    heard = Heard(state)
    if option_value(state, text) is not None and state.asked and state.asked.slot in ("order_id", "reason"):
        # A label names items and dates, too; it is the option and nothing else.
        if state.asked.slot == "reason":
            _hear_reason(context, heard, text)
        else:
            hear_target(context, heard, text, fresh=fresh, twist=twist)
        return heard
    steps: list[Callable[[], None]] = [
        lambda: hear_target(context, heard, text, fresh=fresh, twist=twist),
        lambda: _hear_swap(context, heard, text),
        lambda: _hear_reason(context, heard, text),
        lambda: _hear_method(context, heard, text),
        lambda: hear_address(context, heard, text, fresh=fresh),
        lambda: hear_invoice(context, heard, text),
    ]
    for step in steps:
        step()
        if heard.denied:
            break
    return heard


def _hear_swap(context: Context, heard: Heard, text: str) -> None:
    if heard.state.flow in SWAPS:
        hear_wishes(context, heard, text)


def _hear_reason(context: Context, heard: Heard, text: str) -> None:
    state = heard.state
    reasons = getattr(rule_of(state.flow, context.shop.config.rules), "reasons", ())
    if not reasons or "reason" not in FORMS[state.flow].slots:
        return
    asked = state.asked is not None and state.asked.slot == "reason"
    picked = option_value(state, text) if asked else None
    found = read_reason(text, reasons, listed=asked)
    if picked or found:
        heard.set("reason", reason=picked or (found.reason.id if found else None))


def gives_reason(context: Context, state: FlowState, text: str) -> bool:
    """Whether the message answers "what is the reason?": "I don't want it any more" then gives up nothing."""
    reasons = getattr(rule_of(state.flow, context.shop.config.rules), "reasons", ())
    asked = state.asked is not None and state.asked.slot == "reason"
    return asked and bool(reasons) and read_reason(text, reasons, listed=True) is not None


def _hear_method(context: Context, heard: Heard, text: str) -> None:
    state, customer = heard.state, context.customer
    slot = next((name for name in FORMS[state.flow].slots if name.endswith("payment_method_id")), None)
    if customer is None or (slot is None and state.flow != "cancel"):
        return
    order = order_of(context, state)
    original = order.payment_method_id if order else None
    asked = state.asked if state.asked and state.asked.slot == slot else None
    if asked and (value := option_value(state, text)) and slot:
        heard.set(slot, **{slot: value})
        return
    read = read_methods(text, customer.payment_methods, original, [o.value for o in asked.options] if asked else [])
    found = [method.id for method in read.candidates]
    if state.flow == "cancel":
        if found and original and original not in found and _REFUND_TO.search(text):
            heard.denied = Denied("method_not_allowed", {"payment_method_id": found[0], "refund_to": ["original"]})
        return
    assert slot is not None
    if state.flow == "change_payment":
        found = [method for method in found if method != original]
        others = [method.id for method in customer.payment_methods if method.id != original]
        if not found and read.other and len(others) == 1:
            found = others
    if not found and read.other and state.flow == "return" and not read.original:
        heard.denied = Denied("method_not_allowed", {"refund_to": ["gift_card"]})
        return
    if not found and read.original and original and state.flow != "change_payment":
        found = [original]
    if len(found) == 1:
        heard.set(slot, **{slot: found[0], "methods": None})
    elif found:
        heard.set(slot, **{slot: None, "methods": found})
    elif read.kind or read.new:
        heard.set(slot, **{slot: None, "no_such_method": True})


def option_value(state: FlowState, text: str) -> str | None:
    """The value of the shown option whose label or value is exactly what was typed."""
    typed = _plain(text)
    for option in state.asked.options if state.asked else ():
        if typed and typed in (_plain(option.label), _plain(option.value)):
            return option.value
    return None


def option_values(state: FlowState, text: str) -> list[str]:
    """The values of the shown options that were typed one after the other, by label or value."""
    one = option_value(state, text)
    if one is not None:
        return [one]
    left, found = f" {_plain(text)} ", []
    for option in sorted(state.asked.options if state.asked else (), key=lambda o: -len(o.label)):
        label = _plain(option.label)
        if len(label) > 3 and label in left:
            left = left.replace(label, " ", 1)
            found.append(option.value)
    return [o.value for o in (state.asked.options if state.asked else ()) if o.value in found]


def _plain(text: str) -> str:
    return re.sub(r"[\s.。!！,，;；]+", " ", text).strip(" #").casefold()
