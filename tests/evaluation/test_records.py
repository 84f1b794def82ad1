"""Records as a recursive subset."""

from __future__ import annotations

import pytest

from bot.evaluation.records import differences

ORDER = {
    "status": "paid",
    "total": 10.5,
    "invoice": None,
    "lines": [{"line_no": 1, "sku": "a", "quantity": 2}, {"line_no": 2, "sku": "b", "quantity": 1}],
    "payments": [{"kind": "payment", "amount": 10.5}, {"kind": "refund", "amount": 1.0}],
}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"status": "paid", "total": 10.5, "invoice": None},
        {"lines": [{"line_no": 2, "sku": "b"}]},
        {"payments": [{"kind": "refund"}, {"amount": 10.5}]},
    ],
)
def test_a_subset_holds(expected: dict) -> None:
    assert differences(expected, ORDER) == []


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        ({"status": "shipped"}, "status"),
        ({"total": 10.6}, "total"),
        ({"total": True}, "total"),
        ({"lines": [{"line_no": 2, "sku": "a"}]}, "lines[2].sku"),
        ({"lines": [{"line_no": 3}]}, "lines[3]"),
        ({"payments": [{"kind": "refund"}, {"kind": "refund"}]}, "payments"),
        ({"address": {"city": "x"}}, "address"),
    ],
)
def test_what_differs_is_named(expected: dict, path: str) -> None:
    (found,) = differences(expected, ORDER)
    assert found.startswith(f"{path}:")
