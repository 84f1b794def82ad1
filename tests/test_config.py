"""Settings come from the environment, the environment wins over `.env`, and what cannot be read is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings, settings
from bot.errors import BadInput
from bot.resources import shipped


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHANGGUI_HOME")
    monkeypatch.setenv("HOME", "/somewhere")
    settings.cache_clear()
    found = settings()
    assert found.home_dir == Path("/somewhere/.local/share/zhanggui")
    assert found.models_dir == found.home_dir / "models"
    assert found.writer.startswith("llamacpp:") and found.secret is None and found.rate_limits == "on"


def test_models_may_live_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHANGGUI_MODELS", str(tmp_path / "models"))
    settings.cache_clear()
    assert settings().models_dir == tmp_path / "models"


def test_a_relative_home_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZHANGGUI_HOME", "here")
    settings.cache_clear()
    assert settings().home_dir == tmp_path / "here"


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_SECRET", "")
    settings.cache_clear()
    assert settings().secret is None


def test_a_home_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_HOME", "~no-such-user/x")
    settings.cache_clear()
    with pytest.raises(BadInput, match="ZHANGGUI_HOME"):
        settings().home_dir  # noqa: B018


@pytest.fixture
def dotenv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setitem(Settings.model_config, "env_file", ".env")
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    return tmp_path / ".env"


def test_the_environment_wins_over_the_file(dotenv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dotenv.write_text("ZHANGGUI_WRITER=none\nZHANGGUI_AUDIENCE=file\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("ZHANGGUI_AUDIENCE", "environment")
    settings.cache_clear()
    assert (settings().writer, settings().audience) == ("none", "environment")


def test_a_file_that_cannot_be_read(dotenv: Path) -> None:
    dotenv.write_bytes(b"ZHANGGUI_WRITER=\xff\xfe\n")
    with pytest.raises(BadInput, match=r"\.env"):
        settings()


def test_what_ships() -> None:
    assert (shipped("knowledge_base") / "shop.yaml").is_file()
    assert (shipped("prompts") / "answer.en.j2").is_file()
