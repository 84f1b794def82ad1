"""Numbers with units in option values and messages ("17-inch", "1.5 升"), and the order of sizes. Knows nothing of products."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.flows.read.quantities import read_number
from bot.flows.read.words import normal, table

_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[一二两三四五六七八九十]{1,3}"


@dataclass(frozen=True)
class Measure:
    """An amount of a unit (litres count as ml, terabytes as gb) from `start` to `end`."""

    number: float
    unit: str
    start: int
    end: int


@lru_cache(maxsize=1)
def _units() -> dict[str, str]:
    return {word: unit for unit, words in table("meanings")["units"].items() for word in words}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    names = "|".join(re.escape(word) for word in sorted(_units(), key=len, reverse=True))
    return re.compile(
        rf"(?<![a-z0-9.#])(\d{{1,6}}(?:\.\d{{1,3}})?|(?:{_WORDS})(?=[\s-]?\D))\s?-?\s?({names})(?![a-z0-9])"
    )


@lru_cache(maxsize=512)
def measures(text: str) -> tuple[Measure, ...]:
    """The measures in a text, in order; the end of a range ("5-25 lbs") is none."""
    found = []
    for match in _pattern().finditer(normal(text)):
        number = float(match[1]) if match[1][0].isdigit() else float(read_number(match[1]) or 0)
        unit, factor = table("meanings")["factors"].get(unit := _units()[match[2]], (unit, 1))
        if number and not re.search(r"\d\s?-\s?$", normal(text)[: match.start()]):
            found.append(Measure(number * factor, unit, *match.span()))
    return tuple(found)


@lru_cache(maxsize=512)
def rank(value: str) -> float | None:
    """Where a value stands among others of its option: its first number, else its place among the usual sizes."""
    found = measures(value)
    if found:
        return found[0].number
    if match := re.search(r"\d+(?:\.\d+)?", value):
        return float(match.group())
    scale: list[str] = table("meanings")["scale"]
    levels = {
        "low": 0,
        "medium": 1,
        "mid": 1,
        "high": 2,
        "beginner": 0,
        "easy": 0,
        "intermediate": 1,
        "expert": 2,
        "hard": 2,
    }
    plain = normal(value).strip()
    return float(levels[plain]) if plain in levels else float(scale.index(plain)) if plain in scale else None


def ordered(values: list[str]) -> list[str]:
    """Values from small to large; as they stand when they have no order."""
    ranks = {value: rank(value) for value in values}
    known = {value: place for value, place in ranks.items() if place is not None}
    return sorted(values, key=known.__getitem__) if len(known) == len(ranks) else values
