"""Reads numbers, counts and places in a list, in Chinese and English. Knows nothing of what is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.flows.read.words import normal

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven "
    "twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
)
_NUMBERS = {word: n for n, word in enumerate(_SMALL.split())} | {
    "a": 1, "an": 1, "single": 1, "both": 2, "couple": 2, "pair": 2, "dozen": 12, "thirty": 30, "forty": 40, "fifty": 50,
}  # fmt: skip
_ORDINALS = {
    word: n
    for n, words in enumerate(
        ("first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th", "seventh 7th", "eighth 8th"), 1
    )
    for word in words.split()
}
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "俩": 2,
    "〇": 0,
    "仨": 3,
    "壹": 1,
    "贰": 2,
    "叁": 3,
}
_ZH = "零〇一二三四五六七八九十百两俩仨壹贰叁"
_MEASURES = "个件双条只支台盒瓶套把张包本顶块串副枚根样份箱袋盏款床部对"
_WORD = "|".join(sorted((w for w in _NUMBERS if w not in {"a", "an", "single", "both", "pair"}), key=len, reverse=True))
_COUNT_EN = re.compile(
    rf"(?<![\w#.$-])(?:(?:a )?(?P<couple>couple|pair)(?: of)?|(?P<both>both|all)(?: of)?|(?P<n>\d{{1,3}}|{_WORD}))"
    rf"(?: (?:out )?of (?:the |my |these |those )?(?P<of>\d{{1,3}}|{_WORD}))?(?![\w%]|[.,:/-]\d|-\w)"
)
_COUNT_ZH = re.compile(
    rf"(?<![第\d{_ZH}])(?P<n>\d{{1,3}}|[{_ZH}]{{1,3}})\s?[{_MEASURES}]"
    rf"|(?P<pair>[俩仨])|(?P<all>全部|所有|全都|统统|都(?=[退换要取改]))"
)
_AFTER = re.compile(
    r"\s?-?(?:(?:ml|l|liters?|litres?|gb|tb|mb|inch(?:es)?|in|ft|foot|feet|cm|mm|m|hours?|hrs?|days?|weeks?|months?|years?|minutes?"
    r"|bar|w|x|mah|mp|lbs?|kg|g|degrees?|dollars?|bucks|usd|eur|cups?|am|pm|o'clock|st|nd|rd|th|street|ave|road)(?![a-z])|%|\")"
    r"|\s?(?:升|毫升|寸|英寸|厘米|毫米|米|小时|天|日|号|码|月|年|元|块|克|公斤|瓦|度|点)"
)
# "The blue one" is no count; "one of them", "one lamp" and "just one" are.
_PRONOUN_AFTER = re.compile(
    r"\s+(?:of\b|(?!for|with|that|and|in|please|to|is|instead|or|from|size|more|which|but|on|at|i|if|by|was|would)[a-z]+)"
)
_PRONOUN_BEFORE = re.compile(
    r"(?:^|\b(?:only|just|return|exchange|want|keep|need|cancel|swap|change|back|of|send|and|for))\W*$"
)
_BEFORE = re.compile(
    r"(?:size|number|no\.?|order|item|sku|version|model|#|\$|€|£|¥|room"
    r"|suite|apt|flat|unit|ending in|option|line)\s?:?\s?$|(?:尾号|编号"
    r"|单号|第|号|订单|尺码|码数)\s?$"
)


@dataclass(frozen=True)
class Quantity:
    """A count of things in NFKC text from `start` to `end`; `count` is None for all ("both" has count 2 and `all`)."""

    count: int | None
    start: int
    end: int
    all: bool = False
    of: int | None = None  # "two of the three": 3


def read_number(word: str) -> int | None:
    """The whole number that a single word or numeral is: "12", "twelve", "十二", "两", "a couple"; None for another word."""
    plain = normal(word).strip().removeprefix("a ").removesuffix(" of")
    if re.fullmatch(r"[0-9]{1,9}", plain):
        return int(plain)
    if plain in _NUMBERS:
        return _NUMBERS[plain]
    return _chinese(plain) if re.fullmatch(rf"[{_ZH}]{{1,5}}", plain) else None


def _chinese(digits: str) -> int | None:
    """The value of a Chinese numeral below a thousand; None for one that is none."""
    match = re.fullmatch(r"(?:(.)百零?)?(?:(.)?(十))?(.)?", digits)
    if not match:
        return None
    hundreds, tens, ten, ones = match.groups()
    values = [_DIGITS.get(c, -1) if c else 0 for c in (hundreds, tens, ones)]
    if min(values) < 0:
        return None
    return values[0] * 100 + (values[1] or 1) * 10 * bool(ten) + values[2]


def read_quantities(text: str) -> tuple[Quantity, ...]:
    """Counts of things in order of appearance; numbers of orders, sizes, prices, dates and places in a list are none."""
    plain = normal(text)
    found: list[Quantity] = []
    for match in _COUNT_EN.finditer(plain):
        if _BEFORE.search(plain[: match.start()]) or _AFTER.match(plain, match.end()):
            continue
        if match["n"] == "one" and not (
            _PRONOUN_BEFORE.search(plain[: match.start()]) and _ends_or_counts(plain, match.end())
        ):
            continue
        of = read_number(match["of"]) if match["of"] else None
        if match["both"]:
            found.append(Quantity(2 if match["both"] == "both" else None, *match.span(), True, of))
        elif (count := 2 if match["couple"] else read_number(match["n"])) is not None and count > 0:
            found.append(Quantity(count, *match.span(), False, of))
    for match in _COUNT_ZH.finditer(plain):
        if _BEFORE.search(plain[: match.start()]):
            continue
        number = read_number(match["n"] or match["pair"] or "")
        if match["all"]:
            found.append(Quantity(None, *match.span(), True))
        elif number:
            found.append(Quantity(number, *match.span()))
    return tuple(sorted(found, key=lambda q: q.start))


def _ends_or_counts(plain: str, at: int) -> bool:
    return bool(_PRONOUN_AFTER.match(plain, at)) or bool(re.fullmatch(r"[\s.,!;]*(?:please)?[\s.!]*", plain[at:]))


def read_quantity(text: str, limit: int | None = None) -> int | None:
    """The one count that an answer to "how many?" gives, a bare number too; "all" is `limit`. None when open or above `limit`."""
    plain = normal(text).strip(" \t\n.!。！,，")
    bare = read_number(re.sub(r"^(?:just|only|只要?|就)\s?|\s?(?:please|of them|pieces?|items?)$", "", plain))
    counts = read_quantities(text)
    if bare is None and len(counts) == 1:
        bare = limit if counts[0].all else counts[0].count
    if bare is None and re.fullmatch(
        r"(?:just |only )?(?:the )?(?:whole (?:lot|line)|everything|都|全部|全都|所有的?).{0,3}", plain
    ):
        bare = limit
    return bare if bare and (limit is None or bare <= limit) else None


_PLACE_ZH = re.compile(
    rf"第\s?(?P<zh>\d{{1,2}}|[{_ZH}]{{1,3}})\s?(?:[{_MEASURES}单项行种位]"
    rf"|笔)?|(?P<last>最后(?:一)?[{_MEASURES}单项笔]?|末[一]?[个单])"
)
_PLACE_EN = re.compile(
    rf"\b(?P<last>last)(?: (?:one|order|item|option|line))?\s*(?=$|[,.;!?]"
    rf"|and\b|please)|\b(?P<nth>{'|'.join(_ORDINALS)})\b"
    rf"|\b(?:number|no\.?|option|item|choice|line)\s?#?(?P<n>\d{{1,2}}|{_WORD})\b(?!\d)"
)
_BARE = re.compile(r"(?:#?(?<!\d)\d{1,2}(?!\d)[.)]?|\band\b|[,，、&+ ]|和|跟|选|要|号|please|the)+")
_ALL = re.compile(
    r"\b(?:both|all)(?: of (?:them|those|these|it))?(?: (?:orders|items"
    r"|lines))?\s*(?:please)?\s*[.!]*$|\beverything\b|\bevery one\b"
    r"|都(?:要|是|退|换|取消|改|行|可以)|(?:两|三|几)[个单件]都|全部|全都|所有"
)


def read_places(text: str, length: int) -> tuple[int, ...]:
    """Which of `length` things just listed are meant, from 0: "the second", "第二个", "the last one", "1 and 3", "都要"."""
    plain = normal(text).strip()
    if length < 1:
        return ()
    if _ALL.search(plain) and not re.search(r"\b(?:except|but|not)\b|除了|不是", plain):
        return tuple(range(length)) if not re.search(r"\bboth\b|两[个单件]都", plain) or length == 2 else ()
    places: list[int] = []
    if _BARE.fullmatch(plain):
        places = [int(n) - 1 for n in re.findall(r"\d{1,2}", plain)]
    else:
        for match in [*_PLACE_EN.finditer(plain), *_PLACE_ZH.finditer(plain)]:
            places.append(_place(match.groupdict(), length))
    return tuple(dict.fromkeys(p for p in places if 0 <= p < length))


def _place(groups: dict[str, str | None], length: int) -> int:
    if groups.get("last"):
        return length - 1
    if nth := groups.get("nth"):
        return _ORDINALS[nth] - 1
    return (read_number(groups.get("n") or groups.get("zh") or "") or 0) - 1
