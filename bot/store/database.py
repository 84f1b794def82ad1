"""Opens a shop's database and says how it is read and written. Knows no table."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.errors import Failure

_BUSY_SECONDS = 15
_WRITE = "zhanggui_write"
_locks: dict[str, threading.Lock] = {}


class Database:
    """An engine, read and written so that a read sees one state and there is one writer at a time.

    Safe to use from several threads; on a file or a server also from several processes.
    """

    def __init__(self, engine: Engine, *, alone: bool = False) -> None:
        """`alone`: one connection for all threads (a database in memory), so that reads wait for each other too."""
        self.engine = engine
        self.in_memory = alone
        self._server = engine.dialect.name == "postgresql"
        lock = threading.Lock() if alone else _locks.setdefault(str(engine.url), threading.Lock())
        self._one_writer: AbstractContextManager[Any] = nullcontext() if self._server else lock
        self._one_reader: AbstractContextManager[Any] = lock if alone else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose queries all see the same state. Raises Failure when the database fails."""
        options = {"isolation_level": "REPEATABLE READ"} if self._server else {}
        with self._one_reader, _failing(), self.engine.connect() as plain:
            connection = plain.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, lock: str = "book") -> Iterator[Connection]:
        """A transaction that is durable at the end, or undone when the body raises.

        On SQLite there is one writer in all processes; on PostgreSQL one for each name of a `lock`.
        Raises Failure when the database fails.
        """
        with self._one_writer, _failing(), self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITE: True})
            with connection.begin():
                if self._server:
                    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(lock, 0))))
                yield connection

    @contextmanager
    def holding(self) -> Iterator[Any]:
        """The driver's own connection of a database in memory, which nobody else uses meanwhile."""
        with self._one_reader, self.engine.connect() as connection:
            yield connection.connection.driver_connection

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """The database at a SQLAlchemy URL, brought up to date. Raises Failure when it cannot be opened."""
    from bot.store.migrate import bring_up_to_date

    try:
        made = Database(_engine(url))
        try:
            bring_up_to_date(made)
        except BaseException:
            made.close()
            raise
    except (SQLAlchemyError, ImportError) as error:
        raise Failure(f"database {_safe(url)}: cannot be opened ({_reason(error)})") from error
    except Failure as error:
        raise Failure(f"database {_safe(url)}: cannot be opened ({str(error).removeprefix('database: ')})") from error
    return made


def memory_database() -> Database:
    """An empty SQLite database in memory, without tables; gone when it is closed."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    _prepare_sqlite(engine)
    return Database(engine, alone=True)


def _engine(url: str) -> Engine:
    sqlite = url.startswith("sqlite")
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS} if sqlite else {}, pool_pre_ping=not sqlite)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    event.listen(engine, "connect", _sqlite_settings)
    event.listen(engine, "begin", _sqlite_begin)


def _sqlite_settings(connection: Any, _: Any) -> None:
    # The driver's own BEGIN comes too late (before the first write): two that read first would both go on to write.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise Failure(f"database: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, IntegrityError):
        return "the record does not fit (an id that exists already, or one that does not)"
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _safe(url: str) -> str:
    """The URL without a password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "of ZHANGGUI_DATABASE_URL"
