"""Reads days and spans of days in the past ("yesterday", "last week", "10月3号"). Knows nothing of what happened on them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.flows.read.quantities import read_number
from bot.flows.read.words import normal

_MONTHS = {name: n for n, names in enumerate(
    ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug", "september sept sep",
     "october oct", "november nov", "december dec"), 1) for name in names.split()}  # fmt: skip
_DAYS = {name: n for n, names in enumerate(
    ("monday mon", "tuesday tues tue", "wednesday wed", "thursday thurs thu", "friday fri", "saturday sat", "sunday sun"))
    for name in names.split()}  # fmt: skip
_ZH_DAYS = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6, "末": 5}
_M = "|".join(sorted(_MONTHS, key=len, reverse=True))
_D = "|".join(sorted(_DAYS, key=len, reverse=True))
_ZN = "[一二三四五六七八九十两零〇]{1,3}"
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?!\d)")
_MONTH_DAY = re.compile(
    rf"\b(?P<m>{_M})\.? (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y>(?:19"
    rf"|20)\d\d))?|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m2>{_M})\b(?:,? (?P<y2>(?:19"
    rf"|20)\d\d))?"
)
_MONTH = re.compile(
    rf"\b(?:in|from|around|of|last|this|back in|early|late|mid) (?P<m>{_M})\b(?:,? (?:of )?(?P<y>(?:19"
    rf"|20)\d\d))?|\b(?P<m2>{_M}) (?P<y2>(?:19|20)\d\d)\b"
)
_YEAR = re.compile(r"\b(?:in|from|of|back in) ((?:19|20)\d\d)\b|((?:19|20)\d\d)年")
_NTH = re.compile(r"\bon the (\d{1,2})(?:st|nd|rd|th)\b")
_ZH_DATE = re.compile(
    rf"(?:(?P<y>(?:19|20)\d\d|今|去|前)年)?(?P<m>\d{{1,2}}|{_ZN})月(?:份"
    rf"|(?P<d>\d{{1,2}}|{_ZN})[号日]?)?|(?<![\d月第])(?P<d2>\d{{1,2}}|{_ZN})[号日](?![楼院线码店])"
)
_AGO = re.compile(
    r"\b(\d{1,3}|a|an|one|two|three|four|five|six|seven|a couple of|a few) (hour|day|week|month|year)s? ago\b"
)
_ZH_AGO = re.compile(rf"(\d{{1,3}}|{_ZN}|几)(?:个)?(小时|天|日|星期|周|礼拜|月|年)(?:之|以)?前")
_LAST = re.compile(rf"\b(last|this|past|previous) (week|month|year|weekend|{_D})\b|\b(?:on )?({_D})\b")
_ZH_WEEK = re.compile(
    r"(上上|上|这|本)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天末])|(上上"
    r"|上|这|本)(?:个)?(周|星期|礼拜|月)|(今|去|前)年"
)
_NAMED = {
    "大前天": 3, "day before yesterday": 2, "前天": 2, "前日": 2,
    "yesterday": 1, "last night": 1, "昨天": 1, "昨日": 1, "昨晚": 1, "昨儿": 1, "琴日": 1,
    "today": 0, "this morning": 0, "this afternoon": 0, "tonight": 0, "hour ago": 0, "hours ago": 0, "minutes ago": 0,
    "今天": 0, "今早": 0, "今日": 0, "今晚": 0, "今儿": 0, "早上": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both counted, said from `start` to `end` of the NFKC text."""

    first: date
    last: date
    start: int
    end: int

    def has(self, moment: datetime | None, now: datetime) -> bool:
        """Whether `moment` lies on one of the days, in the zone of `now`."""
        return moment is not None and self.first <= moment.astimezone(now.tzinfo).date() <= self.last


def read_dates(text: str, now: datetime) -> tuple[Span, ...]:
    """The days that `text` names, seen from `now` (aware): a day or month without a year is the last one that has begun."""
    plain = normal(text)
    found: list[Span] = []
    for span in [*_exact(plain, now.date()), *_relative(plain, now.date())]:
        if all(span.end <= other.start or other.end <= span.start for other in found):
            found.append(span)
    return tuple(sorted(found, key=lambda span: span.start))


def _exact(plain: str, today: date) -> Iterable[Span]:
    for match in _ISO.finditer(plain):
        yield from _day(int(match[1]), int(match[2]), int(match[3]), match)
    for match in _MONTH_DAY.finditer(plain):
        year = match["y"] or match["y2"]
        month, day = _MONTHS[match["m"] or match["m2"]], int(match["d"] or match["d2"])
        yield from _day(int(year) if year else _year_of(today, month, day), month, day, match)
    for match in _ZH_DATE.finditer(plain):
        yield from _chinese(match, today)
    for match in _MONTH.finditer(plain):
        month, year = _MONTHS[match["m"] or match["m2"]], match["y"] or match["y2"]
        yield from _month(int(year) if year else _year_of(today, month, 1), month, match)
    for match in _NTH.finditer(plain):
        yield from _nth(int(match[1]), today, match)
    for match in _YEAR.finditer(plain):
        year_no = int(match[1] or match[2])
        yield Span(date(year_no, 1, 1), date(year_no, 12, 31), *match.span())


