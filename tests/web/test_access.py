"""A token that does not hold is refused and noted, whatever is wrong with it, without filling the disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from identity.helpers import Clock, actions, audit, make_desk

from bot.identity.limits import REFUSALS_OF_VISITOR
from bot.services import Services
from bot.store.database import Database, open_database
from bot.store.memory import MemoryLog
from bot.web.tokens import sign


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(f"sqlite:///{tmp_path / 'shop.db'}")
    yield made
    made.close()


@pytest.fixture
def client(services: Services, log: MemoryLog, database: Database) -> Iterator[Any]:
    from fastapi.testclient import TestClient

    from bot.web.app import create_app
    from bot.web.state import WebState

    desk = make_desk(database, services.shop, now=Clock())
    with TestClient(create_app(WebState(replace(services, desk=desk), log))) as made:
        yield made


def test_what_is_refused_is_noted(client: Any, database: Database) -> None:
    for token in (sign("u1", -5), "x.y.z"):
        assert client.post("/v1/chat", json={"message": "hi", "customer_token": token}).status_code == 401
        headers = {"x-customer-token": token}
        assert client.get("/v1/conversations/c_1", headers=headers).status_code == 404
    assert actions(database) == ["token_refused"] * 4
    assert "testclient" not in str(audit(database)) and "x.y.z" not in str(audit(database))


def test_only_so_much_is_noted(client: Any, database: Database) -> None:
    for _ in range(REFUSALS_OF_VISITOR + 3):
        assert client.post("/v1/chat", json={"message": "hi", "customer_token": "x.y.z"}).status_code == 401
    assert len(audit(database)) == REFUSALS_OF_VISITOR


def test_a_turn_knows_its_visitor_and_keeps_no_address(client: Any, log: MemoryLog) -> None:
    turn = client.post("/v1/chat", json={"message": "hi"}, headers={"accept": "application/json"}).json()
    live = client.app.state.web.resume(turn["conversation_id"], turn["conversation_key"], None)
    assert live.visitor == "testclient"
    assert "testclient" not in str(log.events(live.id))
