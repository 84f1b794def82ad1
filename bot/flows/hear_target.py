"""Takes from a message which order and which of its lines are meant. Knows nothing of what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.flows.context import Context
from bot.flows.forms import DEFAULT, FORMS
from bot.flows.read.lines import LineCandidate, LinesRead, read_lines
from bot.flows.read.orders import OrdersRead, read_orders
from bot.flows.read.quantities import read_quantities
from bot.flows.replies import order_of
from bot.flows.state import Request
from bot.orders.book import Denied
from bot.orders.records import Order

if TYPE_CHECKING:
    from bot.flows.hear import Heard

_NO_ORDER = ("address", "title", "tax_id")  # a number in these answers is none of an order
_ALSO = re.compile(r"\b(?:also|too|as well|in addition|and the|plus)\b|还有|也要|再加|另外|以及", re.IGNORECASE)
_DEFAULT = re.compile(
    r"\b(?:default|profile|account|my (?:own )?address|home address)\b|默认|账户|账号|个人资料|我的地址|常用地址",
    re.IGNORECASE,
)
_ORDER_WORD = re.compile(r"\border'?s?\b|\bparcel\b|\bpackage\b|订单|那单|这单|包裹", re.IGNORECASE)
# "The order with the kettle" names an order; "cancel the kettle in it" names a part.
_ORDER_WITH = re.compile(
    r"\b(?:orders?|one|ones|it is|it's) (?:\w+ ){0,3}?(?:with|containing|that has|for)\b|的(?:那个|那|这个|这)?(?:一)?(?:订单|单)",
    re.IGNORECASE,
)
_THAT = re.compile(
    r"\b(?:that|this|the|whole|entire|same) (?:whole |entire |same )?order\b"
    r"|\b(?:cancel|return|exchange|of|about|for|in|from) (?:it|that|this)\b"
    r"|(?:那|这)(?:个|笔|份)?(?:订单|单)|(?:把|将)?它|整单|整个订单",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:just|only|part of|a part|partially|one (?:of the )?items?|single items?|some of)\b"
    r"|只(?:取消|退|要取消)|部分|其中|单独|某件|一件",
    re.IGNORECASE,
)
# A second address in the same breath.
_NONE_OF_IT = re.compile(
    r"(?:^|[\s\u4e00-\u9fff])[-\u2212]\d{1,3}(?![\d-])|(?<![\d.#])0\s?(?:of\b|pieces?\b|items?\b|[个件双条只支台盒套把张])"
    r"|\bzero (?:of|pieces?|items?)\b|负[\d一二三四五六七八九十两]|零[个件双条只支台盒套把张]",
    re.IGNORECASE,
)
_BOTH_ADDRESSES = re.compile(
    r"\b(?:and|also|as well)\b.*\borders?\b|\borders?\b.*\b(?:and|also)\b.*\b(?:default|profile|account)|和.*订单",
    re.IGNORECASE,
)


def hear_target(context: Context, heard: Heard, text: str, *, fresh: bool, twist: bool) -> None:
    """The order, and for flows about lines the lines, that `text` names; several orders become further requests."""
    state = heard.state
    form = FORMS[state.flow]
    if state.asked and state.asked.slot in _NO_ORDER and not twist and not fresh:
        return
    shown = [o.value for o in state.asked.options] if state.asked and state.asked.slot == "order_id" else []
    if state.flow == "change_address" and _hear_default(context, heard, text, shown, fresh=fresh):
        return
    typed = _typed_order(context, heard, text, shown)
    read = read_orders(text, context.orders, context.catalogue, context.now, shown)
    if fresh and not read.said and not read.candidates and not read.unknown:
        _hear_recent(context, heard, text)
    if state.flow == "change_address" and _ORDER_WORD.search(text) and fresh:
        heard.state = heard.state.with_slots(of_order=True)
    ending = _by_ending(context, read)
    strange = bool(read.unknown) and not read.candidates and typed is None and not ending
    if strange and not heard.state.slots.get("said"):
        heard.denied = Denied("not_found", {"order_id": read.unknown[0]})
        return
    if state.flow == "cancel" and typed is None and _asks_for_part(context, heard, text, read):
        return
    if typed is not None:
        heard.set("order_id", order_id=typed.id, among=None)
        return
    named = ending or _named(context, heard, read, fresh=fresh or twist or bool(shown))
    if form.lines:
        if read.candidates and all(set(candidate.why) <= {"item"} for candidate in read.candidates):
            named = _of_order(context, text, named)
        _hear_lines(context, heard, text, named, fresh=fresh, twist=twist)
    elif named:
        _set_orders(context, heard, named, many=read.many, text=text)


def _by_ending(context: Context, read: OrdersRead) -> list[Order]:
    """A number without the letters that orders begin with: the customer's one order that ends in it."""
    if len(read.unknown) != 1 or read.candidates or len(read.unknown[0]) < 5:
        return []
    found = [order for order in context.orders if order.id.casefold().endswith(read.unknown[0].casefold())]
    return found if len(found) == 1 else []


