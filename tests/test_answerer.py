"""The answerer that terminal, batches and evaluation share."""

from __future__ import annotations

from scripted import ScriptedWriter
from turns import ASKED

from bot.answerer import Answerer
from bot.services import Services
from bot.store.memory import MemoryLog

# --- the answerer ---


def test_the_answerer_leaves_the_trace_out_where_it_is_not_wanted(services: Services) -> None:
    with Answerer(services, MemoryLog(), trace=False) as quiet:
        assert "trace" not in quiet.reply(quiet.new_conversation(), ASKED["en"])
    with Answerer(services, MemoryLog()) as loud:
        assert loud.reply(loud.new_conversation(), ASKED["en"])["trace"]["hits"]
    assert isinstance(services.writer, ScriptedWriter) and services.writer.closes == 2


def test_the_answerers_language_is_the_fallback(answerer: Answerer) -> None:
    conversation = answerer.new_conversation(language="en")
    assert answerer.reply(conversation, "???")["language"] == "en"
    assert answerer.reply(conversation, ASKED["zh"])["language"] == "zh"


def test_the_answerer_describes_itself(answerer: Answerer) -> None:
    assert answerer.describe() == {"writer": "scripted", "writer_ready": True, "encoder": "tiny-1"}
