"""Finds the variants that meet a wish ("a size smaller", "less bright", "the cheapest in stock"). Knows no language.

A wish is made of wants, each about one option by the catalogue's own names and values; whoever reads customers' words
maps them to those. Amounts are integer minor units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.orders.money import to_minor
from bot.orders.scale import compare, ordered, same
from bot.shop.types import Product
from bot.text import nfkc

WantKind = Literal["set", "prefer", "avoid", "more", "less", "most", "least", "same", "any"]
PriceWish = Literal["cheapest", "dearest", "cheaper", "dearer", "same"]


@dataclass(frozen=True)
class Want:
    """What is wanted of one option; several wants may be about the same option.

    - set: one of `values`, no matter which
    - prefer: one of `values`, the first that is in stock ("battery, else USB, else AC")
    - avoid: none of `values` ("not water resistant")
    - more / less: a greater or smaller value than the old one; by exactly `steps` values when given ("one size smaller"),
      and than `values[0]` instead of the old one when given
    - most / least: the greatest or smallest that there is, among those that meet the rest ("maximum zoom")
    - same: the old value; any: does not matter (a change of it does not count against a variant)

    `soft` wants are dropped when nothing meets them ("if possible").
    """

    option: str
    kind: WantKind
    values: tuple[str, ...] = ()
    steps: int | None = None
    soft: bool = False


@dataclass(frozen=True)
class Wish:
    """A wish for another variant of one product. Options without a want are left open unless `rest_same`.

    `min_price` and `max_price` are inclusive, in minor units.
    """

    wants: tuple[Want, ...] = ()
    price: PriceWish | None = None
    min_price: int | None = None
    max_price: int | None = None
    rest_same: bool = False  # "everything else the same": another option may not change at all

    def __bool__(self) -> bool:
        """Whether anything was wished."""
        return bool(self.wants or self.price or self.min_price is not None or self.max_price is not None)


@dataclass(frozen=True)
class Candidate:
    """A variant that could be chosen: `price` in minor units, None when unknown; `stock` None when it is not counted."""

    sku: str
    options: Mapping[str, str]
    price: int | None = None
    stock: int | None = None

    def has(self, quantity: int) -> bool:
        """Whether `quantity` pieces are in stock."""
        return self.stock is None or self.stock >= quantity


@dataclass(frozen=True)
class Found:
    """What meets a wish. Exactly one of these holds: `best` is set, `open_option` is set, or nothing in stock meets it.

    - `choices`: all in stock that meet the wish, best first
    - `best`: the one that wins alone
    - `open_option`, `open_values`: the option that still has to be chosen, and its values among the equally good, ordered
      (`open_option` is "" when the equally good differ in nothing but the sku)
    - `sold_out`: those that meet the wish but are sold out, best first
    - `unmet`: where nothing in stock meets the wish, the wants that no variant, sold out or not, meets even alone; empty
      when it is their combination, the price or the stock
    - `already`: the old variant itself is what was wished
    """

    choices: tuple[Candidate, ...] = ()
    best: Candidate | None = None
    open_option: str | None = None
    open_values: tuple[str, ...] = ()
    sold_out: tuple[Candidate, ...] = ()
    unmet: tuple[Want, ...] = ()
    already: bool = False


def candidates_of(product: Product, stock: Mapping[str, int | None], currency: str) -> tuple[Candidate, ...]:
    """The variants of a product with what is left of each now, in the catalogue's order."""
    return tuple(
        Candidate(
            variant.sku,
            variant.options,
            None if variant.price is None else to_minor(variant.price, currency),
            stock.get(variant.sku),
        )
        for variant in product.variants
    )


