"""The log in memory keeps the contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.store.memory import MemoryLog

from .contract import LogContract


class TestMemoryLog(LogContract):
    @pytest.fixture
    def log(self) -> Iterator[MemoryLog]:
        made = MemoryLog()
        yield made
        made.close()
