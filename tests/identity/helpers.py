"""A desk over the made-up shop, with a clock and a mailbox of the test's own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.identity.desk import Desk
from bot.identity.mail import Done, Letter, Mailer, MailServer
from bot.shop.types import Shop
from bot.store import tables as t
from bot.store.database import Database
from bot.store.proof_book import SqlProofBook

SECRET = "a secret of the tests' own, long enough for anything"


@dataclass
class Clock:
    """Stands still until it is told."""

    at: datetime = datetime(2026, 11, 1, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def tick(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass
class Mailbox(Mailer):
    """Keeps letters instead of sending them."""

    letters: list[Letter] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(MailServer("localhost", 1, "shop@example.com"))

    def post(self, letter: Letter, done: Done) -> None:
        self.letters.append(letter)
        done(None)

    @property
    def code(self) -> str:
        """The code of the last letter."""
        return next(line.strip() for line in self.letters[-1].text.splitlines() if line.startswith("    "))


def make_desk(database: Database, shop: Shop, **more: Any) -> Desk:
    desk = Desk(SqlProofBook(database), shop.config, SECRET, ("CN",), floor=0.0)
    return replace(desk, **more)


def audit(database: Database) -> list[dict[str, Any]]:
    """The audit's rows, oldest first."""
    with database.reading() as connection:
        return [dict(row) for row in connection.execute(select(t.audit).order_by(t.audit.c.id)).mappings()]


def actions(database: Database) -> list[str]:
    return [row["action"] for row in audit(database)]
