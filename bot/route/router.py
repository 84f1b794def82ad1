"""Maps a classified message to a command. Knows nothing of knowledge, flows or replies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.route.head import Prediction
from bot.route.intents import Intent

# Least probability of a command (summed over its intents) to act on it rather than search the knowledge base, which is
# the harmless choice: a question that is searched in vain is refused politely.
_LEAST = {"ChitChat": 0.55, "Handoff": 0.6, "CannotHandle": 0.55, "StartFlow": 0.55, "Recommend": 0.6, "Search": 0.0}


@dataclass(frozen=True)
class Route:
    """The command, the intent behind it, and how sure the router is of the command."""

    command: str
    intent: str | None
    flow: str | None
    confidence: float


def route(prediction: Prediction, intents: Mapping[str, Intent]) -> Route:
    """The most probable command, if it is probable enough; else Search."""
    totals: dict[str, float] = {}
    best: dict[str, tuple[str, float]] = {}
    for name, chance in prediction.ranked:
        intent = intents.get(name)
        if intent is None:
            continue
        totals[intent.command] = totals.get(intent.command, 0.0) + chance
        best.setdefault(intent.command, (name, chance))
    if not totals:
        return Route("Search", None, None, 0.0)
    command = max(totals, key=lambda c: totals[c])
    if totals[command] < _LEAST.get(command, 0.5):
        command = "Search"
    if command not in best:
        return Route("Search", None, None, 0.0)
    name = best[command][0]
    return Route(command, name, intents[name].flow, totals[command])
