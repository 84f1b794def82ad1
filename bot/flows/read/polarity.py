"""Reads how option values are meant where they stand: wanted, preferred or not. Knows nothing of prices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum

from bot.flows.read.values import ValueHit, Values, no_value, option_words
from bot.flows.read.words import normal, phrase
from bot.orders.variants import Want

_NEAR = 160  # characters on either side that say how a word is meant


class Said(Enum):
    """How a value is meant; NEXT is one that comes after another ("else USB")."""

    YES = "yes"
    NO = "no"
    SOFT = "soft"
    NEXT = "next"
    KEEP = "keep"
    ANY = "any"
    NOTHING = "nothing"


_FILL = (
    r"(?:(?:the|a|an|any|my|be|in|being|have|having|is|are|with|one|ones"
    r"|it|that|to|of|this|only|just|made|color|colour|size)\s+)*"
)
_NO = re.compile(
    rf"(?:\binstead of|\brather than|\bnot|\bno|\bwithout|n't|\bdon't want"
    rf"|\bdo not want|\bother than|\banything but|\bexcept(?: for)?|\bno longer"
    rf"|\bnon)[\s-]+{_FILL}$|(?:不要|不是|别要|而不是|非|不想要|除了|不含|不带|不用|不)(?:那个|那种|这种)?\s*$"
)
_FROM = re.compile(
    rf"\bfrom\s+{_FILL}$|(?:从|把|将)\s*(?:那个|这个|原来的|现在的)?$|(?:currently"
    rf"|right now|now it is|it is now|原来是|现在是)\s*{_FILL}$"
)
_OVER = re.compile(r"\s*(?:one|ones)?\s*(?:over|>|rather than|before|优先于|大于|＞)\s*$")
_KEEP = re.compile(
    rf"(?:\bkeep(?:ing)?|\bstill|\bretain(?:ing)?|\bstay(?:ing)? (?:with"
    rf"|in)|保留|保持|还是(?:要)?|仍然|依旧)\s*{_FILL}$"
)
_SOFT_BEFORE = re.compile(
    rf"(?:\bprefer(?:ably|red|ence)?(?: for| is)?|\bideally|\bi (?:also "
    rf"|really )?like|\bif possible,?|\bmaybe|\bhopefully|最好(?:是|要)?"
    rf"|优先|偏好|尽量)\s*{_FILL}$"
)
_SOFT_AFTER = re.compile(
    r"[\s,，]*(?:one|ones|color|colour|色|的|款)?[\s,，]*(?:if (?:possible"
    r"|available|you (?:have|can)|there (?:is|are)|multiple|several|both"
    r"|more than one|that's possible|any|in stock)|preferably|would be (?:nice"
    r"|good|great|best|ideal)"
    r"|is preferred|优先|最好|(?:如果)?有的话)"
)
_ANY_AFTER = re.compile(
    r"\s*(?:or not|or no|or whatever|与否|不)?\s*(?:doesn't matter|does not matter"
    r"|don't matter|is not important|isn't important|不重要|无所谓|都行"
    r"|都可以|随便|不限|不在乎)"
)
_ANY_BEFORE = re.compile(
    r"(?:don't care|do not care|doesn't matter|does not matter|no matter"
    r"|regardless|不在乎|不管|无论)\s*(?:about|if|of|whether)?\s*(?:it is"
    r"|it's|it|the|they are|or)?\s*$"
)
_NEXT = re.compile(
    r"\b(?:otherwise|else|if not|failing that|or else|then|second choice"
    r"|next|over)\b|>|＞|否则|不然|的话就?|没有就|要不|其次|再不行|不行(?:的话)?就?"
    r"|实在不行|才"
)
_JOIN = re.compile(r"[\s,、/&]*(?:or|and|nor|或者?|和|跟|及)?[\s,、/&]*(?:the |a |an )?$")
_LIST = re.compile(r"\s*,?\s*(?:or|and|nor|、|或者?|和|跟|及|/)\s*(?:the |a |an )?$")
_CONDITION = re.compile(r"\b(?:if|in case)\b[^.;!?]*?(?=,|\bthen\b|[.;!?]|$)|(?:如果|要是|若|万一)[^，。；]*")
_LACKING = re.compile(
    r"\b(?:no|not|isn't|aren't|don't|doesn't|unavailable|out of stock|none|sold out)\b|没有|没货|缺货|不行|没"
)
_TARGET = re.compile(
    r"\b(?:exchang\w*|swap\w*|chang\w*|replac\w*|trad\w*|modif\w*|switch\w*"
    r"|turn|convert|updat\w*|upgrad\w*|adjust\w*)\b[^.;!?。；]*?\b(?P<at>for"
    r"|to|into|with|to be)\b"
    r"|(?P<zh>(?:换|改|变|调|升级?)(?:成|为|到|作)|换(?:一?[个件双条只台款]))"
)
_BOUNDARY = re.compile(r"[.;!?。；！？\n]|\.(?=\s|$)")


def target_start(text: str) -> int:
    """Where the words about the new variant begin ("exchange the blue one FOR a black one"); 0 where nothing marks it."""
    plain = normal(text)
    match = _TARGET.search(plain)
    if not match:
        return 0
    return match.end("at") if match["at"] else match.end("zh")


def said_of(text: str, hit: ValueHit, hits: Sequence[ValueHit]) -> Said:
    """How the value of `hit` is meant; `hits` are all of the message, so that a list can share one "not"."""
    plain = normal(text)
    start = max((m.end() for m in _BOUNDARY.finditer(plain[: hit.start]) if not _decimal(plain, m.start())), default=0)
    before, after = plain[max(start, hit.start - _NEAR) : hit.start], plain[hit.end : hit.end + _NEAR]
    if _ANY_AFTER.match(after) or _ANY_BEFORE.search(before):
        return Said.ANY
    for pattern, said in ((_FROM, Said.NOTHING), (_KEEP, Said.KEEP)):
        if pattern.search(before):
            return said
    if in_unless(text, hit.start):
        return Said.YES
    if _NO.search(before) and not re.search(r"(?:if|whether|why|is|are) (?:it's |it is )?not\s*$", before):
        return Said.NO
    last = max((h for h in hits if h.end <= hit.start and h is not hit), key=lambda h: h.end, default=None)
    between = plain[last.end : hit.start] if last else before
    if last and last.option == hit.option and _JOIN.fullmatch(between):
        before_it = said_of(text, last, hits)
        if before_it is Said.SOFT or (before_it is Said.NO and _LIST.fullmatch(between)):
            return before_it
    earlier = [h for h in hits if h.option == hit.option and h.end <= hit.start and h.value != hit.value]
    if earlier and (_NEXT.search(plain[earlier[-1].end : hit.start]) or _OVER.search(before)):
        return Said.NEXT
    if _SOFT_BEFORE.search(before) or _SOFT_AFTER.match(after):
        return Said.SOFT
    return Said.YES


def in_unless(text: str, at: int) -> bool:
    """Whether the place `at` lies in a condition that something is not to be had ("if there is no white one, then ...")."""
    plain = normal(text)
    return any(m.start() <= at < m.end() and _LACKING.search(m.group()) for m in _CONDITION.finditer(plain))


def _decimal(plain: str, at: int) -> bool:
    return plain[at] == "." and plain[at + 1 : at + 2].isdigit()


def option_wants(text: str, values: Values, hits: Sequence[ValueHit]) -> Iterable[Want]:
    """What is said of options by their names: the same colour, any size, waterproof, without backlight."""
    plain = normal(text)
    for option, known in values.options:
        names = phrase(option_words(option)).pattern
        want = _same_or_any(plain, option, names) or _has_or_not(plain, option, known, names, hits)
        if want:
            yield want


_SAME = (
    r"\bsame\b(?:[\s,]+(?:the |and |&)?[\w-]+){{0,4}}?[\s,]+(?:and |& )?(?:{names})"
    r"|(?:{names})\s*(?:should |must |can |to )?(?:be |is |are |stays? "
    r"|remains? |stay )?(?:the )?(?:same|unchanged)"
    r"|\bkeep(?:ing)? (?:the |my )?(?:[\w-]+ (?:and|&) )?(?:{names})\b"
    r"|同(?:样的?)?(?:{names})|(?:{names})(?:都|也)?(?:不变|一样|相同"
    r"|不动|照旧)"
)
_ANY = (
    r"\b(?:any|whatever|whichever|either|different)\b (?:{names})\b(?! than)"
    r"|(?:{names})[\s,]*(?:or not|or no)?[\s,]*(?:and \w+ |or \w+ )?(?:doesn't"
    r"|does not|don't|do not|isn't|is not|not) (?:really )?(?:matter|important"
    r"|relevant)"
    r"|(?:don't care|do not care|don't mind|no preference|not care|regardless"
    r"|no matter)(?: about| for| of| what| which| whether| on)*(?: it's"
    r"| it is| the| its)* (?:\w+ (?:or|and) )?(?:{names})"
    r"|(?:{names})(?:是什么|选什么|与否|不)?(?:随便|无所谓|不限|都行|都可以"
    r"|不重要|任意|不在乎|怎样都行|不挑)|(?:不在乎|不管|随便什么|任意"
    r"|任何)(?:{names})"
)


def _same_or_any(plain: str, option: str, names: str) -> Want | None:
    if re.search(_ANY.format(names=names).replace("{{", "{").replace("}}", "}"), plain):
        return Want(option, "any")
    if re.search(_SAME.format(names=names), plain):
        return Want(option, "same")
    return None


def _has_or_not(plain: str, option: str, known: tuple[str, ...], names: str, hits: Sequence[ValueHit]) -> Want | None:
    """For an option one of whose values is "none": whether the thing itself is asked for or not."""
    none = no_value(known)
    if none is None:
        return None
    for match in re.finditer(names, plain):
        if any(h.option == option and h.start < match.end() + 1 and match.start() < h.end + 12 for h in hits):
            continue
        before = plain[: match.start()]
        if (
            _NO.search(before)
            or re.match(r"\s?(?:free|less)\b", plain[match.end() :])
            or before.endswith(("无", "没有", "没"))
        ):
            return Want(option, "set", (none,))
        adjective = re.search(r"proof|resistant|lit$|防水", match.group())
        if adjective or re.search(rf"(?:\bwith|\bhas|\bhave|\bhaving|\bneeds?|带|有|要)\s*{_FILL}$", before):
            return Want(option, "set", tuple(value for value in known if value != none))
    return None
