"""Reads a yes that names what is agreed to: "确认取消", "yes, cancel it". Knows nothing of what was proposed."""

from __future__ import annotations

import re

_VERBS = {
    "cancel": ("cancel", "取消"),
    "return": ("return|send", "退货|退"),
    "exchange": ("exchange|swap|change", "换货|更换|换"),
    "modify_items": ("change|modify|swap", "修改|更改|换|改"),
    "change_address": ("change|update", "修改|更改|改"),
    "change_payment": ("change|switch|pay", "更换|修改|付款|换|改"),
    "invoice": ("issue|send|request", "开票|开发票|开"),
}
_YES_ZH = "好的?|是的?|对的?|可以|行|嗯+|没问题|没错"
_YES_EN = "yes|yep|yeah|yup|ok|okay|sure|fine|right|correct|confirmed?"


def agrees(flow: str, text: str) -> bool:
    """Whether the message says yes to `flow` by its own verb and says nothing else."""
    if flow not in _VERBS:
        return False
    english, chinese = _VERBS[flow]
    plain = re.sub(r"[\s,.!~，。！～、]+", " ", text).strip().casefold()
    zh = rf"(?:(?:{_YES_ZH}) ?)?(?:我?确认|确定|同意|请|就|帮我)? ?(?:{chinese}|提交|办理)(?:订单|吧|了|掉|货)?"
    en = (
        rf"(?:{_YES_EN}) (?:i (?:confirm|agree) )?(?:please )?(?:go ahead (?:and )?)?(?:{english})"
        r"(?: (?:it|that|them|this|the order|my order|the items?|those))?(?: please)?(?: thanks?(?: you)?)?"
    )
    agreed_zh = re.fullmatch(zh, plain) is not None and re.search(rf"{_YES_ZH}|确认|确定|同意", plain) is not None
    return agreed_zh or re.fullmatch(en, plain) is not None
