"""Reads the numbers in Chinese and English text as values. Knows nothing of replies or passages.

Understood: digits in either width with separators, Chinese numerals, English number words, times of day, percentages and
Chinese discounts (八五折 is 15 % off). A lone "one" or "一" is an article more often than a number and is left out.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

_DIGITS = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_CHINESE = re.compile(r"[零〇一二两三四五六七八九十百千万亿半]+(?:点[零一二三四五六七八九]+)?")
_TIME = re.compile(r"(?<!\d)(\d{1,2})[:：](\d{2})(?!\d)")
_OFF = re.compile(r"(\d(?:\.\d|\d)?|[一二三四五六七八九](?:点?[一二三四五六七八九])?)\s*折")
_PERCENT_OFF = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*(?:off|discount)", re.IGNORECASE)
_LIST_MARK = re.compile(r"^\s*(?:\d+[.)、．]|[(（]\d+[)）])\s+", re.MULTILINE)
_SMALL = {
    w: n
    for n, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_WORD = "|".join([*_SMALL, *_TENS, "hundred", "thousand", "million", "half", "dozen"])
_WORDS = re.compile(rf"\b(?:{_WORD})(?:(?:[\s-]+(?:and\s+)?)(?:{_WORD}))*\b", re.IGNORECASE)
# Words in which a Chinese numeral is no number.
_NOT_NUMBERS = re.compile(
    r"一(?:般|定|直|起|样|些|下|旦|律|切|共|点|会儿|并|致|经|手|流|键|边|方面|次性|个|份|件|项|条|位|家|种|款|句|旁|同|概|时|路|部分)|"
    r"唯一|统一|之一|万一|进一步|第[一二三四五六七八九十]+|十分|千万|百分百|百货|三方|两者|四川|五金|半价|一半|双十一|双十二|周[一二三四五六日]|星期[一二三四五六日]"
)


def numbers(text: str) -> set[Decimal]:
    """The values of all numbers in `text`; "3.50", "3.5" and "三点五" are one value."""
    plain = _LIST_MARK.sub(" ", unicodedata.normalize("NFKC", text))
    found = {_decimal(m.group()) for m in _DIGITS.finditer(plain)}
    # "10-7" and "7.5.2" never raise; anything unreadable is simply no number.
    found |= {_chinese(m.group()) for m in _CHINESE.finditer(_NOT_NUMBERS.sub(" ", plain))}
    found |= {_english(m.group()) for m in _WORDS.finditer(plain)}
    return {n for n in found if n is not None}


def equivalents(text: str) -> set[Decimal]:
    """Values that a reply may use although `text` writes them otherwise: 3 for 15:00, 15 for 八五折, and back."""
    plain = unicodedata.normalize("NFKC", text)
    found: set[Decimal] = set()
    for match in _TIME.finditer(plain):
        hour = int(match.group(1))
        found |= {Decimal(hour % 12 or 12), Decimal((hour + 12) % 24)}
    for match in re.finditer(r"(?<![\d:])(\d{1,2})\s*(?:pm|p\.m\.)", plain, re.IGNORECASE):
        found.add(Decimal(int(match.group(1)) % 12 + 12))
    for match in re.finditer(r"(?:下午|晚上|傍晚|晚)(\d{1,2})(?:点|时)", plain):
        found.add(Decimal(int(match.group(1)) % 12 + 12))
    for match in _OFF.finditer(plain):
        tenths = _discount(match.group(1))
        if tenths:
            found |= {100 - tenths, tenths}
    for match in _PERCENT_OFF.finditer(plain):
        left = 100 - Decimal(match.group(1))
        found |= {left, left / 10}
    return {n.normalize() for n in found}


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "")).normalize()
    except InvalidOperation:
        return None


def _discount(text: str) -> Decimal | None:
    """八五, 8.5, 85 and 8 as per cent of the price: 85, 85, 85, 80."""
    digits = "".join(str("零一二三四五六七八九".index(c)) if c in "零一二三四五六七八九" else c for c in text.replace("点", "."))
    value = _decimal(digits)
    if value is None:
        return None
    return value if value >= 10 else value * 10


def _chinese(text: str) -> Decimal | None:
    if text in {"一", "两", "半", "零", "〇", "十", "百", "千", "万", "亿"} and text not in {"两", "十"}:
        return None
    if text == "两":
        return Decimal(2)
    import cn2an

    try:
        return Decimal(str(cn2an.cn2an(text.replace("两", "二").replace("半", ""), "smart"))).normalize()
    except (ValueError, InvalidOperation):
        return None


def _english(text: str) -> Decimal | None:
    words = [w for w in re.split(r"[\s-]+", text.lower()) if w != "and"]
    if words in (["one"], ["half"], ["zero"], ["hundred"], ["thousand"], ["million"]):
        return None
    total = current = 0
    for word in words:
        if word in _SMALL:
            current += _SMALL[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word == "hundred":
            current = max(1, current) * 100
        elif word == "dozen":
            current = max(1, current) * 12
        elif word in ("thousand", "million"):
            total += max(1, current) * (1000 if word == "thousand" else 1_000_000)
            current = 0
    return Decimal(total + current).normalize() if total + current else None
