from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.orders.windows import last_day, within_days, within_minutes

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def test_the_last_second_counts():
    placed = datetime(2026, 11, 1, 12, 0, tzinfo=SHANGHAI)
    assert within_minutes(placed, 30, placed + timedelta(minutes=30))
    assert not within_minutes(placed, 30, placed + timedelta(minutes=30, seconds=1))


def test_an_order_that_lies_ahead_was_placed_just_now():
    placed = datetime(2026, 11, 1, 12, 0, tzinfo=SHANGHAI)
    assert within_minutes(placed, 0, placed - timedelta(days=3))


def test_minutes_across_a_change_of_the_clocks():
    # In Berlin 02:50 summer time on 25 October 2026 is 20 minutes before 02:10 winter time, though it reads 40 later.
    placed = datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN)
    now = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=BERLIN)
    assert within_minutes(placed, 20, now)
    assert not within_minutes(placed, 19, now)
    # In spring 01:50 and 03:10 are 20 minutes apart, though they read 80.
    placed, now = datetime(2026, 3, 29, 1, 50, tzinfo=BERLIN), datetime(2026, 3, 29, 3, 10, tzinfo=BERLIN)
    assert within_minutes(placed, 20, now)


def test_day_one_is_the_day_after_and_the_last_day_counts_until_midnight():
    delivered = datetime(2026, 10, 25, 0, 1, tzinfo=SHANGHAI)
    assert last_day(delivered, 7, SHANGHAI) == date(2026, 11, 1)
    assert within_days(delivered, 7, SHANGHAI, datetime(2026, 11, 1, 23, 59, 59, 999999, tzinfo=SHANGHAI))
    assert not within_days(delivered, 7, SHANGHAI, datetime(2026, 11, 2, 0, 0, tzinfo=SHANGHAI))
    late = datetime(2026, 10, 25, 23, 59, 59, tzinfo=SHANGHAI)
    assert last_day(late, 7, SHANGHAI) == date(2026, 11, 1)


def test_no_days_are_the_day_of_delivery_itself():
    delivered = datetime(2026, 10, 25, 8, 0, tzinfo=SHANGHAI)
    assert within_days(delivered, 0, SHANGHAI, datetime(2026, 10, 25, 23, 0, tzinfo=SHANGHAI))
    assert not within_days(delivered, 0, SHANGHAI, datetime(2026, 10, 26, 0, 0, tzinfo=SHANGHAI))


def test_days_are_those_of_the_shop_wherever_the_times_are_from():
    delivered = datetime(2026, 10, 24, 17, 0, tzinfo=UTC)  # already the 25th in Shanghai
    assert last_day(delivered, 7, SHANGHAI) == date(2026, 11, 1)
    assert within_days(delivered, 7, SHANGHAI, datetime(2026, 11, 1, 15, 59, tzinfo=UTC))
    assert not within_days(delivered, 7, SHANGHAI, datetime(2026, 11, 1, 16, 0, tzinfo=UTC))


def test_days_across_a_change_of_the_clocks():
    delivered = datetime(2026, 10, 31, 23, 30, tzinfo=NEW_YORK)  # the clocks go back on 1 November
    assert within_days(delivered, 1, NEW_YORK, datetime(2026, 11, 1, 23, 59, tzinfo=NEW_YORK))
    assert not within_days(delivered, 1, NEW_YORK, datetime(2026, 11, 2, 0, 0, tzinfo=NEW_YORK))


def test_leap_days_count():
    assert last_day(datetime(2028, 2, 28, 12, tzinfo=SHANGHAI), 1, SHANGHAI) == date(2028, 2, 29)


def test_a_window_beyond_the_calendar_never_ends():
    assert last_day(datetime(2026, 1, 1, tzinfo=SHANGHAI), 10**9, SHANGHAI) == date.max


@pytest.mark.parametrize("naive", [0, 1])
def test_a_time_without_a_zone_is_refused(naive):
    times = [datetime(2026, 1, 1, tzinfo=SHANGHAI)] * 2
    times[naive] = datetime(2026, 1, 1)
    with pytest.raises(ValueError, match="no time zone"):
        within_minutes(times[0], 5, times[1])
    with pytest.raises(ValueError, match="no time zone"):
        within_days(times[0], 5, SHANGHAI, times[1])


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.sampled_from([SHANGHAI, BERLIN, NEW_YORK])),
    st.integers(0, 400),
    st.integers(0, 60 * 24 * 400),
)
def test_a_window_that_is_closed_stays_closed(start, days, minutes):
    zone = start.tzinfo
    now = start.astimezone(UTC) + timedelta(minutes=minutes)
    open_now = within_days(start, days, zone, now)
    assert open_now or not within_days(start, days, zone, now + timedelta(hours=1))
    assert within_days(start, days + 1, zone, now) or not open_now
