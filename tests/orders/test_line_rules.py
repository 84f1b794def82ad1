from dataclasses import replace

from bot.orders.line_rules import allowed_lines
from bot.shop.types import Rules
from tests.orders.samples import DELIVERED, PRODUCTS, RULES


def codes(action, order=DELIVERED, rules=RULES, products=PRODUCTS):
    verdicts = allowed_lines(action, order, products, rules)
    assert [verdict.line_no for verdict in verdicts] == [line.line_no for line in order.lines]
    return [verdict.denied.code if verdict.denied else None for verdict in verdicts]


def test_each_line_is_judged_by_itself():
    assert codes("return") == [None, None, "excluded_tag"]
    assert codes("exchange") == [None, None, None]
    assert codes("modify_items") == [None, None, None]
    assert codes("return", rules=Rules()) == ["off"] * 3


def test_only_active_lines_may_be_changed():
    lines = tuple(
        replace(line, status=status)
        for line, status in zip(DELIVERED.lines, ("returned", "cancelled", "active"), strict=True)
    )
    assert codes("exchange", replace(DELIVERED, lines=lines)) == ["line_status", "line_status", None]


def test_what_left_the_catalogue_is_for_a_person():
    assert codes("exchange", products={}) == ["unknown_sku"] * 3
