"""Windows of time in which a change is allowed: minutes from one moment, calendar days after another. Knows nothing of rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo


def within_minutes(start: datetime, minutes: int, now: datetime) -> bool:
    """Whether at most `minutes` have gone by since `start`; a start that lies ahead counts as just now.

    Raises ValueError for a time without a zone.
    """
    # In UTC: the difference of two local times in one zone ignores a change of the clocks between them.
    return _utc(now) - _utc(start) <= timedelta(minutes=minutes)


def last_day(start: datetime, days: int, zone: tzinfo) -> date:
    """The last day of a window of `days` calendar days in `zone`, day 1 being the day after `start`.

    Raises ValueError for a time without a zone.
    """
    day = _utc(start).astimezone(zone).date()
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))


def within_days(start: datetime, days: int, zone: tzinfo, now: datetime) -> bool:
    """Whether `now` lies in the window of `last_day`, which ends at that day's midnight in `zone`."""
    return _utc(now).astimezone(zone).date() <= last_day(start, days, zone)


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)
