"""Benchmarks of parts: the command's start and the encoder with the search. Knows nothing of serving."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

QUESTIONS = (
    "How long does standard delivery take?", "can i send it back if i opened the box", "do you take alipay", "帮我看看退货要几天",
    "快递一般几天能到啊", "发票可以开公司抬头吗", "is the lamp dimmable", "会员积分多久过期",
)  # fmt: skip


def percentiles(values: list[float]) -> dict[str, float]:
    """p50 and p95 with the count."""
    ordered = sorted(values)
    return {
        "n": len(ordered),
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
    }


def startup(_: Path) -> dict[str, Any]:
    """Wall time of `zhanggui --help`, in milliseconds."""
    seen = []
    for _run in range(10):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bot", "--help"], check=True, capture_output=True)
        seen.append((time.perf_counter() - began) * 1000)
    return {"help_ms": percentiles(seen)}


def encoder(shop: Path) -> dict[str, Any]:
    """One question embedded, and one search of the shop with MaxSim, in milliseconds."""
    from bot.assemble import load_knowledge
    from bot.config import settings
    from bot.encoder import load_encoder
    from bot.shop.folder import load_shop

    model = load_encoder(settings().embedder)
    knowledge = load_knowledge(load_shop(shop), model)
    embed, search = [], []
    for number in range(200):
        text = QUESTIONS[number % len(QUESTIONS)] + " " * (number % 3)
        began = time.perf_counter()
        question = model.encode([text], "query")[0]
        middle = time.perf_counter()
        knowledge.search(text, "en" if text.isascii() else "zh", 5, question)
        if number >= 20:
            embed.append((middle - began) * 1000)
            search.append((time.perf_counter() - middle) * 1000)
    return {"passages": len(knowledge.index.passages), "embed_ms": percentiles(embed), "search_ms": percentiles(search)}
