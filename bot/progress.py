"""Progress on standard error: one line, rewritten in place on a terminal. Knows nothing of the work."""

from __future__ import annotations

import sys


def tell(line: str) -> None:
    """A line of progress on stderr: rewritten in place on a terminal; elsewhere each step's count only once."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[2K{line}")
        if line.endswith((".", "!")):
            sys.stderr.write("\n")
        sys.stderr.flush()
    elif "/" not in line:
        print(line, file=sys.stderr, flush=True)


def tell_end() -> None:
    """Finish the line that `tell` rewrites."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()
