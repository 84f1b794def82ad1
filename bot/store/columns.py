"""Kinds of columns that SQLAlchemy has not: instants, words from people, JSON. Knows no table."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, String, Text
from sqlalchemy.types import TypeDecorator

# PostgreSQL keeps no NUL in text. This character of a private plane stands for it there and comes back as NUL.
_NUL = "\U000f0000"


def storable(text: str) -> str:
    """A text to look for: what no database could keep (NUL, half of a surrogate pair) is replaced and so never found."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


class Instant(TypeDecorator[datetime]):
    """A moment: aware in Python, ISO 8601 in UTC in the database, so that it sorts as text on every database."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class Words(TypeDecorator[str]):
    """Text that people wrote: it comes back as it was on every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        kept = value.encode("utf-8", "replace").decode()
        return kept.replace("\0", _NUL) if dialect.name == "postgresql" else kept

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return str(value).replace(_NUL, "\0") if dialect.name == "postgresql" else str(value)


class Json(TypeDecorator[Any]):
    """A JSON value as text, which every database keeps byte for byte."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        # Half of a surrogate pair, which no database keeps, becomes its JSON escape.
        return (
            None
            if value is None
            else json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
        )

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)
