"""A turn over a real socket: what comes when, who waits for whom, and what ends with a client that leaves."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from scripted import ScriptedWriter, script, sure
from test_chat import ASKED, JSON, SSE, held

from bot.errors import BadInput, Failure
from bot.services import Services
from bot.store.memory import MemoryLog
from bot.web.app import create_app
from bot.web.state import WebState
from bot.web.stream import run_events


@pytest.fixture
def address(services: Services, log: MemoryLog) -> Iterator[tuple[str, int]]:
    """A server of the small shop on a free port."""
    import uvicorn

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            create_app(WebState(services, log)), log_level="critical", ws="none", timeout_graceful_shutdown=2
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


@contextmanager
def post(address: tuple[str, int], message: str, **more: Any) -> Iterator[http.client.HTTPResponse]:
    """A request whose response has begun; leaving it drops the connection."""
    headers = {"content-type": "application/json", "connection": "close", **SSE, **more.pop("headers", {})}
    with closing(http.client.HTTPConnection(*address, timeout=10)) as connection:
        connection.request("POST", "/v1/chat", json.dumps({"message": message, **more}).encode(), headers)
        with connection.getresponse() as response:
            yield response


def post_json(address: tuple[str, int], message: str, **more: Any) -> Any:
    with post(address, message, **{**more, "headers": {**JSON, **more.pop("headers", {})}}) as response:
        return json.loads(response.read())


def test_the_first_event_comes_before_the_writer_has_written(address: tuple[str, int], services: Services) -> None:
    sure(services, 0.5)
    post_json(address, ASKED["en"])  # what is imported on first use is not what is measured
    go = threading.Event()
    script(services, [lambda: go.wait(5), "It takes 2-4 days."])
    took = []
    for _ in range(3):
        began = time.perf_counter()
        with post(address, ASKED["en"]) as response:
            assert response.readline() == b"event: routed\n"
            took.append(time.perf_counter() - began)
            go.set()
            assert b"event: done" in response.read()
        script(services, "It takes 2-4 days.")
    assert min(took) < 0.1


def test_sentences_arrive_while_the_next_is_being_written(address: tuple[str, int], services: Services) -> None:
    sure(services, 0.5)
    go = threading.Event()
    script(services, [*"It takes 2-4 days. E", lambda: go.wait(5), "xpress takes 1 day."])
    with post(address, ASKED["en"]) as response:
        while (line := response.readline()) and b"2-4 days" not in line:
            pass
        assert line and not go.is_set()
        go.set()
        assert b"Express takes 1 day." in response.read()


def test_a_client_that_leaves_ends_the_turn(address: tuple[str, int], services: Services, log: MemoryLog) -> None:
    sure(services, 0.5)
    go = threading.Event()
    writer = script(
        services,
        [
            *"It takes 2-4 days. E",
            lambda: go.wait(5),
            *("xpress takes 1 day." + " Express takes 1 day." * 50),
        ],
    )
    with post(address, ASKED["en"]) as response:
        while b"2-4 days" not in response.readline():
            pass
    time.sleep(0.3)  # the server needs a moment to see that nobody is there
    go.set()
    assert writer.closed_early.wait(5)
    assert writer.live == 0 and len(writer.written) < 200
    assert [event.type for events in log._events.values() for event in events] == ["message"]


def test_two_requests_of_one_conversation_are_answered_one_after_the_other(
    address: tuple[str, int], services: Services, log: MemoryLog
) -> None:
    turn = post_json(address, ASKED["en"])
    sure(services, 0.5)
    inside, go = threading.Event(), threading.Event()
    script(services, [inside.set, lambda: go.wait(5), "It takes 2-4 days."], "Express takes 1 day.")
    replies: dict[str, Any] = {}

    def send(name: str) -> None:
        replies[name] = post_json(
            address, f"{ASKED['en']} {name}", conversation_id=turn["conversation_id"], headers=held(turn)
        )

    first = threading.Thread(target=send, args=("first",))
    first.start()
    assert inside.wait(5)
    second = threading.Thread(target=send, args=("second",))
    second.start()
    second.join(0.2)
    assert replies == {}
    # Somebody else is not kept waiting.
    sure(services, 0.9)
    assert post_json(address, ASKED["zh"])["band"] == "direct"
    sure(services, 0.5)
    go.set()
    first.join(5)
    second.join(5)
    assert (replies["first"]["reply"], replies["second"]["reply"]) == (
        "It takes 2-4 days. [1]",
        "Express takes 1 day. [1]",
    )
    log_of = [e.data["text"][-6:].strip() for e in log.events(turn["conversation_id"])]
    assert log_of[2:] == ["first", "first", "second", "second"]


# --- the bridge between thread and event loop ---


def collect(start: Any, count: int | None = None) -> list[Any]:
    async def run() -> list[Any]:
        found = []
        stream = run_events(start)
        async for event in stream:
            found.append(event)
            if len(found) == count:
                await stream.aclose()  # type: ignore[attr-defined]
                break
        return found

    return asyncio.run(asyncio.wait_for(run(), 5))


def test_events_pass_in_order() -> None:
    made = [("delta", {"n": n}) for n in range(100)]
    assert collect(lambda: iter(made)) == made


@pytest.mark.parametrize(("error", "status"), [(BadInput("b"), 422), (Failure("f"), 503), (KeyError("k"), 500)])
@pytest.mark.parametrize("when", ["at once", "before the first", "later"])
def test_every_exception_ends_the_stream_with_an_error(error: Exception, status: int, when: str) -> None:
    def start() -> Iterator[Any]:
        if when == "at once":
            raise error
        return events()

    def events() -> Iterator[Any]:
        if when == "later":
            yield "delta", {}
        raise error

    kind, data = collect(start)[-1]
    assert (kind, data["status"]) == ("error", status)


def test_leaving_closes_what_makes_the_events() -> None:
    closed = threading.Event()

    def start() -> Iterator[Any]:
        try:
            for n in range(1000):
                time.sleep(0.005)
                yield "delta", {"n": n}
        finally:
            closed.set()

    assert len(collect(start, 2)) == 2
    assert closed.wait(2)


def test_conversations_that_were_not_used_for_long_leave_memory(
    services: Services, log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.state._KEPT", 2)
    state = WebState(services, log)
    made = [state.begin(None) for _ in range(3)]
    assert len(state._live) == 2
    again = state.resume(made[0].id, made[0].key, None)
    assert again is not None and again is not made[0]
    assert state.resume(made[2].id, made[2].key, None) is made[2]
    assert isinstance(services.writer, ScriptedWriter)
