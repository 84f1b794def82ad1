"""What every writer promises: one class, run against each implementation."""

from __future__ import annotations

import json
import threading
import time
from contextlib import closing

import pytest

from bot.errors import WriterUnavailable
from bot.generate.writer import Message, Writer, WriterRequest, write

EN = "alpha beta gamma delta"
ZH = "七天无理由退货，运费由买家承担；质量问题我们承担来回运费。👍"
LONG = "word " * 1200
PATIENCE = 60.0
"""Seconds that a loaded machine may need for what takes one second on a quiet one."""


def ask(text: str, **settings) -> WriterRequest:
    settings = {"timeout": PATIENCE, "max_tokens": 400, **settings}
    return WriterRequest((Message("system", "You help."), Message("user", text)), **settings)


def say(text: str, **settings) -> WriterRequest:
    """A request that leaves the model no choice: a schema with one possible reply, the JSON of `text`."""
    return ask("Say it.", schema={"const": text}, **settings)


def refused_in(writer: Writer, request: WriterRequest) -> tuple[str, float]:
    """The message of the refusal, and the seconds until it came."""
    began = time.monotonic()
    with pytest.raises(WriterUnavailable) as caught:
        write(writer, request)
    return str(caught.value), time.monotonic() - began


class WriterContract:
    """Subclasses give `make` (a writer that is not started yet) and how many requests it takes."""

    slots = 1
    queue = 4

    @pytest.fixture(scope="class")
    @classmethod
    def writer(cls):
        writer = cls.make()
        with closing(writer):
            writer.start()
            assert writer.wait_ready(PATIENCE), writer.status()
            yield writer

    @classmethod
    def make(cls) -> Writer:
        raise NotImplementedError

    def test_the_reply_comes_in_pieces(self, writer):
        pieces = list(writer.stream(say(EN)))
        assert len(pieces) > 1
        assert all(pieces)
        assert json.loads("".join(pieces)) == EN
        assert write(writer, say(EN)) == "".join(pieces)

    def test_writes_without_a_schema(self, writer):
        assert isinstance(write(writer, ask("Hello!", max_tokens=5)), str)
        assert isinstance(write(writer, ask("你好！", max_tokens=5, temperature=0.8)), str)

    def test_characters_are_never_split(self, writer):
        pieces = list(writer.stream(say(ZH)))
        assert len(pieces) > 1
        assert not any("\ufffd" in piece for piece in pieces)
        assert json.loads("".join(pieces)) == ZH

    @pytest.mark.parametrize(
        ("stop", "expected"),
        [
            (("ma del",), '"alpha beta gam'),
            (("omega", "beta"), '"alpha '),
            (("gamma", "ta g"), '"alpha be'),
            (('"alp',), ""),
            (("omega",), f'"{EN}"'),
        ],
    )
    def test_stop_strings_end_the_reply(self, writer, stop, expected):
        assert write(writer, say(EN, stop=stop)) == expected

    def test_a_stop_string_in_chinese(self, writer):
        assert write(writer, say(ZH, stop=("买家承",))) == '"七天无理由退货，运费由'

    def test_max_tokens_is_kept(self, writer):
        pieces = list(writer.stream(say(EN, max_tokens=3)))
        assert 1 <= len(pieces) <= 3
        whole = f'"{EN}"'
        assert whole.startswith("".join(pieces))
        assert len("".join(pieces)) < len(whole)

    @pytest.mark.parametrize("options", [["refund", "exchange", "track"], ["退款", "换货", "查物流"]])
    def test_a_schema_is_followed(self, writer, options):
        schema = {
            "type": "object",
            "properties": {"command": {"enum": options}, "sure": {"type": "boolean"}},
            "required": ["command", "sure"],
            "additionalProperties": False,
        }
        reply = json.loads(write(writer, ask("我想退货 / I want my money back", schema=schema)))
        assert set(reply) == {"command", "sure"}
        assert reply["command"] in options
        assert isinstance(reply["sure"], bool)

    def test_closing_cancels_and_frees_the_place(self, writer):
        for _ in range(self.slots + 1):
            stream = writer.stream(say(LONG, max_tokens=8000))
            next(stream)
            next(stream)
            began = time.monotonic()
            stream.close()
            assert time.monotonic() - began < 2
        assert json.loads(write(writer, say(EN))) == EN

    def test_a_stream_that_was_never_begun_takes_no_place(self, writer):
        streams = [writer.stream(say(EN)) for _ in range(self.slots + self.queue + 1)]
        assert json.loads(write(writer, say(EN))) == EN
        for stream in streams:
            stream.close()

    def test_too_slow_is_an_error_in_time(self, writer):
        message, seconds = refused_in(writer, say(LONG, max_tokens=8000, timeout=0.4))
        assert seconds < 0.4 + 2
        assert "longer than" in message
        assert json.loads(write(writer, say(EN))) == EN

    def test_waiting_in_the_queue_counts(self, writer):
        held = [writer.stream(say(LONG, max_tokens=8000)) for _ in range(self.slots)]
        for stream in held:
            next(stream)
        _, seconds = refused_in(writer, say(EN, timeout=0.3))
        assert 0.25 < seconds < 0.3 + 2
        for stream in held:
            stream.close()

    def test_a_full_queue_refuses_at_once(self, writer):
        held = [writer.stream(say(LONG, max_tokens=8000)) for _ in range(self.slots)]
        for stream in held:
            next(stream)
        written: list[str] = []
        refused: list[str] = []
        three = threading.Event()

        def one():
            try:
                written.append(json.loads(write(writer, say(EN))))
            except WriterUnavailable as error:
                refused.append(str(error))
                if len(refused) == 3:
                    three.set()

        threads = [threading.Thread(target=one) for _ in range(self.queue + 3)]
        for thread in threads:
            thread.start()
        assert three.wait(10)
        assert written == []
        for stream in held:
            stream.close()
        for thread in threads:
            thread.join(PATIENCE)
        assert refused == ["the writer's queue is full"] * 3
        assert written == [EN] * self.queue

    def test_too_long_a_prompt_is_an_error(self, writer):
        refused_in(writer, ask("word " * 30_000))
        assert json.loads(write(writer, say(EN))) == EN

    def test_status(self, writer):
        assert writer.status().ready
        assert writer.status().name == writer.name
        assert writer.status().memory_bytes > 0
        assert writer.wait_ready(0)
        fresh = self.make()
        assert not fresh.status().ready
        assert fresh.status().memory_bytes is None
        assert fresh.status().detail
        assert not fresh.wait_ready(0)
        fresh.close()

    def test_closed_is_closed(self):
        writer = self.make()
        writer.close()
        writer.close()
        writer.start()
        assert not writer.wait_ready(5)
        assert not writer.status().ready
        message, seconds = refused_in(writer, say(EN))
        assert seconds < 5
        assert "closed" in message


class ClosingContract:
    """For writers that are ready again within a second or two: `make` is called for each test."""

    @pytest.fixture
    def started(self):
        writer = self.make()
        with closing(writer):
            writer.start()
            writer.start()
            assert writer.wait_ready(PATIENCE)
            yield writer

    def test_closing_ends_what_is_written_and_what_waits(self, started):
        streams = [started.stream(say(LONG, max_tokens=8000)) for _ in range(self.slots)]
        for stream in streams:
            next(stream)
        ended = threading.Semaphore(0)

        def read(stream):
            with pytest.raises(WriterUnavailable):
                list(stream)
            ended.release()

        threads = [threading.Thread(target=read, args=(s,)) for s in (*streams, started.stream(say(EN)))]
        for thread in threads:
            thread.start()
        started.close()
        assert all(ended.acquire(timeout=10) for _ in threads)
        for thread in threads:
            thread.join(10)
        refused_in(started, say(EN))
        started.close()
        assert started.status().memory_bytes is None

    def test_writes_at_the_first_request_without_a_start(self):
        with closing(self.make()) as writer:
            assert json.loads(write(writer, say(EN))) == EN
