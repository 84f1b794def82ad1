"""Options and output that several verbs share. Knows nothing of any verb."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

ShopOption = Annotated[
    Path | None, typer.Option("--shop", help="The shop folder (default ZHANGGUI_SHOP, else the sample shop).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else.")]
LangOption = Annotated[
    str | None, typer.Option("--lang", help="zh or en: the language where the text does not tell its own.")
]


def emit(value: Any) -> None:
    """One JSON value as one line on stdout, at once; escaped where stdout cannot take the characters as they are."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(value)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def read_stdin() -> str:
    """All of standard input; bytes that are no text are replaced."""
    return sys.stdin.buffer.read().decode("utf-8-sig", "replace")


def check_language(language: str | None) -> str | None:
    """zh, en or None. Raises BadInput otherwise."""
    from bot.errors import BadInput

    if language not in (None, "zh", "en"):
        raise BadInput(f"--lang: {language!r} is not a language of this program; use zh or en")
    return language
