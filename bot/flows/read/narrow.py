"""Narrows a mention down by options, price and "everything but". Knows nothing of new variants."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.flows.read.mentions import Found, Line, product_of
from bot.flows.read.names import name_hits
from bot.flows.read.polarity import Said, said_of, target_start
from bot.flows.read.values import ValueHit, find_values, values_of
from bot.flows.read.words import nfkc_text, normal, tokens
from bot.orders.ledger import Catalogue

_EVERYTHING = re.compile(
    r"\beverything\b(?! else)|\ball (?:of )?(?:it|them|the items|my items"
    r"|items|the lines|the products|the things|things)\b|\b(?:the|my) (?:whole"
    r"|entire|full|complete) (?:lot|thing|parcel|package|purchase)\b"
    r"|\ball (?:the )?(?:items|things|products)\b|\bthe lot\b|\ball (?:but"
    r"|except)\b|\b(?:both|all) items\b|\ball\s*(?:please)?[.!]*$|\b(?:the"
    r"|my) (?:whole|entire|full) order\b"
    r"|\b(?:return|send back|refund|cancel) (?:the|my|that|this) order\b"
    r"|全部|所有(?:的)?(?:东西|商品|货)|全都|统统|都(?:退|换|改)|整单|一起退|全退|全换"
)
_ONLY = re.compile(r"\b(?:only|just|nothing else|solely)\b|只|仅|单(?=退|换|改)|就(?=退|换|改|要)")
_LESS = re.compile(r"\b(?:cheaper|less expensive|cheapest|least expensive|lower priced|less costly)\b|便宜")
_MORE = re.compile(
    r"\b(?:more expensive|most expensive|dearer|pricier|priciest|costlier|higher priced|dearest)\b|更?贵"
)
_ONE = re.compile(r"\b(?:ones?|item|thing|product)\b|[的那这](?:个|件|双|条|只|台|款|把|种)?")
_WHICH = re.compile(
    r"\b(?:the|that)\s+(?:[\w-]+\s+){1,4}?(?:one|of (?:the two|them|those))\b"
    r"|[^，。；,.;\s]{1,8}的?那[个件双条只台款把]"
)
_STOP = re.compile(r"[.;!?。；！？\n]")


def narrow(text: str, mention: Found, found: Sequence[Found], catalogue: Catalogue) -> Found:
    """`mention` with the lines that the words around it leave."""
    if len(mention.lines) < 2:
        return mention
    part = _window(text, mention, found)
    if fit := _by_options(part, mention.lines, catalogue):
        mention.lines, mention.many = fit, mention.many and len(fit) > 1
        mention.why.append("option")
    if len(mention.lines) > 1 and (fit := _by_price(part, mention.lines)):
        mention.lines, mention.many = fit, False
        mention.why.append("price")
    if len(mention.lines) > 1 and (later := _later(text, mention, found)):
        fit, why = _by_price(later, mention.lines), "price"
        if not fit:
            fit, why = _by_options(later, mention.lines, catalogue), "option"
        if fit:
            mention.lines, mention.many, mention.quantity = fit, False, None
            mention.why.append(why)
    return mention


def _later(text: str, mention: Found, found: Sequence[Found]) -> str:
    """ "I got two tablets. I want to return the cheaper one": the words of a later sentence that say which one."""
    plain = normal(text)
    right = min((m.start for m in found if m.start >= mention.end), default=len(plain))
    match = _WHICH.search(plain, mention.end, right)
    return (
        nfkc_text(text)[match.start() : match.end()]
        if match and not target_start(plain[mention.end : match.start()])
        else ""
    )


def _window(text: str, mention: Found, found: Sequence[Found]) -> str:
    """The words about the thing itself: its clause, up to where the words about the new variant begin."""
    plain = normal(text)
    left = max((m.end for m in found if m.end <= mention.start), default=0)
    left = max([left, *(m.end() for m in _STOP.finditer(plain, left, mention.start))])
    right = min((m.start for m in found if m.start >= mention.end), default=len(plain))
    stop = _STOP.search(plain, mention.end, right)
    right = stop.start() if stop else right
    rest = plain[left:right]
    start = target_start(rest)
    return nfkc_text(text)[left : left + start] if start > mention.end - left else nfkc_text(text)[left:right]


def _by_options(part: str, lines: Sequence[Line], catalogue: Catalogue) -> list[Line]:
    """The lines whose own options the words name most; none when they name no line's."""
    counts: list[tuple[int, Line]] = []
    for entry in lines:
        product = product_of(entry[1], catalogue)
        hits = _plain_hits(part, find_values(part, values_of(product))) if product else []
        names = [(h.start, h.end) for h in name_hits(part, product) if h.words > 1] if product else []
        hits = [h for h in hits if not any(a <= h.start and h.end <= b for a, b in names)]
        right = sum(entry[1].options.get(h.option) == h.value for h in hits)
        counts.append((right, entry))
    most = max((n for n, _ in counts), default=0)
    fit = [entry for n, entry in counts if n == most]
    return fit if most and len(fit) < len(lines) else []


