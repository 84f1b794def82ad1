"""Gathers the places where a message names the products of order lines into mentions. Knows nothing of options or prices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.flows.read.names import NameHit, name_hits
from bot.flows.read.quantities import read_quantities
from bot.flows.read.words import normal, phrase, stem, tokens
from bot.orders.ledger import Catalogue
from bot.orders.records import Order, OrderLine
from bot.shop.types import Product

Line = tuple[Order, OrderLine]
MARGIN = 0.15  # hits this much below the best of their place are as likely meant
LEAST = 0.35
_EXCLUDED = re.compile(
    r"(?:\bnot|\bbut not|\bexcept(?: for)?|\bexcluding|\ball but|\beverything but"
    r"|\bkeep(?:ing)?|\bleave|\bother than|\bapart from|\bdon't (?:return"
    r"|cancel|exchange|touch)|\binstead of)"
    r"\s+(?:(?:the|my|a|an|only|just|of|it|for|those|these|both)\s+)*$"
    r"|(?:除了?|不要退|别退|不退|不是|别动|保留|留下?|不包括)\s*(?:那个"
    r"|这个|那|这|我的)?[个件双条只台把]?\s*$"
)
_EXCLUDED_AFTER = re.compile(
    r"\s*(?:不退|不换|不动|留着|留下|保留|除外|以外|之外|不要动|别退|别动)"
    r"|\s+(?:stays?\b|i(?:'ll| will| want to)? keep\b)"
)
# What may stand between a count and the thing counted: "two of the black lamps", "两个黑色台灯".
_COUNTED = re.compile(r"\s*(?:of )?(?:the |my |those |these )?(?:[a-z'-]+\s){0,2}|[\u4e00-\u9fff]{0,4}")
_OF_ORDER = re.compile(
    r"\b(?:order|orders|one|purchase|package|parcel)\s+(?:with|that (?:has"
    r"|have|had|contains?|includes?)|which (?:has|contains)|containing"
    r"|including|for|of)\s+(?:the|my|a|an|both)?\s*$"
    r"|(?:有|带|含|包含|买了?)(?:那个|这个|那|这|我的)?[个件双条只台把]?\s*$"
)
_OF_ORDER_AFTER = re.compile(r"\s*的?(?:那|这)?(?:个|一)?(?:单|订单)|\s+order\b")
_THINGS = re.compile(r"\b([a-z]{3,}(?:[ -][a-z]+)?) (?:things|items|stuff|gear|products|articles)\b")


@dataclass
class Found:
    """A mention in the making: the lines that it may be, and what is said around it."""

    start: int
    end: int
    lines: list[Line]
    scores: dict[tuple[str, int], float] = field(default_factory=dict)
    why: list[str] = field(default_factory=list)
    quantity: int | None = None
    many: bool = False
    excluded: bool = False
    of_order: bool = False  # it tells which order is meant: "the order with the lamp"


def find_mentions(text: str, lines: Sequence[Line], catalogue: Catalogue) -> list[Found]:
    """The mentions of the lines' products in `text`, in order."""
    hits: list[tuple[NameHit, Line, str]] = []
    for order, line in lines:
        for match in phrase([normal(line.sku)]).finditer(normal(text)) if len(line.sku) > 2 else ():
            hits.append((NameHit(*match.span(), 1.2, 9), (order, line), "sku"))
        if product := product_of(line, catalogue):
            hits += [(hit, (order, line), "name") for hit in name_hits(text, product) if hit.score >= LEAST]
    found = [_best(cluster) for cluster in _clusters(hits)]
    found += _things(text, lines, catalogue, found)
    for mention in found:
        _around(text, mention, found, catalogue)
    return _once(plain=normal(text), found=sorted(found, key=lambda m: m.start))


def _once(plain: str, found: list[Found]) -> list[Found]:
    """Without mentions that only say an earlier one again ("cancel the garden hose. Only the hose")."""
    kept: list[Found] = []
    for mention in found:
        keys = set(mention.scores)
        other = re.search(r"\b(?:another|other|second)\s+$|另[一外]?[个件双条只台把]?\s*$", plain[: mention.start])
        same = [
            m
            for m in kept
            if set(m.scores) <= keys and m.excluded == mention.excluded and m.of_order == mention.of_order
        ]
        if other or not same or mention.many or mention.quantity:
            kept.append(mention)
    return kept


def product_of(line: OrderLine, catalogue: Catalogue) -> Product | None:
    """The product of a line, None when the catalogue no longer has it."""
    return catalogue[line.sku][0] if line.sku in catalogue else None


def _clusters(hits: list[tuple[NameHit, Line, str]]) -> list[list[tuple[NameHit, Line, str]]]:
    clusters: list[list[tuple[NameHit, Line, str]]] = []
    end = -1
    for hit in sorted(hits, key=lambda h: (h[0].start, -h[0].end)):
        if hit[0].start >= end:
            clusters.append([])
        clusters[-1].append(hit)
        end = max(end, hit[0].end)
    return clusters


