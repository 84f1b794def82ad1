"""Checks that a reply is in the turn's language, by script. Knows nothing of how it was written."""

from __future__ import annotations

import re

from bot.text import CJK

_LATIN = re.compile(r"[A-Za-z]{2,}")
_ADDRESS = re.compile(r"https?://[!-~]+|(?<![!-~])[!-~]+@[!-~]+")
_LOWER = re.compile(r"\b[a-z]{3,}\b")  # a word of a sentence; names and codes have capitals


def in_language(reply: str, language: str) -> bool:
    """Whether the reply reads as `language`: names and codes of the other may stand in it, sentences not."""
    text = _ADDRESS.sub(" ", reply)
    chinese, latin = len(CJK.findall(text)), len(_LATIN.findall(text))
    if language == "zh":
        return chinese * 2 >= latin if chinese else latin <= 2 and not _LOWER.search(text)
    # A Chinese name may stand in an English sentence; a few characters alone are no English sentence.
    return chinese <= max(4, latin // 3) and (latin > 0 or chinese == 0)
