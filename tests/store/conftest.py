"""Databases for tests of the store: SQLite always, PostgreSQL where ZHANGGUI_TEST_POSTGRES names a server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from orders.book_shop import write_book_shop
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bot.shop.folder import load_shop
from bot.shop.types import Shop

# Read before tests get an environment of their own.
SERVER = os.environ.get("ZHANGGUI_TEST_POSTGRES")


@pytest.fixture
def postgres() -> Iterator[str]:
    """The URL of a schema of the test's own, which is made much faster than a database."""
    if not SERVER:
        pytest.skip("ZHANGGUI_TEST_POSTGRES names no server (a throw-away one will do)")
    name = f"test_{uuid.uuid4().hex}"
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
        url = make_url(SERVER).update_query_dict({"options": f"-csearch_path={name}"})
        yield url.render_as_string(hide_password=False)
        with server.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    finally:
        server.dispose()


@pytest.fixture
def book_shop(tmp_path: Path) -> Shop:
    """The made-up shop with orders."""
    return load_shop(write_book_shop(tmp_path / "pens"))
