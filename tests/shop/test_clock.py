"""The shop's time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.config import settings
from bot.errors import BadInput
from bot.shop.clock import shop_now
from bot.shop.folder import load_config

from .helpers import SHOP, write


@pytest.fixture
def now(monkeypatch):
    """Sets or unsets ZHANGGUI_NOW."""

    def put(value):
        monkeypatch.delenv("ZHANGGUI_NOW", raising=False)
        if value:
            monkeypatch.setenv("ZHANGGUI_NOW", value)
        settings.cache_clear()

    put(None)
    yield put
    settings.cache_clear()


def test_the_machines_clock_in_the_shops_timezone(tmp_path, now) -> None:
    moment = shop_now(load_config(write(tmp_path, {"shop.yaml": SHOP})))
    assert moment.utcoffset() == timedelta(hours=8)
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_frozen_clock_and_the_environment_which_wins(tmp_path, now) -> None:
    config = load_config(write(tmp_path, {"shop.yaml": SHOP + "clock: 2026-11-01T04:00:00Z\n"}))
    assert shop_now(config).isoformat() == "2026-11-01T12:00:00+08:00"
    now("2026-11-02T09:30:00")
    assert shop_now(config).isoformat() == "2026-11-02T09:30:00+08:00"
    now("2026-11-02T01:30:00+00:00")
    assert shop_now(config).isoformat() == "2026-11-02T09:30:00+08:00"


def test_a_wrong_environment(tmp_path, now) -> None:
    now("tomorrow")
    with pytest.raises(BadInput, match="ZHANGGUI_NOW: not a time: 'tomorrow'"):
        shop_now(load_config(write(tmp_path, {"shop.yaml": SHOP})))
