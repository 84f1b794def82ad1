"""Orders, lines, money and addresses as a customer reads them. Knows nothing of what is asked or agreed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.flows.context import Context
from bot.flows.read.addresses import one_line
from bot.orders.changes import LineChange
from bot.orders.money import to_decimal
from bot.orders.records import Address, Order, OrderLine, PaymentMethod
from bot.prompts import render
from bot.shop.currency import decimals

_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def say(language: str, block: str, **values: Any) -> str:
    """A reply text of prompts/flows.*.j2."""
    return render("flows", language, block, **values)


def unmarked(text: str) -> str:
    """The text with `[1]` written so that it is no citation mark: names, titles and addresses are anyone's words."""
    return re.sub(r"\[(\d+)\]", "\uff3b\\1\uff3d", text)


def money(minor: int, currency: str) -> str:
    """An amount with its currency: ¥129.00."""
    return amount_text(to_decimal(minor, currency), currency)


def amount_text(amount: Any, currency: str) -> str:
    """A JSON or decimal amount with its currency."""
    text = f"{float(amount):,.{decimals(currency)}f}"
    return f"{_SIGNS[currency]}{text}" if currency in _SIGNS else f"{text} {currency}"


def day(moment: datetime, language: str) -> str:
    """A date without the time: 5 Nov 2026, 2026年11月5日."""
    return f"{moment.year}年{moment.month}月{moment.day}日" if language == "zh" else f"{moment.day} {moment:%b %Y}"


def options_text(options: Mapping[str, str], language: str) -> str:
    """Options in one phrase: "color black, size M"."""
    return ("，" if language == "zh" else ", ").join(
        f"{name} {value}" if value.casefold() in ("yes", "no", "none", "是", "否", "无") else str(value)
        for name, value in options.items()
    )


def line_text(context: Context, line: OrderLine, *, quantity: int | None = None, price: bool = False) -> str:
    """A line: "Smart Watch (black, silicone) x 2"."""
    count = line.quantity if quantity is None else quantity
    chosen = options_text(line.options, context.language)
    text = context.name(line.sku) + (f" ({chosen})" if chosen else "") + (f" × {count}" if count > 1 else "")
    if price:
        text += f" {money(line.unit_price * count, context.shop.config.currency)}"
    return text


def variant_text(context: Context, sku: str, *, price: bool = True) -> str:
    """A variant by its options and price: "black, size M, ¥129.00"."""
    _, variant = context.catalogue.get(sku, (None, None))
    if variant is None:
        return sku
    parts = [options_text(variant.options, context.language) or context.name(sku)]
    if price and variant.price is not None:
        parts.append(amount_text(variant.price, context.shop.config.currency))
    return ("，" if context.language == "zh" else ", ").join(parts)


def status_text(status: str, language: str) -> str:
    """An order's or line's status as people say it."""
    return say(language, "status", status=status)


def order_label(context: Context, order: Order) -> str:
    """An order for a choice: "#LC41027, 8 Jul 2026, delivered: Desk Lamp, Kettle"."""
    names = list(dict.fromkeys(context.name(line.sku) for line in order.lines))
    shown = ("、" if context.language == "zh" else ", ").join(names[:4]) + ("…" if len(names) > 4 else "")
    return (
        f"#{order.id}, {day(order.placed_at, context.language)}, {status_text(order.status, context.language)}: {shown}"
    )


def method_text(context: Context, method: PaymentMethod | None, method_id: str = "") -> str:
    """A payment method by its label, with a gift card's balance."""
    if method is None:
        return method_id
    label = method.label or say(context.language, "method_kind", kind=method.kind)
    if method.balance is None:
        return label
    return say(
        context.language, "with_balance", label=label, balance=money(method.balance, context.shop.config.currency)
    )


def address_text(address: Address | Mapping[str, str], language: str) -> str:
    """An address in one line, with recipient and phone when it has them."""
    return one_line(address if isinstance(address, Address) else Address(**address), language)


def listed(parts: Iterable[str], language: str) -> str:
    """Things one after the other."""
    return ("；" if language == "zh" else "; ").join(parts)


def part_text(context: Context, order: Order, part: LineChange) -> str:
    """A line of a change, with what it becomes."""
    line = order.line(part.line_no)
    old = line_text(context, line, quantity=part.quantity) if line else part.sku
    if part.new_sku is None:
        return old
    product, _ = context.catalogue.get(part.new_sku, (None, None))
    old_product, _ = context.catalogue.get(part.sku, (None, None))
    other = product is not None and old_product is not None and product.id != old_product.id
    new = (context.name(part.new_sku) + " " if other else "") + variant_text(context, part.new_sku)
    return f"{old} → {new}"
