"""Compares records with what a dialogue expects of them. Knows nothing of databases or of how a dialogue is played."""

from __future__ import annotations

from typing import Any

_CLOSE = 0.005  # amounts are JSON numbers with a currency's decimals


def differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """Where `actual` does not hold `expected` as a recursive subset: one line each, with the path.

    Lists are matched by `line_no`, else row by row in order, each row of `actual` once.
    """
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return [f"{path}: missing"]
        return [
            d
            for key, value in expected.items()
            for d in differences(value, actual.get(key), f"{path}.{key}".strip("."))
        ]
    if isinstance(expected, list):
        return _rows(expected, actual, path) if isinstance(actual, list) else [f"{path}: missing"]
    if isinstance(expected, float | int) and not isinstance(expected, bool):
        close = isinstance(actual, float | int) and not isinstance(actual, bool) and abs(actual - expected) < _CLOSE
        return [] if close else [f"{path}: {actual!r}, not {expected!r}"]
    return [] if expected == actual else [f"{path}: {actual!r}, not {expected!r}"]


def _rows(expected: list[Any], actual: list[Any], path: str) -> list[str]:
    left, found = list(actual), []
    for wanted in expected:
        number = wanted.get("line_no") if isinstance(wanted, dict) else None
        if number is not None:
            row = next((r for r in left if isinstance(r, dict) and r.get("line_no") == number), None)
            found += differences(wanted, row, f"{path}[{number}]")
        else:
            row = next((r for r in left if not differences(wanted, r)), None)
            found += [] if row is not None else [f"{path}: no row like {wanted!r}"]
        if row is not None:
            left.remove(row)
    return found
