"""The llama.cpp writer: a supervised worker process, a bounded queue, cancellation. Knows nothing of prompts.

The model lives in a process of its own: a crash in native code must not take the shop's chat down, and its
threads run at a lower priority than the turns that need no model.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from bot.errors import WriterUnavailable
from bot.generate import llama_worker
from bot.generate.chat_protocol import Disconnected, payload, stream_chat
from bot.generate.llama_worker import SLOTS
from bot.generate.worker_process import WorkerProcess
from bot.generate.writer import WriterRequest, WriterStatus

_BACKOFF = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
_LONG_LIFE = 60.0
"""Seconds of work after which a death counts as the first again."""

State = Literal["not started", "loading", "ready", "failed", "closed"]


def backoff(failures: int) -> float:
    """Seconds until the next start after so many failures in a row."""
    return _BACKOFF[min(failures, len(_BACKOFF)) - 1] if failures else 0.0


class LlamaCppWriter:
    """Serves one GGUF file; at most `SLOTS` requests are written at a time and `queue` more wait.

    While the worker loads, or is back within about a second, requests wait for it. Where it could not load,
    or dies again and again, they are refused at once, and it is started again after pauses that grow to
    five minutes.
    """

    def __init__(self, name: str, model: Path, *, queue: int = 4, command: Sequence[str] | None = None) -> None:
        """`command` replaces the worker; ZHANGGUI_WRITER_PROCESS_KEY tells it the key. Starts nothing."""
        self.name = f"llamacpp:{name}"
        # By its path, with -P: what lies in the working folder is never imported.
        self._command = command or (sys.executable, "-P", str(Path(llama_worker.__file__)), str(model))
        self._room = SLOTS + queue
        self._key = secrets.token_urlsafe(24)
        self._change = threading.Condition()
        self._state: State = "not started"
        self._reason = ""
        self._worker: WorkerProcess | None = None
        self._supervisor: threading.Thread | None = None
        self._requests = 0
        self._writing = 0
        self._restarts = 0

    def start(self) -> None:
        with self._change:
            if self._state == "not started":
                self._state = "loading"
                self._supervisor = threading.Thread(target=self._supervise, name="writer-supervisor", daemon=True)
                self._supervisor.start()

    def wait_ready(self, timeout: float) -> bool:
        with self._change:
            self._change.wait_for(lambda: self._state in ("ready", "failed", "closed"), timeout)
            return self._state == "ready"

    def stream(self, request: WriterRequest) -> Generator[str]:
        end = time.monotonic() + request.timeout
        self.start()
        with self._slot(end):
            worker = self._ready_worker(end)
            left = max(0.1, end - time.monotonic())
            try:
                yield from stream_chat(worker.url, self._key, payload(request, self.name), timeout=left)
            except Disconnected:
                self._note_death(worker)
                raise

    def status(self) -> WriterStatus:
        with self._change:
            state, worker = self._state, self._worker
            detail = f"{state}: {self._reason}" if state == "failed" else state
            if self._restarts and state != "failed":
                detail += f"; restarts: {self._restarts}, last because of: {self._reason}"
        return WriterStatus(self.name, state == "ready", detail, _memory(worker) if worker else None)

    def close(self) -> None:
        with self._change:
            self._state = "closed"
            self._change.notify_all()
            worker, supervisor = self._worker, self._supervisor
        if worker:
            worker.stop()
        if supervisor and supervisor is not threading.current_thread():
            supervisor.join(5)

    def _supervise(self) -> None:
        """Keep one worker alive; after a death wait a little longer each time."""
        failures = 0
        while True:
            began = time.monotonic()
            served, reason = self._run_once()
            failures = 0 if served and time.monotonic() - began > _LONG_LIFE else failures + 1
            pause = backoff(failures)
            with self._change:
                if self._state == "closed":
                    return
                self._worker = None
                self._state = "loading" if served and pause <= 1.0 else "failed"
                self._reason = reason
                self._change.notify_all()
                if self._change.wait_for(lambda: self._state == "closed", pause):
                    return
                self._restarts += 1

    def _run_once(self) -> tuple[bool, str]:
        """One life of the worker: whether it ever served, and why it ended.

        Its threads wait for one another by a short spin and then sleep. With OpenMP's default long spin, at a low
        priority, they are packed on one core when the other is busy and slow each other down more than tenfold;
        without any spin a quiet machine writes a quarter slower.
        """
        environment = {"GOMP_SPINCOUNT": "20000", **os.environ, "ZHANGGUI_WRITER_PROCESS_KEY": self._key}
        try:
            worker = WorkerProcess(self._command, environment)
        except OSError as error:
            return False, f"the worker process cannot be started ({error.strerror})"
        with self._change:
            self._worker = worker
            if self._state == "closed":
                worker.popen.kill()
        served = threading.Event()

        def listening() -> None:
            with self._change:
                if self._state != "closed":
                    served.set()
                    self._state = "ready"
                    self._change.notify_all()

        worker.watch(listening)
        return served.is_set(), worker.reason()

    @contextmanager
    def _slot(self, end: float) -> Iterator[None]:
        """A place among those that are written now; waits for one in the queue."""
        with self._change:
            if self._requests >= self._room:
                raise WriterUnavailable("the writer's queue is full")
            self._requests += 1
            try:
                free = self._change.wait_for(
                    lambda: self._writing < SLOTS or self._state == "closed", max(0.0, end - time.monotonic())
                )
                if not free:
                    raise WriterUnavailable("the writer is busy")
                self._writing += 1
            except BaseException:
                self._requests -= 1
                raise
        try:
            yield
        finally:
            with self._change:
                self._requests -= 1
                self._writing -= 1
                self._change.notify_all()

    def _ready_worker(self, end: float) -> WorkerProcess:
        with self._change:
            if self._worker and self._state == "ready" and not self._worker.alive:
                self._state = "loading"  # the supervisor has not seen its end yet
            self._change.wait_for(lambda: self._state != "loading", max(0.0, end - time.monotonic()))
            if self._state == "ready" and self._worker:
                return self._worker
            if self._state == "closed":
                raise WriterUnavailable("the writer is closed")
            if self._state == "failed":
                raise WriterUnavailable(f"the writer is down: {self._reason}")
            raise WriterUnavailable("the writer is still loading")

    def _note_death(self, worker: WorkerProcess) -> None:
        """A dead worker gets no request, though the supervisor may not have seen its end yet."""
        if worker.ends_within(1.0):
            with self._change:
                if self._worker is worker and self._state == "ready":
                    self._state = "loading"


def _memory(worker: WorkerProcess) -> int | None:
    import psutil

    try:
        return int(psutil.Process(worker.popen.pid).memory_info().rss) if worker.alive else None
    except psutil.Error:
        return None
