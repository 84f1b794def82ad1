"""Finds the values of a product's options in a message: words, translations, units, near misses. Knows no wishes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from bot.flows.read.measures import Measure, measures
from bot.flows.read.words import normal, phrase, table, tokens
from bot.shop.types import Product

MAX_HITS = 40  # nobody names more values in a message, and time stays bounded
_CJK_AFTER = r"(?=[的色款版那这个双件只把条]|$|[\s,.;!?，。；！、]|[大小中]号|[黑白红蓝绿灰])"
_ORDERISH = re.compile(r"(?:#|\b(?:order|no\.?|item|sku|ending in|option|number)\s?:?|尾号|订单|单号)\s?$")


@dataclass(frozen=True)
class ValueHit:
    """A value of an option that the words from `start` to `end` name; `strength` 0..1 is how surely."""

    option: str
    value: str
    start: int
    end: int
    strength: float


@dataclass(frozen=True)
class Values:
    """The options of a product, each with the values that its variants have, in the catalogue's order."""

    options: tuple[tuple[str, tuple[str, ...]], ...]

    def of(self, option: str) -> tuple[str, ...]:
        """The values of `option`, none for an unknown one."""
        return dict(self.options).get(option, ())


def values_of(product: Product) -> Values:
    """The options and values of a product's variants."""
    found: dict[str, dict[str, None]] = {}
    for variant in product.variants:
        for option, value in variant.options.items():
            found.setdefault(option, {})[value] = None
    return Values(tuple((option, tuple(values)) for option, values in found.items()))


def find_values(text: str, values: Values, context: str | None = None) -> list[ValueHit]:
    """The values named in `text`, in order; of overlapping hits the longest stay (several when they are equally long).

    `context` is the option that was just asked about: then a bare number counts for it too.
    """
    hits: list[ValueHit] = []
    for option, known in values.options:
        hits += _literal(text, option, known)
        hits += _measured(text, option, known)
        hits += _bare(text, option, known, option == context)
    if not hits:
        hits = _fuzzy(text, values)
    return _longest(hits)


def _literal(text: str, option: str, known: tuple[str, ...]) -> Iterable[ValueHit]:
    plain = normal(text)
    for value in known:
        for pattern, strength in _forms(value, known):
            for match in pattern.finditer(plain):
                if match.end() > match.start() and not _is_apostrophe(plain, match.start()):
                    yield ValueHit(option, value, *match.span(), strength)


def _is_apostrophe(plain: str, at: int) -> bool:
    """Whether the letter at `at` belongs to "it's" or "I'm"."""
    return at > 0 and plain[at - 1] == "'"


@lru_cache(maxsize=4096)
def _forms(value: str, known: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], float], ...]:
    plain = " ".join(normal(value).split())
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        return ()
    none, there = ({normal(word) for word in table("meanings")[kind]} for kind in ("none", "there"))
    if plain in none or plain in there:
        return ((phrase([plain]), 0.9),) if len(plain) > 3 and plain not in {"with", "without"} else ()
    forms = [(phrase([plain, plain.replace(" ", "-")]), 1.0)]
    same = {word for group in _groups() if plain in group for word in group} - {plain}
    same -= {normal(other) for other in known}
    if long := [word for word in same if len(word) > 1 or word.isascii()]:
        forms.append((phrase(long), 0.95))
    if short := [word for word in same if len(word) == 1 and not word.isascii()]:
        forms.append((re.compile(f"(?:{'|'.join(short)}){_CJK_AFTER}"), 0.8))
    forms.extend((phrase([word]), 0.7) for word in _own_words(value, known))
    return tuple(forms)


@lru_cache(maxsize=1)
def _groups() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(normal(str(word)) for word in group) for group in table("meanings")["values"])


def _own_words(value: str, known: tuple[str, ...]) -> set[str]:
    """The words of a value of several that no other value of the option has: "google" for Google Assistant."""
    weak = set(table("meanings")["weak"])
    mine = {token.text for token in tokens(value)}
    if len(mine) < 2:
        return set()
    others = {token.text for other in known if other != value for token in tokens(other)}
    return {word for word in mine - others - weak if len(word) > 1 and not word[0].isdigit()}


