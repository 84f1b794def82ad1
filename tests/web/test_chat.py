"""`POST /v1/chat`: events and objects, credentials, and what a client that leaves or hurries does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from scripted import says, script, sure

from bot.errors import Failure, WriterUnavailable
from bot.services import Services
from bot.store.memory import MemoryLog
from bot.web.tokens import sign

ASKED = {"en": "How long does delivery take?", "zh": "多久能送到？"}
JSON = {"accept": "application/json"}
SSE = {"accept": "text/event-stream"}
EVENTS = {
    "routed",
    "citations",
    "delta",
    "products",
    "offers",
    "quick_replies",
    "awaiting",
    "action",
    "handoff",
    "done",
    "error",
}


def events(text: str) -> list[tuple[str, str, Any]]:
    """(event, id, data) of a stream, strictly read."""
    found = []
    assert text.endswith("\n\n")
    for block in text.removesuffix("\n\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        assert set(fields) == {"event", "data", "id"}
        found.append((fields["event"], fields["id"], json.loads(fields["data"])))
    return found


def ask(client: Any, message: str = ASKED["en"], **body: Any) -> Any:
    """The turn object."""
    headers = {**JSON, **body.pop("headers", {})}
    response = client.post("/v1/chat", json={"message": message, **body}, headers=headers)
    assert response.status_code == 200, response.text
    return response.json()


def held(turn: dict[str, Any]) -> dict[str, str]:
    """The header that proves a guest's conversation."""
    return {"x-conversation-key": turn["conversation_key"]}


# --- the stream ---


@pytest.mark.parametrize(
    "accept", [{}, SSE, {"accept": "*/*"}, {"accept": "text/event-stream, application/json;q=0.5"}]
)
def test_a_turn_is_a_stream_of_typed_events(client: Any, accept: dict[str, str]) -> None:
    response = client.post("/v1/chat", json={"message": ASKED["zh"]}, headers=accept)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    found = events(response.text)
    kinds = [kind for kind, _, _ in found]
    assert set(kinds) <= EVENTS
    assert kinds[0] == "routed" and kinds[-1] == "done" and kinds.count("done") == 1
    assert [int(number) for _, number, _ in found] == list(range(1, len(found) + 1))
    turn = found[-1][2]
    assert "".join(data["text"] for kind, _, data in found if kind == "delta") == turn["reply"]
    assert [data for kind, _, data in found if kind == "citations"] == [turn["citations"]]
    assert (turn["band"], turn["language"]) == ("direct", "zh") and "trace" not in turn


def test_line_breaks_in_a_reply_do_not_break_the_stream(client: Any, services: Services) -> None:
    text = "dónde está mi pedido por favor"  # another language: the reply begins with a note on a line of its own
    says(services, text, "cancel")
    found = events(client.post("/v1/chat", json={"message": text}).text)
    assert "\n" in found[-1][2]["reply"]


def test_a_refusal_offers_and_a_handoff_tells(client: Any, services: Services) -> None:
    sure(services, 0.1)
    found = events(client.post("/v1/chat", json={"message": ASKED["en"]}).text)
    assert ("quick_replies", ["Talk to a person"]) in [(kind, data) for kind, _, data in found]
    says(services, "get me a person", "human_agent")
    found = events(client.post("/v1/chat", json={"message": "get me a person"}).text)
    (handoff,) = [data for kind, _, data in found if kind == "handoff"]
    assert found[-1][2]["handoff"] == handoff and handoff["state"] == "waiting"


def test_an_error_in_the_middle_is_an_event(client: Any, services: Services) -> None:
    services.answerable.raises = Failure("disk full")  # type: ignore[attr-defined]
    found = events(client.post("/v1/chat", json={"message": ASKED["en"]}).text)
    assert found[-1][0] == "error"
    assert found[-1][2]["status"] == 503 and found[-1][2]["detail"] == "disk full"
    services.answerable.raises = ZeroDivisionError("hunter2")  # type: ignore[attr-defined]
    found = events(client.post("/v1/chat", json={"message": ASKED["en"]}).text)
    assert found[-1][2]["status"] == 500 and "hunter2" not in str(found)
    services.answerable.raises = None  # type: ignore[attr-defined]
    assert events(client.post("/v1/chat", json={"message": ASKED["en"]}).text)[-1][0] == "done"


# --- the object ---


@pytest.mark.parametrize("accept", ["application/json", "application/json, text/plain, */*"])
def test_the_turn_object_for_who_asks_for_json(client: Any, accept: str) -> None:
    response = client.post("/v1/chat", json={"message": ASKED["en"]}, headers={"accept": accept})
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    turn = response.json()
    assert turn["band"] == "direct" and turn["conversation_key"] and "trace" not in turn