def _best(cluster: list[tuple[NameHit, Line, str]]) -> Found:
    longest = max(hit.words for hit, _, _ in cluster)
    kept = [entry for entry in cluster if entry[0].words == longest]
    best = max(hit.score for hit, _, _ in kept)
    kept = [entry for entry in kept if entry[0].score >= best - MARGIN]
    found = Found(min(h.start for h, _, _ in kept), max(h.end for h, _, _ in kept), [])
    for hit, (order, line), why in kept:
        key = (order.id, line.line_no)
        if key not in found.scores:
            found.lines.append((order, line))
        found.scores[key] = max(found.scores.get(key, 0.0), min(hit.score, 1.0))
        found.why.append(why)
    return found


def _around(text: str, mention: Found, all_found: Sequence[Found], catalogue: Catalogue) -> None:
    """What stands beside a mention: a count, "not the", a plural that means each of several."""
    plain = normal(text)
    before, after = plain[: mention.start], plain[mention.end :]
    last = max((m.end for m in all_found if m.end <= mention.start), default=0)
    joined = (
        re.fullmatch(r"\s*(?:,|and|or|nor|、|和|或|the|my|以及|\s)+\s*", plain[last : mention.start]) if last else None
    )
    # "Not the watch, the kettle" refuses one thing and names another; "not the watch and the kettle" refuses both.
    listed = joined and re.search(r"\b(?:and|or|nor)\b|[、和或]|以及", joined.group())
    previous = next((m for m in all_found if m.end == last), None) if last else None
    mention.of_order = bool(
        _OF_ORDER_AFTER.match(after)
        or (_OF_ORDER.search(before) and (before.rstrip()[-1:].isascii() or _OF_ORDER_AFTER.search(after[:12])))
        or (joined and previous and previous.of_order)
    )
    mention.excluded = bool(
        _EXCLUDED.search(before) or _EXCLUDED_AFTER.match(after) or bool(listed and previous and previous.excluded)
    )
    for said in read_quantities(text):
        gap = plain[said.end : mention.start]
        if last <= said.start and said.end <= mention.start and _COUNTED.fullmatch(gap):
            mention.many = mention.many or (said.all and len(mention.lines) > 1)
            mention.quantity = None if said.all else said.count
    if (
        len(mention.lines) > 1
        and _plural(plain[mention.start : mention.end], mention, catalogue)
        and mention.quantity is None
    ):
        mention.many = True


def _plural(words: str, mention: Found, catalogue: Catalogue) -> bool:
    """Whether "tablets" was said of several tablets; boots are always many and say nothing."""
    products = {p.id: p for _, line in mention.lines if (p := product_of(line, catalogue))}
    last = next((t.text for t in reversed(tokens(words)) if not t.cjk), "")
    if len(products) != 1 or not last or stem(last) == last:
        return False
    name = next(iter(products.values())).name.get("en", "")
    return all(token.text != last for token in tokens(name))


def _things(text: str, lines: Sequence[Line], catalogue: Catalogue, found: Sequence[Found]) -> list[Found]:
    """ "The hiking things": all lines with that word in their name, category, tags or description."""
    made = []
    for match in _THINGS.finditer(normal(text)):
        words = {t.stem for t in tokens(match[1])} - {
            "the",
            "my",
            "all",
            "other",
            "those",
            "these",
            "two",
            "three",
            "both",
            "some",
            "order",
        }
        if not words or any(m.start < match.end() and match.start() < m.end for m in found):
            continue
        fit = [entry for entry in lines if (p := product_of(entry[1], catalogue)) and words & _words_of(p)]
        if fit:
            keys = {(o.id, ln.line_no): 0.4 for o, ln in fit}
            made.append(Found(*match.span(), fit, keys, ["words"], many=True))
    return made


def _words_of(product: Product) -> set[str]:
    texts = [*product.name.values(), *product.description.values(), product.category or "", *product.tags]
    return {token.stem for text in texts for token in tokens(text)}


def find_products(text: str, products: Sequence[Product]) -> list[tuple[Product, float, int, int]]:
    """(product, score, start, end) of the products that `text` names, by place, best first."""
    hits = [(hit, product) for product in products for hit in name_hits(text, product) if hit.score >= 0.5]
    found: list[tuple[Product, float, int, int]] = []
    end = 0
    cluster: list[tuple[NameHit, Product]] = []
    for entry in [*sorted(hits, key=lambda h: (h[0].start, -h[0].end)), None]:
        if cluster and (entry is None or entry[0].start >= end):
            longest = max(hit.words for hit, _ in cluster)
            kept = sorted(((h, p) for h, p in cluster if h.words == longest), key=lambda e: -e[0].score)
            best = {
                p.id: (p, min(h.score, 1.0), h.start, h.end)
                for h, p in reversed(kept)
                if h.score >= kept[0][0].score - MARGIN
            }
            found += sorted(best.values(), key=lambda row: -row[1])
            cluster = []
        if entry is not None:
            end = max(end, entry[0].end) if cluster else entry[0].end
            cluster.append(entry)
    return found
