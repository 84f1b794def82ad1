"""Finds the shop folder that a command works on. Knows nothing of what is in it."""

from __future__ import annotations

import os
from pathlib import Path

from bot.config import settings
from bot.errors import BadInput
from bot.resources import shipped
from bot.shop.textfile import is_folder, is_there

CONFIG = "shop.yaml"


def absolute(path: Path) -> Path:
    """`path` made absolute, without `~` and `..`; links stay: what a link shows may change."""
    return Path(os.path.normpath(path.expanduser().absolute()))


def resolve_shop(option: Path | None = None) -> Path:
    """The absolute shop folder: `option` (--shop), else ZHANGGUI_SHOP, else the shipped sample shop.

    Raises BadInput when it is no folder with a shop.yaml.
    """
    given, source = (option, "--shop") if option is not None else (settings().shop, "ZHANGGUI_SHOP")
    if given is None:
        return absolute(shipped("knowledge_base"))
    path = absolute(given)
    if not is_folder(path):
        raise BadInput(
            f"{source}: {path} is no folder that can be read; `zhanggui init DIR` writes a shop to start from"
        )
    if not is_there(path / CONFIG):
        raise BadInput(f"{source}: {path} has no {CONFIG}; `zhanggui init DIR` writes a shop to start from")
    return path
