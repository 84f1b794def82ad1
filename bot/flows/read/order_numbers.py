"""Finds the order numbers in a message and matches them with a customer's own. Knows nothing of what else tells an order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.flows.read.words import nfkc_text, normal
from bot.orders.ledger import Catalogue
from bot.orders.records import Order
from bot.perceive.entities import find_entities

_ORDER_WORD = re.compile(
    r"(?:\border(?: (?:number|no\.?|id|num))?(?: is)?\s?[:#]?|\bnumber(?: is)?"
    r"|\bno\.|#|订单(?:编?号)?|单号|编号|号码)\s?(?:是|为|:)?\s*$"
)
_OTHER_WORD = re.compile(
    r"(?:\b(?:item|product|sku|model|article|tracking|zip|post|postal"
    r"|phone|invoice|tax|card|ending|account)(?: (?:code|number|no\.?"
    r"|ids?|in|with))*\s?[:#]?|商品|货号|款号|邮编|电话|手机|快递|运单"
    r"|物流|税号|卡号)\s?(?:is|to|是|为|:)?\s*$"
)
_TAIL = re.compile(
    r"(?:ending(?: in| with)?|ends (?:in|with)|last (?:four|4|digits)(?: digits)?(?: are)?"
    r"|尾号|后四位|末尾)\s?(?:是|为|:)?\s*#?(\d{3,8})(?!\d)"
)
_PLACE_BEFORE = re.compile(r"(?:\b[a-z]{2}|[a-z],)\s*$")


def clean_number(text: str) -> str:
    """An order number as customers type it in the form in which it is kept: no '#', spaces or words before it, upper case."""
    plain = re.sub(
        r"^(?:my |the )?(?:order|number|no\.?|订单号?|单号|编号)?\s*(?:number|no\.?|id)?\s*(?:is|是|:|：)?\s*",
        "",
        nfkc_text(text).strip(),
        flags=re.IGNORECASE,
    )
    return re.sub(r"[#\s]+", "", plain).strip(".,;!?。，；！？").upper()


def named_numbers(text: str, orders: Sequence[Order], catalogue: Catalogue) -> tuple[set[str], tuple[str, ...]]:
    """(ids of own orders that stand in the text, numbers that look like an order's and are none of theirs)."""
    plain = normal(text)
    found: dict[str, tuple[int, int]] = {}
    for order in orders:
        if match := _spelled(order.id).search(plain):
            found[order.id] = match.span()
    tails = {match[1]: match.span(1) for match in _TAIL.finditer(plain)}
    unknown: list[str] = []
    skus = {normal(sku) for sku in catalogue}
    for entity in find_entities(nfkc_text(text)):
        if entity.kind != "order" or any(a < entity.end and entity.start < b for a, b in found.values()):
            continue
        digits = re.sub(r"\D", "", entity.value)
        own = [o.id for o in orders if len(digits) >= 4 and re.sub(r"\D", "", o.id) == digits]
        if normal(entity.value) in skus or _OTHER_WORD.search(plain[: entity.start]):
            continue
        if own:
            found.update(dict.fromkeys(own, (entity.start, entity.end)))
        elif _claims(plain, entity.start, entity.end, entity.value):
            unknown.append(entity.value)
    for digits, span in tails.items():
        own = [o.id for o in orders if o.id.endswith(digits)]
        if own and not re.search(r"card|卡", plain):
            found.update(dict.fromkeys(own, span))
    return set(found), tuple(dict.fromkeys(unknown))


def _spelled(order_id: str) -> re.Pattern[str]:
    """The id as it may be typed: any case, with spaces or hyphens between letters and digits."""
    parts = re.findall(r"[a-z]+|\d+|[^a-z\d]", normal(order_id))
    body = r"[\s_-]?".join(re.escape(part) for part in parts if part not in {"-", "_"})
    return re.compile(rf"(?<![a-z0-9]){body}(?![a-z0-9])")


def _claims(plain: str, start: int, end: int, value: str) -> bool:
    """Whether a number that nobody's order has was meant as one: it is marked so, has a letter, or stands alone."""
    alone = not re.sub(r"[\W_]|(?:it'?s|my|the|order|number|is|no|订单号?|单号|是)", "", plain[:start] + plain[end:])
    if _ORDER_WORD.search(plain[:start]) or alone:
        return True
    return bool(re.match(r"[A-Za-z]", value)) and not _PLACE_BEFORE.search(plain[:start])
