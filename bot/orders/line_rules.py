"""Decides whether lines of an order may be returned, exchanged or swapped, and for what. Knows nothing of money or time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.orders.book import Denied
from bot.orders.changes import LineChange
from bot.orders.ledger import Catalogue, price_of
from bot.orders.order_rules import rule_of
from bot.orders.records import Order, OrderLine
from bot.shop.types import ExchangeRule, ModifyItemsRule, Rules


@dataclass(frozen=True)
class LineVerdict:
    """Whether one line of an order may be part of a change: `denied` says why not, None when it may."""

    line_no: int
    denied: Denied | None


def allowed_lines(action: str, order: Order, products: Catalogue, rules: Rules) -> list[LineVerdict]:
    """Each line of the order, in order, with why it may not be part of a return, an exchange or another choice of items."""
    return [LineVerdict(line.line_no, _line_denied(action, line, products, rules)) for line in order.lines]


def _line_denied(action: str, line: OrderLine, products: Catalogue, rules: Rules) -> Denied | None:
    rule = rule_of(action, rules)
    if rule is None:
        return Denied("off", {"action": action})
    if line.status != "active":
        return Denied("line_status", {"line_no": line.line_no, "status": line.status})
    product, _ = products.get(line.sku, (None, None))
    excluded = getattr(rule, "excluded_tags", ())
    # A product that has left the catalogue has no tags any more; where tags matter a person has to look at it.
    if product is None:
        unknown = Denied("unknown_sku", {"line_no": line.line_no, "sku": line.sku})
        return unknown if excluded or getattr(rule, "same_product", False) else None
    if tag := next((tag for tag in product.tags if tag in excluded), None):
        return Denied("excluded_tag", {"line_no": line.line_no, "sku": line.sku, "product_id": product.id, "tag": tag})
    return None


def parts_denied(
    action: str, parts: tuple[LineChange, ...], order: Order, products: Catalogue, rules: Rules
) -> Denied | None:
    """Why these lines in these quantities may not be part of `action`, or None; several parts of one line add up."""
    if not parts:
        return Denied("quantity", {"line_no": None, "quantity": 0, "available": None})
    wanted: Counter[int] = Counter()
    for part in parts:
        line = order.line(part.line_no)
        if line is None or line.sku != part.sku:
            return Denied("not_found", {"line_no": part.line_no, "sku": part.sku})
        if denied := _line_denied(action, line, products, rules):
            return denied
        wanted[part.line_no] += part.quantity
        if part.quantity < 1 or wanted[part.line_no] > line.quantity:
            asked = {"line_no": part.line_no, "quantity": wanted[part.line_no], "available": line.quantity}
            return Denied("quantity", asked)
    return None


def swaps_denied(
    action: str,
    parts: tuple[LineChange, ...],
    order: Order,
    products: Catalogue,
    rules: Rules,
    stock: Mapping[str, int | None],
) -> Denied | None:
    """Why the new skus of these parts may not be had, or None; `parts_denied` has let the parts pass."""
    wanted: Counter[str] = Counter()
    for part in parts:
        if denied := _new_sku_denied(action, part, order, products, rules):
            return denied
        sku = part.new_sku or ""
        wanted[sku] += part.quantity
        left = stock.get(sku)
        if left is not None and left < wanted[sku]:
            return Denied("not_in_stock", {"line_no": part.line_no, "sku": sku, "left": max(0, left)})
    return None


def _new_sku_denied(action: str, part: LineChange, order: Order, products: Catalogue, rules: Rules) -> Denied | None:
    rule, sku = rule_of(action, rules), part.new_sku or ""
    details = {"line_no": part.line_no, "sku": sku}
    if price_of(sku, products, order.currency) is None:
        return Denied("unknown_sku", details)
    if sku == part.sku:
        return Denied("same_variant", details)
    same_product = isinstance(rule, ExchangeRule | ModifyItemsRule) and rule.same_product
    if same_product and products[sku][0].id != products[part.sku][0].id:
        return Denied("other_product", details)
    return None
