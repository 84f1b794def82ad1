"""The share of a question's words that its entry has."""

from __future__ import annotations

from bot.evaluation.overlap import overlap


def test_overlap_by_hand() -> None:
    assert overlap("When do you deliver parcels?", "We deliver within two days.") == 0.5
    assert overlap("退货 运费", "退货期限七天") == 0.5
    assert overlap("how is it", "anything") == 0.0