@pytest.mark.parametrize("name", ["dead", "busy", "half"])
def test_a_broken_writer_is_not_the_customers_business(client: Any, services: Services, name: str) -> None:
    sure(services, 0.55)
    replies: dict[str, list[Any]] = {
        "dead": [],
        "busy": [[WriterUnavailable("full")]],
        "half": [["It takes 2-4 days. Ex", WriterUnavailable("died")]],
    }
    script(services, *replies[name])
    assert ask(client)["band"] == ("generated" if name == "half" else "extractive")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": None},
        {"message": 5},
        {"message": ""},
        {"message": " \n"},
        {"message": "\0"},
        {"message": "x" * 4001},
        {"message": "hi", "language": "fr"},
        {"message": "hi", "conversation_id": 5},
        {"message": "hi", "conversation_id": "x" * 101},
        {"message": "hi", "customer_token": 5},
        {"message": "hi", "context": "page"},
    ],
    ids=str,
)
@pytest.mark.parametrize("accept", [JSON, SSE])
def test_a_body_that_cannot_be_answered(client: Any, log: MemoryLog, body: Any, accept: dict[str, str]) -> None:
    response = client.post("/v1/chat", json=body, headers=accept)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert log._records == {}


def test_the_language_of_the_page_is_the_fallback(client: Any) -> None:
    assert ask(client, "???", language="en")["language"] == "en"
    assert ask(client, ASKED["zh"], language="en")["language"] == "zh"


def test_context_is_taken(client: Any) -> None:
    assert ask(client, context={"page": "/", "product": "mug", "cart": ["mug"]})["band"] == "direct"


# --- who may go on with a conversation ---


def test_a_guest_goes_on_with_the_key(client: Any, services: Services) -> None:
    first = ask(client)
    says(services, "人工", "human_agent")
    second = ask(client, "人工", conversation_id=first["conversation_id"], headers=held(first))
    assert second["conversation_id"] == first["conversation_id"]
    assert "conversation_key" not in second
    third = ask(client, conversation_id=first["conversation_id"], headers=held(first))
    assert third["handoff"] == second["handoff"]


def test_whatever_is_wrong_the_answer_is_the_same(client: Any) -> None:
    guest, other = ask(client), ask(client)
    customer = ask(client, customer_token=sign("u1", 60))
    assert "conversation_key" not in customer
    tries = [
        (guest["conversation_id"], {}, None),
        (guest["conversation_id"], {"x-conversation-key": "wrong"}, None),
        (guest["conversation_id"], held(other), None),
        (guest["conversation_id"], {}, sign("u1", 60)),
        ("c_nobody", held(guest), None),
        ("c_nobody", {}, sign("u1", 60)),
        (customer["conversation_id"], {}, None),
        (customer["conversation_id"], held(guest), None),
        (customer["conversation_id"], {}, sign("u2", 60)),
    ]
    seen = set()
    for conversation_id, headers, token in tries:
        for accept in (JSON, SSE):
            body = {"message": "hi", "conversation_id": conversation_id, "customer_token": token}
            response = client.post("/v1/chat", json=body, headers={**headers, **accept})
            seen.add((response.status_code, response.headers["content-type"], response.text))
    assert len(seen) == 1
    status, kind, _ = seen.pop()
    assert (status, kind) == (404, "application/problem+json")


@pytest.mark.parametrize("way", ["body", "header"])
def test_a_customer_goes_on_with_a_token_of_the_same_customer(client: Any, way: str) -> None:
    def with_token(customer: str) -> dict[str, Any]:
        token = sign(customer, 60)
        return {"customer_token": token} if way == "body" else {"headers": {"x-customer-token": token}}

    first = ask(client, **with_token("u1"))
    assert ask(client, conversation_id=first["conversation_id"], **with_token("u1"))["band"] == "direct"


@pytest.mark.parametrize("token", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1MSIsImV4cCI6OTk5OTk5OTk5OX0."])
@pytest.mark.parametrize("way", ["body", "header"])
def test_a_token_that_does_not_hold_is_401(client: Any, log: MemoryLog, token: str, way: str) -> None:
    body = {"message": "hi", **({"customer_token": token} if way == "body" else {})}
    response = client.post("/v1/chat", json=body, headers={"x-customer-token": token} if way == "header" else {})
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert log._records == {}


def test_an_expired_token_is_refused_like_a_forged_one(client: Any) -> None:
    seen = set()
    for token in (sign("u1", -5), sign("u1", 60) + "x", sign("u2", 60)[:-4] + "AAAA", "a.b.c", "\0"):
        response = client.post("/v1/chat", json={"message": "hi", "customer_token": token})
        seen.add((response.status_code, response.headers["content-type"], response.text))
    ((status, _, text),) = seen
    assert status == 401 and "customer_token" in text


def test_an_empty_token_is_a_guest(client: Any) -> None:
    assert ask(client, customer_token="")["conversation_key"]
