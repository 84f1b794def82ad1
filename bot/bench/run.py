"""Runs the named benchmarks and writes one page of figures with the machine and the date. Knows nothing of what is measured."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.bench.parts import encoder, startup
from bot.bench.serving import serving
from bot.errors import BadInput, Failure

Figures = dict[str, Any]
BENCHES: dict[str, Callable[[Path], Figures]] = {"startup": startup, "encoder": encoder, "serving": serving}


def machine() -> dict[str, Any]:
    """What the figures were seen on."""
    import psutil

    return {
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "python": platform.python_version(),
        "platform": platform.machine() + " " + platform.system(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def run(names: list[str], shop: Path | None, folder: Path) -> None:
    """Measure, print and keep; `folder` gets `speed.json` and `speed.md`. Raises BadInput for an unknown name."""
    from bot.shop.locate import resolve_shop

    unknown = [n for n in names if n not in BENCHES]
    if unknown:
        raise BadInput(f"bench: no benchmark {unknown[0]!r}; there are {', '.join(BENCHES)}")
    path = resolve_shop(shop)
    kept = folder / "speed.json"
    figures: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() and names else {}
    for name in names or list(BENCHES):
        print(f"bench: {name}", file=sys.stderr, flush=True)
        figures[name] = BENCHES[name](path)
    figures["machine"] = machine()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        (folder / "speed.md").write_text(page(figures), encoding="utf-8")
    except OSError as error:
        raise Failure(f"{folder}: cannot be written ({error.strerror}); run in a folder you may write") from error
    print(page(figures))


def page(figures: Figures) -> str:
    """The figures as a Markdown page."""
    seen = figures["machine"]
    lines = [
        "# Speed and memory",
        "",
        f"`zhanggui bench` on {seen['cores']} cores, {seen['memory_gb']} GB, "
        f"Python {seen['python']}, {seen['platform']}, {seen['date']}.",
    ]
    for name in BENCHES:
        if name in figures:
            lines += ["", f"## {name}", "", "| figure | value |", "|---|---|"]
            lines += [f"| {k} | {v} |" for k, v in flat(figures[name])]
    return "\n".join(lines) + "\n"


def flat(values: Figures, prefix: str = "") -> list[tuple[str, Any]]:
    """Nested figures as (dotted name, value)."""
    out: list[tuple[str, Any]] = []
    for key, value in values.items():
        name = f"{prefix}{key}"
        out += flat(value, name + " ") if isinstance(value, dict) else [(name, value)]
    return out
