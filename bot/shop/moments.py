"""Dates and times as shop files write them. Knows nothing of the present time."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_YEARS = range(1970, 2201)


def parse_timezone(name: str) -> ZoneInfo:
    """The IANA time zone `name`. Raises ValueError with a message for a person."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name[:40]!r} (an IANA name, for example Asia/Shanghai)") from None


def parse_date(text: str) -> date:
    """A calendar day, YYYY-MM-DD. Raises ValueError with a message for a person."""
    try:
        if _DATE.fullmatch(text) and (day := date.fromisoformat(text)).year in _YEARS:
            return day
    except ValueError:
        pass
    raise ValueError(f"not a date: {text[:40]!r} (YYYY-MM-DD)")


def parse_moment(text: str, timezone: ZoneInfo, *, end_of_day: bool = False) -> datetime:
    """An aware time in `timezone` from ISO 8601; a naive one is local there.

    A date alone is its first moment, or its last second with `end_of_day`. Raises ValueError with a
    message for a person.
    """
    if _DATE.fullmatch(text):
        at = time(23, 59, 59) if end_of_day else time()
        return datetime.combine(parse_date(text), at, timezone)
    try:
        moment = datetime.fromisoformat(text)
        if moment.year not in _YEARS:
            raise ValueError
        return moment.replace(tzinfo=timezone) if moment.tzinfo is None else moment.astimezone(timezone)
    except (ValueError, OverflowError):
        raise ValueError(f"not a time: {text[:40]!r} (ISO 8601, for example 2026-11-01T12:00:00+08:00)") from None


def parse_time_of_day(text: str) -> time:
    """HH:MM; 24:00 is midnight. Raises ValueError with a message for a person."""
    match = _CLOCK.fullmatch(text.strip())
    hour, minute = (int(match[1]), int(match[2])) if match else (99, 0)
    if (hour, minute) == (24, 0):
        return time()
    if hour > 23 or minute > 59:
        raise ValueError(f"not a time of day: {text[:40]!r} (HH:MM)")
    return time(hour, minute)
