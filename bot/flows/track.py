"""Tells where an order is, what is in it and what was paid and given back. Changes nothing."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.flows import words
from bot.flows.context import Context
from bot.flows.read.lines import read_lines
from bot.flows.read.orders import read_orders
from bot.flows.replies import FlowReply, ask, command
from bot.flows.state import SHOWN, Asked, FlowState, Option
from bot.orders.book import Denied
from bot.orders.money import to_minor
from bot.orders.records import Order, Shipment
from bot.perceive.entities import find_entities

FEW_PARCELS = 5
_TOTAL_BACK = re.compile(
    r"\b(?:total|altogether|in all|overall|all together)\b.*\b(?:refund\w*|back|get|receive)\b"
    r"|\b(?:refund\w*|back)\b.*\b(?:in total|total|altogether|in all)\b"
    r"|\btotal (?:refund|amount)|(?:一共|总共|合计|总计).*(?:退|返)|(?:退|返).*(?:一共|总共|合计|总计)",
    re.IGNORECASE,
)
_PAID_FOR = re.compile(
    r"\bhow much (?:did|was|were|have)\b.*\b(?:my|the|that|this|last|latest) (?:\w+ ){0,2}(?:order|purchase)\b"
    r"|\b(?:total|price|amount) of (?:my|the) .*order"
    r"|^(?!.*(?:满|包邮|运费|起送)).*(?:我的|我那|我|那|这|上一?|最近)(?:个|笔|张)?(?:一)?(?:的)?(?:订)?单"
    r".*(?:多少钱|花了多少|总额|金额|付了多少)"
    r"|^(?!.*(?:满|包邮|运费|起送)).*(?:花了|付了)多少.*(?:订单|单)",
    re.IGNORECASE,
)
_HOW_FAR = re.compile(
    r"\bwhere(?:'s| is| are)\b|\bstatus\b|\btrack\b|\bwhen (?:will|does|is|do)\b.*\b(?:arriv\w*|come|deliver\w*|here|get)\b"
    r"|\bhas .* (?:shipped|left|arrived)\b"
    r"|到哪|物流|什么时候到|几时到|到了吗|发货了吗|发货了没|查(?:一?下|询)?.*(?:订单|单)|订单状态",
    re.IGNORECASE,
)
_PARCEL = re.compile(
    r"\btracking (?:number|no|code|id)\b.*\border|\border\b.*\btracking (?:number|no|code|id)\b"
    r"|\bwhat (?:did|have) i (?:buy|bought|order)|(?:运单|物流|快递)(?:单)?号|我.*买(?:了|过)(?:什么|哪些)",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\b(?:all|list|which|what)\b.*\borders\b|\bmy orders\b|\border history\b|(?:我的|所有|全部|哪些|历史)(?:的)?订单",
    re.IGNORECASE,
)
_WHERE = re.compile(r"\baddress|where (?:does|will|is) it (?:going|sent|go)|寄到哪|地址", re.IGNORECASE)


def asks_where(text: str) -> bool:
    """Whether the message asks how far an order with this number has come."""
    return bool(_HOW_FAR.search(text)) and any(entity.kind == "order" for entity in find_entities(text))


def asks_for_parcel(text: str) -> bool:
    """Whether the tracking number, or what was bought, of one's own orders is asked for."""
    return bool(_PARCEL.search(text))


def asks_for_total(text: str) -> bool:
    """Whether what comes back in all is asked for."""
    return bool(_TOTAL_BACK.search(text))


def asks_about_paid(text: str) -> bool:
    """Whether what an order of one's own cost is asked for."""
    return bool(_PAID_FOR.search(text))


def refund_total(
    context: Context, changes: Sequence[dict[str, Any]], pending: Sequence[dict[str, Any]] = ()
) -> str | None:
    """The refunds of this conversation's changes, one by one and in all; None when there are none."""
    currency = context.shop.config.currency
    minors = [
        to_minor(row["amount"], currency)
        for arguments in (*changes, *pending)
        for row in arguments.get("amounts", [])
        if row["kind"] == "refund"
    ]
    if not minors:
        return None
    parts = [words.money(minor, currency) for minor in minors]
    return words.say(context.language, "refund_total", total=words.money(sum(minors), currency), parts=parts)


def track(context: Context, text: str, state: FlowState | None = None) -> FlowReply:
    """The order that is meant; several: a list to choose from. The flow ends with the answer."""
    commands = [command("StartFlow", "track")]
    action: dict[str, Any] = {"name": "track", "arguments": {}, "status": "done", "reason": None}
    shown = [o.value for o in state.asked.options] if state and state.asked else []
    if not context.orders:
        return FlowReply(words.say(context.language, "track_none"), commands, None, None, action)
    read = read_orders(text, context.orders, context.catalogue, context.now, shown)
    if read.unknown and not read.candidates:
        return _missing(context, read.unknown[0], commands)
    orders = list(read.orders) or _by_lines(context, text)
    if (_LIST.search(text) and len(orders) != 1) or read.many:
        return _list(context, orders or context.orders, commands, action)
    if not orders:
        orders = _under_way(context)
    if len(orders) == 1:
        action["arguments"] = {"order_id": orders[0].id}
        return FlowReply(describe(context, orders[0], text), commands, None, None, action)
    options = [Option(order.id, words.order_label(context, order)) for order in orders[:SHOWN]]
    question = Asked("order_id", tuple(options), text=words.say(context.language, "ask_order"))
    return ask(FlowState("track"), question, commands)