def _hear_recent(context: Context, heard: Heard, text: str) -> None:
    """ "That order" is the one that was spoken of last, where it allows the request."""
    order = context.order(context.recent)
    if order is None or heard.state.slots.get("order_id") or not _THAT.search(text):
        return
    if context.denied(heard.state.flow, order) is None:
        heard.set("order_id", order_id=order.id)


def _typed_order(context: Context, heard: Heard, text: str, shown: Sequence[str]) -> Order | None:
    from bot.flows.hear import option_value

    value = option_value(heard.state, text) if shown else None
    return context.order(value) if value else None


def _hear_default(context: Context, heard: Heard, text: str, shown: Sequence[str], *, fresh: bool) -> bool:
    """Whether the customer's default address is meant rather than an order's, or both, the default first."""
    from bot.flows.hear import option_value

    if shown and option_value(heard.state, text) == DEFAULT:
        heard.set("order_id", order_id=DEFAULT)
        return True
    if not _DEFAULT.search(text) or not (fresh or shown):
        return False
    order = bool(_ORDER_WORD.search(text))
    if order and not re.search(r"default|默认", text, re.IGNORECASE) and not _BOTH_ADDRESSES.search(text):
        return False  # "the address of that order ... the one in my profile": the order's
    if order and re.search(r"\bmy address on file\b|in my profile|on my profile", text, re.IGNORECASE):
        return False
    heard.set("order_id", order_id=DEFAULT)
    if _BOTH_ADDRESSES.search(text):
        fitting = [order for order in context.orders if context.denied("change_address", order) is None]
        heard.queue([Request("change_address", {"order_id": order.id, "with_address": True}) for order in fitting])
    return True


def _named(context: Context, heard: Heard, read: OrdersRead, *, fresh: bool) -> list[Order]:
    """The orders that were named, those that allow the change when some do."""
    state = heard.state
    current = order_of(context, state)
    sure = any({"number", "shown"} & set(candidate.why) for candidate in read.candidates)
    if (
        current is not None
        and not sure
        and (not fresh or any(o.id == current.id for o in read.orders))
        and not read.many
    ):
        return []
    fitting = [order for order in read.orders if context.denied(state.flow, order) is None]
    return fitting or list(read.orders)


def _of_order(context: Context, text: str, named: list[Order]) -> list[Order]:
    """Orders named by what is in them count where the words describe an order, and not the items that it is about."""
    described = read_lines(text, context.orders, context.catalogue).of_order
    ids = {c.order_id for mention in described for c in mention.candidates}
    return [order for order in named if order.id in ids]


def _set_orders(context: Context, heard: Heard, named: list[Order], *, many: bool, text: str) -> None:
    """One named order is chosen; of many the first, and the others become requests of their own."""
    if len(named) == 1 or many:
        heard.set("order_id", order_id=named[0].id, among=None)
        if many:
            extra = {"reason": heard.state.slots["reason"]} if "reason" in heard.state.slots else {}
            heard.queue([Request(heard.state.flow, {"order_id": o.id, **extra}, text) for o in named[1:]])
    else:
        heard.set("order_id", among=[order.id for order in named])