def _plain_hits(part: str, hits: list[ValueHit]) -> list[ValueHit]:
    return [h for h in hits if said_of(part, h, hits) is not Said.NO]


def _by_price(part: str, lines: Sequence[Line]) -> list[Line]:
    plain = normal(part)
    less, more = _LESS.search(plain), _MORE.search(plain)
    if bool(less) == bool(more):
        return []
    prices = [line.unit_price for _, line in lines]
    best = min(prices) if less else max(prices)
    fit = [entry for entry in lines if entry[1].unit_price == best]
    return fit if len(fit) < len(lines) else []


def says_everything(text: str, named: bool) -> bool:
    """Whether all lines are meant: "everything", "全部", "all but the lamp"; a thing that is named too wins over a bare "all"."""
    plain = normal(text)
    match = _EVERYTHING.search(plain)
    if not match or re.search(
        r"\b(?:don't|do not|not)\b[^.;,]{0,25}$|(?:不要|别|不)[^，。]{0,4}$", plain[: match.start()]
    ):
        return False
    return not named or bool(
        re.search(r"\beverything\b|全部|所有|整单|\b(?:whole|entire|that|the|my|this) (?:order|lot)\b", match.group())
    )


def only_said(text: str) -> bool:
    """Whether only what is named is meant: "just the lamp", "只退台灯"."""
    return bool(_ONLY.search(normal(text)))


def nothing_named(text: str, lines: Sequence[Line], catalogue: Catalogue) -> list[Found]:
    """Mentions without a name: "the blue one", "the most expensive item", a word of a description."""
    plain = normal(text)
    active = [entry for entry in lines if entry[1].status == "active"] or list(lines)
    start = target_start(text)
    part = plain[:start] if start > 12 else plain
    if _ONE.search(part) and len(active) > 1:
        if fit := _by_options(part, active, catalogue):
            return [_found(plain, fit, 0.6, "option")]
        if fit := _by_price(part, active):
            return [_found(plain, fit, 0.6, "price")]
    return _by_description(plain, active, catalogue)


def _found(plain: str, lines: list[Line], score: float, why: str) -> Found:
    return Found(0, len(plain), lines, {(o.id, ln.line_no): score for o, ln in lines}, [why])


def _by_description(plain: str, lines: Sequence[Line], catalogue: Catalogue) -> list[Found]:
    from bot.words import content_words

    said = content_words(plain) - _COMMON
    counts = []
    for entry in lines:
        product = product_of(entry[1], catalogue)
        texts = [*product.description.values(), product.category or "", *product.tags] if product else []
        counts.append((len(said & content_words(" ".join(texts))), entry))
    most = max((n for n, _ in counts), default=0)
    fit = [entry for n, entry in counts if n == most]
    if not most or (len(fit) == len(lines) and len(lines) > 1) or len(tokens(plain)) > 25:
        return []
    return [_found(plain, fit, 0.3, "words")]


_COMMON = frozenset(
    "order orders retur excha chang cancel cance item items thing want like need pleas refun money back new old color size use "
    "good 订单 退货 换货 退款 取消 商品 东西 麻烦 谢谢 帮我 一起 地址 支付 修改 尺寸 颜色".split()
)
