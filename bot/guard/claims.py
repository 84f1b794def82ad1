"""The claims ledger: every number and code in a reply must stand in what the reply rests on. Knows nothing of where sources come from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.guard.numbers import equivalents, numbers

# A code holds letters and digits: an order or tracking number, a model, a coupon.
_CODE = re.compile(r"(?<![\w-])(?=[A-Za-z-]*\d)(?=\d*-?[A-Za-z])[A-Za-z\d]+(?:-[A-Za-z\d]+)*(?![\w-])")
_UNITS = re.compile(r"^\d+(?:\.\d+)?(?:st|nd|rd|th|am|pm|kg|g|cm|mm|m|km|ml|l|w|v|h|hrs?|days?|x|k|gb|mb|inch|in|oz|lb|lbs|yr|yrs|min|mins|pc|pcs|d)$")
_URL = re.compile(r"https?://[^\s)）\]]+|[\w.+-]+@[\w-]+\.[\w.]+")


def ungrounded(reply: str, sources: Iterable[str]) -> list[str]:
    """The numbers, codes and addresses in `reply` that stand in none of `sources` as values; empty when all are grounded."""
    text = unicodedata.normalize("NFKC", re.sub(r"\[\d+\]", " ", reply))
    ground = unicodedata.normalize("NFKC", "\n".join(sources))
    allowed = numbers(ground) | equivalents(ground)
    found = [str(n) for n in sorted(numbers(text) - allowed)]
    lowered = ground.lower()
    found += [c for c in _CODE.findall(text) if not _UNITS.match(c.lower()) and c.lower() not in lowered]
    found += [u for u in _URL.findall(text) if u.lower().rstrip(".,") not in lowered]
    return found
