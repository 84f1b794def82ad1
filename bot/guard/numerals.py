"""Values of Chinese numerals and English number words. Knows nothing of digits or of the text around them."""

from __future__ import annotations

import re
from decimal import Decimal

CHINESE = "零〇一二两三四五六七八九十百千万亿"
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
_LONGEST = 20  # characters; a longer run is no number
_PAIR = re.compile(
    r"(?<![零〇一二两三四五六七八九])([一二两三四五六七八九])([二两三四五六七八九])(?![零〇一二两三四五六七八九])"
)

_SMALL = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}
_WORD = rf"(?:{'|'.join([*_SMALL, *_TENS, *SCALES])})"
_GAP = r"(?:-|[^\S\n]+)"
ENGLISH = re.compile(rf"\b(?:an?[^\S\n]+)?{_WORD}(?:{_GAP}(?:and[^\S\n]+)?{_WORD})*\b", re.IGNORECASE)
_BARE = frozenset({"zero", "one", *SCALES})  # alone these are an article, a prefix or a vague amount


def chinese_values(numeral: str) -> set[Decimal]:
    """The values of a run of CHINESE, perhaps with 点 and decimals: two for 十七八, none for a lone 一."""
    whole, _, decimals = numeral.partition("点")
    if len(numeral) > _LONGEST or (whole in {"一", "零", "〇"} and not decimals):
        return set()
    pair = _PAIR.search(whole)
    if pair and _is_estimate(*pair.groups()):
        whole_ones = [whole[: pair.start()] + pair[n] + whole[pair.end() :] for n in (1, 2)]
        return {Decimal(v) for v in map(_integer, whole_ones) if v is not None}
    value = _integer(whole)
    if value is None:
        return set()
    digits = "".join(str(_DIGITS[c]) for c in decimals)
    return {Decimal(f"{value}.{digits}") if digits else Decimal(value)}


def _is_estimate(first: str, second: str) -> bool:
    """两三天 and 三五天 name two numbers; 八五 and 九九 are digits of one."""
    return _DIGITS[second] - _DIGITS[first] == 1 or (first, second) == ("三", "五")


def _integer(text: str) -> int | None:
    """三百一十五, 一万二 (12,000), 二〇二六; None for what is no numeral, such as 百 or 万 alone."""
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text)) if text else None
    total = section = 0
    digit: int | None = None
    last = 1  # the unit before: in 一百二 the 2 counts tens
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
            last = last if digit else 1
        elif char in _UNITS:
            if not digit and (char != "十" or section):
                return None
            section += (digit or 1) * _UNITS[char]
            digit, last = None, _UNITS[char]
        else:
            section += digit or 0
            if not section and not total:
                return None
            total = (total + section) * _BIG[char] if char == "亿" else total + section * _BIG[char]
            section, digit, last = 0, None, _BIG[char]
    return total + section + (digit or 0) * max(1, last // 10)


def english_values(phrase: str) -> set[Decimal]:
    """The values of a match of ENGLISH: 25 for twenty-five, 5 and 7 for "five and seven", none for "one"."""
    values: set[Decimal] = set()
    total, current, run = 0, 0, list[str]()
    for word in [*re.findall("[a-z]+", phrase.lower()), ""]:
        last = run[-1] if run else ""
        if word == "and" and last in SCALES:
            continue
        if run and not _follows(last, word):
            if run != ["a"] and (len(run) > 1 or run[0] not in _BARE):
                values.add(Decimal(total + current))
            total, current, run = 0, 0, []
        if word in {"a", "an"}:
            run = ["a"]
        elif word in _SMALL or word in _TENS:
            current += _SMALL.get(word) or _TENS.get(word, 0)
            run.append(word)
        elif word in {"thousand", "million"}:
            total, current = total + max(1, current) * SCALES[word], 0
            run.append(word)
        elif word in SCALES:
            current = max(1, current) * SCALES[word]
            run.append(word)
    return values


def _follows(last: str, word: str) -> bool:
    """Whether `word` belongs to the number that `last` is part of."""
    if word in SCALES:
        return True
    if word in _SMALL and last in _TENS:
        return 0 < _SMALL[word] < 10
    return last in SCALES and (word in _SMALL or word in _TENS)
