"""One check a field of `expect`: does the turn show it? Knows nothing of how the turn was made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.evaluation.patterns import covers, reads_as
from bot.evaluation.suite import Expect


@dataclass(frozen=True)
class Outcome:
    """What a check found. `reason` says in one line why it failed; empty when it passed."""

    check: str
    passed: bool
    reason: str = ""


Turn = Mapping[str, Any]
Categories = Mapping[str, str]
"""Categories of the shop's products by product id."""


def check_turn(expect: Expect, turn: Turn, categories: Categories | None = None) -> tuple[Outcome, ...]:
    """The outcome of each field that `expect` gives, in its order, for one turn object."""
    reasons = ((name, CHECKS[name](expect, turn, categories or {})) for name in expect.given)
    return tuple(Outcome(name, not reason, reason) for name, reason in reasons)


def is_refused(turn: Turn) -> bool:
    """The contract's `refused`: band `refused`, command CannotHandle, or a person was called."""
    return turn.get("band") == "refused" or turn.get("command") == "CannotHandle" or bool(turn.get("handoff"))


def cited_ids(turn: Turn) -> list[str]:
    """The ids of the citations in order of their marks, each once."""
    citations = sorted(turn.get("citations") or [], key=lambda c: c.get("n") or 0)
    return list(dict.fromkeys(c["id"] for c in citations))


def reply_in(turn: Turn, language: str) -> bool:
    """Whether the reply reads as `language`; an extractive one may introduce a foreign quotation."""
    quotes = [c.get("quote") or "" for c in turn.get("citations") or []]
    return reads_as(turn.get("reply") or "", language, quotes if turn.get("band") == "extractive" else ())


def _same(what: str, expected: Any, actual: Any) -> str:
    return "" if expected == actual else f"{what} is {_words(actual)}, not {_words(expected)}"


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _part(turn: Turn, outer: str, inner: str) -> Any:
    return (turn.get(outer) or {}).get(inner)


def command(expect: Expect, turn: Turn, _: Categories) -> str:
    """`command` is the expected one."""
    return _same("command", expect.command, turn.get("command"))


def intent(expect: Expect, turn: Turn, _: Categories) -> str:
    """`intent.name` is the expected one."""
    return _same("intent", expect.intent, _part(turn, "intent", "name"))


def band(expect: Expect, turn: Turn, _: Categories) -> str:
    """`band` is one of those allowed."""
    actual = turn.get("band")
    return "" if actual in expect.band else f"band is {_words(actual)}, not {' or '.join(expect.band)}"


def cites(expect: Expect, turn: Turn, _: Categories) -> str:
    """At least one expected id is cited; `policy-id` stands for any of its passages."""
    given = cited_ids(turn)
    if any(covers(e, g) for e in expect.cites for g in given):
        return ""
    return f"cites {_words(given)}, not {' or '.join(expect.cites)}"


def contains(expect: Expect, turn: Turn, _: Categories) -> str:
    """Every pattern is found in the reply."""
    missing = [p.source for p in expect.contains if not p.found_in(turn.get("reply") or "")]
    return f"the reply lacks {_quoted(missing)}" if missing else ""


def not_contains(expect: Expect, turn: Turn, _: Categories) -> str:
    """No pattern is found in the reply."""
    present = [p.source for p in expect.not_contains if p.found_in(turn.get("reply") or "")]
    return f"the reply has {_quoted(present)}" if present else ""


def _quoted(patterns: Iterable[str]) -> str:
    return ", ".join(f"/{p}/" for p in patterns)


def refused(expect: Expect, turn: Turn, _: Categories) -> str:
    """The turn is refused, or is not; see `is_refused`."""
    return _same("refused", expect.refused, is_refused(turn))


def handoff(expect: Expect, turn: Turn, _: Categories) -> str:
    """A person has been called, or has not."""
    return _same("handoff", expect.handoff, bool(turn.get("handoff")))


