"""The claims ledger: every number and code in a reply must stand in what the reply rests on.

Knows nothing of where sources come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.guard.equivalents import equivalents
from bot.guard.numbers import normal, numbers, written

_MARK = re.compile(r"\[\d+\]")
# Latin letters and digits only: in 使用SAVE20结账 the code has no space around it.
_TOKEN = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_JOINED = 4  # words of a source that one code may run together: "iPhone15" for "iPhone 15"
_MEASURE = re.compile(
    r"(?:x|rmb?|rs|usd|sgd|hkd|myr|cny|eur|gbp|jpy|krw|twd|thb|aud|cad)\d+|\d+(?:x\d+)+|\d+(?:x\d+)*(?:st|nd|rd|th|am|pm|x|[kmgt]b|[kmg]?bps|[km]?g|mg|oz|lbs?|[kcm]?m[23]?|inch|in|ft|m?l|cl|m?a?h|mah|[km]?wh?|[kmg]?hz|v|a|p|k|d|"
    r"s|secs?|mins?|hrs?|hours?|days?|wks?|weeks?|months?|mo|yrs?|years?|pcs?|pack|rmb|usd|cny|hkd|sgd|yuan)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:https?://|(?<![A-Za-z0-9.-])www\.)[A-Za-z0-9._~:/?#@!$&'*+,;=%-]+"
    r"|(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)


def ungrounded(reply: str, sources: Iterable[str]) -> list[str]:
    """The numbers, codes and addresses in `reply` that stand in none of `sources` as values; best empty."""
    said, ground = normal(_MARK.sub(" ", reply)), normal("\n".join(sources))
    # The 5 of WH-1000XM5 is no ground for "5 days": codes are looked at as codes.
    given = numbers(_TOKEN.sub(_without_code, ground)) | equivalents(ground)
    found = [written(n) for n in sorted(numbers(_TOKEN.sub(_without_code, said)) - given)]
    codes = dict.fromkeys(token for token in _TOKEN.findall(said) if _is_code(token))
    known = _spellings(ground)
    found += [code for code in codes if code.replace("-", "").lower() not in known]
    addresses = _addresses(ground)
    return found + [address for address in _addresses(said) if address not in addresses]


def _without_code(match: re.Match[str]) -> str:
    return " " if _is_code(match.group()) else match.group()


def _is_code(token: str) -> bool:
    """Whether it is an order number, model or coupon: letters and digits, but no measure (5kg, 30-day)."""
    first, *rest = token.split("-")
    # LT-10023 is a code; 30-day, 24-hour and top-10 are words whose number is checked as one.
    if rest and first.isupper() and any(c.isdigit() for c in token):
        return True
    mixed = [s for s in (first, *rest) if not s.isalpha() and not s.isdigit()]
    return any(not _MEASURE.fullmatch(s) for s in mixed)


def _spellings(text: str) -> set[str]:
    """The codes that `text` may be said to hold: its words, alone and a few run together, without hyphens."""
    tokens = _TOKEN.findall(text)
    words = [part.lower() for token in tokens for part in token.split("-")]
    runs = {"".join(words[i : i + n]) for n in range(1, _JOINED + 1) for i in range(len(words))}
    return runs | {token.replace("-", "").lower() for token in tokens}


def _addresses(text: str) -> dict[str, None]:
    """Web and e-mail addresses in order, without the punctuation of the sentence around them."""
    return dict.fromkeys(a.lower().rstrip(".,;:!?'/") for a in _ADDRESS.findall(text))
