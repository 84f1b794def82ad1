"""Compares a run with an earlier one, turn by turn. Knows nothing of files."""

from __future__ import annotations

from math import comb
from typing import Any

from bot.evaluation.report import Report

_SHOWN = ("suite", "id", "turn", "question")


def compare(before: Report, after: Report) -> dict[str, Any]:
    """What changed between two reports, by suite, dialogue and number of the turn.

    `better` and `worse` list the turns that pass now and did not, or the other way round; `same` counts the
    rest; `reworded` those of the rest whose reply differs. Turns whose question or expectations were changed
    are `altered`, and those that only one run has `added` or `removed`: they are counted, not compared. `p`
    is the chance of a split at least as uneven as better : worse if nothing but luck had changed (exact
    McNemar test, two-sided). `metrics` holds the overall figures side by side.
    """
    old, new = _by_key(before), _by_key(after)
    better: list[dict[str, Any]] = []
    worse: list[dict[str, Any]] = []
    same = reworded = altered = 0
    for key in [key for key in new if key in old]:
        was, now = old[key], new[key]
        if (was["question"], was["expected"]) != (now["question"], now["expected"]):
            altered += 1
        elif was["passed"] == now["passed"]:
            same += 1
            reworded += _reply(was) != _reply(now)
        else:
            (better if now["passed"] else worse).append(_change(was, now))
    return {
        "started_at": before.get("started_at"),
        "writer": before.get("writer"),
        "encoder": before.get("encoder"),
        "counts": {
            "better": len(better),
            "worse": len(worse),
            "same": same,
            "reworded": reworded,
            "altered": altered,
            "added": len(new.keys() - old.keys()),
            "removed": len(old.keys() - new.keys()),
        },
        "p": mcnemar(len(better), len(worse)),
        "better": better,
        "worse": worse,
        "metrics": _metrics(before["overall"], after["overall"]),
    }


def mcnemar(better: int, worse: int) -> float:
    """The exact two-sided p-value of a split under even chances (Q. McNemar, Psychometrika 12, 1947)."""
    n = better + worse
    tail = sum(comb(n, k) for k in range(min(better, worse) + 1))
    return min(1.0, 2 * tail / (1 << n))


def _by_key(report: Report) -> dict[tuple[str, str, int], dict[str, Any]]:
    return {(t["suite"], t["id"], t["turn"]): t for t in report["turns"]}


def _reply(turn: dict[str, Any]) -> str:
    return str((turn.get("answer") or {}).get("reply") or "")


def _change(was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    checks = {name: passed for name, passed in now["checks"].items() if was["checks"].get(name) != passed}
    return {
        **{name: now[name] for name in _SHOWN},
        "before": _reply(was),
        "after": _reply(now),
        "checks": checks,
    }


def _metrics(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for name, now in after.items():
        old, new = (before.get(name) or {}).get("value"), now["value"]
        if old is not None and new is not None:
            found[name] = {"before": old, "after": new, "change": round(new - old, 6)}
    return found
