"""Reads the wish for another variant of a product, in terms of its own options and values. Knows nothing of stock or rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.flows.read.comparing import Compared, compare, read_price
from bot.flows.read.lines import LineCandidate
from bot.flows.read.measures import ordered
from bot.flows.read.polarity import Said, in_unless, option_wants, said_of, target_start
from bot.flows.read.shares import share_out
from bot.flows.read.values import ValueHit, Values, find_values, option_words, values_of
from bot.flows.read.words import normal, phrase
from bot.orders.ledger import Catalogue
from bot.orders.variants import Want, Wish
from bot.shop.types import Product

_REST_SAME = re.compile(
    r"(?:everything|all|anything) else\b.{0,25}\b(?:same|equal|identical"
    r"|unchanged|as (?:it|they) (?:is|are))|otherwise\b.{0,12}\b(?:same"
    r"|identical|equal)"
    r"|(?:rest|(?:all |the )?other(?: \w+)? (?:options?|specs?|specifications?"
    r"|features?|details?|attributes?|things))\b.{0,30}\b(?:same|unchanged"
    r"|identical)"
    r"|(?:without|not) chang\w+ (?:the |any |anything )?(?:other|else)"
    r"|same (?:other )?(?:specs?|specifications?|configuration|everything)"
    r"|(?:exact(?:ly)?|very) (?:the )?same (?:item|one|thing|product|model)"
    r"|\bsame (?:item|product|model|variant)\b(?! but)"
    r"|其[他它余](?:的)?(?:选项|配置|规格|参数)?(?:都|全都|全部)?(?:不变"
    r"|一样|相同|照旧|不动|保持)|别的(?:都)?(?:不变|一样|不动)|同(?:样"
    r"|款)的?(?:配置|规格|一款)|一模一样"
)


@dataclass(frozen=True)
class LineWish:
    """The wish for one line, read from `text` (the part of the message that is about it)."""

    line: LineCandidate
    wish: Wish
    text: str
    sku: str | None = None  # a variant named by its sku


def read_wish(text: str, product: Product, sku: str | None = None, places: int = 2) -> Wish:
    """The wish that `text` holds for `product`; `sku` is what the customer has now; `places` are the currency's decimals.

    An empty wish when it says nothing about the product's options or price.
    """
    values = values_of(product)
    old = next((dict(v.options) for v in product.variants if v.sku == sku), {})
    hits = _about(text, product, find_values(text, values), old)
    compared = compare(text, values, old, hits)
    start = target_start(text)
    if any(h.start >= start for h in hits) or any(c.start >= start for c in compared):
        # "Exchange the blue one for a black one": what comes before "for" is what the customer has.
        hits = [h for h in hits if h.start >= start or said_of(text, h, hits) is Said.KEEP]
        compared = [c for c in compared if c.start >= start or c.want.kind != "set"]
    else:
        hits = [h for h in hits if h.start >= start or old.get(h.option) != h.value]
    wants = _assemble(text, values, hits, compared)
    price = read_price(text, places)
    return Wish(tuple(wants), price.wish, price.low, price.high, bool(_REST_SAME.search(normal(text))))


def _about(text: str, product: Product, hits: list[ValueHit], old: dict[str, str]) -> list[ValueHit]:
    """The hits without those inside the product's own name, each about one option."""
    names = phrase(normal(name) for name in product.name.values())
    inside = [m.span() for m in names.finditer(normal(text))]
    left = [h for h in hits if not any(a <= h.start and h.end <= b for a, b in inside)]
    found: list[ValueHit] = []
    for hit in left:
        rivals = [h for h in left if (h.start, h.end) == (hit.start, hit.end) and h.option != hit.option]
        if not rivals or hit is _nearest(text, [hit, *rivals], old):
            found.append(hit)
    return found


def _nearest(text: str, rivals: list[ValueHit], old: dict[str, str]) -> ValueHit:
    """Which option a word means that is a value of several: the one named beside it, else one that it would change."""
    plain = normal(text)
    ranked = sorted(rivals, key=lambda h: h.option)

    def near(hit: ValueHit) -> tuple[int, bool, float]:
        names = phrase(option_words(hit.option))
        after = names.search(plain[hit.end : hit.end + 25])
        before = [m.end() for m in names.finditer(plain[max(0, hit.start - 25) : hit.start])]
        gap = min(after.start() if after else 99, hit.start - max(0, hit.start - 25) - before[-1] + 1 if before else 99)
        return gap, old.get(hit.option) == hit.value, -hit.strength

    return min(ranked, key=near)


