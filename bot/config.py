"""Settings of the machine, read from `ZHANGGUI_*` and `.env`. Knows nothing of any shop."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BadInput


class Settings(BaseSettings):
    """One field an environment variable; the contracts' table of variables in code."""

    model_config = SettingsConfigDict(env_prefix="ZHANGGUI_", env_file=".env", extra="ignore", env_ignore_empty=True)

    home: Path = Field(default=Path("~/.local/share/zhanggui"))
    models: Path | None = None
    shop: Path | None = None
    database_url: str | None = None
    writer: str = "llamacpp:qwen2.5-coder-1.5b"
    writer_key: str | None = None
    embedder: str = "multilingual-e5-small"
    secret: str | None = None
    audience: str | None = None
    api_key: str | None = None
    origins: str = ""
    trusted_proxies: str = ""
    smtp_url: str | None = None
    rate_limits: str = "on"
    now: str | None = None
    data: Path | None = None

    @property
    def home_dir(self) -> Path:
        """The folder of everything derived: models, indexes, databases, runs."""
        return _absolute(self.home)

    @property
    def models_dir(self) -> Path:
        """Where models are installed; outside any checkout so that a second clone downloads nothing."""
        return _absolute(self.models) if self.models else self.home_dir / "models"


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:
        raise BadInput(f"{path}: {error}; set ZHANGGUI_HOME and ZHANGGUI_MODELS to folders that exist") from error


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once. Tests call `settings.cache_clear()` after changing the environment.

    Raises BadInput for a `.env` that cannot be read.
    """
    try:
        return Settings()
    except (OSError, ValueError) as error:
        raise BadInput(f".env or ZHANGGUI_*: cannot be read ({error}); mend the file or the variable") from error