def _chinese(match: re.Match[str], today: date) -> Iterable[Span]:
    if match["d2"]:
        yield from _nth(read_number(match["d2"]) or 0, today, match)
        return
    month, day = read_number(match["m"]) or 0, read_number(match["d"]) if match["d"] else 1
    if not 1 <= month <= 12:
        return
    said = match["y"]
    back = {"今": 0, "去": 1, "前": 2}
    year = _year_of(today, month, day or 1) if said is None else today.year - back[said] if said in back else int(said)
    yield from _day(year, month, day or 0, match) if match["d"] else _month(year, month, match)


def _relative(plain: str, today: date) -> Iterable[Span]:
    for words, back in _NAMED.items():
        at = plain.find(words)
        if at >= 0:
            day = today - timedelta(back)
            yield Span(day, day, at, at + len(words))
    for match in _AGO.finditer(plain):
        yield _ago(read_number(match[1]) or {"a few": 3, "a couple of": 2}.get(match[1], 1), match[2], today, match)
    for match in _ZH_AGO.finditer(plain):
        unit = {"小时": "hour", "天": "day", "日": "day", "月": "month", "年": "year"}.get(match[2], "week")
        yield _ago(read_number(match[1]) or 3, unit, today, match)
    for match in _LAST.finditer(plain):
        yield _last(match[1] or "", match[2] or match[3], today, match)
    for match in _ZH_WEEK.finditer(plain):
        yield _zh_week(match, today)


def _ago(count: int, unit: str, today: date, match: re.Match[str]) -> Span:
    days = {"hour": 0, "day": 1, "week": 7, "month": 30, "year": 365}[unit] * min(count, 500)
    slack = {"hour": 1 if count > 6 else 0, "day": 0 if count < 3 else 1, "week": 3, "month": 15, "year": 100}[unit]
    return Span(today - timedelta(days + slack), min(today, today - timedelta(days - slack)), *match.span())


def _last(how: str, what: str, today: date, match: re.Match[str]) -> Span:
    monday = today - timedelta(today.weekday())
    if what in _DAYS:
        back = (today.weekday() - _DAYS[what]) % 7
        day = today - timedelta(back or (7 if how == "last" else 0))
        return Span(day, day, *match.span())
    before = how != "this"
    if what == "year":
        year = today.year - before
        return Span(date(year, 1, 1), date(year, 12, 31), *match.span())
    if what == "month":
        return _month_back(today, int(before), match)
    first = monday - timedelta(7) if before else monday
    if what == "weekend":
        return Span(first + timedelta(5), first + timedelta(6), *match.span())
    return Span(first, first + timedelta(6), *match.span())


def _zh_week(match: re.Match[str], today: date) -> Span:
    if match[5]:
        year = today.year - {"今": 0, "去": 1, "前": 2}[match[5]]
        return Span(date(year, 1, 1), date(year, 12, 31), *match.span())
    how = match[1] or match[3]
    if match[4] == "月":
        return _month_back(today, {"上上": 2, "上": 1}.get(how, 0), match)
    back = {"上上": 14, "上": 7}.get(how or "", 0)
    monday = today - timedelta(today.weekday() + back)
    if match[2] is None:
        return Span(monday, monday + timedelta(6), *match.span())
    day = monday + timedelta(_ZH_DAYS[match[2]])
    if how is None and day > today:
        day -= timedelta(7)
    return Span(day, day + timedelta(match[2] == "末"), *match.span())


def _month_back(today: date, back: int, match: re.Match[str]) -> Span:
    months = today.year * 12 + today.month - 1 - back
    year, month = divmod(months, 12)
    return Span(date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1]), *match.span())


def _year_of(today: date, month: int, day: int) -> int:
    """The latest year in which that day has begun."""
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def _day(year: int, month: int, day: int, match: re.Match[str]) -> Iterable[Span]:
    try:
        found = date(year, month, day)
    except ValueError:
        return
    yield Span(found, found, *match.span())


def _month(year: int, month: int, match: re.Match[str]) -> Iterable[Span]:
    yield Span(date(year, month, 1), date(year, month, monthrange(year, month)[1]), *match.span())


def _nth(day: int, today: date, match: re.Match[str]) -> Iterable[Span]:
    """The last time that it was the `day`-th of a month."""
    back = 0 if day <= today.day else 1
    months = today.year * 12 + today.month - 1 - back
    yield from _day(months // 12, months % 12 + 1, day, match)
