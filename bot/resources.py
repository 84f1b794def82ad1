"""Finds the files that ship beside the code: the sample shop and the prompts, in a checkout or an installed wheel."""

from __future__ import annotations

from pathlib import Path

from bot.errors import Failure

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder `name` ("knowledge_base", "prompts") of the checkout, else the wheel's copy.

    Raises Failure when the installation holds neither.
    """
    for candidate in (_PACKAGE.parent / name, _PACKAGE / "_bundled" / name):
        if candidate.is_dir():
            return candidate
    raise Failure(f"{name}: not found beside the package {_PACKAGE}; reinstall zhanggui")
