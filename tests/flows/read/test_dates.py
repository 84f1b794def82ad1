from datetime import date

import pytest
from hypothesis import given, settings

from bot.flows.read.dates import read_dates
from tests.flows.read.shop import NOW, TEXTS

DAYS = {
    "yesterday": ((10, 31), (10, 31)),
    "today": ((11, 1), (11, 1)),
    "last week": ((10, 19), (10, 25)),
    "last month": ((10, 1), (10, 31)),
    "on October 3": ((10, 3), (10, 3)),
    "3rd of July": ((7, 3), (7, 3)),
    "2026-07-08": ((7, 8), (7, 8)),
    "last Tuesday": ((10, 27), (10, 27)),
    "in August": ((8, 1), (8, 31)),
    "on the 12th": ((10, 12), (10, 12)),
    "2 days ago": ((10, 30), (10, 30)),
    "day before yesterday": ((10, 30), (10, 30)),
    "this week": ((10, 26), (11, 1)),
    "昨天": ((10, 31), (10, 31)),
    "前天": ((10, 30), (10, 30)),
    "上周": ((10, 19), (10, 25)),
    "上周五": ((10, 23), (10, 23)),
    "上个月": ((10, 1), (10, 31)),
    "10月3号": ((10, 3), (10, 3)),
    "十月一日": ((10, 1), (10, 1)),
    "12号": ((10, 12), (10, 12)),
    "七月份": ((7, 1), (7, 31)),
    "两天前": ((10, 30), (10, 30)),
    "周三": ((10, 28), (10, 28)),
    "今天": ((11, 1), (11, 1)),
    "2026年7月8日": ((7, 8), (7, 8)),
    "大前天": ((10, 29), (10, 29)),
}


@pytest.mark.parametrize(("text", "span"), DAYS.items())
def test_reads_days(text, span):
    (found,) = read_dates(text, NOW)
    assert (found.first, found.last) == (date(2026, *span[0]), date(2026, *span[1]))


def test_a_day_ahead_is_last_years():
    assert read_dates("12月24日", NOW)[0].first == date(2025, 12, 24)
    assert read_dates("December 24", NOW)[0].first == date(2025, 12, 24)


@pytest.mark.parametrize("text", ["hello", "may I return it", "size 10", "42号", "31 Feb", "二月三十日", "3号楼"])
def test_reads_none(text):
    assert read_dates(text, NOW) == ()


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_never_raises(text):
    for span in read_dates(text, NOW):
        assert span.first <= span.last
