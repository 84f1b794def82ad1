"""Looks whether this machine has what is needed, and names the command that mends a lack. Changes nothing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from bot.config import settings
from bot.models.installed import problem, verify
from bot.models.registry import load_registry

MIN_PYTHON: Final = (3, 11)
MIN_MEMORY: Final = 4_000_000_000
"""Bytes: the encoder's export at set-up peaks at 3.5 GB (measured), the running bot stays below."""
MIN_DISK: Final = 1_000_000_000
"""Bytes for indexes, databases and logs beside the models."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `fix` is the command or step that mends it, None when all is well."""

    name: str
    ok: bool
    detail: str
    fix: str | None = None


Check = Callable[[], Finding]


def default_models() -> list[str]:
    """The models that the settings ask for: the embedder, and the writer where it is a local one."""
    kind, _, name = settings().writer.partition(":")
    return [settings().embedder, *([name] if kind == "llamacpp" and name else [])]


def examine(extra: Iterable[Check] = ()) -> list[Finding]:
    """All findings: Python, memory, disk, each model the settings ask for, then the `extra` checks."""
    checks: list[Check] = [_python, _memory, _disk]
    checks += [_model_check(name) for name in default_models()]
    return [check() for check in (*checks, *extra)]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= MIN_PYTHON
    return Finding("python", ok, version, None if ok else "install Python 3.11 or later and make the environment anew")


def _memory() -> Finding:
    import psutil

    total = psutil.virtual_memory().total
    ok = total >= MIN_MEMORY
    fix = None if ok else "use a machine with 4 GB, or a writer elsewhere: ZHANGGUI_WRITER=none or openai:URL#MODEL"
    return Finding("memory", ok, f"{total / 1e9:.1f} GB", fix)


def _disk() -> Finding:
    folder = settings().models_dir
    while not folder.exists():
        folder = folder.parent
    registry = load_registry()
    needed = MIN_DISK
    for name in default_models():
        if name in registry and problem(name) == "not installed":
            spec = registry[name]
            needed += spec.bytes + (spec.bytes if spec.room is None else spec.room)
    free = shutil.disk_usage(folder).free
    fix = None if free >= needed else "free some space, or set ZHANGGUI_HOME to another disk"
    return Finding("disk", fix is None, f"{free / 1e9:.1f} GB free, {needed / 1e9:.1f} GB wanted, in {folder}", fix)


def _model_check(name: str) -> Check:
    def check() -> Finding:
        problems = verify(name)
        if not problems:
            return Finding(f"model {name}", True, "installed, every byte verified")
        again = " --again" if any("SHA-256" in text for text in problems) else ""
        fix = f"zhanggui models pull {name}{again}" if name in load_registry() else "zhanggui models list"
        return Finding(f"model {name}", False, problems[0].removeprefix(f"{name}: "), fix)

    return check
