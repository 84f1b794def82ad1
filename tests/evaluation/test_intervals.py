"""Intervals: known figures, and what must always hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.intervals import Estimate, mean, percentile, share, wilson


def test_wilson_by_hand() -> None:
    # 8 of 10: (0.8 + 3.8415/20 ± 1.96 sqrt(0.016 + 3.8415/400)) / 1.38415
    assert wilson(8, 10) == pytest.approx((0.490162, 0.943318), abs=1e-6)
    assert wilson(0, 10) == pytest.approx((0.0, 0.277533), abs=1e-6)
    assert wilson(10, 10) == pytest.approx((0.722467, 1.0), abs=1e-6)


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_within_bounds(case) -> None:
    hits, n = case
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1
    assert low < high


def test_a_share() -> None:
    assert share([True, False, True, True]).value == 0.75
    assert share([True, False, True, True]).n == 4
    assert share([]) == Estimate(None, None, None, 0)


def test_a_mean_is_the_mean_and_repeats_itself() -> None:
    values = [0.0, 1.0, 0.5, 0.5, 0.0, 1.0, 1.0, 0.25]
    first = mean(values)
    assert first.value == pytest.approx(0.53125)
    assert first == mean(values)
    assert first.low is not None and first.high is not None
    # The normal interval is 0.53 ± 0.28; the bootstrap's must be near it.
    assert first.low == pytest.approx(0.25, abs=0.08)
    assert first.high == pytest.approx(0.81, abs=0.08)
    assert mean([]) == Estimate()
    assert mean([3.0]) == Estimate(3.0, 3.0, 3.0, 1)


def test_percentiles_by_hand() -> None:
    values = list(range(1, 102))
    assert [percentile(values, q).value for q in (50, 95, 99)] == [51, 96, 100]
    middle = percentile(values, 50)
    assert middle.low is not None and middle.high is not None
    assert 30 < middle.low < 51 < middle.high < 72
    assert percentile([], 50) == Estimate()


def test_the_complement_turns_the_interval_round() -> None:
    assert Estimate(0.25, 0.125, 0.5, 4).complement() == Estimate(0.75, 0.5, 0.875, 4)
    assert Estimate().complement() == Estimate()


def test_as_json() -> None:
    assert Estimate(1 / 3, 0.0, 1.0, 3).as_dict() == {"value": 0.333333, "low": 0.0, "high": 1.0, "n": 3}
    assert Estimate().as_dict() == {"value": None, "low": None, "high": None, "n": 0}
