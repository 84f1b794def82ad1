"""Reads the numbers in Chinese and English text as values. Knows nothing of replies or passages.

Understood: digits in either width with separators, Chinese numerals, English number words, times of day, percentages and
Chinese discounts (八五折 is 15 % off). A lone "one" or "一" is an article more often than a number and is left out.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from bot.guard.numerals import CHINESE, ENGLISH, SCALES, chinese_values, english_values

_GAP = r"[^\S\n]*"  # a number never reaches into the next line
_DIGITS = re.compile(
    rf"(\d+(?:,\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)(?:{_GAP}([百千]?万|亿|[百千](?=[元块])|(?:{'|'.join(SCALES)})\b))?",
    re.IGNORECASE,
)
_MULTIPLES = {"百": 100, "千": 1000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000, **SCALES}
# 三点五 is 3.5, but 三点十五 and 三点五十 are times.
_CHINESE = re.compile(rf"[{CHINESE}]++(?:点[零〇一二三四五六七八九]++(?![十刻分]))?")
_HOUR = re.compile(r"(?<!\d)(\d{1,2}):00(?!\d)")
_LIST_MARK = re.compile(r"^[^\S\n]*(?:\d{1,2}[.)](?=[^\S\n]+\S)|\d{1,2}、(?!\d)|\(\d{1,2}\))", re.MULTILINE)
# Words in which a Chinese numeral is no number, none of them inside a longer numeral: 三十分钟 is thirty minutes.
_WEEKDAYS = r"(?:周|星期|礼拜)[一二三四五六日天]+(?:[至到~-](?:周|星期|礼拜)?[一二三四五六日天])*(?![次天个件小回十百])"
_NOT_NUMBERS = re.compile(
    rf"(?<![{CHINESE}\d])(?:十分(?!之|钟)|三方|四川|五金|两者|二维码?|三维|二手|三明治|三文鱼|四季|七夕|五花|三角|十字|十足|四舍五入|"
    rf"[七九]分[裤袖]|五一|六一|十一(?=假|黄金周|长假|国庆))|双十[一二]|统一|唯一|单一|同一|逐一|(?<!分)之一|第[{CHINESE}]+|{_WEEKDAYS}"
)
# What NFKC would turn into digits or separators: exponents, circled list marks, commas between Chinese items.
_BEFORE_NFKC = str.maketrans(
    {"，": "， ", "²": None, "³": None, "㎡": "平方米", "㎥": "立方米", "㎝": "cm", "兩": "两", "萬": "万", "億": "亿", "點": "点"}
    | {chr(c): " " for c in [*range(0x2460, 0x2474), *range(0x2776, 0x2794)]}
)

_ORDINAL = re.compile(rf"第([{CHINESE}]+)")
_AFTERNOON = re.compile(rf"(?:下午|傍晚|晚上?|夜里|中午){_GAP}(\d{{1,2}}|[{CHINESE}]{{1,3}})(?=[点时:])")
_PM = re.compile(
    rf"(?<![\d:])(?:(\d{{1,2}})(?::\d\d)?{_GAP}(?:-|–|—|~|to|until|and){_GAP})?(\d{{1,2}})(?::\d\d)?{_GAP}(?:pm|p\.m)", re.IGNORECASE
)
_TIME = re.compile(r"(?<!\d)(\d{1,2}):\d\d(?!\d)")
_OFF = re.compile(
    rf"(?<![\d.])(\d(?:\.\d|\d)?|[一二三四五六七八九](?:点?[一二三四五六七八九])?){_GAP}折(?![叠伞断中痕射腾磨])"
)
_PERCENT_OFF = re.compile(rf"(?<![\d.])(\d+(?:\.\d+)?){_GAP}%{_GAP}(?:off|discount)", re.IGNORECASE)
_MONTHS = {
    name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
_MONTH = re.compile(
    r"\b(?:(jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b|(may)(?=[^\S\n]+\d)|(?<=\d )(may)\b)",
    re.IGNORECASE,
)
# Words for a value that a reply may write as a number.
_WORDS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"\b(?:one|once|an? (?:single|minute|hour|day|week|month|year))\b|一", re.IGNORECASE), ("1",)),
    (re.compile(r"\b(?:twice|double|couple)\b|双倍", re.IGNORECASE), ("2",)),
    (re.compile(r"半价|\bhalf[ -]price\b", re.IGNORECASE), ("50", "5")),
    (re.compile(r"半年|\bhalf a year\b", re.IGNORECASE), ("6",)),
    (re.compile(r"半(?:个?小时|个?钟头)|\bhalf an hour\b", re.IGNORECASE), ("30",)),
    (re.compile(r"百分(?:之)?百"), ("100",)),
)  # fmt: skip


def normal(text: str) -> str:
    """NFKC with Chinese numerals in one spelling, exponents and circled list marks taken out: the form in which numbers are read."""
    plain = unicodedata.normalize("NFKC", text.translate(_BEFORE_NFKC))
    # 5千克 is 5 kg.
    return re.sub(r"千(?=[克米瓦卡])", " k", plain)


def numbers(text: str) -> set[Decimal]:
    """The values of all numbers in `text`; "3.50", "3.5" and "三点五" are one value, and 两三天 has two."""
    plain = _HOUR.sub(r"\1", _LIST_MARK.sub(" ", normal(text)))
    found = {_scaled(m) for m in _DIGITS.finditer(plain)}
    for match in _CHINESE.finditer(_NOT_NUMBERS.sub(" ", plain)):
        if not plain[: 0]:
            found |= chinese_values(match.group())
    for match in ENGLISH.finditer(plain):
        found |= english_values(match.group())
    return found
