"""Reads which of a customer's own orders is meant. Knows nothing of rules: whether the order may be changed is not asked here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.flows.read import order_words
from bot.flows.read.dates import read_dates
from bot.flows.read.lines import read_lines
from bot.flows.read.order_numbers import clean_number, named_numbers
from bot.flows.read.quantities import read_places
from bot.flows.read.words import normal
from bot.orders.ledger import Catalogue
from bot.orders.records import Order

__all__ = ["OrderCandidate", "OrderWhy", "OrdersRead", "clean_number", "read_orders"]

OrderWhy = Literal["number", "shown", "item", "status", "date", "amount", "place", "latest", "oldest", "other", "all"]
# How surely each tells an order; where two contradict each other, the surer one stands.
_WEIGHT: dict[OrderWhy, float] = {
    "number": 1.0, "shown": 0.95, "amount": 0.8, "date": 0.7, "item": 0.65, "place": 0.6, "status": 0.5, "other": 0.4,
}  # fmt: skip


@dataclass(frozen=True)
class OrderCandidate:
    """An order that the words fit, and what they fit; `score` 0..1 only orders the candidates of one message."""

    order: Order
    score: float
    why: tuple[OrderWhy, ...]


@dataclass(frozen=True)
class OrdersRead:
    """The orders that a message may mean, best first; empty when it names none (or one that is not there).

    - `many`: every candidate is meant ("both", "all my pending orders", "#1 and #2")
    - `unknown`: order numbers in the message that none of the customer's orders has
    - `said`: by what the message describes an order, even when no order fits ("the delivered one")
    """

    candidates: tuple[OrderCandidate, ...] = ()
    many: bool = False
    unknown: tuple[str, ...] = ()
    said: tuple[OrderWhy, ...] = ()

    @property
    def one(self) -> Order | None:
        """The order that is meant when there is just one."""
        return self.candidates[0].order if len(self.candidates) == 1 else None

    @property
    def orders(self) -> tuple[Order, ...]:
        """The candidates' orders."""
        return tuple(candidate.order for candidate in self.candidates)


def read_orders(
    text: str,
    orders: Sequence[Order],
    catalogue: Catalogue,
    now: datetime,
    shown: Sequence[str] = (),
    done: Sequence[str] = (),
) -> OrdersRead:
    """The orders among `orders` (newest first) that `text` means.

    `now` is aware and in the shop's timezone; `catalogue` is products and variants by sku. `shown`: ids in the order in
    which they were just listed; `done`: ids that were just dealt with, for "the other one".
    """
    numbers, unknown = named_numbers(text, orders, catalogue)
    if numbers:
        found = tuple(OrderCandidate(o, 1.0, ("number",)) for o in orders if o.id in numbers)
        return OrdersRead(found, len(found) > 1, unknown, ("number",))
    if unknown:
        return OrdersRead((), False, unknown, ("number",))
    plain = normal(text)
    every = order_words.says_all(plain, len(orders))
    fits = _fits(text, orders, catalogue, now, shown, () if every else done)
    kept, why = _combine(orders, fits)
    end = order_words.which_end(plain)
    if every and not kept:
        kept, why = list(orders), ["all"]
    said: list[OrderWhy] = list(fits)
    if every:
        said.append("all")
    if end and not every:
        said.append(end)
        kept = sorted(kept or orders, key=lambda o: o.placed_at, reverse=end == "latest")[:1]
        why = [*why, end]
    score = max((_WEIGHT.get(w, 0.3) for w in why), default=0.0) if why else 0.0
    candidates = tuple(OrderCandidate(o, score, tuple(why)) for o in kept)
    picked = "shown" in fits and len(kept) > 1
    return OrdersRead(candidates, (every or picked) and len(candidates) > 0, (), tuple(said))


def _fits(
    text: str, orders: Sequence[Order], catalogue: Catalogue, now: datetime, shown: Sequence[str], done: Sequence[str]
) -> dict[OrderWhy, set[str]]:
    """For each way in which the text describes an order, the ids of those that fit."""
    plain = normal(text)
    fits: dict[OrderWhy, set[str]] = {}
    if shown and (places := read_places(text, len(shown))) and not order_words.says_all(plain, len(shown)):
        fits["shown"] = {shown[place] for place in places}
    if amounts := order_words.amounts(text):
        fits["amount"] = {o.id for o in orders if order_words.costs(o, amounts)} or set()
    if spans := read_dates(text, now):
        placed = {o.id for o in orders if any(span.has(o.placed_at, now) for span in spans)}
        fits["date"] = placed or {o.id for o in orders if any(span.has(o.delivered_at, now) for span in spans)}
    if items := _items(text, orders, catalogue):
        fits["item"] = items
    if places_said := order_words.destinations(text, orders):
        fits["place"] = places_said
    if statuses := order_words.statuses(plain):
        fits["status"] = {o.id for o in orders if o.status in statuses}
    if done and order_words.says_other(plain):
        fits["other"] = {o.id for o in orders if o.id not in done}
    return fits


def _items(text: str, orders: Sequence[Order], catalogue: Catalogue) -> set[str]:
    """Orders that hold what is named: all of the things if one does, else any of them."""
    read = read_lines(text, orders, catalogue)
    groups = [{c.order_id for c in m.candidates} for m in (*read.of_order, *read.mentions) if m.text and m.text != text]
    if not groups:
        return set()
    return set.intersection(*groups) or set.union(*groups)


def _combine(orders: Sequence[Order], fits: dict[OrderWhy, set[str]]) -> tuple[list[Order], list[OrderWhy]]:
    """The orders that fit all that was said; of what contradicts itself the surer counts."""
    kept = {o.id for o in orders}
    why: list[OrderWhy] = []
    for kind in sorted(fits, key=lambda k: -_WEIGHT[k]):
        if both := kept & fits[kind]:
            kept = both
            why.append(kind)
        elif kind in {"shown", "amount"} or not why:
            # A lone description that no order meets ("the delivered one") means none of them.
            return ([], []) if len(fits) == 1 else _combine(orders, {k: v for k, v in fits.items() if k != kind})
    return ([o for o in orders if o.id in kept], why) if why else ([], [])
