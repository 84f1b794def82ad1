"""Turns of phrase that decide what becomes of a message: questions, requests, "leave it", "a person". Know no flow."""

from __future__ import annotations

import re
import unicodedata

from bot.perceive.entities import find_entities

_I = re.IGNORECASE
_QUESTION = re.compile(
    r"[?？]\s*$|^\s*(?:how|what|when|where|why|which|who|is|are|do|does|did|will|would|could you tell)\b"
    r"|吗|呢\s*$|多少|怎么|什么|为什么|多久|几天|哪",
    _I,
)
_REQUEST = re.compile(
    r"\b(?:can|could|would|will) (?:you|we|i)\b.*"
    r"\b(?:use|make|change|put|take|switch|send|do|have|pay|refund|swap|add|keep|only|just)\b"
    r"|能不能|可不可以|可以.*吗|换成|改成|改为|改用",
    _I,
)
_CALLED = re.compile(r"\b(?:my |the )?order(?: number| no\.?)?\b|订单号?|单号|[\W_]", _I)
_UNDO = re.compile(
    r"\b(?:undo|revert|reverse|reinstate|restore|un-?cancel|reactivate)\w*\b"
    r"|恢复.*订单|撤销.*取消|取消.*(?:撤回|恢复)",
    _I,
)
_NEXT = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|great|thanks?(?: you)?|good|fine|perfect)\W+)?"
    r"(?:and|now|then|next|also|plus|the other|what about)\b"
    r"|^\W*(?:还有|再|接着|然后|另外|那|现在|接下来|其他|另一)",
    _I,
)
_LATER = re.compile(r"\b(?:later|another time|some other day)\b|以后再|改天|下次再", _I)
_LEAVE = re.compile(
    r"\bleave (?:it|them|that|this|everything|things|all)\b.*\b(?:as|alone|be)\b"
    r"|\b(?:don'?t|do not) (?:do|change|touch) anything|保持(?:原样|不变)|什么都(?:别|不要|不用)",
    _I,
)
_PERSON = re.compile(
    r"\b(?:talk|speak|connect(?: me)?|transfer(?: me)?|put me through|get me)\b (?:\w+ ){0,3}?"
    r"(?:person|human|someone|somebody|agent|representative|manager|supervisor|colleague)\b"
    r"|转人工|人工客服|找(?:真人|人工|经理|主管)|破例.*人|通融.*人",
    _I,
)


def is_question(text: str) -> bool:
    """Whether it asks something."""
    return bool(_QUESTION.search(text))


def is_request(text: str) -> bool:
    """Whether it asks for something to be done, a question in form: "can you make that PayPal?"."""
    return bool(_REQUEST.search(text))


def only_a_number(text: str) -> bool:
    """Whether the message is an order number and nothing else, perhaps called one: somebody wants to know of that order."""
    orders = [entity for entity in find_entities(text) if entity.kind == "order"]
    if len(orders) != 1:
        return False
    plain = unicodedata.normalize("NFKC", text)
    return not _CALLED.sub("", plain[: orders[0].start] + plain[orders[0].end :])


def undoes(text: str) -> bool:
    """Whether a cancellation is to be taken back."""
    return bool(_UNDO.search(text))


def goes_on(text: str) -> bool:
    """Whether it adds to what was just done: "and the other one"."""
    return bool(_NEXT.search(text))


def is_for_later(text: str) -> bool:
    """Whether it only says what the customer means to do another time."""
    return bool(_LATER.search(text))


def leaves_alone(text: str) -> bool:
    """Whether everything is to stay as it is."""
    return bool(_LEAVE.search(text))


def asks_for_person(text: str) -> bool:
    """Whether the words themselves ask for a person, however the rest of the message reads."""
    return bool(_PERSON.search(text)) and not is_question(text)
