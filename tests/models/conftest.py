"""A home of its own for every test, so that no test sees or touches the models of the machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """ZHANGGUI_HOME, empty."""
    folder = tmp_path / "home"
    for name in ("ZHANGGUI_MODELS", "ZHANGGUI_WRITER", "ZHANGGUI_EMBEDDER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZHANGGUI_HOME", str(folder))
    settings.cache_clear()
    yield folder
    settings.cache_clear()
