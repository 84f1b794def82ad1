"""What the tests of identity share: the made-up shop's database in memory, a clock, a mailbox, a desk, a guest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from orders.book_shop import write_book_shop

from bot.conversation import Conversation, begin
from bot.identity.desk import Desk
from bot.shop.folder import load_shop
from bot.shop.types import Shop
from bot.store.database import Database, open_database
from bot.store.load import load_data
from bot.store.memory import MemoryLog
from bot.store.order_book import SqlOrderBook
from bot.store.order_state import copy_book

from .helpers import Clock, Mailbox, make_desk


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlOrderBook]:
    shop = load_shop(write_book_shop(tmp_path_factory.mktemp("pens")))
    real = open_database(f"sqlite:///{tmp_path_factory.mktemp('db') / 'shop.db'}")
    load_data(real, shop, shop.path)
    made = copy_book(SqlOrderBook(real, shop))
    real.close()
    yield made
    made.close()


@pytest.fixture
def shop(template: SqlOrderBook) -> Shop:
    return template.shop


@pytest.fixture
def database(template: SqlOrderBook) -> Iterator[Database]:
    copy = copy_book(template)
    yield copy.database
    copy.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def desk(database: Database, shop: Shop, clock: Clock, mailbox: Mailbox) -> Desk:
    return make_desk(database, shop, now=clock, mailer=mailbox)


@pytest.fixture
def guest(log: MemoryLog) -> Conversation:
    conversation = begin(log)
    conversation.visitor = "192.0.2.1"
    return conversation
