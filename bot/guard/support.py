"""Checks that a reply's words come from its sources, not from the question or from nowhere. Knows nothing of how it was written.

A small model that knows no answer likes to turn the question into one ("Do you have an app or just the website?" - "The
website."): no number is wrong in that, but hardly a word of it stands in a source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.guard.numbers import numbers
from bot.text import nfkc
from bot.words import content_words

# Least share of a sentence's words that must stand in the sources; chosen on the sample shop's choosing half.
LEAST = 0.5
# Words that answer without stating a fact.
_PLAIN = frozenset(
    "yes sorry however unfortunately after before within need able possible applies apply still free".split()
)
_PLAIN_ZH = (
    "可以",
    "不可",
    "好的",
    "没有",
    "不能",
    "需要",
    "不用",
    "不会",
    "您的",
    "如果",
    "但是",
    "因此",
    "所以",
    "以内",
    "之内",
    "是的",
    "的话",
    "仍然",
    "请您",
)


def pairs(text: str) -> set[str]:
    """Pairs of neighbouring Chinese characters: segmentation differs from sentence to sentence, pairs do not."""
    return {run[i : i + 2] for run in re.findall(r"[一-鿿]+", nfkc(text)) for i in range(len(run) - 1)}


def share(sentence: str, sources: Iterable[str]) -> float:
    """The share (0..1) of the sentence's meaning-carrying words and numbers that stand in the sources; 1 when it has none."""
    ground = "\n".join(sources)
    chinese = pairs(sentence) - set(_PLAIN_ZH)
    words = {w for w in content_words(sentence) if w.isascii() and not w[0].isdigit() and w not in _PLAIN}
    figures = numbers(sentence)
    total = len(chinese) + 2 * len(words) + 2 * len(figures)
    if not total:
        return 1.0
    found = len(chinese & pairs(ground)) + 2 * len(words & content_words(ground)) + 2 * len(figures & numbers(ground))
    return found / total


def unsupported(sentence: str, sources: Iterable[str], least: float = LEAST) -> bool:
    """Whether too little of the sentence stands in the sources for it to rest on them."""
    return share(sentence, sources) < least
