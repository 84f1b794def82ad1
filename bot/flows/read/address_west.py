"""Takes an American or British postal address apart. Knows nothing of what is still needed."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.flows.read.words import table
from bot.orders.records import Address

_KINDS = (
    "street|st|avenue|ave|road|rd|highway|hwy|drive|dr|lane|ln|boulevard|blvd|court|ct|place|pl|way|terrace|ter|circle|cir|square|sq|parkway|pkwy|"
    "trail|trl|alley|close|crescent|gardens|grove|hill|mews|row|walk|broadway|plaza|loop|path|pike|turnpike|expressway|freeway|route|quay|wharf"
)
_STREET = re.compile(
    rf"(?<![\w#.])(?P<number>\d{{1,6}}[A-Za-z]?(?:[-/]\d{{1,4}})?)\s+(?P<name>(?:(?:[NSEW]"
    rf"|North|South|East|West|N\.|S\.|E\.|W\.)\s+)?(?:[A-Za-z0-9.'-]+\s+){{0,4}}?(?:{_KINDS})\b\.?(?:\s+(?:N"
    rf"|S|E|W|NE|NW|SE|SW|North|South|East|West)\b)?)",
    re.IGNORECASE,
)
_PO_BOX = re.compile(r"\bP\.?\s?O\.?\s?Box\s+\d+", re.IGNORECASE)
_UNIT = re.compile(
    r"(?<![\w])(?:(?:suite|ste|apartment|apt|unit|flat|floor|fl|room|rm"
    r"|building|bldg)\.?\s*(?:number|no\.?)?\s*#?\s*[A-Za-z]?-?\d{1,5}[A-Za-z]?"
    r"|(?:apartment|apt|unit|flat|suite|building)\.?\s+[A-Za-z]\b(?!\w)"
    r"|#\s?\d{1,5}[A-Za-z]?(?=\s*(?:,|$))|\d{1,2}(?:st|nd|rd|th) floor)",
    re.IGNORECASE,
)
_ZIP = re.compile(r"(?<![\d#])\b(\d{5})(?:-(\d{4}))?\b(?!\s*(?:street|st|ave|road|highway|drive))", re.IGNORECASE)
_UK = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<!\d)(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)|(?<!\d)\+\d{8,14}(?!\d)"
    r"|(?<!\d)0\d{3,4}[ ]?\d{3}[ ]?\d{3,4}(?!\d)"
)
_RECIPIENT = re.compile(
    r"\b(?:recipient|attention|attn|c/o|care of|name|addressed to|deliver(?:ed)? to"
    r"|in the name of)(?: is|:)?\s+((?:[A-Z][a-zA-Z.'-]+\s?){1,4})"
)
_SAID = re.compile(
    r"(?:street|address(?: line)? ?1?|city|town|state|zip(?: ?code)?|post ?code"
    r"|postal code)(?: is|:)\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:[.!?]\s+[A-Z].*|\b(?:please|thanks|thank you|instead|too|as well"
    r"|and also|for (?:all|both|that)|so that)\b.*)$",
    re.IGNORECASE | re.S,
)


def read_west(text: str) -> Address:
    """The parts of an American or British address in `text`; empty where nothing was said."""
    rest = text
    phone, rest = _take(_PHONE, rest)
    recipient = ""
    if match := _RECIPIENT.search(rest):
        recipient, rest = match[1].strip(" .,"), rest[: match.start()] + "," + rest[match.end() :]
    street = _STREET.search(rest) or _PO_BOX.search(rest)
    before = rest[: street.start()] if street else rest
    after = rest[street.end() :] if street else rest
    units = list(_UNIT.finditer(before)) if street else []
    address2 = units[-1].group().strip() if units else ""
    if not address2:
        address2, after = _take(_UNIT, after)
    if not recipient and street:
        recipient = _name_before(before)
    postcode, uk, after = _postcode(after, bool(street))
    region, city, country = _locality(after, street is not None, bool(postcode))
    if uk and not country:
        country = "GB"
    if not country and (region in set(table("places")["states"].values()) or (postcode and not uk)):
        country = "USA"
    address1 = " ".join(street.group().split()).rstrip(".,") if street else ""
    return Address(recipient, phone, address1, " ".join(address2.split()), "", city, region, country, postcode)


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    match = pattern.search(text)
    return (match.group().strip(), text[: match.start()] + "," + text[match.end() :]) if match else ("", text)


def _name_before(before: str) -> str:
    """A name that stands on a line or between commas right before the street."""
    part = (
        re.split(r"[,\n:]", before.rstrip(" ,\n"))[-1].strip()
        if before.rstrip().endswith((",", "\n")) or "\n" in before
        else ""
    )
    return part if re.fullmatch(r"(?:[A-Z][a-zA-Z.'-]+\s){1,3}[A-Z][a-zA-Z.'-]+", part) else ""


def _postcode(text: str, street: bool) -> tuple[str, bool, str]:
    """(postcode, whether it is British, the rest)."""
    if match := _UK.search(text):
        return f"{match[1].upper()} {match[2].upper()}", True, text[: match.start()] + "," + text[match.end() :]
    found = list(_ZIP.finditer(text))
    if not found or (
        not street
        and not re.search(r"\b(?:zip|post|code)\b", text, re.IGNORECASE)
        and not _has_state(text[: found[-1].start()])
    ):
        alone = re.fullmatch(r"\W*(\d{5})(?:-\d{4})?\W*", text)
        return (alone[1], False, "") if alone else ("", False, text)
    match = found[-1]
    return match.group(), False, text[: match.start()] + "," + text[match.end() :]


@lru_cache(maxsize=1)
def _state_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(table("places")["states"], key=len, reverse=True))
    codes = "|".join(sorted(set(table("places")["states"].values())))
    return re.compile(
        rf"(?:(?<![A-Za-z])(?P<code>{codes})(?![A-Za-z'])|(?<![A-Za-z])(?i:(?P<name>{names}))(?![A-Za-z]))"
    )


def _has_state(text: str) -> bool:
    return bool(re.search(rf"(?:{_state_pattern().pattern})[\s,]*$", text))


def _locality(after: str, street: bool, postcode: bool) -> tuple[str, str, str]:
    """(region, city, country) out of what follows the street, or of a bare "Denver, CO"."""
    places = table("places")
    text = _SAID.sub("", _TAIL.sub("", after))
    parts = [part.strip(" .\n") for part in re.split(r"[,\n;]", text) if part.strip(" .\n")]
    parts = [re.sub(r"^(?:in|at|to)\s+", "", part) for part in parts]
    country = ""
    if parts and (code := places["countries"].get(parts[-1].lower())):
        country = code
        parts.pop()
    if not (street or postcode):
        parts = _bare(parts)
    if not parts:
        return "", "", country
    region, parts = _region(parts)
    if not parts:
        known = next(
            (city for city in places["cities"] if places["cities"][city] == region and city in text.lower()), ""
        )
        # "New York" alone is the city; its state follows from it.
        return region, known.title(), country
    city = parts[-1] if not street else parts[0] if len(parts) == 1 or not region else parts[-1]
    city = places["short"].get(city.lower(), city)
    if not _is_name(city):
        return region, "", country
    return region or places["cities"].get(city.lower(), ""), city if city[:1].isupper() else city.title(), country


def _region(parts: list[str]) -> tuple[str, list[str]]:
    """The state at the end of the parts, as its code, and the parts without it."""
    last = parts[-1]
    match = None
    for found in _state_pattern().finditer(last):
        match = found if found.end() == len(last) else match
    if (
        not match
        and re.fullmatch(r"[A-Za-z]{2}", last)
        and last.upper() in set(table("places")["states"].values())
        and len(parts) > 1
    ):
        return last.upper(), parts[:-1]
    if not match:
        return "", parts
    code = match["code"] or table("places")["states"][match["name"].lower()]
    left = last[: match.start()].strip(" ,.")
    if not left and len(parts) == 1 and match["name"] and match["name"].lower() in table("places")["cities"]:
        return table("places")["cities"][match["name"].lower()], parts
    return code, [*parts[:-1], left] if left else parts[:-1]


def _bare(parts: list[str]) -> list[str]:
    """Of words without a street or postcode only what surely is a place: "Denver, CO", "Seattle"."""
    if len(parts) == 1 and parts[0].lower() in {**table("places")["cities"], **table("places")["short"]}:
        return parts
    if (
        1 <= len(parts) <= 2
        and _has_state(parts[-1])
        and all(_is_name(part) for part in parts)
        and len(" ".join(parts).split()) <= 4
    ):
        return parts
    return []


def _is_name(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-zÀ-ÿ.' -]{2,40}", text)) and len(text.split()) <= 4
