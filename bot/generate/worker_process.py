"""One life of a worker process: started, watched to its end, and why it ended. Knows nothing of requests."""

from __future__ import annotations

import re
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence

_ERROR = re.compile(r"[\d.]+ E +(.*)")
"""An error line of llama.cpp's log: a time, the level, the text."""


class WorkerProcess:
    """A child process that prints `listening URL` once it serves, and ends when its standard input closes."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        """Starts it; raises OSError where that is impossible."""
        self.url = ""
        self._errors: deque[str] = deque(maxlen=50)
        # A session of its own: Ctrl-C in a terminal ends a reply there, and must not end the worker.
        self.popen = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env=environment,
            start_new_session=True,
        )

    def watch(self, listening: Callable[[], None]) -> None:
        """Calls `listening` when `url` is known, and returns when the process has ended."""
        with self.popen as process:
            assert process.stdout is not None and process.stderr is not None
            drain = threading.Thread(target=self._errors.extend, args=(process.stderr,), daemon=True)
            drain.start()
            for line in process.stdout:
                if line.startswith("listening "):
                    self.url = line.split()[1]
                    listening()
            process.wait()
            drain.join(2)

    @property
    def alive(self) -> bool:
        return self.popen.poll() is None

    def ends_within(self, seconds: float) -> bool:
        """Whether it is dead now or within `seconds`."""
        try:
            self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """End it, by force where three seconds are not enough."""
        self.popen.terminate()
        if not self.ends_within(3):
            self.popen.kill()

    def reason(self) -> str:
        """Why it ended: the first error it logged, else its last words, else how it was ended."""
        lines = [line.strip() for line in list(self._errors) if line.strip()]
        logged = next((match[1] for line in lines if (match := _ERROR.match(line))), None)
        words = logged or (lines[-1] if lines else "")
        code = self.popen.returncode
        end = f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"
        return f"{words[:300]} ({end})" if words else end
