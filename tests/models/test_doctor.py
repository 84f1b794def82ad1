from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from bot.config import settings
from bot.models.doctor import Finding, default_models, examine
from bot.models.pull import pull

from .helpers import FakeRegistry, Heard, toy, toy_registry, write_list


def _use(monkeypatch: pytest.MonkeyPatch, writer: str, embedder: str) -> None:
    monkeypatch.setenv("ZHANGGUI_WRITER", writer)
    monkeypatch.setenv("ZHANGGUI_EMBEDDER", embedder)
    settings.cache_clear()


def test_the_models_looked_for_are_those_the_settings_ask_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_models() == ["multilingual-e5-small", "qwen2.5-coder-1.5b"]
    for writer in ("none", "openai:http://127.0.0.1:1/v1#m", "transformers:some/model"):
        _use(monkeypatch, writer, "all-minilm-l6-v2")
        assert default_models() == ["all-minilm-l6-v2"]


def test_missing_models_come_with_the_command_that_fetches_them(home: Path) -> None:
    found = {finding.name: finding for finding in examine()}
    assert found["python"].ok
    e5 = found["model multilingual-e5-small"]
    assert (e5.ok, e5.detail, e5.fix) == (
        False,
        "not installed",
        "zhanggui models pull multilingual-e5-small",
    )


def test_a_damaged_model_is_to_be_pulled_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_list(home, {"toy": toy([b"weights"])})
    _use(monkeypatch, "none", "toy")
    pull(["toy"], Heard(), fetch=FakeRegistry(toy_registry([b"weights"])))
    assert [finding.ok for finding in examine() if finding.name == "model toy"] == [True]
    (home / "models" / "toy" / "model.gguf").write_bytes(b"Weights")
    (finding,) = (finding for finding in examine() if finding.name == "model toy")
    assert (finding.ok, finding.fix) == (False, "zhanggui models pull toy --again")


def test_too_little_memory_or_disk_is_said_with_figures(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=2_000_000_000))
    usage = shutil.disk_usage("/")._replace(free=3_000_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    found = {finding.name: finding for finding in examine()}
    assert (found["memory"].ok, found["memory"].detail) == (False, "2.0 GB")
    assert not found["disk"].ok
    assert "3.0 GB free, 4.9 GB wanted" in found["disk"].detail


def test_other_checks_can_be_added(home: Path) -> None:
    extra = Finding("shop", False, "shop.yaml is missing", "zhanggui init DIR")
    assert examine([lambda: extra])[-1] == extra
