"""The figures' page."""

from __future__ import annotations

import pytest

from bot.bench.parts import percentiles
from bot.bench.run import flat, page, run
from bot.errors import BadInput


def test_percentiles_of_known_values():
    assert percentiles([float(n) for n in range(1, 101)]) == {"n": 100, "p50": 50.5, "p95": 96.0}


def test_page_lists_nested_figures():
    machine = {"cores": 2, "memory_gb": 8.0, "python": "3.11", "platform": "x", "date": "2026-01-01"}
    text = page({"machine": machine, "startup": {"help_ms": {"p50": 1.5}}})
    assert "| help_ms p50 | 1.5 |" in text
    assert "2 cores" in text
    assert flat({"a": {"b": 1}, "c": 2}) == [("a b", 1), ("c", 2)]


def test_unknown_benchmark_is_bad_input(tmp_path):
    with pytest.raises(BadInput, match="no benchmark"):
        run(["nope"], None, tmp_path)
