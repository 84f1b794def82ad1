"""Tells whether a message leans on the one before it, and joins the two for searching. Knows nothing of models.

Code decides, since a rewrite by the model costs seconds; the joined text is only what is searched, never what is shown.
"""

from __future__ import annotations

import re

from bot.text import CJK, nfkc
from bot.words import content_words

_START = re.compile(
    r"^(?:(?:and|but|or|so|then|what about|how about|what if|also|same|ok(?:ay)?,? (?:and|but|so)|even if|except|only)\b|"
    r"那|那么|那要是|那如果|要是|如果|还有|另外|但|可是|不过|换成|改成|同样|也|这样|这个|那个|它|他们|她)",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|that one|this one|those|these|the other|the same|(?<!is )(?<!are )there|that|"
    r"instead|either|one)\b|呢[?？。]?$|这个|那个|它|这种|那种|也是|一样",
    re.IGNORECASE,
)


def leans_back(text: str, earlier: str | None) -> bool:
    """Whether `text` is probably not understandable without `earlier`."""
    if not earlier:
        return False
    plain = nfkc(text)
    words = content_words(plain)
    length = len(CJK.findall(plain)) if CJK.search(plain) else 2 * len(plain.split())
    starts, points = bool(_START.search(plain)), bool(_POINTS_BACK.search(plain))
    if starts:
        return length <= 40
    if points:
        return length <= 26 or len(words) <= 2
    return length <= 10 and len(words) <= 2


def joined(text: str, earlier: str) -> str:
    """The question to search for: what was asked before, then what is asked now."""
    return f"{earlier.rstrip()} {text}"
