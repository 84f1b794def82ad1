"""The promises ledger: what only a committed change may let a reply say. Knows nothing of orders.

What the shop does for everybody is policy and may be said ("we refund within 3 days", "once your order has
been shipped, ..."); what was or will be done for this customer may not.
"""

from __future__ import annotations

import re

_ACTED = (
    "(?:cancell?ed|refunded|returned|exchanged|replaced|changed|updated|sent|shipped|dispatched|issued|processed|applied|"
    "arranged|credited|reserved|scheduled|escalated|forwarded|approved|submitted|initiated|booked|extended|waived|removed)"
)
_ACT = (
    "(?:cancel|refund|return|exchange|replace|change|update|send|ship|issue|process|apply|arrange|credit|reserve|schedule|"
    "check|look|escalate|forward|submit|initiate|book|extend|waive|remove|give you|offer you)"
)
_ACTING = (
    "(?:cancell?ing|refunding|returning|exchanging|replacing|changing|updating|sending|shipping|issuing|processing|"
    "applying|arranging|escalating|forwarding)"
)
_ADVERB = "(?:just|already|now|successfully|also|gone ahead and|went ahead and)"
_THING = "(?:order|return|refund|exchange|address|request|parcel|package|payment|replacement)"
_YOURS = rf"\byour {_THING}(?: request)?"
# "Orders that we have shipped" are anybody's.
_WE = r"(?<!\borders )(?<!\bitems )(?<!\bgoods )(?<!\bthat )(?<!\bwhich )\bwe"
_DONE_EN = re.compile(
    rf"\bi(?:['’]ve| have)?(?: {_ADVERB}){{0,3}} {_ACTED}\b"
    rf"|{_WE}(?:(?:['’]ve| have)(?: {_ADVERB}){{0,3}}|(?: {_ADVERB}){{1,3}}) {_ACTED}\b"
    rf"|{_WE} {_ACTED} (?:you|your|it)\b"
    rf"|{_YOURS} (?:has been|was|is now|is already|have been|is being)(?: {_ADVERB}){{0,2}} {_ACTED}\b"
    rf"|{_YOURS} is (?:now )?on (?:its|the) way\b",
    re.IGNORECASE,
)
_WILL_EN = re.compile(
    r"\b(?:i['’]ll|i will|i can|let me|i['’]m going to|i am going to|i['’]d be happy to) (?:\w+ ){0,2}?"
    rf"{_ACT}\b|\b(?:i['’]m|i am|we['’]re|we are)(?: now| currently)? {_ACTING} (?:you|your|it|the|this|that)\b",
    re.IGNORECASE,
)
_ACT_ZH = (
    "(?:取消|退款|退货|退回|退还|换货|更换|修改|更改|变更|更新|寄出|发出|发货|补发|开具|开好|处理|申请|提交|"
    "安排|登记|预留|预约|转接|转达|反馈|延长|减免|发放)"
)
_THING_ZH = "(?:订单|退款|退货|换货|地址|申请|发票|包裹|快递|请求)"
_FOR_YOU = "(?:为|帮|给|替)(?:您|你)"
_DONE_ZH = re.compile(
    rf"(?:已经?|刚刚?|刚才)(?:成功)?{_FOR_YOU}[^，。！？；\n]{{0,8}}?{_ACT_ZH}"
    rf"|(?:已经?|刚刚?|刚才)(?:成功)?{_ACT_ZH}(?:了|好|完)?(?:您|你)的"
    rf"|{_FOR_YOU}{_ACT_ZH}(?:好|完|掉)?了"
    rf"|(?:您|你)的{_THING_ZH}(?:我们?|这边)?(?:已经?|刚刚?|正在)(?:被)?(?:成功)?{_ACT_ZH}"
)
_NOW = "(?:马上|这就|立即|立刻|现在|正在)"
_SOON_ZH = rf"{_FOR_YOU}[^，。！？；\n]{{0,6}}?(?:{_ACT_ZH}|寄|发|开|查)"
_WILL_ZH = re.compile(
    rf"我(?:这边|会|将|来|可以|能|先|就|尽快|{_NOW}){{0,3}}{_SOON_ZH}"
    rf"|(?:我们|这边|(?:^|[，。！？；\s])(?:我们|这边)?){_NOW}{_SOON_ZH}|这边{_SOON_ZH}"
    r"|我(?:来|先|去|这就|马上|现在)?(?:查|核实|确认)(?:一?下|询)"
)
# A clause that sets a condition claims nothing: "once your refund has been processed", 您的订单已取消的.
_CONDITION_BEFORE = re.compile(
    r"\b(?:if|once|when|whenever|after|until|till|unless|before|whether|as (?:soon|long) as|in case|while)\b"
    r"[^.;!?,\n]*$|(?:如果|假如|要是|一旦|除非|只要|是否)[^，。！？；,\n]*$"
    r"|(?:^|[，。！？；,\s])(?:如(?!下)|若|当(?![然前日])|待|等|在|凡|对于)[^，。！？；,\n]*$",
    re.IGNORECASE,
)
_CONDITION_AFTER = re.compile(r"(?:了|好|完|成功|完成)?(?:之?后|以后|之?前|以前|时|的(?:话|情况|订单|商品|，|,)|，?则)")
_CLAUSE = 80  # characters before a phrase in which its condition is looked for


def unkept(reply: str) -> list[str]:
    """Phrases in `reply` that claim or promise an action for this customer; fine only after a change."""
    plain = re.sub(r"[^\S\n]+", " ", reply)
    found = [m.group() for p in (_DONE_EN, _DONE_ZH) for m in p.finditer(plain) if not _conditional(plain, m)]
    return found + [m.group() for p in (_WILL_EN, _WILL_ZH) for m in p.finditer(plain)]


def _conditional(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _CLAUSE) : match.start()]
    return bool(_CONDITION_BEFORE.search(before) or _CONDITION_AFTER.match(text, match.end()))
