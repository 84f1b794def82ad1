"""Dates and times as written in shop files."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop.moments import parse_date, parse_moment, parse_time_of_day, parse_timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "America", "CST6\0", "x" * 500]
)
def test_unknown_time_zones(name) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        parse_timezone(name)


def test_a_naive_time_is_local_and_another_offset_is_converted() -> None:
    noon = datetime(2026, 11, 1, 12, tzinfo=SHANGHAI)
    assert parse_moment("2026-11-01T12:00:00", SHANGHAI) == noon
    assert parse_moment("2026-11-01 04:00:00Z", SHANGHAI) == noon
    assert parse_moment("2026-10-31T23:00:00-05:00", SHANGHAI).isoformat() == "2026-11-01T12:00:00+08:00"


def test_a_date_is_its_first_or_last_moment() -> None:
    first, last = (parse_moment("2026-11-11", SHANGHAI, end_of_day=end) for end in (False, True))
    assert first.isoformat() == "2026-11-11T00:00:00+08:00"
    assert last - first == timedelta(hours=23, minutes=59, seconds=59)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13-01", "2026-02-30T10:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"],
)
def test_what_is_no_time(text) -> None:
    with pytest.raises(ValueError, match=r"not a (time|date)"):
        parse_moment(text, SHANGHAI)


def test_dates() -> None:
    assert parse_date("2026-10-01") == date(2026, 10, 1)
    for wrong in ("20261001", "2026-10-32", "0001-01-01", "国庆"):
        with pytest.raises(ValueError, match="not a date"):
            parse_date(wrong)


def test_times_of_day() -> None:
    assert parse_time_of_day("09:00") == parse_time_of_day("9:00") == time(9)
    assert parse_time_of_day("24:00") == time(0)
    for wrong in ("24:01", "9", "25:00", "10:60", "nine", ""):
        with pytest.raises(ValueError, match="not a time of day"):
            parse_time_of_day(wrong)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_a_value_error(text) -> None:
    for parse in (parse_date, parse_time_of_day, parse_timezone, lambda value: parse_moment(value, SHANGHAI)):
        try:
            parse(text)
        except ValueError as error:
            assert str(error)
