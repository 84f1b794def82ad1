"""The kinds of values that stand in shop files, as pydantic types. Knows nothing of files or lines.

Validation gets a `FieldContext`: a plain string where `{en, zh}` is expected counts for every locale of the
shop, amounts have the currency's decimals, naive times are in the shop's timezone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationInfo

from bot.shop.currency import decimals, parse_amount
from bot.shop.moments import parse_date, parse_moment, parse_time_of_day
from bot.shop.problems import shown, unknown
from bot.shop.vocabulary import LANGUAGES

UTC = ZoneInfo("UTC")
_ID = re.compile(r"[^\s#]{1,200}")
_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


@dataclass(frozen=True)
class FieldContext:
    """What a value's meaning depends on: the shop's locales, currency and timezone."""

    locales: tuple[str, ...] = LANGUAGES
    currency: str = ""
    timezone: ZoneInfo = UTC


def context_of(info: ValidationInfo) -> FieldContext:
    """The context of a running validation; a neutral one where none was given."""
    return info.context if isinstance(info.context, FieldContext) else FieldContext()


def one_of(what: str, words: Iterable[str]) -> AfterValidator:
    """Restricts text to a closed set, with a message that names the nearest word."""
    known = tuple(words)

    def check(value: str) -> str:
        if value not in known:
            raise ValueError(unknown(what, value, known))
        return value

    return AfterValidator(check)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _some(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueError("is empty")
    return values


def _spread(value: Any, info: ValidationInfo) -> Any:
    return dict.fromkeys(context_of(info).locales, value) if isinstance(value, str | list) else value


def _parsed(parse: Callable[[str, FieldContext], Any], kind: type) -> BeforeValidator:
    def check(value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, kind):
            return value
        if not isinstance(value, str):
            raise ValueError("should be a single value")
        return parse(value.strip(), context_of(info))

    return BeforeValidator(check)


def _identifier(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError(f"{shown(value)} is no id: no spaces, no '#', at most 200 characters")
    return value


def _link(value: str) -> str:
    scheme = _SCHEME.match(value)
    if (scheme and scheme[1].lower() not in _SCHEMES) or re.search(r"[\s<>\"\\\x00-\x1f]", value):
        raise ValueError(f"{shown(value)} is no link (http, https, mailto, tel or a path, without spaces)")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[Text, AfterValidator(_identifier)]
Link = Annotated[Text, AfterValidator(_link)]
Language = Annotated[str, one_of("language", LANGUAGES)]
SINGLE_TOO = BeforeValidator(_listed)
NOT_EMPTY = AfterValidator(_some)
Texts = Annotated[tuple[Text, ...], SINGLE_TOO]
Localized = Annotated[dict[Language, Text], BeforeValidator(_spread), Field(min_length=1)]
LocalizedTexts = Annotated[dict[Language, Annotated[Texts, NOT_EMPTY]], BeforeValidator(_spread), Field(min_length=1)]
Amount = Annotated[Decimal, _parsed(lambda text, c: parse_amount(text, decimals(c.currency)), Decimal)]
Moment = Annotated[datetime, _parsed(lambda text, c: parse_moment(text, c.timezone), datetime)]
LastMoment = Annotated[datetime, _parsed(lambda text, c: parse_moment(text, c.timezone, end_of_day=True), datetime)]
Day = Annotated[date, _parsed(lambda text, _: parse_date(text), date)]
TimeOfDay = Annotated[time, _parsed(lambda text, _: parse_time_of_day(text), time)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


def pick(texts: dict[str, str], language: str, locales: Iterable[str] = ()) -> str:
    """The text in `language`, else in the first of `locales` that has one, else any, else empty."""
    for wanted in (language, *locales):
        if wanted in texts:
            return texts[wanted]
    return next(iter(texts.values()), "")
