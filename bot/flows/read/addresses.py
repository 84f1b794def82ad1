"""Reads postal addresses in the styles of China, the United States and Britain, and writes them in one line. Uses no network."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.flows.read.address_west import read_west
from bot.flows.read.address_zh import read_zh
from bot.flows.read.words import nfkc_text, normal, table
from bot.orders.records import ADDRESS_FIELDS, Address

_ON_FILE = re.compile(
    r"\b(?:my|the) (?:default|usual|normal|regular|registered|profile"
    r"|account|saved|home|own|current|main|primary|billing) (?:\w+ )?(?:address"
    r"|one|home|place)\b"
    r"|\baddress (?:\w+ )?(?:on file|(?:in|on|of) (?:my|the) (?:profile"
    r"|account|file))|\b(?:on file|in my (?:profile|account)|on my (?:profile"
    r"|account))\b|\b(?:default|saved|profile) address\b"
    r"|默认(?:的)?(?:收货)?地址|(?:账户|账号|资料|档案|个人信息|预留|登记"
    r"|常用|平时)(?:里|上|中)?(?:的|那个)*(?:收货)?地址|(?:家里|我家)的?地址"
    r"|原来的地址"
)
_NONE = re.compile(
    r"^\W*(?:no|none|nope|n/?a|nothing|nil|without|there(?:'s| is| are"
    r"| isn't| aren't)? (?:is )?(?:none|no\b.*|not|isn't(?: one)?|any)"
    r"|no (?:apartment|apt|suite|unit|flat|second line|address ?(?:line )?2)\b.*"
    r"|(?:it's|it is|i live in|that's|this is) (?:just )?a (?:house|single[- ]family (?:house"
    r"|home)|detached house|private house)\b.*|i don't have (?:one|any"
    r"|an? (?:apartment|suite|unit|flat)\b.*)|not applicable|(?:leave (?:it"
    r"|that) )?(?:blank|empty)|just (?:the )?(?:street|house)\b.*|-+)\W*$"
    r"|^\W*(?:没有|无|没|不用|没有(?:门牌|楼号|单元|房号|的)?.{0,6}|无需|独栋|平房|空着|就这样|不需要)\W*$"
)
_SOME_NONE = re.compile(
    r"\b(?:no|without(?: an?)?|there is no|there's no) (?:apartment|apt"
    r"|suite|unit|flat|room|second line|address ?(?:line )?2)\b|没有(?:门牌"
    r"|楼号|单元|房号)|\bno apt\b"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class AddressRead:
    """What a message says of an address; parts that were not said are empty in `address`.

    - `given`: the names of the parts that were said
    - `missing`: what a parcel still needs, among address1, city, region, postcode (by the country's custom)
    - `no_address2`: it was said that there is no flat, suite or the like
    - `on_file`: the customer's own default address is meant
    """

    address: Address
    given: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    no_address2: bool = False
    on_file: bool = False

    def __bool__(self) -> bool:
        """Whether anything was said."""
        return bool(self.given or self.on_file)


def read_address(text: str, country: str = "") -> AddressRead:
    """The address in `text`. `country` (a name or code) is where an address lies that does not show it itself."""
    plain = nfkc_text(text)
    none = bool(_SOME_NONE.search(normal(text)))
    address = read_zh(plain) if _looks_chinese(plain) else read_west(plain)
    given = tuple(name for name in ADDRESS_FIELDS if getattr(address, name))
    if given and not address.country and country:
        address = replace(address, country=table("places")["countries"].get(country.lower(), country))
    # A place name alone in a sentence with "my default address" adds nothing to it.
    on_file = bool(_ON_FILE.search(normal(text))) and "address1" not in given
    return AddressRead(address, given, missing_parts(address) if given else (), none, on_file)


def _looks_chinese(text: str) -> bool:
    return bool(re.search(r"[\u4e00-\u9fff]{1,12}(?:省|市|区|县|镇|路|街|巷|弄|号|村|小区|大厦|室)", text)) or (
        len(_CHINESE.findall(text)) > 6 and not re.search(r"\d+\s+[A-Za-z]+", text)
    )


def says_none(text: str) -> bool:
    """Whether an answer to "which flat?" says that there is none."""
    plain = normal(text).strip()
    return bool(_NONE.search(plain) or _SOME_NONE.search(plain))


def merge(base: Address, read: AddressRead) -> AddressRead:
    """`base` with the parts that were said now, and what is then missing; a new street takes the old flat away."""
    said = {name: getattr(read.address, name) for name in read.given}
    if "address1" in said and "address2" not in said:
        said["address2"] = ""
    if read.no_address2:
        said["address2"] = ""
    if {"city", "region"} & set(said) and "district" not in said:
        said["district"] = ""
    codes = table("places")["countries"]
    if base.country and codes.get(base.country.lower(), base.country) == read.address.country:
        said.pop("country", None)  # "US" on file and "USA" read are the same
    address = replace(base, **said)
    return AddressRead(address, read.given, missing_parts(address), read.no_address2, read.on_file)


def missing_parts(address: Address) -> tuple[str, ...]:
    """What a parcel to `address` still needs: address1, city, region, postcode, by the country's custom."""
    country = table("places")["countries"].get(address.country.lower(), address.country.upper())
    needed = ["address1", "city"]
    if country == "CN" or (not country and _CHINESE.search(address.address1 + address.city)):
        needed.append("region")
    elif country == "GB":
        needed.append("postcode")
    else:
        needed += ["region", "postcode"]
    return tuple(name for name in needed if not getattr(address, name).strip())


def one_line(address: Address, language: str) -> str:
    """The address in one line as a person reads it, in the order of its country; `language` is that of the reply."""
    written = address.address1 + address.city + address.district
    if _CHINESE.search(written):
        region = "" if address.region == address.city else address.region
        place = "".join((region, address.city, address.district, address.address1, address.address2))
        return " ".join(part for part in (place, address.recipient, address.phone, address.postcode) if part)
    state = " ".join(part for part in (address.region, address.postcode) if part)
    parts = [
        address.recipient,
        address.address1,
        address.address2,
        address.district,
        address.city,
        state,
        address.country,
    ]
    if address.phone:
        parts.append(f"电话 {address.phone}" if language == "zh" else f"phone {address.phone}")
    return ", ".join(part for part in parts if part)
