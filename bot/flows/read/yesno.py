"""Reads the answer to "shall I do this?". Knows nothing of what was asked; a yes moves money, so in doubt it is none."""

from __future__ import annotations

import re
from typing import Literal

from bot.flows.read.words import normal, phrase, table

Answer = Literal["yes", "no", "twist"]

_ASKS = re.compile(
    r"[?？]|吗|(?:对|是|行|可以|好|能)不(?:对|是|行|可以|好|能)|呢\s*$|多少|怎么|什么|为什么|几天|几号|什么时候"
    r"|^\s*(?:how|what|when|where|why|which|who|whose|is|are|am|do|does"
    r"|did|can|could|will|would|should|may|has|have)\b"
)
_CUT = re.compile(r"[\s,.;:!~…、，。！；：～—()\"'“”-]+")
_THUMBS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f\u200d]")


def read_answer(text: str, flow: str | None = None) -> Answer | None:
    """yes, no, or twist ("yes, but ...", "wait, only the lamp": something is to be corrected); None when it is no answer.

    A question is never a yes, nor is a message that says more than that it agrees; only what `flow` does may be said
    again ("yes, cancel it" to a cancellation).
    """
    plain = _THUMBS.sub("", normal(text)).strip()
    if not plain:
        return None
    doubt, left = _eat(plain, "doubt")
    if doubt and not left:
        return None
    yes, left = _eat(plain, "yes")
    if yes and (not left or (flow and _again(flow).fullmatch(left))):
        return None if _ASKS.search(plain) else "yes"
    no, rest = _eat(plain, "no")
    if no and not rest:
        return "no"
    if _ASKS.search(plain):
        return None
    return _mixed(yes, left, no, rest)


def _mixed(yes: bool, left: str, no: bool, rest: str) -> Answer | None:
    """The answer in a message that says more than yes or no."""
    if yes:
        # "Yes no": whoever says both has not agreed.
        turned, after = _eat(left, "no")
        if turned and not after:
            return "no"
        return "twist" if turned or _words("twist").search(left) or _words("change").search(left) else None
    if no and _words("drop").search(rest):
        return "no"
    return "twist" if no or _words("twist").match(rest) else None


def _eat(text: str, kind: str) -> tuple[bool, str]:
    """Takes words of `kind` and mere politeness off the front: whether there was such a word, and what is left."""
    found = False
    left = _CUT.sub(" ", text).strip()
    while left:
        if match := _words(kind).match(left):
            found = True
        elif not (match := _words("polite").match(left)):
            break
        left = left[match.end() :].strip()
    return found, left


def _again(flow: str) -> re.Pattern[str]:
    ways = phrase(table("answers")["again"].get(flow, ())).pattern
    polite = _words("polite").pattern
    return re.compile(rf"(?:{ways})(?:\s*(?:{polite}))*")


def _words(kind: str) -> re.Pattern[str]:
    if kind not in _PATTERNS:
        _PATTERNS[kind] = phrase(" ".join(_CUT.split(str(word).strip())) for word in table("answers")[kind])
    return _PATTERNS[kind]


_PATTERNS: dict[str, re.Pattern[str]] = {}
