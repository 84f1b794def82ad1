"""Reads whether a customer gives up the request that is being worked on. Knows nothing of which request it is."""

from __future__ import annotations

import re

from bot.flows.read.words import normal

_LATIN = re.compile(
    r"never\s?mind|(?:don'?t|do not|no longer) want to (?:return|exchange|cancel|change|modify|do)\b[^.,;]{0,30}"
    r"(?:any ?more|after all)"
    r""
    r"|no longer want to (?:return|exchange|cancel|change)\b"
    r"|\bnvm\b|forget (?:it|about it|that|the whole thing)"
    r"|(?:let'?s )?(?:just )?(?:leave|drop|skip|scrap) (?:it|that)\b"
    r"(?! (?:at|with|by|in|on|to|off))|(?:i(?:'ve| have)? )?changed my mind\s*[.!]*$|don'?t bother|no need any ?more"
    r"|(?:i )?(?:don'?t|do not) want (?:to|that|this|it) (?:any ?more|after all)?\s*(?:do (?:it|this|that))?\s*[.!]*$"
    r"|stop (?:this|it|the (?:process|request|return|exchange|cancellation"
    r"|change))\b|^\s*(?:abort|stop|quit|exit|cancel)\s*[.!]*$"
    r"|(?:don'?t|do not|no longer want to|won'?t) (?:do (?:it|this|that"
    r"|anything)|(?:return|exchange|cancel|change|modify|refund) "
    r"(?:it|that|this|them|anything|the (?:whole )?order))(?: (?:after all|any ?more|then|now))?\s*[.!]*$"
    r"|(?:i'?ll|i will|i'?d rather|let me) (?:just )?keep (?:it|them|everything)(?: (?:after all"
    r"|then|instead))?\s*[.!]*$"
    r"|not (?:any ?more|after all)\s*[.!]*$"
)
_CHINESE = re.compile(
    r"算了|(?:不|别|甭|唔)(?:想)?(?:退|换|改|弄|办|取消|搞|开)(?:货"
    r"|款|票|地址|订单)?(?:了|啦|喇|嘞)\s*$|不用(?:了|退|换|改|办|弄|取消"
    r"|开)"
    r"|先不(?:退|换|改|弄|办|取消|搞|开)|当我没说|没事(?:了|儿了)|作罢"
    r"|放弃|我反悔了|还是(?:留着|不(?:退|换|改|弄|办|取消)了?)|就这样吧不"
)
# What is given up is the thing, not the request: "I don't want the lamp any more, return it".
_NOT = re.compile(
    r"\b(?:instead|rather|but (?:please )?(?:change|return|exchange|cancel"
    r"|use)|then (?:please )?(?:change|cancel|return|exchange|use)|only"
    r"|just the)\b"
    r"|改成|换成|只(?:退|换|要)|改为"
)
_ASKS = re.compile(
    r"(?<!don't )(?<!not )(?<!longer )\b(?:please|want to|like to|can you|could you|need to) (?:please )?(?:cancel"
    r"|return|exchange|change|refund|send|use)\b"
    r"|(?:我要|帮我|请|麻烦|给我)(?:把|将)?.{0,12}(?:取消|退|换|改)"
)


def gives_up(text: str) -> bool:
    """Whether the message drops the running request: "never mind", "算了不弄了". Cancelling an order is not giving up."""
    plain = normal(text).strip()
    parts = [part.strip() for part in re.split(r"[,;，；。!！\n]|\.(?=\s|$)", plain) if part.strip()]
    if not any(_LATIN.search(part) or _CHINESE.search(part) for part in parts):
        return False
    if re.search(r"[?？]|吗\s*$", plain):
        return False
    return not (_NOT.search(plain) or any(_ASKS.search(part) for part in parts))