def changed_options(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the options in which two variants differ, in the new one's order."""
    names = dict.fromkeys((*new, *old))
    return tuple(name for name in names if not _equal(old.get(name), new.get(name)))


def choose(old_sku: str, candidates: Iterable[Candidate], wish: Wish, quantity: int = 1) -> Found:
    """The variants among `candidates` that meet `wish`, seen from `old_sku` (one of them, else nothing is 'old').

    What counts, in this order: every hard want; soft ones while something is left; preferences and superlatives in the
    order of the wish, the price last; then the fewest changes of options that the wish leaves open. `quantity` pieces
    have to be in stock. When several are left that differ in something the customer has not called equal, they are asked.
    """
    listed = list(candidates)
    old = next((item for item in listed if item.sku == old_sku), None)
    others = [item for item in listed if item.sku != old_sku]
    search = _Search(wish, old, listed)
    wants = search.affordable([item for item in others if item.has(quantity)])
    meeting = search.meeting(others, wants)
    key = search.key(wants)
    best_first = sorted(meeting, key=lambda item: (key(item), search.tie(item)))
    choices = [item for item in best_first if item.has(quantity)]
    sold_out = [item for item in best_first if not item.has(quantity)]
    if search.is_met_by_old(wants, choices):
        return Found(tuple(choices), sold_out=tuple(sold_out), already=True)
    if not choices:
        return Found(sold_out=tuple(sold_out), unmet=search.unmet(others, wants))
    equal = [item for item in choices if key(item) == key(choices[0])]
    option, values = search.open_among(equal)
    best = choices[0] if option is None else None
    return Found(tuple(choices), best, option, values, tuple(sold_out))


class _Search:
    """One wish among the variants of one product."""

    def __init__(self, wish: Wish, old: Candidate | None, listed: list[Candidate]) -> None:
        self._wish = wish
        self._old = old
        self._names = list(dict.fromkeys(name for item in listed for name in item.options))
        self._steps = {name: ordered(item.options.get(name, "") for item in listed) for name in self._names}

    def affordable(self, pool: list[Candidate]) -> tuple[Want, ...]:
        """All hard wants, and each soft one that leaves something of `pool`."""
        kept = [want for want in self._wish.wants if not want.soft]
        for want in self._wish.wants:
            if want.soft and self.meeting(pool, (*kept, want)):
                kept.append(want)
        return tuple(want for want in self._wish.wants if want in kept)

    def meeting(self, pool: list[Candidate], wants: Sequence[Want]) -> list[Candidate]:
        """Those of `pool` that meet all of `wants` and what the wish says of the price and of the rest."""
        return [
            item
            for item in pool
            if all(self._meets(item, want) for want in wants) and self._price_fits(item) and self._rest_fits(item)
        ]

    def unmet(self, pool: list[Candidate], wants: Sequence[Want]) -> tuple[Want, ...]:
        """The wants that nothing of `pool` meets."""
        return tuple(want for want in wants if not any(self._meets(item, want) for item in pool))

    def key(self, wants: Sequence[Want]) -> Callable[[Candidate], tuple[int, ...]]:
        """How good a variant is, the smallest best."""
        return lambda item: (*self._ranks(item, wants), self._cost(item))

    def tie(self, item: Candidate) -> tuple[int, int]:
        """Between variants that are equally good for the customer: the one most like the old, then the cheaper."""
        changed = changed_options(self._old.options, item.options) if self._old else ()
        return len(changed), item.price or 0

    def is_met_by_old(self, wants: Sequence[Want], choices: list[Candidate]) -> bool:
        """Whether the old variant is itself what was wished: it meets everything, and nothing in stock is better."""
        old = self._old
        positive = any(want.kind not in ("same", "any") for want in wants) or self._wish.price in (
            "cheapest",
            "dearest",
        )
        if old is None or not positive or not self.meeting([old], wants):
            return False
        return not choices or self._ranks(old, wants) <= self._ranks(choices[0], wants)

    def open_among(self, equal: list[Candidate]) -> tuple[str | None, tuple[str, ...]]:
        """The option to ask about when several are equally good, a mentioned one first, and its values in order."""
        if len(equal) == 1:
            return None, ()
        wanted = [name for want in self._wish.wants for name in self._names if _alike(name, want.option)]
        free = {name for name in self._names if self._is_free(name)}
        for name in dict.fromkeys((*wanted, *self._names)):
            values = list(dict.fromkeys(item.options.get(name, "") for item in equal))
            if len(values) > 1 and name not in free:
                places = [value for step in self._steps[name] for value in step]
                return name, tuple(sorted(values, key=lambda v: places.index(v) if v in places else len(places)))
        # Skus that differ in nothing cannot be asked about by an option; what the customer called equal need not be.
        twins = not any(len({item.options.get(name, "") for item in equal}) > 1 for name in free)
        return ("", ()) if twins else (None, ())

    def _meets(self, item: Candidate, want: Want) -> bool:
        name = self._name(want.option)
        value = item.options.get(name) if name is not None else None
        if want.kind == "any":
            return True
        if want.kind == "same":
            return self._old is not None and name is not None and _equal(self._old.options.get(name), value)
        if value is None:
            return want.kind == "avoid"
        if want.kind in ("set", "prefer"):
            return any(same(value, wanted) for wanted in want.values)
        if want.kind == "avoid":
            return not any(same(value, unwanted) for unwanted in want.values)
        if want.kind in ("most", "least"):
            return self._step(name, value) is not None
        return self._is_further(name, value, want)

    def _is_further(self, name: str | None, value: str, want: Want) -> bool:
        """Whether `value` is more (or less) than the value that the want is seen from, by its steps when it has some."""
        there = want.values[0] if want.values else (self._old.options.get(name or "") if self._old else None)
        if there is None:
            return False
        sign = 1 if want.kind == "more" else -1
        if want.steps is None:
            difference = compare(value, there)
            return difference is not None and difference * sign > 0
        here, start = self._step(name, value), self._step(name, there)
        return here is not None and start is not None and (here - start) * sign == want.steps

    def _step(self, name: str | None, value: str) -> int | None:
        steps = self._steps.get(name or "", [])
        return next((at for at, values in enumerate(steps) if any(same(value, other) for other in values)), None)

    def _price_fits(self, item: Candidate) -> bool:
        wish, old = self._wish, self._old.price if self._old else None
        if wish.price is None and wish.min_price is None and wish.max_price is None:
            return True
        if item.price is None:
            return False
        if (wish.min_price or 0) > item.price or (wish.max_price is not None and wish.max_price < item.price):
            return False
        if wish.price in ("cheaper", "dearer", "same"):
            sign = (item.price > old) - (item.price < old) if old is not None else None
            return sign == {"cheaper": -1, "dearer": 1, "same": 0}[wish.price]
        return True

    def _rest_fits(self, item: Candidate) -> bool:
        return not self._wish.rest_same or self._cost(item) == 0

    def _ranks(self, item: Candidate, wants: Sequence[Want]) -> tuple[int, ...]:
        ranks = []
        for want in wants:
            name = self._name(want.option)
            value = item.options.get(name or "", "")
            if want.kind == "prefer":
                ranks.append(
                    next((at for at, wanted in enumerate(want.values) if same(value, wanted)), len(want.values))
                )
            elif want.kind in ("most", "least"):
                step = self._step(name, value) or 0
                ranks.append(-step if want.kind == "most" else step)
        if self._wish.price in ("cheapest", "dearest") and item.price is not None:
            ranks.append(item.price if self._wish.price == "cheapest" else -item.price)
        return tuple(ranks)

    def _cost(self, item: Candidate) -> int:
        """How many options change that the wish says nothing about."""
        if self._old is None or not self._wish:
            return 0
        changed = changed_options(self._old.options, item.options)
        return sum(not any(_alike(name, want.option) for want in self._wish.wants) for name in changed)

    def _is_free(self, name: str) -> bool:
        """Whether the customer has called the values of an option equal: any will do, or one of several."""
        wants = [want for want in self._wish.wants if _alike(name, want.option)]
        return any(want.kind == "any" or (want.kind == "set" and len(want.values) > 1) for want in wants)

    def _name(self, option: str) -> str | None:
        return next((name for name in self._names if _alike(name, option)), None)


def _alike(name: str, option: str) -> bool:
    return nfkc(name) == nfkc(option)


def _equal(a: str | None, b: str | None) -> bool:
    return a == b or (a is not None and b is not None and same(a, b))
