"""Warming reads the head of each language's prompt once, and leaves a writer that is off or dead alone."""

from __future__ import annotations

from dataclasses import replace

from scripted import ScriptedWriter, script

from bot.answer.warm import warm
from bot.generate.none import NoWriter
from bot.services import Services


def test_one_short_request_a_language(services: Services) -> None:
    writer = script(services, "a", "b")
    warm(services)
    assert [request.max_tokens for request in writer.requests] == [1, 1]
    heads = [request.messages[0].content for request in writer.requests]
    assert "Tiny Shop" in heads[1] and "小店" in heads[0]


def test_a_dead_writer_is_asked_once(services: Services) -> None:
    warm(services)
    assert isinstance(services.writer, ScriptedWriter)
    assert len(services.writer.requests) == 1


def test_no_writer_at_all(services: Services) -> None:
    warm(replace(services, writer=NoWriter()))


def test_one_that_never_gets_ready(services: Services) -> None:
    class Loading(ScriptedWriter):
        def wait_ready(self, timeout: float) -> bool:
            return False

    writer = Loading("a", "b")
    warm(replace(services, writer=writer))
    assert writer.requests == []
