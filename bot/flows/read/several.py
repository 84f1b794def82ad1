"""Splits a message into its requests ("cancel #1 and return the watch"). Knows nothing of orders, rules or the intent head."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.flows.read.words import nfkc_text, normal
from bot.perceive.entities import Entity, find_entities

# Where a request may end: a sentence, or a word that goes on to the next thing.
_CUT = re.compile(
    r"(?P<stop>[;!?。；！？\n]+|(?<!\bst)(?<!\bave)(?<!\bno)(?<!\bapt)\.(?=\s"
    r"|$))|(?P<soft>[,，、]|\b(?:and|then|also|plus|after that|next)\b"
    r"|然后|顺便|另外|还有|并且|以及|接着|再(?=把|帮|给|退|换|取消|改"
    r"|查|开|将)|同时)"
)
_OBJECT_ADDRESS = r"(?:\baddress|\bwhere (?:it|they) (?:goes?|is going|ships?)|地址|收货人|寄到|送到)"
_OBJECT_PAY = (
    r"(?:\bpayment(?: method)?|\bpay(?:ing)? (?:with|by)|\bcard i (?:paid|used)|付款方式|支付方式|付款|支付|扣款)"
)
_CHANGE = (
    r"(?:\bchang(?:e|ing)|\bupdat(?:e|ing)|\bmodify(?:ing)?|\bcorrect(?:ing)?"
    r"|\bfix(?:ing)?|\bswitch(?:ing)?|\bmove|\bredirect(?:ing)?|\bship"
    r"|\bsend|\bdeliver|改|换|更新|更正|修改|变更)"
)
_FLOWS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("invoice", re.compile(r"\b(?:send|issue|need|want|get|request|make|give)\b.{0,25}\b(?:invoice"
r"|receipt)\b|\binvoice for\b|开.{0,6}(?:发票|票)|要.{0,4}发票|发票.{0,6}(?:开"
r"|发)")),
    ("change_address", re.compile(rf"{_CHANGE}.{{0,60}}?{_OBJECT_ADDRESS}|{_OBJECT_ADDRESS}.{{0,25}}?(?:{_CHANGE}"
rf"|填错|写错|错了|\bwrong\b)|改寄")),
    ("change_payment", re.compile(rf"{_CHANGE}.{{0,40}}?{_OBJECT_PAY}|{_OBJECT_PAY}.{{0,10}}(?:换|改)"
rf"|\bpay (?:for )?(?:it|that|the order|my order|this order)\b.{{0,20}}\b(?:instead"
rf"|another)\b")),
    ("cancel", re.compile(r"\bcancel(?:l?ing|lation of)?\b(?! (?:that|it)? ?(?:earlier|before))"
r"|\bcall off\b|取消|撤单|撤销|不要发货|别发货|退订")),
    ("exchange", re.compile(r"\b(?:exchang(?:e|ing)|swap(?:ping)?|trad(?:e|ing) (?:in|my|the)"
r"|replac(?:e|ing)|replacement for)\b|换货|换个|换一|换成|换为|(?:把"
r"|将|要|想|帮我|给我|再)[^，。；]{0,14}换|调换")),
    ("return", re.compile(r"\b(?:returns?(?=\s*:)|return|returning|send(?:ing)? (?:it|them|back"
r"|the \w+ back)|give back|refund (?:me for|my order|the (?!diff|rest"
r"|money)\w+))\b(?! (?:policy|label|address|window))|退货|(?:把|将"
r"|要|想|帮我|给我|再|先|只|就|一起)[^，。；]{0,14}退(?!款|钱|到|回"
r"|至)|退(?=[了掉这那个一两台件双只条])")),
    ("modify_items", re.compile(r"\b(?:chang(?:e|ing)|modify(?:ing)?|switch(?:ing)?|upgrad(?:e|ing)"
r"|adjust(?:ing)?)\b(?! (?:my |your )?mind)|改成|改为|改一?下|(?:把"
r"|将)[^，。；]{0,14}改")),
    ("track", re.compile(r"\bwhere(?: is|'s| are)\b.{0,30}\b(?:order|parcel|package|stuff|delivery"
r"|shipment)|\btrack(?:ing)?\b|\bwhen\b.{0,30}\b(?:arriv|deliver|ship"
r"|come|get here)|\border status\b|\bstatus of\b|物流|快递(?:到|单号)"
r"|到哪|什么时候(?:到|发)|几时到|查.{0,4}订单|发货了吗|到了吗")),
)  # fmt: skip
_NOT = re.compile(
    r"(?:\b(?:don't|do not|won't|didn't|not|never|without|rather than"
    r"|instead of|can't|cannot|no need to)(?: want to| have to| need to)?(?: \w+)?\s*$"
    r"|(?:不要|别|不想|不用|不是要|没|不)(?:再|要)?\s*$)"
)
_PAST = re.compile(r"\b(?:i|we|you|already|just|was|been|had)(?: have| had| just| already)*\s*$")
_IF = re.compile(
    r"^\W*(?:and |but |or )?(?:if|otherwise|in case|unless|else|failing that"
    r"|or else)\b|^\W*(?:如果|要是|否则|不然|不行|实在不行|要不|若)|\botherwise\b"
    r"|\bif (?:not|that|it|you)\b"
)
_ASKS = re.compile(
    r"^\W*(?:and |also |so |btw |by the way )?(?:how|what|when|where|why"
    r"|which|who|is|are|do|does|did|has|have|will)\b"
)


@dataclass(frozen=True)
class Clause:
    """One request: its words, its place in the NFKC text, and what is named in it (places count from the clause's start).

    `flow` is the flow that its verb names, None where it names none (a question, or words for the router to judge).
    """

    text: str
    start: int
    end: int
    flow: str | None
    entities: tuple[Entity, ...] = ()


@dataclass
class _Draft:
    start: int
    end: int
    flow: str | None = None
    question: bool = False
    numbers: frozenset[str] = frozenset()
    condition: bool = False  # "if that is not possible": what follows belongs to it


def split_requests(text: str) -> tuple[Clause, ...]:
    """The requests of `text` in order; one clause with the whole text when it holds one, none when it is empty."""
    whole = nfkc_text(text)
    plain = normal(text)
    drafts: list[_Draft] = []
    for piece, begins in _pieces(plain):
        if not drafts or _is_new(drafts[-1], piece, begins):
            drafts.append(piece)
        else:
            _join(drafts[-1], piece, begins)
    return tuple(_clause(whole, draft) for draft in drafts if whole[draft.start : draft.end].strip(" ,.;!?，。；！？"))


def _pieces(plain: str) -> list[tuple[_Draft, bool]]:
    """The smallest pieces with what each asks for, and whether it begins a sentence."""
    found: list[tuple[_Draft, bool]] = []
    start, begins = 0, True
    for match in [*_CUT.finditer(plain), None]:
        stop = match is None or match["stop"] is not None
        end = match.end() if match and stop else match.start() if match else len(plain)
        words = plain[start:end]
        if words.strip(" ,，、.;!?。；！？\n"):
            question = bool(re.search(r"[?？]\W*$|吗\W*$|呢\W*$", words)) or (begins and bool(_ASKS.search(words)))
            found.append((_Draft(start, end, _flow(words), question, _numbers(words), bool(_IF.search(words))), begins))
            begins = stop
        start = match.end() if match and stop else match.start() if match else end
        if match and not stop:
            # The joining word belongs to what follows, so that "and" never ends a request.
            start = match.start()
            if found and found[-1][0].end > start:
                found[-1][0].end = start
    return found


def _flow(words: str) -> str | None:
    for flow, pattern in _FLOWS:
        for match in pattern.finditer(words):
            before = words[: match.start()]
            past = re.match(r"\w+ed\b", words[match.start() :]) and _PAST.search(before)
            if not _NOT.search(before) and not past:
                return flow
    return None


def _numbers(words: str) -> frozenset[str]:
    return frozenset(entity.value for entity in find_entities(words) if entity.kind == "order")


def _is_new(now: _Draft, piece: _Draft, begins: bool) -> bool:
    if piece.condition and now.flow:
        return now.question and begins
    if now.condition and now.flow:
        return bool(piece.flow) and begins
    if piece.flow is None:
        return begins and piece.question and (now.flow is not None or now.question)
    if now.flow is None:
        return now.question and begins
    return piece.flow != now.flow or bool(piece.numbers and now.numbers and piece.numbers != now.numbers)


def _join(now: _Draft, piece: _Draft, begins: bool) -> None:
    now.end = piece.end
    now.flow = now.flow or piece.flow
    now.question = piece.question if begins else now.question or piece.question
    now.numbers |= piece.numbers
    now.condition = piece.condition


def _clause(whole: str, draft: _Draft) -> Clause:
    words = whole[draft.start : draft.end]
    lead = re.match(
        r"(?:\s|[,，、;；]|\b(?:and|then|also|plus|after that|next)\b|然后|顺便|另外|还有|并且|以及|接着)*",
        words,
        re.IGNORECASE,
    )
    start = draft.start + (lead.end() if lead else 0)
    end = draft.start + len(
        re.sub(r"(?:\s|[,，、;；]|(?<![a-z])(?:and|also|plus|then)(?=\W*$))+$", "", words, flags=re.IGNORECASE)
    )
    if start >= end:
        start, end = draft.start, draft.end
    text = whole[start:end]
    return Clause(text, start, end, draft.flow, tuple(find_entities(text)))