def _asks_for_part(context: Context, heard: Heard, text: str, read: OrdersRead) -> bool:
    """Whether only a part of an order is to be cancelled; then it is denied, for orders are cancelled whole."""
    state = heard.state
    current = order_of(context, state)
    orders = list(read.orders) or ([current] if current else context.orders)
    lines = read_lines(text, orders, context.catalogue)
    mentioned = {(c.order_id, c.line_no) for m in lines.mentions for c in m.candidates}
    mentioned = set() if lines.everything else mentioned
    whole = re.search(r"\b(?:whole|entire|all)\b|整单|全部|整个", text, re.IGNORECASE)
    if whole and not lines.excluded:
        return False
    part = bool(_PART.search(text)) and (bool(mentioned) or bool(re.search(r"part|item|部分|一件|其中", text)))
    item = bool(mentioned) and not _ORDER_WITH.search(text) and not (state.asked and state.asked.slot == "order_id")
    if not (part or lines.excluded or (lines.only and mentioned) or item):
        return False
    ids = {order_id for order_id, _ in mentioned} or {order.id for order in orders}
    touched = [order for order in orders if order.id in ids]
    if item and not part and all(len(o.lines) == sum(1 for oid, _ in mentioned if oid == o.id) for o in touched):
        return False
    fitting = [o for o in touched if context.denied("cancel", o) is None] or touched
    order = fitting[0] if len(fitting) == 1 else None
    if order:
        heard.state = heard.state.with_slots(order_id=order.id)
    heard.denied = Denied("partial_cancel", {"order_id": order.id if order else None})
    return True


# --- lines ---


def _hear_lines(context: Context, heard: Heard, text: str, named: list[Order], *, fresh: bool, twist: bool) -> None:
    state = heard.state
    current = order_of(context, state)
    if _typed_lines(context, heard, text):
        return
    fitting = [order for order in context.orders if context.denied(state.flow, order) is None]
    pool = named or ([current] if current else fitting) or context.orders
    shown = []
    if state.asked and state.asked.slot == "lines" and current:
        shown = [(current.id, int(o.value)) for o in state.asked.options if o.value.isdigit()]
    read = read_lines(text, pool, context.catalogue, shown)
    if not named and current and (fresh or twist):
        wider = read_lines(text, fitting, context.catalogue)
        elsewhere = {line.order_id for line in wider.lines} - {current.id}
        if (
            not wider.everything
            and elsewhere
            and current.id not in {c.order_id for m in wider.mentions for c in m.candidates}
        ):
            pool, read = fitting, wider
    found = _grouped(context, heard, read, pool, text)
    if not found and not named and not current and not read.mentions:
        _hear_unfit(context, heard, text, fitting)
        return
    if found:
        _take_lines(context, heard, found, read, text, fresh=fresh, twist=twist)
    elif named:
        if len(named) == 1 and (current is None or named[0].id != current.id):
            heard.set("order_id", order_id=named[0].id, lines=None, new_sku=None, wish=None, among=None)
        elif len(named) > 1 and current is None:
            heard.set("order_id", among=[order.id for order in named])


def _hear_unfit(context: Context, heard: Heard, text: str, fitting: list[Order]) -> None:
    """The item that was named may lie in an order that does not allow the change: then that is what to say."""
    ids = {order.id for order in fitting}
    others = [order for order in context.orders if order.id not in ids]
    read = read_lines(text, others, context.catalogue)
    orders = {line.order_id for line in read.lines}
    if len(orders) == 1 and not read.everything:
        heard.set("order_id", order_id=next(iter(orders)))


def _has_lines(read: LinesRead) -> bool:
    return bool(read.mentions or read.everything)


def _typed_lines(context: Context, heard: Heard, text: str) -> bool:
    from bot.flows.hear import option_values

    state, order = heard.state, order_of(context, heard.state)
    if order is None or state.asked is None or state.asked.slot != "lines":
        return False
    values = option_values(state, text)
    if not values:
        return False
    lines = [line for line in order.lines if "all" in values or str(line.line_no) in values]
    if "all" in values:
        lines = context.open_lines(context.kind_for(state.flow, order), order)
    heard.set("lines", lines=[row(line.line_no, line.sku, line.quantity) for line in lines], some=None)
    return True


def row(line_no: int, sku: str, quantity: int) -> dict[str, Any]:
    """A line as the slot `lines` holds it."""
    return {"line_no": line_no, "sku": sku, "quantity": quantity}


