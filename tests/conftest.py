"""What all tests share: their own settings and home, a small shop, and services without a model."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted import make_services, write_shop

from bot.answerer import Answerer
from bot.config import Settings, settings
from bot.conversation import Conversation, begin
from bot.services import Services
from bot.shop.folder import load_shop
from bot.store.memory import MemoryLog


@pytest.fixture(autouse=True)
def _own_settings(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees the settings or the home of the machine; one marked `model` sees its models."""
    settings.cache_clear()
    models = settings().models_dir
    for name in [name for name in os.environ if name.startswith("ZHANGGUI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.setenv("ZHANGGUI_HOME", str(tmp_path / "home"))
    if request.node.get_closest_marker("model"):
        monkeypatch.setenv("ZHANGGUI_MODELS", str(models))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def home() -> Path:
    """ZHANGGUI_HOME: a folder of the test's own, not made yet."""
    return settings().home_dir


@pytest.fixture
def shop_folder(tmp_path: Path) -> Path:
    """A small shop in two languages."""
    return write_shop(tmp_path / "shop")


@pytest.fixture
def services(shop_folder: Path) -> Services:
    """The parts of the small shop, with a scripted writer that is down until a test gives it words."""
    return make_services(load_shop(shop_folder))


@pytest.fixture
def answerer(services: Services) -> Iterator[Answerer]:
    """The small shop, answering in this process."""
    with Answerer(services, MemoryLog()) as made:
        yield made


@pytest.fixture
def log() -> MemoryLog:
    """A conversation log in memory."""
    return MemoryLog()


@pytest.fixture
def client(services: Services, log: MemoryLog) -> Iterator[Any]:
    """An HTTP client of the small shop's application; an exception in a route is a response, as elsewhere."""
    from fastapi.testclient import TestClient

    from bot.web.app import create_app
    from bot.web.state import WebState

    with TestClient(create_app(WebState(services, log)), raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def conversation(log: MemoryLog) -> Conversation:
    """A guest's conversation."""
    return begin(log)
