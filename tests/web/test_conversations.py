"""The transcript is read, exported and deleted by whoever holds the credential; ratings are kept."""

from __future__ import annotations

from typing import Any

import pytest
from scripted import says, sure

from bot.services import Services
from bot.store.log import Feedback
from bot.store.memory import MemoryLog
from bot.web.tokens import sign

ASKED = {"en": "How long does delivery take?", "zh": "多久能送到？"}


def ask(client: Any, message: str = ASKED["en"], headers: dict[str, str] | None = None, **body: Any) -> Any:
    response = client.post(
        "/v1/chat",
        json={"message": message, **body},
        headers={"accept": "application/json", **(headers or {})},
    )
    assert response.status_code == 200
    return response.json()


def held(turn: dict[str, Any]) -> dict[str, str]:
    return {"x-conversation-key": turn["conversation_key"]}


@pytest.fixture
def turn(client: Any) -> Any:
    """The first turn of a guest."""
    return ask(client)


def test_the_transcript_holds_both_sides_with_their_citations(client: Any, turn: Any, services: Services) -> None:
    sure(services, 0.1)
    second = ask(client, ASKED["zh"], held(turn), conversation_id=turn["conversation_id"])
    response = client.get(f"/v1/conversations/{turn['conversation_id']}", headers=held(turn))
    assert response.headers["cache-control"] == "no-store"
    body = response.json()
    assert body["conversation_id"] == turn["conversation_id"] and body["handoff"] is None
    assert [m["role"] for m in body["messages"]] == ["user", "assistant"] * 2
    assert [m["text"] for m in body["messages"]] == [ASKED["en"], turn["reply"], ASKED["zh"], second["reply"]]
    assert body["messages"][1]["citations"] == turn["citations"] != []
    assert body["messages"][1]["message_id"] == turn["message_id"]
    assert body["messages"][3]["quick_replies"] == second["quick_replies"] != []
    assert "trace" not in response.text and turn["conversation_key"] not in response.text


def test_an_open_ticket_is_told(client: Any, turn: Any, services: Services) -> None:
    says(services, "人工", "human_agent")
    ticket = ask(client, "人工", held(turn), conversation_id=turn["conversation_id"])["handoff"]
    body = client.get(f"/v1/conversations/{turn['conversation_id']}", headers=held(turn)).json()
    assert body["handoff"] == ticket


def test_the_export_is_a_file_that_says_who_wrote(client: Any, turn: Any) -> None:
    response = client.get(f"/v1/conversations/{turn['conversation_id']}/export", headers=held(turn))
    assert response.headers["content-disposition"] == f'attachment; filename="{turn["conversation_id"]}.json"'
    assert [m["speaker"] for m in response.json()["messages"]] == ["customer", "AI assistant"]


def test_a_deleted_conversation_is_gone(client: Any, turn: Any, log: MemoryLog) -> None:
    url = f"/v1/conversations/{turn['conversation_id']}"
    client.post("/v1/feedback", json={"message_id": turn["message_id"], "rating": 1})
    response = client.delete(url, headers=held(turn))
    assert (response.status_code, response.content) == (204, b"")
    for again in (client.get(url, headers=held(turn)), client.delete(url, headers=held(turn))):
        assert again.status_code == 404
    body = {"message": "hi", "conversation_id": turn["conversation_id"]}
    assert client.post("/v1/chat", json=body, headers=held(turn)).status_code == 404
    assert client.post("/v1/feedback", json={"message_id": turn["message_id"], "rating": 1}).status_code == 404
    assert log._events == {} and log._feedback == {}


@pytest.mark.parametrize(("method", "suffix"), [("get", ""), ("get", "/export"), ("delete", "")])
def test_a_wrong_credential_and_a_wrong_id_look_alike(client: Any, turn: Any, method: str, suffix: str) -> None:
    other = ask(client)
    customer = ask(client, customer_token=sign("u1", 60))
    tries = [
        (turn, {}),
        (turn, {"x-conversation-key": "wrong"}),
        (turn, held(other)),
        (turn, {"x-customer-token": sign("u1", 60)}),
        ({"conversation_id": "c_nobody"}, held(turn)),
        (customer, {}),
        (customer, held(turn)),
        (customer, {"x-customer-token": sign("u2", 60)}),
        (customer, {"x-customer-token": sign("u1", -5)}),
        (customer, {"x-customer-token": sign("u1", 60) + "x"}),
        (customer, {"x-customer-token": "x.y.z"}),
        (turn, {**held(turn), "x-customer-token": sign("u1", -5)}),
        (turn, {**held(turn), "x-customer-token": "x.y.z"}),
        ({"conversation_id": "c_nobody"}, {"x-customer-token": "x.y.z"}),
    ]
    seen = set()
    for of, headers in tries:
        response = client.request(method, f"/v1/conversations/{of['conversation_id']}{suffix}", headers=headers)
        seen.add((response.status_code, response.headers["content-type"], response.text))
    assert len(seen) == 1
    assert next(iter(seen))[:2] == (404, "application/problem+json")
    for of, headers in ((turn, held(turn)), (customer, {"x-customer-token": sign("u1", 60)})):
        assert client.get(f"/v1/conversations/{of['conversation_id']}", headers=headers).status_code == 200


# --- feedback ---


def test_a_rating_is_kept_and_the_last_one_counts(client: Any, turn: Any, log: MemoryLog) -> None:
    for rating, comment in ((1, None), (-1, "wrong 错了")):
        body = {"message_id": turn["message_id"], "rating": rating, "comment": comment}
        assert client.post("/v1/feedback", json=body).status_code == 204
    assert log.feedback(turn["conversation_id"]) == [
        Feedback(turn["message_id"], turn["conversation_id"], -1, "wrong 错了")
    ]


def test_a_message_that_is_not_there(client: Any) -> None:
    response = client.post("/v1/feedback", json={"message_id": "m_nobody", "rating": 1})
    assert response.status_code == 404 and response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "more",
    [
        {"rating": 0},
        {"rating": 2},
        {"rating": "1"},
        {"rating": None},
        {"rating": 1, "comment": "x" * 2001},
        {"rating": 1, "comment": 5},
    ],
    ids=lambda more: str(more)[:40],
)
def test_a_rating_that_is_none(client: Any, turn: Any, log: MemoryLog, more: Any) -> None:
    response = client.post("/v1/feedback", json={"message_id": turn["message_id"], **more})
    assert response.status_code == 422
    assert log.feedback(turn["conversation_id"]) == []
