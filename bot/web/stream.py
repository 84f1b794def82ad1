"""Runs a turn in a thread and hands its events to the event loop; a client that leaves ends the turn. Knows nothing of HTTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from bot.errors import BadInput, ZhangguiError
from bot.turn import Event
from bot.web.problems import problem


async def run_events(start: Callable[[], Iterator[Event]]) -> AsyncIterator[Event]:
    """The events of `start()`, an `error` event in the place of an exception. Closing this iterator closes that one."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[Event | None] = asyncio.Queue()
    left = threading.Event()

    def put(event: Event | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.put_nowait, event)

    def work() -> None:
        events: Iterator[Event] = iter(())
        try:
            events = start()
            for event in events:
                if left.is_set():
                    break
                put(event)
        except ZhangguiError as error:
            put(("error", problem(422 if isinstance(error, BadInput) else 503, str(error))))
        except Exception:  # the boundary of the turn: the customer must get an end, the log the traceback
            import logging

            logging.getLogger("zhanggui").exception("turn failed")
            put(("error", problem(500, "something went wrong; please try again")))
        finally:
            close: Callable[[], Any] | None = getattr(events, "close", None)
            if close:
                close()
            put(None)

    thread = threading.Thread(target=work, name="turn", daemon=True)
    thread.start()
    try:
        while (event := await queue.get()) is not None:
            yield event
    finally:
        left.set()
