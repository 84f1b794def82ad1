"""Finds order numbers, e-mails, phones and amounts of money in a message, and masks what is personal. Knows nothing of shops."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

EntityKind = Literal["email", "phone", "order", "money"]
# Latin letters and digits only: \w would take the Chinese words that stand beside a number without a space.
_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
_EMAILS = (
    re.compile(rf"(?<![A-Za-z0-9_])[A-Za-z0-9_][A-Za-z0-9._%+'-]{{0,200}}@{_DOMAIN}"),
    # What RFC 5322 allows and hardly anybody has; tried last, since "mail=a@b.cn" is a@b.cn.
    re.compile(rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]{{1,64}}@{_DOMAIN}"),
)
_MOBILE = r"(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}"
_PHONE = re.compile(rf"(?<![A-Za-z0-9_#])(?:{_MOBILE}|\+?\d(?:[ \t()-]{{0,2}}\d){{7,14}})(?![A-Za-z0-9_])")
_DATE = re.compile(r"(?:19|20)\d\d[ -]\d{1,2}[ -]\d{1,2}(?!\d)|\d{1,2}[ -]\d{1,2}[ -](?:19|20)\d\d(?!\d)")
_ORDER = re.compile(
    r"#\s?([A-Za-z]{0,4}-?\d[A-Za-z0-9_-]{2,20})|(?<![A-Za-z0-9_-])([A-Za-z]{1,4}-?\d{4,18})(?![A-Za-z0-9_-])"
    r"|(?<![A-Za-z0-9_.])(\d{5,18})(?![A-Za-z0-9_]|\.\d)"
)
_MONEY = re.compile(
    r"(?:[¥￥$€£]|RMB|USD|HK\$|S\$)\s?\d[\d,]{0,15}(?:\.\d{1,2})?"
    r"|(?<![\d,.])\d[\d,]{0,15}(?:\.\d{1,2})?\s?(?:元|块钱?|yuan|dollars?|usd|rmb|cny)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entity:
    """Something named in the message; `start` and `end` are places in its NFKC form."""

    kind: EntityKind
    value: str
    start: int
    end: int


def find_entities(text: str) -> list[Entity]:
    """Entities in order of appearance; they never overlap, the first kind of the list above wins."""
    plain = unicodedata.normalize("NFKC", text)
    found: list[Entity] = []

    def add(kind: EntityKind, start: int, end: int, value: str) -> None:
        if all(end <= e.start or start >= e.end for e in found):
            found.append(Entity(kind, value, start, end))

    for pattern in _EMAILS:
        for match in pattern.finditer(plain):
            add("email", *match.span(), match.group().lower())
    for match in _MONEY.finditer(plain):
        add("money", *match.span(), match.group())
    for match in _PHONE.finditer(plain):
        digits = re.sub(r"\D", "", match.group())
        # A bare run of digits is a phone only in the form of a Chinese mobile number; else it is an order's.
        if not _DATE.match(match.group()) and (match.group() != digits or re.fullmatch(_MOBILE, digits)):
            add("phone", *match.span(), digits)
    for match in _ORDER.finditer(plain):
        add("order", *match.span(), next(g for g in match.groups() if g).upper())
    return sorted(found, key=lambda e: e.start)


def mask(text: str) -> str:
    """The text for logs: e-mails, phones and order numbers replaced by their kind."""
    plain = unicodedata.normalize("NFKC", text)
    for entity in reversed(find_entities(text)):
        if entity.kind != "money":
            plain = f"{plain[: entity.start]}<{entity.kind}>{plain[entity.end :]}"
    return plain
