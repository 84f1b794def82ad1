"""Brings a database to the newest form of its tables, one process at a time. Knows nothing of what the tables mean."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import Failure
from bot.store.database import Database

HEAD = "0003"
"""The newest revision in migrations/versions; a test compares the two."""
_FIRST = "0001"
_FOLDER = Path(__file__).resolve().parent / "migrations"


def version_of(database: Database) -> str | None:
    """The revision that a database has; None for one without any."""
    with database.reading() as connection:
        return _version(connection)


def bring_up_to_date(database: Database) -> bool:
    """Run what is missing in one transaction; False when nothing was. Safe to call from several processes at once.

    Raises Failure for a database of a newer program.
    """
    if version_of(database) == HEAD:
        return False
    with database.writing("migrate") as connection:
        if _version(connection) == HEAD:  # another process was faster
            return False
        _upgrade(connection)
        return True


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _upgrade(connection: Connection) -> None:
    # Only here: a database that is up to date is opened without loading Alembic.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    version = _version(connection)
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise Failure(f"database: it has the form {version} of a newer zhanggui; install that version or a later one")
    if version is None and inspect(connection).has_table("conversations"):
        command.stamp(config, _FIRST)  # made before there were revisions
    command.upgrade(config, "head")
