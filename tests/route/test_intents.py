"""The catalogue: built-in intents, extended by a shop's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.route.intents import builtin_intents, catalogue, examples_hash
from bot.shop.types import ShopIntent


def own(name: str, command: str, flow: str | None = None, **examples: list[str]) -> ShopIntent:
    fields = {"name": name, "command": command, "examples": examples or {"en": ["example"]}}
    return ShopIntent.model_validate({**fields, "flow": flow} if flow else fields)


def test_names_are_unique_and_both_languages_are_there() -> None:
    names = [i.name for i in builtin_intents()]
    assert len(set(names)) == len(names) > 40
    assert all(set(i.examples) == {"en", "zh"} for i in builtin_intents())


def test_without_own_intents_the_catalogue_is_the_builtin_one() -> None:
    assert list(catalogue([]).values()) == list(builtin_intents())


def test_a_new_name_adds_an_intent() -> None:
    found = catalogue([own("engraving", "Search", en=["Do you engrave?"])])
    assert len(found) == len(builtin_intents()) + 1
    assert found["engraving"].examples == {"en": ("Do you engrave?",)}


def test_a_known_name_adds_examples() -> None:
    before = catalogue([])["ask_gift_wrap"]
    after = catalogue([own("ask_gift_wrap", "Search", zh=["能刻字吗"])])["ask_gift_wrap"]
    assert after.examples["zh"] == (*before.examples["zh"], "能刻字吗")
    assert after.examples["en"] == before.examples["en"]


@pytest.mark.parametrize(
    ("intent", "command", "flow"),
    [
        (own("cancel", "StartFlow"), "StartFlow", "cancel"),
        (own("cancel", "Search"), "Search", None),
        (own("ask_invoice_policy", "StartFlow", "invoice"), "StartFlow", "invoice"),
        (own("track", "StartFlow", "return"), "StartFlow", "return"),
    ],
)
def test_a_known_name_may_change_its_command(intent: ShopIntent, command: str, flow: str | None) -> None:
    found = catalogue([intent])[intent.name]
    assert (found.command, found.flow) == (command, flow)


def test_a_name_twice_adds_up() -> None:
    found = catalogue([own("x", "Search", en=["one"]), own("x", "Search", en=["two"], zh=["三"])])["x"]
    assert found.examples == {"en": ("one", "two"), "zh": ("三",)}


def test_the_builtin_catalogue_is_not_changed() -> None:
    before = examples_hash(catalogue([]))
    catalogue([own("cancel", "Search", en=["new"])])
    assert examples_hash(catalogue([])) == before


def test_the_hash_follows_examples_and_commands_and_not_their_order() -> None:
    intents = catalogue([])
    same = examples_hash(intents)
    assert examples_hash(dict(reversed(intents.items()))) == same
    cancel = intents["cancel"]
    shuffled = replace(cancel, examples={k: v[::-1] for k, v in reversed(cancel.examples.items())})
    assert examples_hash({**intents, "cancel": shuffled}) == same
    assert examples_hash({**intents, "cancel": replace(cancel, command="Search")}) != same
    assert examples_hash({**intents, "cancel": replace(cancel, examples={"en": ("x",)})}) != same
