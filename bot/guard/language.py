"""Checks that a reply is in the turn's language, by script. Knows nothing of how it was written."""

from __future__ import annotations

import re

from bot.text import CJK

_LATIN = re.compile(r"[A-Za-z]{2,}")


def in_language(reply: str, language: str) -> bool:
    """Whether the reply reads as `language`: names and codes of the other script are allowed, its sentences are not."""
    chinese, latin = len(CJK.findall(reply)), len(_LATIN.findall(reply))
    if language == "zh":
        return chinese > 0 and chinese * 2 >= latin or latin <= 2
    # A Chinese name may stand in an English sentence; a few characters alone are no English sentence.
    return chinese <= max(4, latin // 3) and (latin > 0 or chinese == 0)