def _missing(context: Context, number: str, commands: list[dict[str, Any]]) -> FlowReply:
    from bot.flows.replies import denial

    denied = Denied("not_found", {"order_id": number})
    action = {"name": "track", "arguments": {}, "status": "denied", "reason": "not_found"}
    return FlowReply(denial(context, FlowState("track"), denied, None), commands, None, None, action, offer_person=True)


def _by_lines(context: Context, text: str) -> list[Order]:
    read = read_lines(text, context.orders, context.catalogue)
    ids = {c.order_id for mention in read.mentions for c in mention.candidates}
    return [order for order in context.orders if order.id in ids]


def _under_way(context: Context) -> list[Order]:
    """Without a word on which: the one that is on its way, else all that are not over, else all."""
    for statuses in (("shipped",), ("pending_payment", "paid", "shipped", "return_requested", "exchange_requested")):
        found = [order for order in context.orders if order.status in statuses]
        if len(found) == 1:
            return found
    return context.orders


def _list(
    context: Context, orders: Sequence[Order], commands: list[dict[str, Any]], action: dict[str, Any]
) -> FlowReply:
    rows = [
        f"{words.order_label(context, order)} ({words.money(order.total, order.currency)})"
        for order in orders[: 2 * SHOWN]
    ]
    return FlowReply(words.say(context.language, "track_list", rows=rows), commands, None, None, action)


def describe(context: Context, order: Order, text: str = "") -> str:
    """Status, parcel, items and money of an order in a few sentences."""
    language = context.language
    parts = [words.say(language, "track", **_parcel(context, order))]
    items = words.listed(
        (
            words.line_text(context, line, price=context.may_change) + _line_status(line.status, language)
            for line in order.lines
        ),
        language,
    )
    parts.append(words.say(language, "track_items", items=items))
    if context.may_change:  # a guest who proved an order learns what is in it, not what was paid
        refunded = sum(p.amount for p in order.payments if p.kind == "refund")
        method = words.method_text(context, context.method(order.payment_method_id))
        parts.append(
            words.say(
                language,
                "track_total",
                total=words.money(order.total, order.currency),
                method=method,
                refunded=words.money(refunded, order.currency) if refunded else "",
            )
        )
    if _WHERE.search(text):
        parts.append(words.say(language, "track_address", address=words.address_text(order.address, language)))
    if order.invoice:
        parts.append(words.say(language, "track_invoice", invoice=order.invoice.title))
    return ("" if language == "zh" else " ").join(parts)


def _line_status(status: str, language: str) -> str:
    return "" if status == "active" else f" [{words.status_text(status, language)}]"


def _parcel(context: Context, order: Order) -> dict[str, Any]:
    language = context.language
    parcel = next((p for p in reversed(order.shipments) if p.delivered_at is None), None)
    parcel = parcel or (order.shipments[-1] if order.shipments else None)
    values: dict[str, Any] = {
        "order": order.id, "placed": words.day(order.placed_at, language),
        "status": words.status_text(order.status, language), "late": "", "scan": "", "carrier": "", "number": "",
        "expected": "", "between": "", "delivered": "",
    }  # fmt: skip
    delivered = order.delivered_at or (parcel.delivered_at if parcel else None)
    if delivered and order.status != "cancelled":
        values["delivered"] = words.day(delivered, language)
    if parcel is None or order.status == "cancelled":
        return values
    values |= {"carrier": parcel.carrier, "number": parcel.tracking_no}
    if parcel.events:
        last = parcel.events[-1]
        said = last.text.get(language) or next(iter(last.text.values()), last.status)
        values["scan"] = f"{words.day(last.at, language)}, {said}".rstrip(".。")
    if delivered is None:
        values |= _expected(context, order, parcel)
    return values


def _expected(context: Context, order: Order, parcel: Shipment) -> dict[str, Any]:
    """When it should arrive by the history of the carrier's parcels there (median, 80 % interval), and whether it is late."""
    language, found = context.language, {}
    due = parcel.estimated_at
    days = sorted(context.book.delivery_days(parcel.carrier, order.address.region)) if parcel.shipped_at else []
    last: datetime | None = due
    if parcel.shipped_at and len(days) >= FEW_PARCELS:
        median = parcel.shipped_at + timedelta(days=statistics.median(days))
        deciles = statistics.quantiles(days, n=10, method="inclusive")
        first, last = (parcel.shipped_at + timedelta(days=part) for part in (deciles[0], deciles[-1]))
        if last >= context.now:
            found["expected"] = words.day(max(median, context.now), language)
            found["between"] = words.say(
                language,
                "and_between",
                first=words.day(max(first, context.now), language),
                last=words.day(last, language),
            )
    elif due and due >= context.now:
        found["expected"] = words.day(due, language)
    if (due or last) and context.now > (due or last):  # type: ignore[operator]
        found["late"] = words.day(due or last, language)  # type: ignore[arg-type]
    return found
