"""Reads the head of each language's prompt into the writer's prefix cache before the first customer waits for it."""

from __future__ import annotations

import threading

from bot.answer.generated import Task, messages
from bot.errors import WriterUnavailable
from bot.generate.writer import WriterRequest, write
from bot.services import Services
from bot.shop.fields import pick

_WAIT = 120.0


def warm(services: Services) -> None:
    """One short request a language; a writer that is off or dead is left alone."""
    if services.writer.name == "none" or not services.writer.wait_ready(_WAIT):
        return
    config = services.shop.config
    for language in ("zh", "en"):
        task = Task("?", language, pick(config.name, language, config.locales), [], tone=config.tone)
        try:
            write(services.writer, WriterRequest(messages(task), max_tokens=1))
        except WriterUnavailable:
            return


def warm_in_background(services: Services) -> None:
    """`warm` in a thread of its own."""
    threading.Thread(target=warm, args=(services,), name="warm", daemon=True).start()
