"""Reads which lines of which orders are meant, by the products' names and options. Knows nothing of rules or of new variants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from bot.flows.read.mentions import Found, find_mentions, find_products
from bot.flows.read.narrow import narrow, nothing_named, only_said, says_everything
from bot.flows.read.quantities import read_places
from bot.flows.read.words import nfkc_text
from bot.orders.ledger import Catalogue
from bot.orders.records import Order, OrderLine
from bot.shop.types import Product

LineWhy = Literal["sku", "name", "words", "option", "price", "shown", "all"]


@dataclass(frozen=True)
class LineCandidate:
    """A line that the words fit. `quantity` is the line's own; `score` 0..1 orders the candidates of one mention."""

    order_id: str
    line_no: int
    sku: str
    quantity: int
    score: float
    why: tuple[LineWhy, ...]


@dataclass(frozen=True)
class LineMention:
    """One thing that the message names, with the lines it may be, best first.

    `quantity` is how many pieces were asked for (None: not said, all of them); `start`, `end` are places in the NFKC
    text. `many`: all candidates are meant ("both tablets").
    """

    text: str
    start: int
    end: int
    candidates: tuple[LineCandidate, ...]
    quantity: int | None = None
    many: bool = False

    @property
    def one(self) -> LineCandidate | None:
        """The line that is meant when there is just one."""
        return self.candidates[0] if len(self.candidates) == 1 else None


@dataclass(frozen=True)
class LinesRead:
    """What a message says of lines.

    - `mentions`: the things named, in order of appearance, without the excluded ones
    - `everything`: all lines are meant, but for `excluded` ("all but the lamp"); they stand in one mention with `many`
    - `excluded`: lines that are to be left alone ("not the lamp", "keep the hiking things")
    - `only`: only what is named ("just the lamp"): a correction that takes the rest away
    - `of_order`: things that only tell which order is meant ("the order with the lamp"); they are no mentions
    """

    mentions: tuple[LineMention, ...] = ()
    everything: bool = False
    excluded: tuple[LineCandidate, ...] = ()
    only: bool = False
    of_order: tuple[LineMention, ...] = ()

    @property
    def lines(self) -> tuple[LineCandidate, ...]:
        """The lines that are settled: mentions with one candidate, or with `many`."""
        found: dict[tuple[str, int], LineCandidate] = {}
        for mention in self.mentions:
            for line in mention.candidates if mention.many else (mention.one,):
                if line is not None:
                    found.setdefault((line.order_id, line.line_no), line)
        return tuple(found.values())

    @property
    def open(self) -> tuple[LineMention, ...]:
        """The mentions that fit several lines."""
        return tuple(m for m in self.mentions if m.one is None and not m.many)


@dataclass(frozen=True)
class ProductMatch:
    """A product whose name, category or description the words from `start` to `end` (of the NFKC text) fit."""

    product: Product
    score: float
    start: int
    end: int


def read_lines(
    text: str, orders: Sequence[Order], catalogue: Catalogue, shown: Sequence[tuple[str, int]] = ()
) -> LinesRead:
    """The lines of `orders` that `text` names. `shown`: (order id, line number) in the order in which they were just listed.

    With several orders a mention's candidates may lie in several of them.
    """
    lines = [(order, line) for order in orders for line in order.lines]
    found = find_mentions(text, lines, catalogue)
    found = [narrow(text, mention, found, catalogue) for mention in found]
    by_order = [mention for mention in found if mention.of_order and not mention.excluded]
    if by_order:
        ids = set.intersection(*({o.id for o, _ in m.lines} for m in by_order))
        lines = [entry for entry in lines if not ids or entry[0].id in ids]
        for mention in found:
            mention.lines = [entry for entry in mention.lines if entry in lines] or mention.lines
    named = [_mention(text, mention) for mention in found if not mention.excluded and not mention.of_order]
    of_order = tuple(_mention(text, mention) for mention in by_order)
    excluded = tuple(dict.fromkeys(c for m in found if m.excluded for c in _mention(text, m).candidates))
    everything = says_everything(text, bool(named))
    if everything:
        left = {(c.order_id, c.line_no) for c in excluded}
        rest = tuple(
            _candidate(o, ln, 1.0, ("all",))
            for o, ln in lines
            if ln.status == "active" and (o.id, ln.line_no) not in left
        )
        return LinesRead((LineMention("", 0, 0, rest, many=True),) if rest else (), True, excluded, False, of_order)
    if not named and shown and not of_order:
        named = _shown(text, lines, shown)
    if not named and not of_order and not excluded:
        named = [_mention(text, m) for m in nothing_named(text, lines, catalogue)]
    return LinesRead(tuple(named), False, excluded, only_said(text) and bool(named), of_order)


def _mention(text: str, found: Found) -> LineMention:
    candidates = tuple(
        _candidate(o, ln, found.scores.get((o.id, ln.line_no), 0.5), _why(found)) for o, ln in found.lines
    )
    candidates = tuple(sorted(candidates, key=lambda c: -c.score))
    mention = LineMention(
        nfkc_text(text)[found.start : found.end], found.start, found.end, candidates, found.quantity, found.many
    )
    if mention.quantity and mention.one is None and mention.quantity == sum(c.quantity for c in candidates):
        return replace(mention, quantity=None, many=True)
    return mention


def _why(found: Found) -> tuple[LineWhy, ...]:
    return tuple(dict.fromkeys(cast("list[LineWhy]", found.why)))


def _candidate(order: Order, line: OrderLine, score: float, why: tuple[LineWhy, ...]) -> LineCandidate:
    return LineCandidate(order.id, line.line_no, line.sku, line.quantity, round(score, 3), why)


def _shown(text: str, lines: list[tuple[Order, OrderLine]], shown: Sequence[tuple[str, int]]) -> list[LineMention]:
    known = {(o.id, ln.line_no): (o, ln) for o, ln in lines}
    picked = [known[shown[place]] for place in read_places(text, len(shown)) if shown[place] in known]
    return [LineMention("", 0, 0, (_candidate(o, ln, 1.0, ("shown",)),)) for o, ln in picked]


def read_products(text: str, products: Sequence[Product]) -> tuple[ProductMatch, ...]:
    """The products that `text` names, best first for each place; for an exchange into another product."""
    return tuple(
        ProductMatch(product, round(score, 3), start, end)
        for product, score, start, end in find_products(text, products)
    )
