"""Bands and thresholds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.knowledge.answerable import Confidence
from bot.knowledge.bands import Thresholds, choose, load_thresholds, save_thresholds

LEVELS = Thresholds(direct=0.8, generated=0.4, extractive=0.5)


@pytest.mark.parametrize(
    ("top", "any_", "curated", "band"),
    [
        (0.9, 0.9, True, "direct"),
        (0.8, 0.8, True, "direct"),
        (0.79, 0.8, True, "generated"),
        (0.9, 0.9, False, "generated"),
        (0.1, 0.4, True, "generated"),
        (0.1, 0.39, True, "refused"),
        (0.0, 0.0, False, "refused"),
    ],
)
def test_choose(top: float, any_: float, curated: bool, band: str) -> None:
    assert choose(Confidence(top, any_), curated, LEVELS) == band


_SHARES = st.floats(0, 1)


@given(_SHARES, _SHARES, st.booleans())
def test_more_confidence_never_refuses(top: float, any_: float, curated: bool) -> None:
    order = ["refused", "generated", "direct"]
    low = choose(Confidence(top, max(top, any_)), curated, LEVELS)
    high = choose(Confidence(1.0, 1.0), curated, LEVELS)
    assert order.index(high) >= order.index(low)
    assert not (low == "direct" and not curated)


def test_shipped_thresholds_are_for_both_languages() -> None:
    found = load_thresholds()
    assert set(found) == {"zh", "en"}
    assert all(0 <= level <= 1 for t in found.values() for level in vars(t).values())


def test_saved_thresholds_come_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "thresholds.json"
    wanted = {"zh": LEVELS, "en": replace(LEVELS, direct=0.9)}
    save_thresholds(path, wanted, {"suite": "样本"})
    assert load_thresholds(path) == wanted
    assert json.loads(path.read_text(encoding="utf-8"))["suite"] == "样本"
    assert [p.name for p in path.parent.iterdir()] == ["thresholds.json"]


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "null", "{}", '{"thresholds": {}}', '{"thresholds": {"zh": [], "en": []}}', '{"thresholds": {"zh": {}, "en": {}}}',  # noqa: E501
        '{"thresholds": []}', '{"thresholds": {"zh": {"direct": "high", "generated": 0, "extractive": 0}}}',
        '{"thresholds": {"zh": {"direct": null, "generated": 0, "extractive": 0}}}', "\xff",
    ],
)  # fmt: skip
def test_a_broken_file_is_named_with_what_mends_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(BadInput, match=r"t\.json: not a thresholds file .*`zhanggui calibrate`"):
        load_thresholds(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="none.json"):
        load_thresholds(tmp_path / "none.json")
