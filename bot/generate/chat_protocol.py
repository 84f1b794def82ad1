"""The OpenAI chat protocol as a client: a request out, pieces of text in. Knows nothing of processes."""

from __future__ import annotations

import functools
import json
import ssl
import time
from collections.abc import Generator, Iterable
from typing import Any

from bot.errors import WriterUnavailable
from bot.generate.deadline import Deadline
from bot.generate.writer import WriterRequest

_CONNECT = 2.0


class Disconnected(WriterUnavailable):
    """The connection was refused or broke: the server is dead, or dying."""


def payload(request: WriterRequest, model: str) -> dict[str, Any]:
    """The JSON body of `POST /v1/chat/completions` for a streamed reply."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": m.role, "content": m.content} for m in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "stream": True,
    }
    if request.stop:
        body["stop"] = list(request.stop)
    if request.schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "reply", "schema": request.schema},
        }
    return body


def stream_chat(
    base_url: str, key: str, body: dict[str, Any], *, timeout: float, first_token: float | None = None
) -> Generator[str]:
    """Post `body` and yield the text deltas; closing the iterator closes the connection, which cancels.

    Raises WriterUnavailable on refusal, on what is not the protocol, when the first text takes longer than
    `first_token` seconds (default: `timeout`) or a later silence does, and when the whole reply takes
    longer than `timeout` seconds; its subclass Disconnected when the connection is refused or breaks.
    """
    import httpx2

    end = time.monotonic() + timeout
    patience = min(timeout, first_token or timeout)
    limits = httpx2.Timeout(patience, connect=min(patience, _CONNECT))
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    with Deadline(patience) as deadline:
        try:
            with (
                httpx2.Client(timeout=limits, trust_env=False, verify=_certificates()) as client,
                client.stream(
                    "POST",
                    f"{base_url}/v1/chat/completions",
                    json=body,
                    headers=headers,
                    extensions={"trace": deadline.trace},
                ) as response,
            ):
                if response.status_code != 200:
                    start = next(response.iter_text(200), "")
                    raise WriterUnavailable(f"the writer answered {response.status_code}: {start!r}")
                started = False
                for text in _texts(_lines(response.iter_bytes())):
                    if not started:
                        started = True
                        deadline.move(end - time.monotonic())
                    yield text
        except (httpx2.HTTPError, WriterUnavailable) as error:
            slow = isinstance(error, httpx2.TimeoutException) and not isinstance(error, httpx2.ConnectTimeout)
            if deadline.over or slow:
                limit = timeout if time.monotonic() >= end else patience
                raise WriterUnavailable(f"the writer took longer than {limit:g} s") from error
            if isinstance(error, WriterUnavailable):
                raise
            raise Disconnected(f"the writer does not answer ({type(error).__name__})") from error


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read once: the client would read them anew for every request, also for one without TLS."""
    return ssl.create_default_context()


def _lines(chunks: Iterable[bytes]) -> Generator[str]:
    """The complete lines; only a newline ends one, since a reply may hold the other separators of Unicode."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "replace").rstrip("\r")


def _texts(lines: Iterable[str]) -> Generator[str]:
    """The pieces of text in an event stream; raises Disconnected when it has no end."""
    finished = False
    for line in lines:
        if not line.startswith("data:"):
            continue
        data = line[5:].strip()
        if data == "[DONE]":
            return
        text, last = _delta(data)
        finished = finished or last
        if text:
            yield text
    if not finished:
        raise Disconnected("the writer's stream ended in the middle")


def _delta(data: str) -> tuple[str, bool]:
    """The text of one event, and whether it is the reply's last."""
    try:
        chunk = json.loads(data)
        if error := chunk.get("error"):
            raise WriterUnavailable(f"the writer reports {str(error)[:200]!r}")
        if not chunk["choices"]:  # an event about usage alone
            return "", False
        choice = chunk["choices"][0]
        text = choice.get("delta", {}).get("content")
        last = choice.get("finish_reason") is not None
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise WriterUnavailable("the writer sends what is not the chat protocol") from error
    if not isinstance(text, str | None):
        raise WriterUnavailable("the writer sends what is not the chat protocol")
    return text or "", last
