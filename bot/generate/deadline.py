"""Cuts a connection when its time is over, however slowly bytes drip. Knows nothing of what it carries."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any


class Deadline:
    """A context: the HTTP connection that `trace` sees ends after `seconds`; `over` tells that it was cut.

    A client's own timeouts count from byte to byte, so that a server that drips could hold a request for
    ever.
    """

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._lock = threading.Lock()
        self._stream: Any = None
        self._timer = self._new_timer(seconds)

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def move(self, seconds: float) -> None:
        """The connection now ends `seconds` from here, unless it was cut already."""
        self._timer.cancel()
        self._timer = self._new_timer(max(0.0, seconds))
        self._timer.start()

    def trace(self, name: str, info: dict[str, Any]) -> None:
        """The client's `trace` extension: it tells of the connection before a byte of the answer is read."""
        if name.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._lock:
                self._stream = info["return_value"]
                if self.over:
                    self._cut()

    def _new_timer(self, seconds: float) -> threading.Timer:
        timer = threading.Timer(seconds, self._fire)
        timer.daemon = True
        return timer

    def _fire(self) -> None:
        with self._lock:
            self.over = True
            self._cut()

    def _cut(self) -> None:
        sock = self._stream.get_extra_info("socket") if self._stream else None
        if sock is not None:
            with contextlib.suppress(OSError):
                # The plain socket's method: it wakes the reader and leaves the reader's TLS state alone.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