def _grouped(
    context: Context, heard: Heard, read: LinesRead, pool: Sequence[Order], text: str
) -> dict[str, list[tuple[LineCandidate, int | None]]]:
    """The lines that are meant by order, each with the quantity that was said; an open mention is narrowed by the others."""
    if read.everything:
        spared = {(line.order_id, line.line_no) for line in read.excluded}
        every: dict[str, list[tuple[LineCandidate, int | None]]] = {
            order.id: [
                (LineCandidate(order.id, line.line_no, line.sku, line.quantity, 1.0, ("all",)), None)
                for line in context.open_lines(context.kind_for(heard.state.flow, order), order)
                if (order.id, line.line_no) not in spared
            ]
            for order in pool
        }
        return {order_id: lines for order_id, lines in every.items() if lines}
    covering = _covering(read, pool)
    lone = read_quantities(text) if len(read.mentions) == 1 else ()
    found: dict[str, list[tuple[LineCandidate, int | None]]] = {}
    for mention in read.mentions:
        fitting = [c for c in mention.candidates if len(covering) != 1 or c.order_id == covering[0]]
        if mention.many or len(fitting) == 1:
            for candidate in fitting:
                count = mention.quantity
                if count is None and len(lone) == 1 and not lone[0].all:
                    count = lone[0].count
                if len(read.mentions) == 1 and _NONE_OF_IT.search(text):
                    count = 0
                found.setdefault(candidate.order_id, []).append((candidate, count))
        elif fitting:
            orders = list(dict.fromkeys(c.order_id for c in fitting))
            if len(orders) == 1:
                heard.state = heard.state.with_slots(order_id=orders[0], some=[c.line_no for c in fitting])
                heard.said = True
            else:
                heard.set("order_id", among=orders)
    return found


def _covering(read: LinesRead, pool: Sequence[Order]) -> list[str]:
    """The orders that hold something for each mention."""
    sets = [{c.order_id for c in mention.candidates} for mention in read.mentions]
    return [order.id for order in pool if sets and all(order.id in ids for ids in sets)]


def _take_lines(
    context: Context,
    heard: Heard,
    found: dict[str, list[tuple[LineCandidate, int | None]]],
    read: LinesRead,
    text: str,
    *,
    fresh: bool,
    twist: bool,
) -> None:
    state = heard.state
    current = order_of(context, state)
    first = current.id if current and current.id in found else next(iter(found))
    rows = [_counted(c, quantity) for c, quantity in _unique(found[first])]
    old = state.slots.get("lines", []) if current and current.id == first else []
    numbers, before = {r["line_no"] for r in rows}, {r["line_no"] for r in old}
    asked_lines = state.asked is not None and state.asked.slot == "lines"
    if old and not (read.only or twist or fresh or asked_lines or read.everything):
        if numbers <= before:
            heard.said = True
            return
        rows = [*(r for r in old if r["line_no"] not in numbers), *rows]
    elif old and _ALSO.search(text) and not read.only and not fresh and not twist:
        rows = [*(r for r in old if r["line_no"] not in numbers), *rows]
    elif old and twist and not read.only and numbers < before and state.slots.get("new_sku"):
        # "No, not that lamp, the brighter one" corrects one of several swaps and takes no other away.
        heard.said = True
        return
    kept = {
        key: value for key, value in state.slots.get("new_sku", {}).items() if int(key) in {r["line_no"] for r in rows}
    }
    same_order = current is not None and current.id == first
    heard.set(
        "lines",
        order_id=first,
        lines=rows,
        among=None,
        some=None,
        new_sku=(kept or None) if same_order else None,
        wish=state.slots.get("wish") if same_order else None,
    )
    rest = {order_id: lines for order_id, lines in found.items() if order_id != first}
    heard.queue(
        [
            Request(
                state.flow,
                {
                    "order_id": order_id,
                    "lines": [_counted(c, q) for c, q in _unique(lines)],
                },
                text if state.flow in ("exchange", "modify_items") else "",
            )
            for order_id, lines in rest.items()
        ]
    )


def _counted(line: LineCandidate, quantity: int | None) -> dict[str, Any]:
    """A line with as many pieces as were said, even too many or none: the rules refuse those."""
    return row(line.line_no, line.sku, line.quantity if quantity is None else quantity)


def _unique(lines: list[tuple[LineCandidate, int | None]]) -> list[tuple[LineCandidate, int | None]]:
    return list({candidate.line_no: (candidate, quantity) for candidate, quantity in lines}.values())
