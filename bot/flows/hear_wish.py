"""Takes from a message which other versions of the chosen lines are wished. Knows nothing of stock."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.flows.context import Context
from bot.flows.read.lines import LineCandidate, read_lines
from bot.flows.read.wishes import read_option, read_sku, read_wish, read_wishes
from bot.flows.replies import order_of
from bot.orders.records import Order
from bot.orders.variants import Want, Wish

if TYPE_CHECKING:
    from bot.flows.hear import Heard


def wish_json(wish: Wish) -> dict[str, Any]:
    """A wish as JSON values."""
    return asdict(wish)


def wish_of(data: dict[str, Any] | None) -> Wish:
    """The wish of `wish_json`; an empty one for None."""
    if not data:
        return Wish()
    wants = tuple(Want(**{**want, "values": tuple(want["values"])}) for want in data["wants"])
    return Wish(**{**data, "wants": wants})


def merged(old: Wish, new: Wish) -> Wish:
    """What was wished before, but for what the new wish says otherwise."""
    about = {want.option for want in new.wants}
    kept = tuple(want for want in old.wants if want.option not in about)
    return Wish(
        (*kept, *new.wants),
        new.price or old.price,
        new.min_price if new.min_price is not None else old.min_price,
        new.max_price if new.max_price is not None else old.max_price,
        new.rest_same or old.rest_same,
    )


def hear_wishes(context: Context, heard: Heard, text: str) -> None:
    """The wish for each line that `text` is about: the lines it names, else the one asked about, else all."""
    from bot.flows.hear import option_value

    state, order = heard.state, order_of(context, heard.state)
    if order is None or not state.slots.get("lines"):
        return
    asked = (
        state.asked
        if state.asked and (state.asked.slot == "new_sku" or state.asked.slot.startswith("option:"))
        else None
    )
    if asked and asked.line_no is not None and (value := option_value(state, text)):
        _set(heard, asked.line_no, sku=value) if asked.slot == "new_sku" else _choose(
            heard, asked.line_no, asked.slot, value
        )
        return
    lines = _lines_meant(context, heard, text, order)
    about = asked is not None and asked.line_no in {line.line_no for line in lines}
    if about and asked and asked.slot.startswith("option:") and _hear_option(context, heard, text, order):
        return
    places = context.shop.config.decimals
    if len(lines) == 1:
        product, _ = context.catalogue.get(lines[0].sku, (None, None))
        if product is None:
            return
        sku = read_sku(text, product)
        wish = read_wish(text, product, lines[0].sku, places)
        if sku and sku != lines[0].sku:
            _set(heard, lines[0].line_no, sku=sku)
        elif wish:
            _set(heard, lines[0].line_no, wish=wish)
        return
    for found in read_wishes(text, lines, context.catalogue, places):
        if found.sku and found.sku != found.line.sku:
            _set(heard, found.line.line_no, sku=found.sku)
        elif found.wish:
            _set(heard, found.line.line_no, wish=found.wish)


def _lines_meant(context: Context, heard: Heard, text: str, order: Order) -> list[LineCandidate]:
    state = heard.state
    chosen = {row["line_no"]: row for row in state.slots["lines"]}
    named = [line for line in read_lines(text, [order], context.catalogue).lines if line.line_no in chosen]
    if named:
        return named
    asked = state.asked
    numbers = [asked.line_no] if asked and asked.line_no in chosen else list(chosen)
    return [
        LineCandidate(order.id, number, chosen[number]["sku"], chosen[number]["quantity"], 1.0, ())
        for number in numbers
        if number is not None
    ]


def _hear_option(context: Context, heard: Heard, text: str, order: Order) -> bool:
    asked = heard.state.asked
    assert asked is not None and asked.line_no is not None
    line = order.line(asked.line_no)
    product, _ = context.catalogue.get(line.sku if line else "", (None, None))
    if product is None:
        return False
    values = read_option(text, product, asked.slot.removeprefix("option:"))
    shown = [o.value for o in asked.options if o.value in values]
    if len(shown) == 1:
        _choose(heard, asked.line_no, asked.slot, shown[0])
        return True
    return False


def _choose(heard: Heard, line_no: int, slot: str, value: str) -> None:
    _set(heard, line_no, wish=Wish((Want(slot.removeprefix("option:"), "set", (value,)),)))


def _set(heard: Heard, line_no: int, *, sku: str | None = None, wish: Wish | None = None) -> None:
    """Note a version, or a wish on top of what was wished; the version chosen before is then open again."""
    slots, key = heard.state.slots, str(line_no)
    chosen = {k: v for k, v in slots.get("new_sku", {}).items() if k != key}
    wishes = dict(slots.get("wish", {}))
    if sku:
        chosen[key] = sku
    elif wish:
        old = wish_of(wishes.get(key))
        now = merged(old, wish)
        if now == old and key in slots.get("new_sku", {}):
            heard.said = True
            return
        wishes[key] = wish_json(now)
    heard.set("new_sku", new_sku=chosen or None, wish=wishes or None)
