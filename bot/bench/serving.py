"""Benchmark of the running server: latency by band over HTTP, and memory. Knows nothing of the parts inside."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.bench.parts import QUESTIONS, percentiles
from bot.errors import Failure
from bot.resources import shipped

START = 120.0


@contextmanager
def server(shop: Path) -> Iterator[tuple[str, int]]:
    """A server process for `shop`: its address and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "ZHANGGUI_SHOP": str(shop)}
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(15)


def wait_ready(client: Any, base: str) -> float:
    """Seconds until the server answers with its writer loaded. Raises Failure when it takes too long."""
    began = time.monotonic()
    while time.monotonic() - began < START:
        try:
            status = client.get(f"{base}/readyz").json()
            if status["writer"]["ready"] or status["writer"]["name"] == "none":
                return time.monotonic() - began
        except Exception:  # the server is not up yet: any kind of refusal
            pass
        time.sleep(0.1)
    raise Failure(f"bench: the server was not ready within {START:.0f} s; run `zhanggui serve` to see why")


def questions() -> list[str]:
    """The first messages of the sample shop's suites, else a fixed few."""
    found: list[str] = []
    try:
        for path in sorted(shipped("eval").glob("sample.*.choose.jsonl")):
            found += [json.loads(line)["turns"][0]["user"] for line in path.read_text(encoding="utf-8").splitlines()]
    except Failure:
        pass
    return found or list(QUESTIONS) * 5


def ask(client: Any, base: str, text: str) -> dict[str, Any]:
    """One turn over SSE: its band, and the milliseconds to the first event, the first text and the end."""
    began = time.perf_counter()
    seen: dict[str, Any] = {}
    kind = ""
    with client.stream("POST", f"{base}/v1/chat", json={"message": text}) as response:
        for line in response.iter_lines():
            now = (time.perf_counter() - began) * 1000
            if line.startswith("event:"):
                kind = line[6:].strip()
                seen.setdefault("first_event", now)
                if kind == "delta":
                    seen.setdefault("first_text", now)
            elif line.startswith("data:") and kind == "done":
                seen["band"] = json.loads(line[5:])["band"]
                seen["whole"] = now
    return seen


def serving(shop: Path) -> dict[str, Any]:
    """Latency by band in milliseconds, one question after the other, and resident memory in megabytes."""
    import httpx2
    import psutil

    with server(shop) as (base, pid), httpx2.Client(timeout=60, trust_env=False) as client:
        ready = wait_ready(client, base)
        time.sleep(8)  # the writer reads the prompts' heads
        turns = [ask(client, base, text) for text in questions()]
        parent = psutil.Process(pid)
        memory = sum(p.memory_info().rss for p in [parent, *parent.children(recursive=True)]) / 1e6
    report: dict[str, Any] = {"ready_s": round(ready, 1), "memory_mb": round(memory), "questions": len(turns)}
    report["first_event_ms"] = percentiles([t["first_event"] for t in turns])
    for band in sorted({t["band"] for t in turns}):
        own = [t for t in turns if t["band"] == band]
        report[band] = {
            "first_text_ms": percentiles([t["first_text"] for t in own]),
            "whole_ms": percentiles([t["whole"] for t in own]),
        }
    return report