def _measured(text: str, option: str, known: tuple[str, ...]) -> Iterable[ValueHit]:
    for value in known:
        own = measures(value)
        if not own:
            continue
        for said in measures(text):
            if _equal(own[0], said):
                yield ValueHit(option, value, said.start, said.end, 0.9)


def _equal(one: Measure, other: Measure) -> bool:
    return one.unit == other.unit and abs(one.number - other.number) < 1e-6


def _bare(text: str, option: str, known: tuple[str, ...], asked: bool) -> Iterable[ValueHit]:
    """Numbers without a unit: values that are bare numbers ("size 8", "500 pieces"), or the answer about this option."""
    plain = normal(text)
    name = "|".join(re.escape(word) for word in option_words(option))
    for value in known:
        number = re.search(r"\d+(?:\.\d+)?", value)
        if not number or (not asked and number.group() != value.strip()):
            continue
        for match in re.finditer(
            rf"(?<![a-z0-9.#$€£¥-]){re.escape(number.group())}(?![a-z0-9%]|\.\d"
            rf"|[:/-]\d)",
            plain,
        ):
            before, after = plain[: match.start()], plain[match.end() :]
            if _ORDERISH.search(before):
                continue
            near = re.search(rf"(?:{name})\s?(?:to|is|of|:)?\s?(?:a |an )?$", before) or re.match(
                rf"[\s-]?(?:{name})", after
            )
            loose = re.search(r"(?:\b(?:to|into|a|an|in|for|the|be)\s|[成要为选换])\s?$", before) and re.match(
                r"\s*(?:$|[,.;!?，。；]|one\b|please|instead|的|吧|了|and\b|in\b|with\b|but\b)", after
            )
            if near or asked or loose:
                yield ValueHit(option, value, *match.span(), 0.9 if near or asked else 0.6)


def _fuzzy(text: str, values: Values) -> list[ValueHit]:
    """Near misses ("poliester"), for words of five letters or more."""
    hits = []
    for token in tokens(text):
        if len(token.text) < 5 or token.cjk:
            continue
        for option, known in values.options:
            for value in known:
                plain = normal(value)
                if len(plain) >= 5 and fuzz.ratio(token.text, plain) >= 86:
                    hits.append(ValueHit(option, value, token.start, token.end, 0.5))
    return hits


def _longest(hits: list[ValueHit]) -> list[ValueHit]:
    kept: list[ValueHit] = []
    for hit in sorted(hits[: 10 * MAX_HITS], key=lambda h: (h.start - h.end, -h.strength)):
        clash = [k for k in kept if k.start < hit.end and hit.start < k.end]
        if all(
            (k.start, k.end) == (hit.start, hit.end) and (k.option, k.value) != (hit.option, hit.value) for k in clash
        ):
            kept.append(hit)
    return sorted(kept, key=lambda h: (h.start, -h.strength))[:MAX_HITS]


@lru_cache(maxsize=512)
def option_words(option: str) -> tuple[str, ...]:
    """What an option is called in either language, longest first: its own name, its words, and usual other names."""
    plain = " ".join(re.split(r"[\s_/-]+", normal(option)))
    words = {plain, normal(option)}
    for names in table("options")["names"]:
        heads = {str(name) for name in names if str(name).isascii()}
        if plain in heads:
            words |= {str(name) for name in names}
    last = plain.rpartition(" ")[2]
    for names in table("options")["names"]:
        if last != plain and last in names[:2]:
            words |= {str(name) for name in names}
    return tuple(sorted(words - {""}, key=lambda w: (-len(w), w)))


def no_value(known: Iterable[str]) -> str | None:
    """The value that says that there is none ("no", "none", "not resistant")."""
    none = {normal(word) for word in table("meanings")["none"]}
    return next(
        (value for value in known if normal(value).strip() in none or normal(value).startswith(("not ", "non-"))), None
    )
