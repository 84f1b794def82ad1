"""Which shop a command works on."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import settings
from bot.errors import BadInput
from bot.resources import shipped
from bot.shop.locate import resolve_shop

from .helpers import MINIMAL, write


@pytest.fixture
def shop_variable(monkeypatch):
    def put(value):
        monkeypatch.setenv("ZHANGGUI_SHOP", str(value))
        settings.cache_clear()

    put("")
    yield put
    settings.cache_clear()


def test_the_option_wins_over_the_environment_over_the_sample(tmp_path, shop_variable) -> None:
    first, second = write(tmp_path / "一", MINIMAL), write(tmp_path / "two", MINIMAL)
    assert resolve_shop() == shipped("knowledge_base")
    shop_variable(second)
    assert resolve_shop() == second
    assert resolve_shop(first) == first


def test_relative_paths_and_the_home_folder(tmp_path, shop_variable, monkeypatch) -> None:
    write(tmp_path / "shop", MINIMAL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for text in ("shop", "./shop/", "x/../shop", "~/shop"):
        assert resolve_shop(Path(text)) == tmp_path / "shop"


def test_what_is_no_shop(tmp_path, shop_variable) -> None:
    with pytest.raises(BadInput, match=r"--shop: .*nowhere is no folder") as raised:
        resolve_shop(tmp_path / "nowhere")
    assert "\n" not in str(raised.value)
    shop_variable(tmp_path)
    with pytest.raises(BadInput, match=r"ZHANGGUI_SHOP: .* has no shop\.yaml"):
        resolve_shop()


def test_links_are_kept(tmp_path) -> None:
    write(tmp_path / "release-1", MINIMAL)
    (tmp_path / "current").symlink_to(tmp_path / "release-1")
    assert resolve_shop(tmp_path / "current") == tmp_path / "current"