def _assemble(text: str, values: Values, hits: list[ValueHit], compared: list[Compared]) -> list[Want]:
    taken = [(c.start, c.end) for c in compared if c.want.values or c.want.kind == "set"]
    left = [h for h in hits if not any(a < h.end and h.start < b for a, b in taken)]
    wants = [
        want
        for option, _ in values.options
        if (want := _of_option(text, [h for h in left if h.option == option], hits))
    ]
    settled = {want.option for want in wants if want.kind in {"set", "prefer"} and not want.soft}
    wants += [c.want for c in compared if c.want.option not in settled]
    return _with_options(text, wants, list(option_wants(text, values, hits)), left)


def _with_options(text: str, wants: list[Want], more: list[Want], hits: list[ValueHit]) -> list[Want]:
    """Adds what is said of options by name; "if there is none with RGB, then without" is a second choice."""
    settled = {want.option: place for place, want in enumerate(wants)}
    for want in more:
        if want.option not in settled:
            wants.append(want)
        elif want.kind == "set" and any(h.option == want.option and in_unless(text, h.start) for h in hits):
            place = settled[want.option]
            wants[place] = Want(want.option, "prefer", (*wants[place].values, *want.values))
    return wants


def _of_option(text: str, mine: list[ValueHit], hits: list[ValueHit]) -> Want | None:
    """What is said of one option by naming its values."""
    if not mine:
        return None
    said = [(hit, said_of(text, hit, hits)) for hit in mine]
    yes = [hit for hit, how in said if how in {Said.YES, Said.SOFT, Said.NEXT, Said.KEEP}]
    names = tuple(dict.fromkeys(hit.value for hit in yes))
    if any(how is Said.ANY for _, how in said):
        return Want(mine[0].option, "any")
    if not yes:
        out = tuple(dict.fromkeys(hit.value for hit, how in said if how is Said.NO))
        return Want(mine[0].option, "avoid", out) if out else None
    option = yes[0].option
    second = any(how is Said.NEXT for _, how in said) or any(in_unless(text, hit.start) for hit in yes)
    if second and len(names) > 1:
        return Want(option, "prefer", names)
    if all(how is Said.SOFT for hit, how in said if hit in yes):
        return Want(option, "prefer", names, soft=True)
    return Want(option, "set", names)


def read_wishes(
    text: str, lines: Sequence[LineCandidate], catalogue: Catalogue, places: int = 2
) -> tuple[LineWish, ...]:
    """The wish for each of `lines` in order, each from its own clause; with one line the whole text is about it."""
    known = [line for line in lines if line.sku in catalogue]
    found = []
    for line, part in zip(known, share_out(text, [catalogue[line.sku][0] for line in known]), strict=True):
        product = catalogue[line.sku][0]
        found.append(LineWish(line, read_wish(part, product, line.sku, places), part, read_sku(part, product)))
    return _spread(found, catalogue, places)


def _spread(found: list[LineWish], catalogue: Catalogue, places: int) -> tuple[LineWish, ...]:
    """ "Exchange the bed and the chair to the cheapest": what comes last counts for those before it without a wish."""
    for at in range(len(found) - 2, -1, -1):
        mine, after = found[at], found[at + 1]
        if not mine.wish and mine.sku is None and after.wish and not re.search(r"[.;!?。；！？]", mine.text):
            wish = read_wish(after.text, catalogue[mine.line.sku][0], mine.line.sku, places)
            found[at] = replace(mine, wish=wish)
    return tuple(found)


def read_option(text: str, product: Product, option: str) -> tuple[str, ...]:
    """The values of `option` that a short answer names, most likely first: "the blue one", "蓝色", "8" for 8-inch."""
    values = values_of(product)
    only = Values(tuple((name, known) for name, known in values.options if name == option))
    hits = find_values(text, only, context=option)
    named = [h for h in hits if said_of(text, h, hits) is not Said.NO]
    if not named:
        wants = [want for want in option_wants(text, only, hits) if want.kind == "set"]
        wants += [c.want for c in compare(text, only, {}, hits) if c.want.kind in {"most", "least"}]
        return _end_of(wants, only)
    return tuple(dict.fromkeys(h.value for h in sorted(named, key=lambda h: -h.strength)))


def _end_of(wants: list[Want], values: Values) -> tuple[str, ...]:
    for want in wants:
        if want.kind == "set":
            return want.values
        known = ordered(list(values.of(want.option)))
        return (known[-1],) if want.kind == "most" else (known[0],)
    return ()


def read_sku(text: str, product: Product) -> str | None:
    """The sku of `product` that stands in `text`, whatever its case."""
    plain = normal(text)
    found = [(m.start(), v.sku) for v in product.variants if (m := phrase([normal(v.sku)]).search(plain))]
    # The last one named: "change item 123 to item 456".
    return max(found)[1] if found else None
