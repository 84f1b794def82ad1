"""The writer that is switched off."""

from __future__ import annotations

import pytest

from bot.errors import WriterUnavailable
from bot.generate.none import NoWriter
from bot.generate.writer import write

from .contract import EN, refused_in, say


def test_every_request_is_refused_at_once():
    writer = NoWriter()
    for _ in range(2):
        message, seconds = refused_in(writer, say(EN))
        assert seconds < 1
        assert "switched off" in message


def test_it_is_never_ready():
    writer = NoWriter()
    writer.start()
    assert not writer.wait_ready(60)
    assert not writer.status().ready
    assert writer.status().name == "none"
    assert writer.status().detail == "switched off"
    assert writer.status().memory_bytes is None


def test_closing_twice_is_fine():
    writer = NoWriter()
    writer.close()
    writer.close()
    with pytest.raises(WriterUnavailable):
        write(writer, say(EN))
