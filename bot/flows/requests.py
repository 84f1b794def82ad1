"""Which requests a message makes, by its verbs, by the router, or by going on with what was done last. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.flows.context import Context, kinds
from bot.flows.patterns import goes_on, is_for_later, is_question, is_request
from bot.flows.read.lines import read_lines
from bot.flows.read.orders import read_orders
from bot.flows.read.several import split_requests
from bot.route.router import Route


def implied_flow(context: Context, changes: Sequence[dict[str, Any]], route: Route, text: str) -> str | None:
    """The flow of a message that names things of the customer's own and whose verb tells what to do with them.

    Without a verb, "and the other one" goes on with what was done last.
    """
    if route.command == "Handoff" or (is_question(text) and not is_request(text)):
        return None
    named = [clause.flow for clause in split_requests(text) if clause.flow and clause.flow != "track"]
    flow = named[0] if named else None
    if flow is None and changes and goes_on(text):
        flow = str(changes[-1]["action"])
    if flow is None and route.command == "StartFlow" and route.flow != "track":
        flow = route.flow
    return flow if flow and _names_something(context, text) else None


def _names_something(context: Context, text: str) -> bool:
    if read_orders(text, context.orders, context.catalogue, context.now).candidates:
        return True
    lines = read_lines(text, context.orders, context.catalogue)
    return bool(lines.mentions or lines.of_order or re.search(r"\bother\b|另一|其他|剩下", text))


def requests_of(text: str, route: Route) -> list[tuple[str, str]]:
    """(flow, words) of each request of the message in order; words without a request belong to the one before."""
    found: list[tuple[str, str]] = []
    for clause in split_requests(text):
        if found and is_for_later(clause.text):
            continue
        if (clause.flow is None and found) or (
            clause.flow is not None and found and found[-1][0] in kinds(clause.flow)
        ):
            found[-1] = (found[-1][0], f"{found[-1][1]} {clause.text}")
        else:
            found.append((clause.flow or "", clause.text))
    if len(found) > 1 and not found[0][0]:
        found = [(found[1][0], f"{found[0][1]} {found[1][1]}"), *found[2:]]
    if len(found) <= 1:
        # A verb that names a flow says more than the router, which hears the whole message.
        flow = (found[0][0] if found else "") or route.flow or "track"
        return [(flow, text)]
    return found
