"""Keeps fetched and verified parts, so that a broken pull is taken up again. Knows nothing of sources."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Executor, wait
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import Failure
from bot.models.installed import file_sha256
from bot.models.registry import FileSpec
from bot.models.sources import Job, Plan, Stopped


@dataclass
class Parts:
    """The folder `.parts/NAME`; `advance` hears of bytes as they come, `stopped` ends all fetching."""

    folder: Path
    advance: Callable[[int], None] = lambda count: None
    stopped: threading.Event = field(default_factory=threading.Event)

    def have(self, part: FileSpec) -> bool:
        """Whether the part lies here, whole and unharmed; a damaged one is removed."""
        path = self.folder / part.path
        if not path.is_file():
            return False
        if _wrong(path, part) is None:
            return True
        path.unlink()
        return False

    def missing(self, plan: Plan) -> list[Job]:
        """The jobs that still have to run."""
        return [job for job in plan.jobs if not all(self.have(part) for part in job.parts)]

    def fetch(self, jobs: list[Job], pool: Executor) -> None:
        """Runs `jobs` on `pool`; finished parts are kept when another one fails. Raises the first failure."""
        self.folder.mkdir(parents=True, exist_ok=True)
        failed = threading.Event()
        running = [pool.submit(self._run, job, failed) for job in jobs]
        try:
            finished, _ = wait(running, return_when=FIRST_EXCEPTION)
            failures = [error for future in finished if (error := future.exception())]
        finally:
            failed.set()
            for future in running:
                future.cancel()
        wait(running)
        for error in failures:
            if not isinstance(error, Stopped):
                raise error

    def clear(self) -> None:
        """Removes all parts."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, job: Job, failed: threading.Event) -> None:
        if failed.is_set() or self.stopped.is_set():
            raise Stopped
        total, seen = sum(part.bytes or 0 for part in job.parts), 0

        def tick(count: int) -> None:
            nonlocal seen
            if failed.is_set() or self.stopped.is_set():
                raise Stopped
            # A wheel is compressed: what comes over the wire is not quite what the part weighs.
            counted = min(count, total - seen) if total else count
            seen += counted
            if counted:
                self.advance(counted)

        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=self.folder) as temporary:
            into = Path(temporary)
            job.run(into, tick)
            for part in job.parts:
                if wrong := _wrong(into / part.path, part):
                    raise Failure(
                        f"{job.label}: {part.path} {wrong}; thrown away, nothing was installed; "
                        "try again or give the right file with --from FOLDER"
                    )
            for part in job.parts:
                target = self.folder / part.path
                target.parent.mkdir(parents=True, exist_ok=True)
                (into / part.path).replace(target)
        self.advance(max(0, total - seen))


def _wrong(path: Path, part: FileSpec) -> str | None:
    """What is wrong with the file, in words; None when it is what `part` says."""
    if not path.is_file():
        return "is missing"
    size = path.stat().st_size
    if part.bytes is not None and size != part.bytes:
        return f"has {size} bytes, {part.bytes} expected"
    if part.sha256 is not None and (sha := file_sha256(path)) != part.sha256:
        return f"has SHA-256 {sha}, {part.sha256} expected"
    return None
