"""What goes in comes out, whatever people write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select

from bot.store.columns import Instant, Json, Words, storable

_table = Table(
    "t",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", Instant),
    Column("w", Words),
    Column("j", Json),
)


def through(url: str, **values: object) -> dict[str, object]:
    engine = create_engine(url)
    with engine.begin() as connection:
        _table.create(connection, checkfirst=True)
        connection.execute(insert(_table).values(**values))
        row = connection.execute(select(_table).order_by(_table.c.id.desc())).mappings().first()
    engine.dispose()
    return dict(row or {})


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_words_and_json_come_back(text: str) -> None:
    row = through("sqlite://", w=text, j={"text": [text]})
    assert (row["w"], row["j"]) == (text, {"text": [text]})


@pytest.mark.parametrize("text", ["\ud83c", "a\udfffb"])
def test_half_a_character_harms_nothing(text: str) -> None:
    row = through("sqlite://", w=text, j=[text])
    assert row["w"] == text.replace("\ud83c", "?").replace("\udfff", "?")
    assert row["j"] == [text]


@pytest.mark.postgres
def test_the_same_on_a_server(postgres: str) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    row = through(postgres, at=at, w="a\0b灯笼🏮", j=["\0", "\ud83c", 1.5])
    assert (row["at"], row["w"], row["j"]) == (at, "a\0b灯笼🏮", ["\0", "\ud83c", 1.5])


@settings(max_examples=50, deadline=None)
@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)), st.integers(-12 * 60, 14 * 60))
def test_a_moment_comes_back_in_utc(moment: datetime, minutes: int) -> None:
    at = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    found = through("sqlite://", at=at)["at"]
    assert isinstance(found, datetime)
    assert found == at and found.utcoffset() == timedelta()


@given(st.text())
def test_what_is_looked_for_can_be_asked_of_any_database(text: str) -> None:
    found = storable(text)
    assert "\0" not in found
    found.encode("utf-8")
