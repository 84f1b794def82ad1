"""The installed encoder's folder, for tests that train a little."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import settings
from bot.models.installed import is_ready, path_of


@pytest.fixture(scope="session")
def encoder_folder() -> Path:
    name = settings().embedder
    if not is_ready(name):
        pytest.skip(f"{name} is not installed; run `zhanggui models pull {name}`")
    pytest.importorskip("peft")
    return path_of(name)
