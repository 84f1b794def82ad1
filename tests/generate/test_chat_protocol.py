"""The chat protocol against servers that keep to it, and against those that do not."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import closing, contextmanager, suppress

import pytest

from bot.errors import WriterUnavailable
from bot.generate.chat_protocol import Disconnected, payload, stream_chat
from bot.generate.writer import Message, WriterRequest

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
DONE = b"data: [DONE]\n\n"
TIMEOUT = 0.5
SLACK = 2.0
"""Seconds that a loaded machine may be late by."""


def event(text, **more):
    chunk = {"choices": [{"delta": {"content": text}, "finish_reason": None, **more}]}
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()


class Server:
    """Reads one request and then does what `script(server, connection)` does."""

    def __init__(self, script):
        self.over = threading.Event()
        self.request = b""
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        with suppress(OSError):
            connection, _ = self._listener.accept()
            with connection:
                self._read(connection)
                self._script(self, connection)

    def _read(self, connection):
        while b"\r\n\r\n" not in self.request:
            self.request += connection.recv(65536)
        head, body = self.request.split(b"\r\n\r\n", 1)
        length = next(int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length"))
        while len(body) < length:
            body += connection.recv(65536)
        self.body = json.loads(body)

    def drip(self, connection, data, pause=0.05):
        """Sends `data` again and again, a little at a time, until the test is over or the reader has gone."""
        while not self.over.wait(pause):
            connection.sendall(data)

    def close(self):
        self.over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)
        assert not self._thread.is_alive()


@contextmanager
def serving(*actions):
    """A server that sends the bytes among `actions` and calls the rest with itself and the connection."""

    def script(server, connection):
        for action in actions:
            if isinstance(action, bytes):
                connection.sendall(action)
            else:
                action(server, connection)

    with closing(Server(script)) as server:
        yield server


def silence(server, _):
    server.over.wait(30)


def dripping(data):
    return lambda server, connection: server.drip(connection, data)


def read(server, **limits):
    limits = {"timeout": 10.0, **limits}
    return list(stream_chat(server.url, "k", payload(REQUEST, "m"), **limits))


REQUEST = WriterRequest((Message("user", "你好"),), max_tokens=7, temperature=0.3)


class TestRequest:
    def test_what_is_sent(self):
        with serving(OK, DONE) as server:
            assert read(server) == []
        head = server.request.lower()
        assert head.startswith(b"post /v1/chat/completions http/1.1")
        assert b"authorization: bearer k" in head
        assert server.body == {
            "model": "m",
            "messages": [{"role": "user", "content": "你好"}],
            "max_tokens": 7,
            "temperature": 0.3,
            "stream": True,
        }

    def test_stop_and_schema_are_sent_where_given(self):
        schema = {"type": "object"}
        body = payload(WriterRequest(REQUEST.messages, stop=("\n", "。"), schema=schema), "m")
        assert body["stop"] == ["\n", "。"]
        assert body["response_format"]["type"] == "json_schema"
        assert body["response_format"]["json_schema"]["schema"] == schema


class TestGoodServers:
    def test_pieces_as_they_come(self):
        seen = threading.Event()
        with serving(OK, event("你"), lambda *_: seen.wait(10), event("好"), DONE) as server:
            stream = stream_chat(server.url, "k", {}, timeout=10.0)
            assert next(stream) == "你"
            seen.set()
            assert list(stream) == ["好"]

    def test_a_character_split_over_packets(self):
        data = event("退货")
        at = data.index("退".encode()) + 1
        first, rest = data[:at], data[at:]
        with serving(OK, first, lambda server, _: server.over.wait(0.1), rest, DONE) as server:
            assert read(server) == ["退货"]

    def test_only_a_newline_ends_a_line(self):
        with serving(OK, event("a\u2028b\x85c\u2029d\x0be"), DONE) as server:
            assert read(server) == ["a\u2028b\x85c\u2029d\x0be"]

    def test_what_others_send_beside_text(self):
        events = (
            b": ping\r\n\r\n",
            b'data: {"choices": [{"delta": {"role": "assistant", "content": null}}]}\r\n\r\n',
            b"event: message\r\nid: 7\r\n" + event("a"),
            b'data: {"choices": [], "usage": {"total_tokens": 3}}\n\n',
            b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}], "error": null}\n\n',
        )
        with serving(OK, *events, DONE) as server:
            assert read(server) == ["a"]

    def test_an_end_without_a_done_counts_where_the_finish_was_told(self):
        with serving(OK, event("a", finish_reason="length")) as server:
            assert read(server) == ["a"]

    def test_what_follows_the_end_is_not_waited_for(self):
        with serving(OK, event("a"), DONE, silence) as server:
            began = time.monotonic()
            assert read(server) == ["a"]
            assert time.monotonic() - began < 5

    def test_closing_the_iterator_closes_the_connection(self):
        closed = threading.Event()

        def wait_for_the_end(server, connection):
            with suppress(OSError):
                server.drip(connection, event("x"), pause=0.02)
            if not server.over.is_set():
                closed.set()

        with serving(OK, event("a"), wait_for_the_end) as server:
            stream = stream_chat(server.url, "k", {}, timeout=30.0)
            assert next(stream) == "a"
            began = time.monotonic()
            stream.close()
            assert closed.wait(10)
            assert time.monotonic() - began < SLACK

    def test_no_thread_is_left(self):
        with serving(OK, event("a"), DONE) as server:
            read(server, timeout=600.0, first_token=500.0)
        timers = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
        for timer in timers:
            timer.join(10)
        assert not any(timer.is_alive() for timer in timers)


class TestBadServers:
    @pytest.mark.parametrize("status", ["500 Oops", "503 Loading", "401 No", "404 What", "302 Found"])
    def test_another_status(self, status):
        head = f"HTTP/1.1 {status}\r\nContent-Length: 8\r\n\r\n".encode()
        refusal = pytest.raises(WriterUnavailable, match=f"{status[:3]}.*why")
        with serving(head, b"but\nwhy?") as server, refusal as caught:
            read(server)
        assert not isinstance(caught.value, Disconnected)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        "answer",
        [
            b"\x00\xff\x16garbage\r\n\r\n",
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>",
            OK + b"data: {not json\n\n" + DONE,
            OK + b"data: \xff\xfe\n\n" + DONE,
            OK + b"data:\n\n" + DONE,
            OK + b"data: null\n\n" + DONE,
            OK + b"data: 5\n\n" + DONE,
            OK + b"data: []\n\n" + DONE,
            OK + b'data: {"choices": 3}\n\n' + DONE,
            OK + b'data: {"choices": [3]}\n\n' + DONE,
            OK + b'data: {"choices": [{"delta": [1]}]}\n\n' + DONE,
            OK + b'data: {"choices": [{"delta": {"content": 7}}]}\n\n' + DONE,
            OK + b'data: {"nothing": 1}\n\n' + DONE,
            OK.replace(b"Connection: close", b"Content-Encoding: gzip") + b"this is no gzip",
        ],
    )
    def test_what_is_not_the_protocol(self, answer):
        with serving(answer) as server, pytest.raises(WriterUnavailable):
            read(server)

    def test_an_error_in_the_stream(self):
        error = b'data: {"error": {"message": "out of memory"}}\n\n'
        with serving(OK, event("a"), error, DONE) as server, pytest.raises(WriterUnavailable, match="memory"):
            read(server)

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"HTTP/1.1 200 OK\r\nContent-T",
            OK,
            OK + event("a"),
            OK + event("a") + b"da",
            OK + event("a") + event("b")[:-9],
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nda",
            b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + event("a"),
        ],
    )
    def test_half_an_answer(self, answer):
        with serving(answer) as server, pytest.raises(Disconnected):
            read(server)

    def test_the_pieces_before_the_end_are_handed_over(self):
        with serving(OK, event("a"), event("b")) as server:
            stream = stream_chat(server.url, "k", {}, timeout=10.0)
            assert [next(stream), next(stream)] == ["a", "b"]
            with pytest.raises(Disconnected):
                next(stream)

    def test_nobody_listens(self):
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]
        with pytest.raises(Disconnected):
            list(stream_chat(f"http://127.0.0.1:{port}", "k", {}, timeout=5.0))


def late(server, **limits):
    """The seconds until the refusal for being too slow."""
    began = time.monotonic()
    with pytest.raises(WriterUnavailable, match="longer than") as caught:
        read(server, **{"timeout": TIMEOUT, **limits})
    assert not isinstance(caught.value, Disconnected)
    return time.monotonic() - began


class TestSlowServers:
    @pytest.mark.parametrize(
        "actions",
        [
            (silence,),
            (b"HTTP/1.1 200 OK\r\n", silence),
            (OK, silence),
            (OK, event("a"), silence),
            (dripping(b"x"),),
            (b"HTTP/1.1 200 OK\r\nX-Slow: ", dripping(b"x")),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", dripping(b"0")),
            (OK, dripping(b"x")),
            (OK, b"data: ", dripping(b" ")),
            (OK, dripping(b": ping\n\n")),
            (OK, dripping(event("a"))),
            (OK, dripping(event(""))),
            (b"HTTP/1.1 503 Loading\r\nContent-Length: 999\r\n\r\n", silence),
        ],
        ids=[
            "silence",
            "half a head",
            "no event",
            "silence after a piece",
            "dripped status",
            "dripped header",
            "dripped chunk size",
            "dripped line",
            "dripped event",
            "pings",
            "dripped pieces",
            "empty pieces",
            "half an error",
        ],
    )
    def test_too_slow_is_refused_in_time(self, actions):
        with serving(*actions) as server:
            assert TIMEOUT * 0.9 < late(server) < TIMEOUT + SLACK

    @pytest.mark.parametrize("rest", [silence, dripping(b": ping\n\n"), dripping(event(""))])
    def test_the_first_text_has_a_time_of_its_own(self, rest):
        with serving(OK, rest) as server:
            assert late(server, timeout=60.0, first_token=TIMEOUT) < TIMEOUT + SLACK

    def test_after_the_first_text_the_whole_time_counts(self):
        def three_more(server, connection):
            for _ in range(3):
                server.over.wait(0.3)
                connection.sendall(event("b"))

        with serving(OK, event("a"), three_more, DONE) as server:
            assert read(server, timeout=30.0, first_token=0.8) == ["a", "b", "b", "b"]

    def test_a_reader_that_takes_its_time_is_cut_too(self):
        with serving(OK, dripping(event("a"))) as server:
            stream = stream_chat(server.url, "k", {}, timeout=TIMEOUT)
            next(stream)
            threading.Event().wait(TIMEOUT * 2)
            with pytest.raises(WriterUnavailable, match="longer than"):
                list(stream)
