"""The built-in intents that are no questions to the shop: closed sets, enough examples, none twice."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

import bot

FILE = Path(bot.__file__).parent / "route" / "builtin" / "actions.yaml"
LANGUAGES = ("en", "zh")
FLOWS = (
    "track",
    "cancel",
    "return",
    "exchange",
    "modify_items",
    "change_address",
    "change_payment",
    "invoice",
)
COMMANDS = {
    **dict.fromkeys(FLOWS, "StartFlow"),
    "recommend": "Recommend",
    **dict.fromkeys(("human_agent", "complaint"), "Handoff"),
    **dict.fromkeys(
        (
            "greeting",
            "thanks",
            "goodbye",
            "bot_identity",
            "capabilities",
            "praise",
            "small_talk",
            "acknowledge",
        ),
        "ChitChat",
    ),
    **dict.fromkeys(("off_topic", "instruct_bot", "advice"), "CannotHandle"),
}
MINIMUM = {"ChitChat": 25}  # examples an intent and language; the others need more because their wording varies more
OPENING = 3  # at most this many examples of an intent may begin alike; more would be a template


def normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().strip()


def opening(text: str, language: str) -> str:
    words = normal(text).split()
    return " ".join(words[:3]) if language == "en" else normal(text)[:3]


@pytest.fixture(scope="module")
def intents() -> list[dict[str, Any]]:
    loaded = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert isinstance(loaded, list)
    return loaded


def test_names_and_commands_are_the_closed_set(intents: list[dict[str, Any]]) -> None:
    assert [(i["name"], i["command"]) for i in intents] == list(COMMANDS.items())
    for intent in intents:
        assert set(intent) <= {"name", "command", "flow", "examples"}


def test_a_flow_is_named_exactly_where_one_starts(intents: list[dict[str, Any]]) -> None:
    flows = {i["name"]: i.get("flow") for i in intents}
    assert flows == {name: name if command == "StartFlow" else None for name, command in COMMANDS.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_intent_has_enough_examples(intents: list[dict[str, Any]], language: str) -> None:
    for intent in intents:
        assert set(intent["examples"]) == set(LANGUAGES), intent["name"]
        examples = intent["examples"][language]
        assert len(examples) >= MINIMUM.get(intent["command"], 40), intent["name"]
        for example in examples:
            assert isinstance(example, str), (intent["name"], example)
            assert example == example.strip() != "", (intent["name"], example)


def test_no_example_stands_twice(intents: list[dict[str, Any]]) -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for intent in intents:
        for language in LANGUAGES:
            for example in intent["examples"][language]:
                places[normal(example)].append(f"{intent['name']}/{language}")
    assert {text: where for text, where in places.items() if len(where) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_examples_are_no_template(intents: list[dict[str, Any]], language: str) -> None:
    for intent in intents:
        examples = intent["examples"][language]
        counts = Counter(opening(e, language) for e in examples)
        assert max(counts.values()) <= OPENING, (intent["name"], counts.most_common(1))


def test_lengths_reach_from_a_word_to_a_story(intents: list[dict[str, Any]]) -> None:
    for intent in intents:
        if intent["command"] != "StartFlow":
            continue
        words = [len(e.split()) for e in intent["examples"]["en"]]
        signs = [len(e) for e in intent["examples"]["zh"]]
        assert min(words) <= 3 and max(words) >= 17, intent["name"]
        assert min(signs) <= 4 and max(signs) >= 25, intent["name"]


def test_chinese_examples_are_chinese(intents: list[dict[str, Any]]) -> None:
    def share(texts: list[str]) -> float:
        return sum(any("一" <= c <= "鿿" for c in t) for t in texts) / len(texts)

    for intent in intents:
        assert share(intent["examples"]["zh"]) >= 0.8, intent["name"]
        assert share(intent["examples"]["en"]) == 0, intent["name"]
