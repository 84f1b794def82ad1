"""Reads the numbers in Chinese and English text as values. Knows nothing of replies or passages.

Understood: digits in either width with separators and scales (1.5万), Chinese numerals, English number words,
times of day. A lone "one" or "一" is an article more often than a number and is left out.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from bot.guard.numerals import CHINESE, ENGLISH, SCALES, chinese_values, english_values

_GAP = r"[^\S\n]*"  # a number never reaches into the next line
_DIGITS = re.compile(
    r"(\d+(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:{_GAP}([百千]?万|亿|[百千](?=[元块])|(?:{'|'.join(SCALES)})\b))?",
    re.IGNORECASE,
)
_MULTIPLES = {
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 100_000_000,
    **SCALES,
}
# 三点五 is 3.5, but 三点十五 and 三点五十 are times.
_CHINESE = re.compile(rf"[{CHINESE}]++(?:点[零〇一二三四五六七八九]++(?![十刻分]))?")
_HOUR = re.compile(r"(?<!\d)(\d{1,2}):00(?!\d)")
_LIST_MARK = re.compile(r"^[^\S\n]*(?:\d{1,2}[.)](?=[^\S\n]+\S)|\d{1,2}、(?!\d)|\(\d{1,2}\))", re.MULTILINE)
# Words in which a Chinese numeral is no number, none of them inside a longer one: 三十分钟 is thirty minutes.
_WEEK = "(?:周|星期|礼拜)"
_NOT_NUMBERS = re.compile(
    rf"(?<![{CHINESE}\d])(?:十分(?!之|钟)|三方|四川|五金|两者|二维码?|三维|二手|三明治|三文鱼|四季|七夕|五花|三角|十字|"
    r"十足|四舍五入|[七九]分[裤袖]|五一|六一|十一(?=假|黄金周|长假|国庆))|双十[一二]|[二三四五]选一|统一|唯一|单一|同一|逐一|(?<!分)之一|"
    rf"第[{CHINESE}]+|{_WEEK}[一二三四五六日天]+(?:[至到~-]{_WEEK}?[一二三四五六日天])*(?![次天个件小回十百])"
)
# What NFKC would turn into part of a number or address: exponents, circled list marks, Chinese punctuation.
_BEFORE_NFKC = str.maketrans(
    {
        **{mark: f"{mark} " for mark in "，！？；"},
        "²": None,
        "³": None,
        "㎡": "平方米",
        "㎥": "立方米",
        "㎝": "cm",
        "兩": "两",
        "萬": "万",
        "億": "亿",
        "點": "点",
    }
    | {chr(c): " " for c in [*range(0x2460, 0x2474), *range(0x2776, 0x2794)]}
)


def normal(text: str) -> str:
    """NFKC, Chinese numerals in one spelling, no exponents or circled list marks: how numbers are read."""
    plain = unicodedata.normalize("NFKC", text.translate(_BEFORE_NFKC))
    # 5千克 is 5 kg.
    return re.sub(r"千(?=[克米瓦卡])", " k", plain)


def numbers(text: str) -> set[Decimal]:
    """The values of all numbers in `text`; "3.50", "3.5" and "三点五" are one value, and 两三天 has two."""
    plain = _HOUR.sub(r"\1", _LIST_MARK.sub(" ", normal(text)))
    found = {Decimal(m[1].replace(",", "")) * _MULTIPLES.get((m[2] or "").lower(), 1) for m in _DIGITS.finditer(plain)}
    found.update(*(chinese_values(m.group()) for m in _CHINESE.finditer(_NOT_NUMBERS.sub(" ", plain))))
    found.update(*(english_values(m.group()) for m in ENGLISH.finditer(plain)))
    return found


def written(value: Decimal) -> str:
    """The value as a person writes it: 30 and 3.5, never 3E+1 or 3.50."""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