def _products(turn: Turn) -> list[Mapping[str, Any]]:
    return list(turn.get("products") or [])


def _product_ids(turn: Turn) -> list[str]:
    return [p["id"] for p in _products(turn)]


def recommends(expect: Expect, turn: Turn, _: Categories) -> str:
    """At least one of the expected products is shown."""
    given = _product_ids(turn)
    return "" if set(given) & set(expect.recommends) else f"shows {_words(given)}, not {' or '.join(expect.recommends)}"


def products_min(expect: Expect, turn: Turn, _: Categories) -> str:
    """At least so many products are shown."""
    shown, least = len(_products(turn)), expect.products_min or 0
    return "" if shown >= least else f"shows {shown} products, not {least} or more"


def not_products(expect: Expect, turn: Turn, _: Categories) -> str:
    """None of these products is shown."""
    present = [p for p in _product_ids(turn) if p in expect.not_products]
    return f"shows {_words(present)}" if present else ""


def max_price(expect: Expect, turn: Turn, _: Categories) -> str:
    """Every product shown has a price and none costs more; no product is fine (see `products_min`)."""
    limit = expect.max_price or 0.0
    dear = [p for p in _products(turn) if p.get("price") is None or float(p["price"]) > limit]
    return f"{_words([_priced(p) for p in dear])}: more than {limit:g}" if dear else ""


def _priced(product: Mapping[str, Any]) -> str:
    price = product.get("price")
    return f"{product['id']} ({'no price' if price is None else price})"


def categories(expect: Expect, turn: Turn, known: Categories) -> str:
    """Every product shown is of one of the categories; no product at all is fine (see `products_min`)."""
    found = {p["id"]: p.get("category") or known.get(p["id"]) for p in _products(turn)}
    strangers = [f"{key} ({_words(name)})" for key, name in found.items() if name not in expect.categories]
    return f"{_words(strangers)}: not of {' or '.join(expect.categories)}" if strangers else ""


def awaiting(expect: Expect, turn: Turn, _: Categories) -> str:
    """The slot that the bot waits for; null: it waits for none."""
    return _same("awaited slot", expect.awaiting, _part(turn, "awaiting", "slot"))


def action(expect: Expect, turn: Turn, _: Categories) -> str:
    """The fields given agree with the turn's action; null: there is none."""
    if expect.action is None:
        return _same("action", None, _part(turn, "action", "name"))
    reasons = (_same(f"action's {key}", value, _part(turn, "action", key)) for key, value in expect.action.items())
    return "; ".join(filter(None, reasons))


def flow(expect: Expect, turn: Turn, _: Categories) -> str:
    """The flow is among those that the turn starts, asks a slot for, or acts in; null: there is none."""
    started = [c.get("flow") for c in turn.get("commands") or []]
    if turn.get("command") == "StartFlow":
        started.append(_part(turn, "intent", "name"))
    given = list(
        dict.fromkeys(filter(None, [_part(turn, "awaiting", "flow"), _part(turn, "action", "name"), *started]))
    )
    fits = expect.flow in given if expect.flow else not given
    return "" if fits else f"flow is {_words(given)}, not {_words(expect.flow)}"


def language(expect: Expect, turn: Turn, _: Categories) -> str:
    """The turn says that it is in this language, and the reply's script agrees."""
    wanted = expect.language or ""
    if reason := _same("language", wanted, turn.get("language")):
        return reason
    return "" if reply_in(turn, wanted) else f"the reply does not read as {wanted}"


CHECKS: Mapping[str, Callable[[Expect, Turn, Categories], str]] = {
    check.__name__: check
    for check in (
        command, intent, band, cites, contains, not_contains, refused, handoff, recommends, products_min,
        not_products, max_price, categories, awaiting, action, flow, language,
    )
}  # fmt: skip
"""By field of `expect`: a function that gives the reason why the turn fails it, empty when it passes."""
