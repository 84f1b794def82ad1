"""Takes a new address, or what an invoice needs, from a message. Knows nothing of which order it is for."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from bot.flows.context import Context
from bot.flows.forms import DEFAULT
from bot.flows.read.addresses import merge, missing_parts, read_address, says_none
from bot.flows.replies import order_of
from bot.orders.records import Address
from bot.perceive.entities import find_entities

if TYPE_CHECKING:
    from bot.flows.hear import Heard

_MUNICIPALITIES = ("北京市", "上海市", "天津市", "重庆市")
_TITLE = re.compile(
    r"(?:抬头(?:是|为|写|：|:)*"
    r"|(?:title|made out to|in the name of|issued to|billed to|name it)[:：]?)\s*[\"“「]?([^,，。;；\n\"”」]{2,80})",
    re.IGNORECASE,
)
_TAX = re.compile(
    r"(?:税号|纳税人识别号|信用代码|tax (?:id|number|no\.?)|"
    r"vat(?: (?:id|number|no\.?))?|ein)(?:是|为|：|:|is|\s)*([A-Za-z0-9][A-Za-z0-9 ./-]{4,29})",
    re.IGNORECASE,
)
_COMPANY = re.compile(r"公司|企业|单位|对公|\b(?:company|business|corporate|firm|gmbh|ltd|inc|llc)\b", re.IGNORECASE)
_PERSONAL = re.compile(r"个人|\b(?:personal|private|myself)\b", re.IGNORECASE)


def hear_address(context: Context, heard: Heard, text: str, *, fresh: bool) -> None:
    """The parts of an address that were said, on top of those said before."""
    state, customer = heard.state, context.customer
    if state.flow != "change_address" or customer is None:
        return
    order = order_of(context, state)
    present = order.address if order else customer.address
    asked = state.asked is not None and state.asked.slot == "address"
    if asked and (says_none(text) and state.slots.get("address")):
        heard.set("address", no_address2=True)
        return
    read = read_address(text, present.country or customer.address.country)
    if read.on_file and not read.given and state.slots.get("order_id") != DEFAULT:
        heard.set("address", address=asdict(customer.address))
        return
    if not read.given or not ({"address1", "city", "postcode", "region"} & set(read.given) or asked):
        return
    partial = bool(state.slots.get("address")) and "address1" not in read.given
    base = Address(**state.slots["address"]) if partial else Address(country=present.country)
    after = merge(base, read).address
    # The same person at another place, unless somebody else was named.
    after = replace(
        after,
        recipient=after.recipient or present.recipient,
        phone=after.phone or present.phone,
        country=after.country or present.country,
        region=after.region or (after.city if after.city in _MUNICIPALITIES else ""),
    )
    heard.set("address", address=asdict(after))


def address_missing(context: Context, address: dict[str, str]) -> tuple[str, ...]:
    """What a parcel to the address so far still needs."""
    return missing_parts(Address(**address))


def hear_invoice(context: Context, heard: Heard, text: str) -> None:
    """Title, tax number, e-mail and kind of an invoice; a person's own name and e-mail are taken when none are said."""
    state, customer = heard.state, context.customer
    if state.flow != "invoice" or customer is None:
        return
    asked = state.asked.slot if state.asked else ""
    if asked == "title" and not text.strip().endswith(("?", "？")):
        heard.set("title", title=text.strip().splitlines()[0].strip()[:100])
    if match := _TITLE.search(text):
        heard.set("title", title=match.group(1).strip())
    tax = _TAX.search(text)
    if tax:
        heard.set("tax_id", tax_id=tax.group(1).strip())
    elif asked == "tax_id" and (bare := re.fullmatch(r"\W*([A-Za-z0-9][A-Za-z0-9 ./-]{4,29})\W*", text.strip())):
        heard.set("tax_id", tax_id=bare.group(1).strip())
    for entity in find_entities(text):
        if entity.kind == "email":
            heard.set("email", email=entity.value)
    if _COMPANY.search(text) or tax:
        heard.set("kind", kind="company")
    elif _PERSONAL.search(text):
        heard.set("kind", kind="personal")
