"""The promises ledger: what only a committed change may let a reply say. Knows nothing of orders."""

from __future__ import annotations

import re

_ACTS_EN = r"(?:cancell?ed|refunded|returned|exchanged|changed|updated|sent|shipped|issued|processed|applied|arranged|credited|reserved|scheduled|escalated|forwarded)"
_DONE_EN = re.compile(
    rf"\b(?:i|we)(?:'ve|’ve| have| just| already)+\s+(?:just |already |now |successfully )*{_ACTS_EN}\b"
    rf"|\byour (?:order|return|refund|exchange|address|request|parcel|payment) (?:has been|was|is now|have been) (?:successfully |now )?{_ACTS_EN}\b",
    re.IGNORECASE,
)
_WILL_EN = re.compile(
    r"\b(?:i'll|i’ll|i will|i can|let me|i'm going to|i am going to|i'd be happy to)\s+(?:\w+\s+){0,2}?"
    r"(?:cancel|refund|return|exchange|change|update|send|ship|issue|process|apply|arrange|credit|reserve|schedule|check|look|escalate|forward|give you|offer you)\b",
    re.IGNORECASE,
)
_DONE_ZH = re.compile(
    r"(?:我|我们|已经?|这边)(?:已经?|刚刚?)?(?:为|帮|给|替)(?:您|你)[^，。！？]{0,8}?(?:取消|退款|退货|退回|换货|修改|更新|寄出|发出|发货|开具|开好|处理|申请|安排|登记|预留|提交)(?:了|好|完|成功)?"
    r"|(?:您|你)的(?:订单|退款|退货|换货|地址|申请|发票|包裹)(?:已经?|刚刚?)(?:被)?(?:成功)?(?:取消|退回|退款|修改|更新|寄出|发出|开具|处理|提交)"
)
_WILL_ZH = re.compile(
    r"我(?:会|将|马上|这就|来|可以|现在)?(?:立即|尽快|马上)?(?:为|帮|给|替)(?:您|你)[^，。！？]{0,6}?(?:取消|退款|退货|换货|修改|更新|寄|发|开|处理|申请|安排|登记|预留|提交|查)"
)


def unkept(reply: str) -> list[str]:
    """Phrases in `reply` that claim or promise an action in the bot's own name; a reply without a change must have none."""
    patterns = (_DONE_EN, _WILL_EN, _DONE_ZH, _WILL_ZH)
    return [match.group() for pattern in patterns for match in pattern.finditer(reply)]
