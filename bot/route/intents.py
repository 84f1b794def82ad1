"""The catalogue of intents: the built-in ones and a shop's own, with their examples. Knows nothing of classification."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import Failure

if TYPE_CHECKING:
    from bot.shop.types import ShopIntent

_BUILTIN = Path(__file__).resolve().parent / "builtin"


@dataclass(frozen=True)
class Intent:
    """A named kind of message, the command it leads to, and example messages by language."""

    name: str
    command: str
    flow: str | None
    examples: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def builtin_intents() -> tuple[Intent, ...]:
    """The intents that ship: the usual ones of an online shop, zh and en."""
    import yaml

    found: list[Intent] = []
    for path in sorted(_BUILTIN.glob("*.yaml")):
        rows: list[dict[str, Any]] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        found += [
            Intent(r["name"], r["command"], r.get("flow"), {k: tuple(v) for k, v in r["examples"].items()})
            for r in rows
        ]
    if not found:
        raise Failure(f"{_BUILTIN}: no built-in intents; reinstall zhanggui")
    return tuple(found)


def catalogue(own: Iterable[ShopIntent]) -> dict[str, Intent]:
    """Built-in intents extended by a shop's: a new name adds one, a known name adds examples and may change the command."""
    merged = {i.name: i for i in builtin_intents()}
    for intent in own:
        known = merged.get(intent.name)
        examples = {k: tuple(v) for k, v in intent.examples.items()}
        if known:
            languages = {*known.examples, *examples}
            examples = {k: known.examples.get(k, ()) + examples.get(k, ()) for k in sorted(languages)}
        flow = intent.flow or (known.flow if known and known.command == intent.command else None)
        merged[intent.name] = Intent(intent.name, intent.command, flow, examples)
    return merged


def examples_hash(intents: dict[str, Intent]) -> str:
    """SHA-256 (hex) of everything a head is trained on."""
    rows = [
        [i.name, i.command, {k: sorted(v) for k, v in sorted(i.examples.items())}] for _, i in sorted(intents.items())
    ]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
