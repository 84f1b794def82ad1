"""E-mails and phone numbers in one form each, so that they can be compared however they are written. Knows no customer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LONGEST = 320  # characters: the longest e-mail address
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_FEWEST_DIGITS = 6  # fewer are no phone number


def contact_keys(text: str, regions: Iterable[str]) -> frozenset[str]:
    """The forms in which a contact is compared; two contacts are the same when they share one. Never raises.

    An e-mail is casefolded; a phone number is E.164, read as one of each of `regions` (ISO 3166, the likeliest first)
    where it has no country code, and its bare digits besides. Empty for what is neither.
    """
    plain = unicodedata.normalize("NFKC", text[: 2 * _LONGEST]).strip()
    if len(plain) > _LONGEST:
        return frozenset()
    if "@" in plain:
        return frozenset({plain.casefold()} if _EMAIL.fullmatch(plain) else ())
    digits = "".join(str(unicodedata.decimal(c)) for c in plain if c.isdecimal())
    if len(digits) < _FEWEST_DIGITS:
        return frozenset()
    numbers = {number for region in ("", *regions) if (number := _e164(plain, region))}
    return frozenset({digits, *numbers})


def _e164(text: str, region: str) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region.upper() or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def shop_regions(currency: str, phone: str | None) -> tuple[str, ...]:
    """Where a shop's customers likely are: the country of its own phone, then the one its currency is named after."""
    import phonenumbers

    found: list[str] = []
    if number := phone and _e164(phone, ""):
        found.append(phonenumbers.region_code_for_number(phonenumbers.parse(number)) or "")
    found.append(currency[:2].upper())  # ISO 4217 begins with the country of ISO 3166; EU is none
    return tuple(dict.fromkeys(region for region in found if region in phonenumbers.SUPPORTED_REGIONS))
