"""The transformers writer: one thread loads the model, then writes reply after reply. Knows no prompts."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bot.errors import WriterUnavailable
from bot.generate.transformers_model import locate
from bot.generate.writer import WriterRequest, WriterStatus

if TYPE_CHECKING:
    from bot.generate.transformers_model import CausalModel

State = Literal["not started", "loading", "ready", "failed", "closed"]


@dataclass(eq=False)
class _Job:
    """One request; `pieces` ends with None, or with the error that ended it."""

    request: WriterRequest
    end: float
    pieces: queue.SimpleQueue[str | WriterUnavailable | None] = field(default_factory=queue.SimpleQueue)
    dropped: threading.Event = field(default_factory=threading.Event)

    def unwanted(self) -> bool:
        return self.dropped.is_set() or time.monotonic() > self.end

    def late(self) -> WriterUnavailable:
        return WriterUnavailable(f"the writer took longer than {self.request.timeout:g} s")


class TransformersWriter:
    """Serves one causal model in this process; one reply is written at a time and `queue` more wait.

    `model` is a name of the registry, a folder, a .gguf file or a hub id (owner/name). `threads` are the
    CPU threads that torch may use (default: all cores but one, so that the turns that need no model stay
    fast).
    """

    def __init__(self, model: str, *, queue: int = 4, threads: int | None = None) -> None:
        """Loads nothing. Raises ModelMissing or BadInput where `model` is not there."""
        self.name = f"transformers:{model}"
        self._source = locate(model)
        self._room = queue + 1
        self._threads = threads or max(1, (os.cpu_count() or 2) - 1)
        self._change = threading.Condition()
        self._state: State = "not started"
        self._reason = ""
        self._memory: int | None = None
        self._jobs: deque[_Job] = deque()
        self._running: _Job | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        with self._change:
            if self._state in ("not started", "failed"):
                self._state = "loading"
                self._thread = threading.Thread(target=self._serve, name="transformers-writer", daemon=True)
                self._thread.start()

    def wait_ready(self, timeout: float) -> bool:
        with self._change:
            self._change.wait_for(lambda: self._state in ("ready", "failed", "closed"), timeout)
            return self._state == "ready"

    def stream(self, request: WriterRequest) -> Generator[str]:
        job = self._submit(request)
        try:
            while (piece := self._await(job)) is not None:
                yield piece
        finally:
            self._drop(job)

    def status(self) -> WriterStatus:
        with self._change:
            detail = f"{self._state}: {self._reason}" if self._state == "failed" else self._state
            return WriterStatus(self.name, self._state == "ready", detail, self._memory)

    def close(self) -> None:
        with self._change:
            self._state = "closed"
            self._end_all(WriterUnavailable("the writer is closed"))
            thread = self._thread
            self._change.notify_all()
        if thread and thread is not threading.current_thread():
            thread.join(5)  # a load cannot be broken off; it is thrown away when it is done

    def _submit(self, request: WriterRequest) -> _Job:
        job = _Job(request, time.monotonic() + request.timeout)
        if self._state == "not started":
            self.start()
        with self._change:
            if self._state == "closed":
                raise WriterUnavailable("the writer is closed")
            if self._state == "failed":
                raise WriterUnavailable(f"the writer could not be loaded: {self._reason}")
            if len(self._jobs) + (self._running is not None) >= self._room:
                raise WriterUnavailable("the writer's queue is full")
            self._jobs.append(job)
            self._change.notify_all()
        return job

    def _await(self, job: _Job) -> str | None:
        try:
            piece = job.pieces.get(timeout=max(0.0, job.end - time.monotonic()))
        except queue.Empty:
            loading = self._state == "loading"
            raise (WriterUnavailable("the writer is still loading") if loading else job.late()) from None
        if isinstance(piece, WriterUnavailable):
            raise piece
        return piece

    def _drop(self, job: _Job) -> None:
        job.dropped.set()
        with self._change:
            if job in self._jobs:
                self._jobs.remove(job)

    def _end_all(self, error: WriterUnavailable) -> None:
        for job in (*self._jobs, *([self._running] if self._running else [])):
            job.dropped.set()
            job.pieces.put(error)
        self._jobs.clear()

    def _serve(self) -> None:
        """The thread: load, then write until closed."""
        model = self._load()
        while model and (job := self._next()):
            self._work(model, job)

    def _load(self) -> CausalModel | None:
        if sys.platform == "linux":  # there a thread has a priority of its own, and torch's threads inherit it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)
        try:
            import torch

            from bot.generate.transformers_model import CausalModel

            torch.set_num_threads(self._threads)
            model = CausalModel.load(*self._source)
            memory = model.memory_bytes
        except Exception as error:  # the thread's boundary: whatever a loader raises becomes the status
            self._fail(_line(error))
            return None
        with self._change:
            if self._state != "loading":
                return None
            self._state, self._memory = "ready", memory
            self._change.notify_all()
        return model

    def _fail(self, reason: str) -> None:
        with self._change:
            if self._state == "loading":
                self._state, self._reason = "failed", reason
                self._end_all(WriterUnavailable(f"the writer could not be loaded: {reason}"))
                self._change.notify_all()

    def _next(self) -> _Job | None:
        with self._change:
            self._running = None
            self._change.wait_for(lambda: self._jobs or self._state == "closed")
            if self._state == "closed":
                self._memory = None
                return None
            self._running = self._jobs.popleft()
            return self._running

    def _work(self, model: CausalModel, job: _Job) -> None:
        try:
            done = not job.unwanted() and model.run(job.request, job.pieces.put, job.unwanted)
            job.pieces.put(None if done else job.late())
        except WriterUnavailable as error:
            job.pieces.put(error)
        except Exception as error:  # the thread's boundary: torch's errors end this reply, not the writer
            job.pieces.put(WriterUnavailable(f"the writer failed: {_line(error)}"))


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300] if text else type(error).__name__
