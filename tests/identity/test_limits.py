"""Seconds to wait are said in whole minutes, never too few."""

from __future__ import annotations

import pytest

from bot.identity.limits import code_counters, minutes, proof_counters


@pytest.mark.parametrize(("seconds", "said"), [(0, 1), (1, 1), (60, 1), (61, 2), (3600, 60), (3601, 61)])
def test_minutes(seconds: int, said: int) -> None:
    assert minutes(seconds) == said


def test_every_counter_is_of_its_own_kind() -> None:
    counters = proof_counters("v", "o") + code_counters("v", "o", "c")
    assert len({kind for kind, _, _ in counters}) == len(counters)
    assert all(limit > 0 for _, _, limit in counters)
