"""Reads comparisons of options and prices: "one size smaller", "maximum zoom", "under $300". Knows nothing of stock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.flows.read.measures import ordered, rank
from bot.flows.read.quantities import read_number
from bot.flows.read.values import ValueHit, Values, option_words
from bot.flows.read.words import normal, phrase, table
from bot.orders.variants import PriceWish, Want

Direction = Literal["more", "less", "most", "least"]
_NUMBER = r"(?:\d{1,5}|a|an|one|two|three|[一二两三半])"
_STEPS = re.compile(
    rf"\b(?P<n>{_NUMBER}|next|half a|half) (?:whole |full )?sizes? (?P<way>smaller"
    rf"|down|larger|bigger|up|lower|higher)"
    r"|(?P<way2>smaller|larger|bigger|up|down) (?:by )?(?P<n2>a|an|one"
    r"|two) sizes?|\b(?:next) (?P<way3>smaller|larger|bigger)(?: size)?"
    r"|(?P<zway>[大小])(?P<zn>[一二两1-3])[号码档]|(?:加|升|降)[大小]?(?P<zn2>[一两])[号码档]"
)
_ONE_STEP = re.compile(
    r"(?:slightly|a little|a bit|a touch|somewhat|one step|one level|稍微|略|一档|一级)\s*(?:bit )?$"
)
_FLOOR = re.compile(
    r"\s*(?:or|and) (?:above|higher|more|better|up|bigger|larger|over|faster)|\+|\s*以上|\s*或(?:以上|更[大高多好])"
)
_CEILING = re.compile(r"\s*(?:or|and) (?:below|lower|less|under|smaller)|\s*以下|\s*或(?:以下|更[小低少])")
_AT_LEAST = re.compile(r"(?:at least|minimum of|no less than|not less than|至少|不低于|起码)\s*(?:a |an )?$")
_AT_MOST = re.compile(r"(?:at most|up to|no more than|maximum of|最多|不超过)\s*(?:a |an )?$")
_SUM = r"(?:[$€£¥]|rmb|usd|us\$)?\s?(\d{1,7}(?:\.\d{1,3})?)\s?(?:dollars?|bucks|usd|yuan|rmb|eur|元|块钱?)?"
_MONEY = r"(?:(?:[$€£¥]|rmb|usd)\s?\d|\d[\d.]*\s?(?:dollars?|bucks|usd|yuan|rmb|eur|元|块))"
_BELOW = re.compile(
    rf"(?:under|below|less than|cheaper than|no more than|not more than"
    rf"|at most|up to|max(?:imum)?(?: of)?|within|不超过|低于|少于|最多)\s?(?={_MONEY}){_SUM}"
    rf"|(?={_MONEY}|\d+\s?(?:以内|以下)){_SUM}\s?(?:以内|以下|之内|or less|or under|or below|max\b)"
)
_ABOVE = re.compile(
    rf"(?:over|above|(?<!no )(?<!not )more than|at least|no less than|高于|(?<!不)超过|至少)\s?(?={_MONEY}){_SUM}"
    rf"|(?={_MONEY}|\d+\s?以上){_SUM}\s?(?:以上|or more|or above)"
)


@dataclass(frozen=True)
class Compared:
    """A want that compares, and the words from `start` to `end` that say so."""

    want: Want
    start: int
    end: int


@dataclass(frozen=True)
class PriceRead:
    """What is said of the price; limits are inclusive, in minor units."""

    wish: PriceWish | None = None
    low: int | None = None
    high: int | None = None
    at: int | None = None  # where it is said in the text


def read_price(text: str, places: int) -> PriceRead:
    """The price wish of a message. `places` are the currency's decimals."""
    plain = normal(text)
    wish: PriceWish | None = None
    at: int | None = None
    for name in ("cheapest", "dearest", "same", "cheaper", "dearer"):
        if match := _price_words(name).search(plain):
            wish, at = name, match.start()
            break
    low, high = (_sum(pattern, plain, places) for pattern in (_ABOVE, _BELOW))
    if high is not None and wish == "cheaper":
        wish = None
    return PriceRead(wish, low, high, at)


@lru_cache(maxsize=8)
def _price_words(name: str) -> re.Pattern[str]:
    return phrase(table("options")["price"][name])


def _sum(pattern: re.Pattern[str], plain: str, places: int) -> int | None:
    match = pattern.search(plain)
    number = next((group for group in match.groups() if group), None) if match else None
    return round(float(number) * 10**places) if number else None


def compare(text: str, values: Values, old: dict[str, str], hits: Sequence[ValueHit]) -> list[Compared]:
    """The comparisons in `text` about options of `values`; `old` are the options of the variant at hand."""
    found = [*_amounts(text, values, old), *_limits(text, values, hits), *_steps(text, values)]
    for compared in [*_degrees(text, values, hits), *_adjectives(text, values, hits)]:
        if all(compared.want.option != other.want.option for other in found):
            found.append(compared)
    return found


def _orderable(option: str, values: Values) -> bool:
    known = values.of(option)
    return len(known) > 1 and all(rank(value) is not None for value in known)


def _first(names: Iterable[str], values: Values) -> str | None:
    """The product's option that is called by one of `names`, the earliest first, and whose values have an order."""
    mine = {normal(option): option for option, _ in values.options if _orderable(option, values)}
    for name in names:
        if name in mine:
            return mine[name]
    return next((mine[option] for name in names for option in mine if name in option.split()), None)


