"""Shares a message out among the products that it is about, a clause each. Knows nothing of what the clauses say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.flows.read.names import name_hits
from bot.flows.read.words import nfkc_text, normal
from bot.shop.types import Product

_GAP = re.compile(r"[,;，；、。!！]|\.(?=\s|$)|\b(?:and|also|plus|while|then)\b|(?:和|还有|另外|以及|再|然后|并且)")
_ANOTHER = re.compile(
    r"\b(?:and )?(?:the other|another|the second)(?: one)?\b|另一?[个件双条只台把]|第二[个件双条只台把]"
)


def share_out(text: str, products: Sequence[Product]) -> list[str]:
    """For each product the part of `text` that is about it; the whole text where it is alone or not named."""
    whole = nfkc_text(text)
    if len(products) < 2:
        return [whole] * len(products)
    places = _places(text, products)
    named = sorted({place for place in places if place is not None})
    bounds = {place: _part(text, place, named) for place in named}
    return [whole[slice(*bounds[place])].strip(" ,;，；、") if place is not None else whole for place in places]


def _places(text: str, products: Sequence[Product]) -> list[tuple[int, int] | None]:
    """Where each product is named; the same product's second line at "another one" or at its second mention."""
    used: dict[str, int] = {}
    places: list[tuple[int, int] | None] = []
    for product in products:
        found = sorted({(h.start, h.end) for h in name_hits(text, product) if h.score >= 0.35})
        best = max((h.score for h in name_hits(text, product)), default=0.0)
        found = sorted({(h.start, h.end) for h in name_hits(text, product) if h.score >= best - 0.25}) if found else []
        turn = used.get(product.id, 0)
        used[product.id] = turn + 1
        if turn and (
            others := [m.span() for m in _ANOTHER.finditer(normal(text)) if not found or m.start() > found[0][0]]
        ):
            places.append(others[min(turn, len(others)) - 1])
        else:
            places.append(found[min(turn, len(found) - 1)] if found else None)
    return places


def _part(text: str, place: tuple[int, int], named: list[tuple[int, int]]) -> tuple[int, int]:
    """From the last gap before this mention to the last gap before the next one."""
    plain = normal(text)
    at = named.index(place)
    start = 0 if at == 0 else _gap(plain, named[at - 1][1], place[0])
    end = len(plain) if at + 1 == len(named) else _gap(plain, place[1], named[at + 1][0])
    return start, max(end, place[1])


def _gap(plain: str, left: int, right: int) -> int:
    gaps = [m.start() for m in _GAP.finditer(plain, left, right)]
    return gaps[-1] if gaps else right
