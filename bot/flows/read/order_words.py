"""Words that describe an order without its number: its status, amount, destination, age. Knows nothing of products."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from bot.flows.read.words import normal, phrase, table
from bot.orders.records import Order
from bot.perceive.entities import find_entities
from bot.shop.currency import decimals

_PENDING = frozenset({"pending_payment", "paid"})
_ARRIVED = frozenset({"delivered", "return_requested", "exchange_requested", "returned", "exchanged"})
# The first that holds decides; "not received" comes before "received".
_STATUS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"\bunpaid\b|not (?:yet )?paid|awaiting payment|待付款|未付款|待支付"
r"|没付款|未支付|没付钱"), frozenset({"pending_payment"})),
    (
        re.compile(
            r"\bpending\b|\bopen (?:order|one)|\bunshipped\b|\bunfulfilled\b|\bprocessing\b"
r"|(?:not|n't|yet to)(?: yet)?(?: been| be)? (?:shipped|sent|dispatched"
r"|processed|ship)\b|待发货|未发货|没发货|还没发|没出库|未出库|待处理"
r"|处理中"
        ),
        _PENDING,
    ),
    (
        re.compile(r"(?:not|n't|never|yet to)(?: yet)?(?: been| be)? (?:received|receive"
r"|arrived?|delivered|get|got|come)\b|没收到|未收到|还没到|没送到"
r"|没到"),
        frozenset({"paid", "shipped"}),
    ),
    (re.compile(r"\bshipped\b|\bon (?:its|the) way\b|\bin transit\b|\bdispatched\b"
r"|已发货|在路上|运输中|派送中|发出了|待收货"), frozenset({"shipped"})),
    (re.compile(r"\breturned\b|已退货|退过"), frozenset({"return_requested", "returned"})),
    (re.compile(r"\bexchanged\b|已换货|换过"), frozenset({"exchange_requested", "exchanged"})),
    (
        re.compile(r"\bcancel(?:l?ed) (?:order|one)|\border (?:that )?(?:was|is|i|has been"
r"|you) (?:was )?cancel(?:l?ed)|\bi cancel(?:l?ed) an? order|已取消"
r"|取消了的|取消的那"),
        frozenset({"cancelled"}),
    ),
    (
        re.compile(r"\bdelivered\b(?! to)|\b(?:i|we)(?:'ve| have)? (?:just |already )?(?:received"
r"|got)\b|\breceived (?:order|one)|\bthat (?:has )?arrived\b|\barrived\b"
r"|收到|签收|已送达|送到了|到货|到手"),
        _ARRIVED,
    ),
)  # fmt: skip
_WHOLE = r"(?:orders|order|purchases|ones|of them|of those|of these)"
_ALL = re.compile(
    rf"\b(?:all|every|each)(?: of)?(?: (?:my|the|those|these|other))*(?: (?:pending"
    rf"|open|unshipped|unpaid|delivered|possible|received|current|recent))*(?: and \w+)? {_WHOLE}\b"
    rf"|\b(?:both|two|three)(?: of)?(?: (?:my|the|those|these))?(?: (?:pending"
    rf"|open|delivered|unshipped))* {_WHOLE}\b|\b(?:all|both) of (?:them"
    rf"|those|these)\b|^\W*(?:both|all)\b\W*(?:please|of them|orders)?\W*$"
    r"|\bmy (?:pending|open|unshipped|unpaid) orders\b|(?:所有|全部|每[一个]?)(?:的)?(?:待发货"
    r"|未发货|待付款|未付款)?(?:的)?(?:订单|单)|(?:两|三|几)[个笔]?(?:订单"
    r"|单)都?|订单(?:全都?|都|全部)|都取消|全(?:部)?取消|全都"
)
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent|most recently)\b|\blast (?:order"
    r"|one|purchase)\b|\bmy last\b(?! (?:week|month|year|name|night))"
    r"|\bjust (?:placed|ordered|bought|made)\b|\b(?:the )?order i (?:just"
    r"|recently) |\brecent order\b"
    r"|最近(?:的|那|一|下)|最新|最后(?:一|那|下)|刚(?:刚|才)?(?:下|买|拍|付|那)|上一[单个笔]|上(?:个|一个)?订单"
)
_OLDEST = re.compile(r"\b(?:oldest|earliest|older|first order|placed first)\b|最早|最旧|最老")
_OTHER = re.compile(
    r"\b(?:the|my|your|that|and) other\b|\bother (?:pending |open |delivered )?(?:order"
    r"|one)s?\b|\banother (?:order|one)\b|另外?[一那]?[个单笔]|另一|别的(?:订单"
    r"|那单)|剩下"
)
_TOWARDS = re.compile(
    r"(?:\b(?:go(?:es|ing)?|went|sent|ship(?:s|ped|ping)?|deliver(?:ed"
    r"|y|ing)?|headed|addressed|bound|heading|send)(?: \w+){0,3}? (?:to"
    r"|for)|(?:寄|发|送|派)(?:到|往|去|给))\s*(?:my |the |our )?$"
)
_CHANGING = re.compile(r"\b(?:change|update|switch|move|redirect|modify|instead)\b|改(?:成|到|为|寄)|换(?:成|到)")


def statuses(plain: str) -> frozenset[str]:
    """The statuses that the words describe; empty when they describe none."""
    return next((found for pattern, found in _STATUS if pattern.search(plain)), frozenset())


def says_all(plain: str, count: int) -> bool:
    """Whether several orders are meant: "all my pending orders", "both" of two."""
    match = _ALL.search(plain)
    if not match or re.search(r"\b(?:not|don't|do not)\b[^.;,]{0,12}$|不要$|别$", plain[: match.start()]):
        return False
    return count != 1 or "both" not in match.group()


def which_end(plain: str) -> Literal["latest", "oldest"] | None:
    """Whether the newest or the oldest order is meant."""
    if _LATEST.search(plain):
        return "latest"
    return "oldest" if _OLDEST.search(plain) else None


def says_other(plain: str) -> bool:
    """Whether another order than the one before is meant."""
    return bool(_OTHER.search(plain))


def amounts(text: str) -> list[float]:
    """The amounts of money in the text."""
    found = []
    for entity in find_entities(text):
        digits = re.sub(r"[^\d.]", "", entity.value).strip(".")
        if entity.kind == "money" and re.fullmatch(r"\d{1,9}(?:\.\d+)?", digits):
            found.append(float(digits))
    return found


def costs(order: Order, wanted: Iterable[float]) -> bool:
    """Whether the order's total is one of the amounts; an amount without decimals may be the rounded one."""
    total = order.total / 10 ** decimals(order.currency)
    return any(abs(total - amount) < 0.005 or (amount == int(amount) and abs(total - amount) < 1) for amount in wanted)


def destinations(text: str, orders: Sequence[Order]) -> set[str]:
    """Orders that go to the place named: "the one that goes to Seattle", "my LA order", "寄到杭州的"."""
    plain = normal(text)
    found: set[str] = set()
    for order in orders:
        for match in phrase(_place_names(order)).finditer(plain):
            before, after = plain[: match.start()], plain[match.end() :]
            towards = _TOWARDS.search(before) and not _CHANGING.search(before)
            named = re.match(
                r"\s+(?:order|one|address|package|parcel)\b|市?(?:的)?(?:那|这)?(?:个|一)?(?:单|订单)", after
            )
            if towards or named:
                found.add(order.id)
    return found


def _place_names(order: Order) -> set[str]:
    address = order.address
    places = table("places")
    names = {address.city, address.region, address.district, address.recipient, address.address1}
    names |= {name.removesuffix("市").removesuffix("省") for name in names if len(name) > 2}
    names |= {state for state, code in places["states"].items() if code == address.region}
    names |= {short for short, city in places["short"].items() if normal(city) == normal(address.city)}
    return {normal(name) for name in names if len(name) > 1}
