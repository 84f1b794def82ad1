"""From a prediction to one command of the closed set."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.route.head import Prediction
from bot.route.intents import Intent, builtin_intents, catalogue
from bot.route.router import Route, route

INTENTS = {
    name: Intent(name, command, flow, {})
    for name, command, flow in [
        ("ask_fee", "Search", None),
        ("ask_time", "Search", None),
        ("cancel", "StartFlow", "cancel"),
        ("track", "StartFlow", "track"),
        ("greeting", "ChitChat", None),
        ("human_agent", "Handoff", None),
        ("recommend", "Recommend", None),
        ("off_topic", "CannotHandle", None),
    ]
}


def said(**chances: float) -> Prediction:
    return Prediction(tuple(sorted(chances.items(), key=lambda c: -c[1])), 1.0)


@pytest.mark.parametrize(
    ("prediction", "expected"),
    [
        (said(ask_fee=0.9, greeting=0.1), Route("Search", "ask_fee", None, 0.9)),
        (said(cancel=0.9, ask_fee=0.1), Route("StartFlow", "cancel", "cancel", 0.9)),
        (said(cancel=0.4, track=0.3, ask_fee=0.3), Route("StartFlow", "cancel", "cancel", 0.7)),
        (said(greeting=0.56, ask_fee=0.44), Route("ChitChat", "greeting", None, 0.56)),
        (said(greeting=0.5, ask_fee=0.3, ask_time=0.2), Route("Search", "ask_fee", None, 0.5)),
        (said(human_agent=0.59, ask_time=0.41), Route("Search", "ask_time", None, 0.41)),
        (said(human_agent=0.61, ask_time=0.39), Route("Handoff", "human_agent", None, 0.61)),
        (said(off_topic=0.5, recommend=0.5), Route("Search", None, None, 0.0)),
        (said(unknown=0.9, ask_fee=0.1), Route("Search", "ask_fee", None, 0.1)),
        (said(unknown=1.0), Route("Search", None, None, 0.0)),
        (Prediction((), 0.0), Route("Search", None, None, 0.0)),
    ],
)
def test_route(prediction: Prediction, expected: Route) -> None:
    found = route(prediction, INTENTS)
    assert (found.command, found.intent, found.flow) == (expected.command, expected.intent, expected.flow)
    assert found.confidence == pytest.approx(expected.confidence)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*INTENTS, "unknown"]), st.floats(0, 1), max_size=8))
def test_the_route_is_one_of_the_set_and_its_flow_fits(chances: dict[str, float]) -> None:
    total = sum(chances.values()) or 1
    found = route(said(**{n: c / total for n, c in chances.items()}), INTENTS)
    assert found.command in {i.command for i in INTENTS.values()}
    assert 0 <= found.confidence <= 1 + 1e-6
    assert (found.flow is not None) == (found.command == "StartFlow")
    if found.intent:
        assert INTENTS[found.intent].command == found.command


def test_certainty_of_any_builtin_intent_is_followed() -> None:
    intents = catalogue([])
    for intent in builtin_intents():
        found = route(said(**{intent.name: 1.0}), intents)
        assert (found.command, found.intent, found.flow) == (intent.command, intent.name, intent.flow)
