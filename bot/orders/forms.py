"""Whether an address or an invoice request is complete and well formed. Knows nothing of rules, orders or flows."""

from __future__ import annotations

import re
import unicodedata

from bot.orders.book import Denied
from bot.orders.changes import RequestInvoice
from bot.orders.records import ADDRESS_FIELDS, Address, Invoice

LONGEST = 200  # characters of a field
_JOINERS = "\u200c\u200d"  # invisible, but part of how some scripts are written
INVOICE_KINDS = ("personal", "company")
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_TAX_ID = re.compile(r"(?=[^A-Za-z0-9]*[A-Za-z0-9])[A-Za-z0-9 ./-]{5,30}")
_EMAIL = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,190}")


def address_denied(address: Address, present: Address) -> Denied | None:
    """`address` with what is missing or malformed (`{"missing", "malformed"}`: fields), `no_change` when it is `present`.

    A parcel needs a street and a city or a region; the rest depends on the country.
    """
    missing = [] if address.address1.strip() else ["address1"]
    missing += [] if address.city.strip() or address.region.strip() else ["city"]
    malformed = [name for name in ADDRESS_FIELDS if not is_plain(getattr(address, name))]
    if missing or malformed:
        return Denied("address", {"missing": missing, "malformed": malformed})
    return Denied("no_change", {}) if address == present else None


def invoice_denied(change: RequestInvoice, present: Invoice | None) -> Denied | None:
    """`invoice` with the field that is not usable, `tax_id` when a company's is missing or malformed, `no_change`.

    An invoice that the shop has issued is not asked for again; one that is only requested may be corrected.
    """
    if change.kind not in INVOICE_KINDS:
        return Denied("invoice", {"field": "kind", "kinds": list(INVOICE_KINDS)})
    if not change.title.strip() or not is_plain(change.title):
        return Denied("invoice", {"field": "title"})
    if change.email and not (_EMAIL.fullmatch(change.email) and is_plain(change.email)):
        return Denied("invoice", {"field": "email"})
    if (change.kind == "company" or change.tax_id) and not _TAX_ID.fullmatch(change.tax_id):
        return Denied("tax_id", {"given": bool(change.tax_id)})
    if present is not None:
        asked = Invoice(change.title, change.tax_id, change.email, change.kind, present.status)
        if asked == present or present.status != "requested":
            return Denied("no_change", {"status": present.status})
    return None


def is_plain(text: str) -> bool:
    """Whether a field is one line of text: no control or invisible format characters, at most `LONGEST` long."""
    return len(text) <= LONGEST and not any(
        unicodedata.category(character) in _UNPRINTABLE for character in text if character not in _JOINERS
    )