def _steps(text: str, values: Values) -> Iterable[Compared]:
    plain = normal(text)
    for match in _STEPS.finditer(plain):
        groups = match.groupdict()
        way = groups["way"] or groups["way2"] or groups["way3"] or groups["zway"] or match.group()
        number = groups["n"] or groups["n2"] or groups["zn"] or groups["zn2"] or "one"
        steps = read_number(number) or 1
        kind: Direction = "less" if re.search(r"smaller|down|lower|小|降", way) else "more"
        option = _first(["size", "frame size", "screen size", "capacity", "kit size", "room size"], values)
        if option:
            yield Compared(Want(option, kind, (), steps), *match.span())


def _amounts(text: str, values: Values, old: dict[str, str]) -> Iterable[Compared]:
    """ "1000 more pieces", "500 pieces less": the old number and so many."""
    plain = normal(text)
    for option, known in values.options:
        now = rank(old.get(option, ""))
        name = "|".join(re.escape(word) for word in option_words(option))
        pattern = (
            rf"(?P<n>\d{{1,5}}) (?P<more>more|less|fewer) (?:{name})|(?P<n2>\d{{1,5}}) (?:{name}) (?P<more2>more|less|fewer)"
            rf"|(?P<more3>[多少])(?P<n3>\d{{1,5}})\s?(?:{name}|[片块件])"
        )
        match = re.search(pattern, plain)
        if now is None or not match:
            continue
        number = int(match["n"] or match["n2"] or match["n3"])
        sign = 1 if (match["more"] or match["more2"] or match["more3"]) in {"more", "多"} else -1
        same = tuple(value for value in known if rank(value) == now + sign * number)
        if same:
            yield Compared(Want(option, "set", same), *match.span())


def _limits(text: str, values: Values, hits: Sequence[ValueHit]) -> Iterable[Compared]:
    """ "i7 or above", "at least 8 hours": all values from one on."""
    plain = normal(text)
    for hit in hits:
        known = ordered(list(values.of(hit.option)))
        if not _orderable(hit.option, values):
            continue
        at = known.index(hit.value)
        before, after = plain[: hit.start], plain[hit.end :]
        if (floor := _FLOOR.match(after)) or _AT_LEAST.search(before):
            yield Compared(
                Want(hit.option, "set", tuple(known[at:])), hit.start, hit.end + (floor.end() if floor else 0)
            )
        elif (ceiling := _CEILING.match(after)) or _AT_MOST.search(before):
            yield Compared(
                Want(hit.option, "set", tuple(known[: at + 1])), hit.start, hit.end + (ceiling.end() if ceiling else 0)
            )


@lru_cache(maxsize=8)
def _degree(kind: str) -> str:
    return phrase(str(word) for word in table("options")["degree"][kind]).pattern


def _degrees(text: str, values: Values, hits: Sequence[ValueHit]) -> Iterable[Compared]:
    """ "more storage", "the highest resolution", "屏幕大一点": a degree beside the option's own name."""
    plain = normal(text)
    for option, known in values.options:
        if len(known) < 2 or not _orderable(option, values):
            continue
        name = phrase(option_words(option)).pattern
        for kind in ("most", "least", "more", "less"):
            english = rf"(?:{_degree(kind)})(?:\s(?:possible|available|optical|overall|the))?\s(?:{name})"
            chinese = rf"(?:{name})\s?(?:要|再|是|能)?\s?(?:{_degree(kind)})|(?:{_degree(kind)})的?(?:{name})"
            match = re.search(english, plain) or re.search(chinese, plain)
            if match and not re.match(r"\s?(?:than (?:the|my) (?:price|order))", plain[match.end() :]):
                yield _compared(plain, option, kind, match, hits)
                break


def _adjectives(text: str, values: Values, hits: Sequence[ValueHit]) -> Iterable[Compared]:
    plain = normal(text)
    for row in table("options")["compare"]:
        option = _first(row["options"], values)
        if option is None:
            continue
        # "less bright" is in "less"; what is too much asks for less.
        for words, kind in (
            ("most", "most"),
            ("least", "least"),
            ("less", "less"),
            ("more", "more"),
            ("much", "less"),
            ("little", "more"),
        ):
            match = phrase(str(word) for word in row[words]).search(plain)
            if match and not _overlaps(match, hits):
                yield _compared(plain, option, kind, match, hits)  # type: ignore[arg-type]
                break


def _overlaps(match: re.Match[str], hits: Sequence[ValueHit]) -> bool:
    """Whether the words are the name of a value, longer or as long ("easiest" is a difficulty's own name)."""
    return any(h.start <= match.start() and match.end() <= h.end for h in hits)


def _compared(plain: str, option: str, kind: Direction, match: re.Match[str], hits: Sequence[ValueHit]) -> Compared:
    steps = 1 if kind in {"more", "less"} and _ONE_STEP.search(plain[: match.start()]) else None
    than = re.match(r"(?:\s?(?:one|ones))?\s*than\s+(?:the\s|my\s|a\s)?", plain[match.end() :])
    if than:
        at = match.end() + than.end()
        for hit in hits:
            if hit.option == option and hit.start == at and kind in {"more", "less"}:
                return Compared(Want(option, kind, (hit.value,), steps), match.start(), hit.end)
    return Compared(Want(option, kind, (), steps), *match.span())
