"""Compares option values by what they mean: XS < S < M, 500ml < 1 liter, low < high, 64GB < 1TB. Knows nothing of products.

A value has a place on one or more scales (a dimension and a number on it); two values compare on a scale that both have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache

from bot.text import nfkc

# Ordered words, smallest first; words of one entry mean the same. "medium" stands on several: the other value decides.
_WORD_SCALES: dict[str, tuple[str, ...]] = {
    "size": (
        "xxxs|3xs", "xxs|2xs", "xs|extra small|x-small|特小号", "s|small|小|小号", "m|medium|中|中号", "l|large|大|大号",
        "xl|extra large|x-large|加大|加大号|特大号", "xxl|2xl", "xxxl|3xl", "xxxxl|4xl", "xxxxxl|5xl", "xxxxxxl|6xl",
    ),
    "level": (
        "none|off|无", "very low", "low|dim|低", "medium|mid|normal|standard|moderate|中", "high|bright|高",
        "very high|max|maximum|最高",
    ),
    "shade": ("very light", "light|浅|浅色", "medium|中", "dark|深|深色", "very dark"),
    "difficulty": (
        "beginner|easy|basic|入门|简单", "intermediate|medium|中级|中等", "advanced|hard|高级",
        "expert|professional|专家",
    ),
    "grade": ("basic|基础", "standard|标准", "plus", "premium|pro|professional|deluxe|专业"),
    "bed": ("crib", "twin|single|单人", "full|double|双人", "queen|大床", "king|特大床", "california king"),
    "room": ("mini|compact|portable|travel|迷你|便携", "small|小", "medium|中", "large|大", "full size|full-size|全尺寸"),
    "extent": ("none", "quarter", "half", "full"),
    "nib": ("ef", "f", "m", "b", "bb"),
    "count": ("single|单", "double|twin|pair|双", "triple", "quad"),
    "switch": ("no|none|not|without|not resistant|non-waterproof|not waterproof|否|不", "yes|with|resistant|waterproof|是"),
    "amount": ("light", "regular", "heavy"),
    "weight": ("lightweight|ultralight", "midweight", "heavyweight"),
    "height": ("low|standard|low-back", "mid-back|medium", "high|tall|high-back"),
    "warmth": ("warm|warm white", "neutral|neutral white", "cool|cool white|daylight"),
}  # fmt: skip

_UNITS: dict[str, dict[str, str]] = {
    "volume": {
        "ml": "1", "毫升": "1", "cl": "10", "l": "1000", "litre": "1000", "liter": "1000", "升": "1000", "cup": "240",
        "fl oz": "29.5735", "gallon": "3785.41", "pint": "473.176", "quart": "946.353",
    },
    "length": {
        "mm": "1", "毫米": "1", "cm": "10", "厘米": "10", "m": "1000", "米": "1000", "meter": "1000", "metre": "1000",
        "km": "1000000", "in": "25.4", "inch": "25.4", "inche": "25.4", '"': "25.4", "寸": "25.4", "英寸": "25.4",
        "ft": "304.8", "foot": "304.8", "feet": "304.8", "'": "304.8", "英尺": "304.8", "yard": "914.4",
    },
    "mass": {
        "mg": "0.001", "g": "1", "克": "1", "gram": "1", "kg": "1000", "公斤": "1000", "千克": "1000", "斤": "500",
        "lb": "453.592", "pound": "453.592", "磅": "453.592", "oz": "28.3495", "ounce": "28.3495",
    },
    "storage": {"kb": "1", "mb": "1000", "gb": "1000000", "tb": "1000000000"},
    "power": {"mw": "0.001", "w": "1", "watt": "1", "瓦": "1", "kw": "1000"},
    "charge": {"mah": "1", "毫安": "1", "毫安时": "1", "ah": "1000"},
    "time": {
        "s": "1", "sec": "1", "second": "1", "秒": "1", "min": "60", "minute": "60", "分钟": "60", "h": "3600",
        "hr": "3600", "hour": "3600", "小时": "3600", "day": "86400", "天": "86400", "week": "604800", "周": "604800",
        "month": "2592000", "个月": "2592000", "year": "31536000", "年": "31536000",
    },
    "zoom": {"x": "1", "倍": "1"},
    "pixels": {"mp": "1", "megapixel": "1", "万像素": "0.01"},
    "definition": {"k": "1", "p": "0.00177778"},  # lines to thousands of columns of a 16:9 picture: 1080p < 2K
    "angle": {"°": "1", "degree": "1", "度": "1"},
    "pressure": {"bar": "1", "psi": "0.0689476"},
    "pieces": {
        "piece": "1", "pc": "1", "pack": "1", "件": "1", "件套": "1", "片": "1", "支": "1", "个": "1", "只": "1",
        "块": "1", "枚": "1", "张": "1", "本": "1", "包": "1", "色": "1", "count": "1", "set": "1", "pair": "1", "双": "1",
        "sheet": "1", "page": "1",
    },
    "share": {"%": "1"},
    "temperature": {"°c": "1", "℃": "1", "kelvin": "1"},
    "frequency": {"hz": "1", "khz": "1000", "mhz": "1000000", "ghz": "1000000000"},
}  # fmt: skip
_SIZE_OF = {unit: (name, Fraction(size)) for name, units in _UNITS.items() for unit, size in units.items()}
_WORDS = {name: [set(step.split("|")) for step in steps] for name, steps in _WORD_SCALES.items()}
_NUMBER = r"([0-9]+/[0-9]+|[0-9]+(?:\.[0-9]+)?)"
_MEASURE = re.compile(rf"{_NUMBER}(?:\s*(?:-|–|~|to|至)\s*{_NUMBER})?[\s-]*([a-z°℃%\"'一-鿿]*(?:\s+oz)?)(?![0-9])")
_MODEL = re.compile(r"([a-z]{1,5})[ -]?([0-9]+(?:\.[0-9]+)?)")  # i5 < i7, IPX4 < IPX7
_LONGEST = 80  # characters; a longer value is prose, not a measure
Place = tuple[str, Fraction]


@lru_cache(maxsize=4096)
def places(value: str) -> tuple[Place, ...]:
    """The (dimension, number) pairs of a value; empty for one that has no order, such as a colour."""
    text = nfkc(value)
    if len(text) > _LONGEST:
        return ()
    found = [(name, Fraction(at)) for name, steps in _WORDS.items() for at, words in enumerate(steps) if text in words]
    if match := _MODEL.fullmatch(text):
        prefix, number = match[1], Fraction(match[2])
        # Paper sizes count folds: A5 is half of A4.
        found.append((f"model {prefix}", -number if prefix in ("a", "b") else number))
    elif match := _MEASURE.match(text):
        found += _measured(match, text)
    if text in ("full size", "full-size"):
        found.append(("share", Fraction(100)))  # keyboards: 60%, 80%, full size
    if text.startswith("ipx") or text == "not resistant":
        found.append(("ingress", Fraction(text[3:]) if re.fullmatch("ipx[0-9]+", text) else Fraction(-1)))
    return tuple(found)


def _measured(match: re.Match[str], text: str) -> list[Place]:
    """A number with its unit; of a range the middle. A number without a unit stands alone on its scale."""
    low = _fraction(match[1])
    number = (low + _fraction(match[2])) / 2 if match[2] else low
    unit = match[3].strip()
    if not unit:
        return [("number", number)] if match.end() == len(text) else []
    name, size = _SIZE_OF.get(unit) or _SIZE_OF.get(unit.removesuffix("s")) or ("", Fraction(0))
    return [(name, number * size)] if name else [(f"unit {unit}", number)]


def _fraction(text: str) -> Fraction:
    top, _, bottom = text.partition("/")
    return Fraction(top) / (Fraction(bottom) if bottom and int(bottom) else 1)


def compare(a: str, b: str) -> int | None:
    """-1, 0 or 1 as `a` is less than, equal to or more than `b`; None when they do not compare."""
    there = dict(places(b))
    for dimension, number in places(a):
        if dimension in there:
            return (number > there[dimension]) - (number < there[dimension])
    return None


def same(a: str, b: str) -> bool:
    """Whether two values mean the same: whatever the case, hyphens, spelling (grey) and unit (1L, 1000 ml)."""
    return _plain(a) == _plain(b) or (compare(a, b) == 0 and _measures(a) and _measures(b))


def _plain(value: str) -> str:
    return re.sub(r"[\s\-_]", "", nfkc(value)).replace("gray", "grey")


def _measures(value: str) -> bool:
    """Whether a value is nothing but a measure or a word of a scale, so that equal places mean equal values."""
    text = nfkc(value)
    match = _MEASURE.match(text)
    return bool(match and match.end() == len(text)) or any(
        text in words for steps in _WORDS.values() for words in steps
    )


def ordered(values: Iterable[str]) -> list[list[str]]:
    """The values of one option that compare, smallest first, equal ones together; on the scale that most of them share.

    Values that have no place on it are left out.
    """
    listed = list(dict.fromkeys(values))
    shares: Counter[str] = Counter(dimension for value in listed for dimension, _ in dict(places(value)).items())
    if not shares:
        return []
    best = max(shares, key=lambda dimension: (shares[dimension], -_first(listed, dimension)))
    steps: dict[Fraction, list[str]] = {}
    for value in listed:
        if best in (at := dict(places(value))):
            steps.setdefault(at[best], []).append(value)
    return [steps[number] for number in sorted(steps)]


def _first(values: Sequence[str], dimension: str) -> int:
    return next(i for i, value in enumerate(values) if dimension in dict(places(value)))
