"""Values that a reply may use although its source writes them otherwise: 3 for 15:00, 15 for 八五折.

Knows nothing of replies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.guard.numbers import normal
from bot.guard.numerals import CHINESE, chinese_values

_GAP = r"[^\S\n]*"
_DIGITS = "零一二三四五六七八九"
_ORDINAL = re.compile(rf"第([{CHINESE}]+)")
_HOUR = rf"(\d{{1,2}}|[{CHINESE}]{{1,3}})[点时:]"
_UNTIL = rf"(?:[半整\d]*{_GAP}[到至~-]{_GAP}{_HOUR})?"
_AFTERNOON = re.compile(rf"(?:下午|傍晚|晚上?|夜里|中午){_GAP}{_HOUR}{_UNTIL}")
_PM = re.compile(
    rf"(?<![\d:])(?:(\d{{1,2}})(?::\d\d)?{_GAP}(?:-|–|—|~|to|until|and){_GAP})?(\d{{1,2}})(?::\d\d)?{_GAP}(?:pm|p\.m)",
    re.IGNORECASE,
)
_TIME = re.compile(r"(?<!\d)(\d{1,2}):\d\d(?!\d)")
_OFF = re.compile(
    rf"(?<![\d.])(\d(?:\.\d|\d)?|[一二三四五六七八九](?:点?[一二三四五六七八九])?){_GAP}折(?![叠伞断中痕射腾磨])"
)
_TENTHS = re.compile(r"(?<![\d.零一二三四五六七八九十百])([一二三四五六七八九]|\d)成(?![为功本都员立交])")
_PERCENT_OFF = re.compile(rf"(?<![\d.])(\d+(?:\.\d+)?){_GAP}%{_GAP}(?:off|discount)", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    r"\b(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may(?=[^\S\n]\d)|(?<=\d )may|june?|july?|"
    r"aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b",
    re.IGNORECASE,
)
# Words for a value that a reply may write in digits.
_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), tuple(map(Decimal, values.split())))
    for pattern, values in (
        (r"\b(?:one|once|first|an? (?:single|minute|hour|day|week|month|year))\b|一", "1"),
        (r"\b(?:twice|double|couple)\b|双倍", "2"),
        (r"半价|\bhalf[ -]price\b", "50 5"),
        (r"半年|\bhalf a year\b", "6"),
        (r"半(?:个?小时|个?钟头)|\bhalf an hour\b", "30"),
        (r"百分(?:之)?百", "100"),
        (r"\bnoon\b|正午|中午", "12"),
        (r"\bmidnight\b|午夜|半夜", "0 12 24"),
    )
)


def equivalents(text: str) -> set[Decimal]:
    """The values that `text` names in another way than `numbers` reads them."""
    plain = normal(text)
    found = {value for pattern, values in _WORDS if pattern.search(plain) for value in values}
    found.update(_hours(plain), _discounts(plain))
    found.update(*(chinese_values(m[1]) or {Decimal(1)} for m in _ORDINAL.finditer(plain)))
    found.update(Decimal(1 + _MONTHS.index(m[1][:3].lower())) for m in _MONTH.finditer(plain))
    return found


def _hours(plain: str) -> Iterator[Decimal]:
    """Hours on the other clock. A bare 9:00 is in the morning: it does not allow 21."""
    for match in _TIME.finditer(plain):
        hour = int(match[1])
        if 12 < hour <= 24:
            yield Decimal(hour - 12)
        elif hour == 0:
            yield from (Decimal(12), Decimal(24))
    for match in _PM.finditer(plain):
        end = int(match[2]) % 12
        yield Decimal(end + 12)
        if match[1] and (end == 0 or int(match[1]) % 12 < end):
            yield Decimal(int(match[1]) % 12 + 12)
    for match in _AFTERNOON.finditer(plain):
        for said in filter(None, match.groups()):
            values = {Decimal(said)} if said.isdigit() else chinese_values(said) or {Decimal(1)}
            yield from (value % 12 + 12 for value in values)


def _discounts(plain: str) -> Iterator[Decimal]:
    """八五折, 85折 and 8.5折 are 15 % off, and back; 六成 is 60 %."""
    for match in _OFF.finditer(plain):
        digits = "".join(str(_DIGITS.index(c)) if c in _DIGITS else c for c in match[1].replace("点", "."))
        left = Decimal(digits) if Decimal(digits) >= 10 else Decimal(digits) * 10
        yield from (100 - left, left, left / 10)
    for match in _TENTHS.finditer(plain):
        yield Decimal(10 * _DIGITS.index(match[1])) if match[1] in _DIGITS else Decimal(match[1]) * 10
    for match in _PERCENT_OFF.finditer(plain):
        left = 100 - Decimal(match[1])
        yield from (left, left / 10)
