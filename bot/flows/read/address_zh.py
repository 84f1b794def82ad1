"""Takes a Chinese postal address apart, from the province down to the room. Knows nothing of what is still needed."""

from __future__ import annotations

import re

from bot.flows.read.words import table
from bot.orders.records import Address

_PHONE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})(?!\d)")
_POSTCODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_LEAD = re.compile(
    r"^.*(?:地址(?:是|为|:|：)?|寄到|寄往|送到|送往|发到|发往|改成|改为"
    r"|改到|换成|换到|换为|更改为|修改为|变更为|搬到了?)(?:了|成|为|到"
    r"|是|:|：|,|，|\s)*(?=.*(?:省|市|区|县|路|街|号|镇|村|弄|室))",
    re.S,
)
_TAIL = re.compile(r"(?:吧|谢谢|多谢|麻烦了?|可以吗|行吗|好吗|哦|哈|啦|就行|即可|这个地址|去)+[。.!！?？~]*$")
_RECIPIENT = re.compile(
    r"(?:收件人|收货人|联系人|收件|姓名|名字|寄给|给)\s*(?:是|为|叫|改成"
    r"|改为|:|：)?\s*([\u4e00-\u9fff·]{2,8}?|[A-Za-z][A-Za-z .'-]{1,30})(?=[\s,，。;；、]"
    r"|电话|手机|$)"
)
_DISTRICT = re.compile(r"^([\u4e00-\u9fff]{1,7}?(?:新区|开发区|自治县|区|县|旗|市))(?!域)")
_CITY = re.compile(r"^([\u4e00-\u9fff]{1,8}?(?:市|自治州|地区|盟))")
_ROOM = re.compile(
    r"(?<=[号弄院座园厦区村心苑城里庭府])((?:[A-Za-z0-9一二三四五六七八九十甲乙丙丁东南西北]{1,4}\s*(?:号楼"
    r"|号院|幢|栋|座|楼|单元|号(?=.*[室楼栋幢座])|层).*|\d{2,5}室?.*)"
    r"|[\dA-Za-z-]{2,8}(?:室|房|户).*)$"
)
_STREET = re.compile(r"[路街道巷弄里村镇乡号院园厦苑城坊胡同大道小区广场公寓]")
_NAME = re.compile(r"^[\u4e00-\u9fff·]{2,4}$")


def read_zh(text: str) -> Address:
    """The parts of a Chinese address in `text`; empty where nothing was said."""
    rest = text
    phone = postcode = recipient = ""
    if match := _PHONE.search(rest):
        phone, rest = "".join(match.groups()), rest[: match.start()] + " " + rest[match.end() :]
    rest = re.sub(r"(?:电话|手机号?|联系方式|tel)\s*(?:是|为|:|：)?", " ", rest, flags=re.IGNORECASE)
    if match := _POSTCODE.search(rest):
        postcode, rest = match.group(), rest[: match.start()] + " " + rest[match.end() :]
    rest = re.sub(r"(?:邮政编码|邮编)\s*(?:是|为|:|：)?", " ", rest)
    if match := _RECIPIENT.search(rest):
        recipient, rest = match[1].strip(), rest[: match.start()] + " " + rest[match.end() :]
    lead = _LEAD.match(rest)
    rest = (rest[lead.end() :] if lead else rest).strip(" \t\n,，。;；、:：")
    rest = _TAIL.sub("", rest).strip(" ,，。;；、")
    pieces = [piece for piece in re.split(r"[\s,，;；。]+", rest) if piece]
    if not recipient and len(pieces) > 1:
        for at in (len(pieces) - 1, 0):
            if _NAME.match(pieces[at]) and not _STREET.search(pieces[at]) and not _place(pieces[at]):
                recipient = pieces.pop(at)
                break
    return _parts("".join(pieces), recipient, phone, postcode)


def _place(word: str) -> bool:
    return word.endswith(("省", "市", "区", "县")) or _region(word) != ("", word)


def _parts(rest: str, recipient: str, phone: str, postcode: str) -> Address:
    rest = re.sub(r"^(?:我们?)?(?:新?公司|新?单位|学校|新?家里?|老家|爸妈家|宿舍)(?=.{0,6}?(?:省|市|区|县))", "", rest)
    region, rest = _region(rest.removeprefix("中国"))
    city, rest = _city(rest, region)
    if not region and city:
        region = _region_of(city)
    district = ""
    if match := _DISTRICT.match(rest):
        district, rest = match[1], rest[match.end() :]
    address2 = ""
    if match := _ROOM.search(rest):
        address2, rest = match.group().strip(), rest[: match.start()]
    if not (_STREET.search(rest) and re.search(r"[\d一二三四五六七八九十]|小区|大厦|村|公寓|广场|院|苑|园|号", rest)):
        # Words that are no street are no address: nothing is guessed of them.
        rest, address2 = "", address2 if rest == "" else ""
    known = bool(rest or city or district or region)
    return Address(recipient, phone, rest, address2, district, city, region, "CN" if known else "", postcode)


def _region(text: str) -> tuple[str, str]:
    """The province or municipality at the head, by its full name, and the rest."""
    places = table("places")
    for name in places["municipalities"]:
        if text.startswith(name):
            rest = text[len(name) :].removeprefix("市")
            return f"{name}市", rest
    for full in places["provinces"]:
        short = re.sub(r"(?:省|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$", "", full)
        if text.startswith(full):
            return full, text[len(full) :]
        if text.startswith(short):
            rest = text[len(short) :]
            if short == "吉林" and rest.startswith("市"):
                continue
            return full, re.sub(r"^(?:省|自治区|特别行政区)", "", rest)
    return "", text


def _city(text: str, region: str) -> tuple[str, str]:
    places = table("places")
    if region[:-1] in places["municipalities"]:
        return region, text.removeprefix(region)
    if region.startswith(("香港", "澳门")):
        return region[:2], text
    for names in places["cities_zh"].values():
        for name in names:
            if text.startswith(name) and not text.startswith(
                (f"{name}路", f"{name}街", f"{name}道", f"{name}东路", f"{name}西路")
            ):
                return f"{name}市", text[len(name) :].removeprefix("市")
    if match := _CITY.match(text):
        return match[1], text[match.end() :]
    return "", text


def _region_of(city: str) -> str:
    places = table("places")
    return next((region for region, names in places["cities_zh"].items() if city.removesuffix("市") in names), "")
