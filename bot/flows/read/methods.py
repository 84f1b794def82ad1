"""Reads which payment method on file is meant. Knows nothing of balances or rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.flows.read.quantities import read_places
from bot.flows.read.words import normal, phrase, table
from bot.orders.records import PaymentMethod

# Left to right, the first that holds decides: a gift card is no card, store credit no credit card.
_KINDS = ("gift_card", "store_credit", "paypal", "alipay", "wechat", "card")
_ORIGINAL = re.compile(
    r"\boriginal\b|\b(?:the )?same (?:card|method|one|account|way|payment"
    r"|gift card|paypal)|\bhow i paid|\bwhere it came from|\bi paid with\b"
    r"|\bused (?:to pay|for the order|originally)"
    r"|\bback to (?:my|the) (?:source|payment method|account)|\bwhat i (?:paid"
    r"|used)\b|原路|原来的?(?:支付|付款|账户|账号|方式|卡|那张|那个|渠道)"
    r"|原(?:支付|付款)|付款的?(?:那张|那个|账户|方式)|一样的(?:卡|方式)"
    r"|退回原"
)
_OTHER = re.compile(
    r"\b(?:the )?(?:other|another|different|second|alternative) (?:\w+ )?(?:card"
    r"|one|method|payment|account|way)\b|(?:另外?|别的?|其他|换)(?:的"
    r"|一)?(?:张|个|种)?(?:卡|方式|账户|支付)"
)
_NEW = re.compile(
    r"\b(?:a )?(?:brand )?new (?:\w+ )?(?:card|payment|method|account)\b"
    r"|\badd (?:a|my) (?:\w+ )?(?:card|method)\b|新(?:的)?(?:卡|银行卡"
    r"|信用卡|支付方式|账户)"
)
_DIGITS = re.compile(
    r"(?:end(?:s|ing)?(?: in| with)?|last (?:four|4)(?: digits)?(?: are"
    r"| is)?|尾号|后四位|末四位|\*+|x{2,}|#)\s*(?:是|为|:)?\s*(\d{3,6})"
)
_NOT = re.compile(
    r"(?:\bnot(?: to| on| with| the| my)*|\binstead of(?: the| my)*|\brather than(?: the"
    r"| my)*|\bexcept|不要|不是|不用|不退|别用|而不是)\s*(?:on |to |with )?(?:the "
    r"|my |a )?$"
)


@dataclass(frozen=True)
class MethodsRead:
    """The methods that a message may mean, best first.

    - `kind`: the kind that was named, even when none is on file
    - `original`: the one the order was paid with ("原路退回", "the same card")
    - `other`: another than the present one, without saying which
    - `new`: one that is not on file ("a new card")
    """

    candidates: tuple[PaymentMethod, ...] = ()
    kind: str | None = None
    original: bool = False
    other: bool = False
    new: bool = False

    @property
    def one(self) -> PaymentMethod | None:
        """The method that is meant when there is just one."""
        return self.candidates[0] if len(self.candidates) == 1 else None


def read_methods(
    text: str, methods: Sequence[PaymentMethod], original: str | None = None, shown: Sequence[str] = ()
) -> MethodsRead:
    """The methods among `methods` that `text` names.

    `original` is the id of the one that the order was paid with; `shown` are ids in the order in which they were listed.
    """
    plain = normal(text)
    new = bool(_NEW.search(plain))
    kinds = _kinds(plain)
    said_original = bool(_ORIGINAL.search(plain))
    other = bool(_OTHER.search(plain)) and not new
    exact = _exact(plain, methods)
    if exact:
        return MethodsRead(tuple(exact), exact[0].kind, False, other, False)
    if new:
        return MethodsRead((), kinds[0] if kinds else None, new=True)
    if kinds:
        return _of_kind(plain, methods, kinds, original, said_original, other)
    if said_original:
        return MethodsRead(tuple(m for m in methods if m.id == original), None, True)
    if other:
        return MethodsRead(tuple(m for m in methods if m.id != original), None, False, True)
    known = {m.id: m for m in methods}
    picked = [known[shown[place]] for place in read_places(text, len(shown)) if shown[place] in known]
    return MethodsRead(tuple(picked))


def _kinds(plain: str) -> list[str]:
    """The kinds that are named and not refused, in order of appearance."""
    found: list[tuple[int, str]] = []
    covered: list[tuple[int, int]] = []
    for kind in _KINDS:
        for match in phrase(normal(word) for word in table("methods")[kind]).finditer(plain):
            if any(match.start() < end and start < match.end() for start, end in covered):
                continue
            covered.append(match.span())
            if not _NOT.search(plain[: match.start()]):
                found.append((match.start(), kind))
    return list(dict.fromkeys(kind for _, kind in sorted(found)))


def _exact(plain: str, methods: Sequence[PaymentMethod]) -> list[PaymentMethod]:
    """Methods named by their id, their whole label, or the last digits in it."""
    named = [m for m in methods if m.id and phrase([normal(m.id)]).search(plain)]
    # A label that is no more than its kind ("PayPal") says nothing beside the kind.
    kind_words = {normal(word) for kind in _KINDS for word in table("methods")[kind]}
    labelled = [
        m for m in methods if (name := normal(m.label).strip()) in plain and len(name) > 3 and name not in kind_words
    ]
    if named or labelled:
        return named or [max(labelled, key=lambda m: len(m.label))]
    digits = [match[1] for match in _DIGITS.finditer(plain)] or re.findall(r"(?<![\d#a-z.])\d{4}(?![\d.])", plain)
    found = [m for m in methods if any(d in re.findall(r"\d+", normal(m.label)) or _tail(m, d) for d in digits)]
    kinds = _kinds(plain)
    return [m for m in found if m.kind in kinds] or found


def _tail(method: PaymentMethod, digits: str) -> bool:
    runs = re.findall(r"\d+", normal(method.label)) or re.findall(r"\d+$", method.id)
    return any(len(run) >= len(digits) and run.endswith(digits) for run in runs)


def _of_kind(
    plain: str,
    methods: Sequence[PaymentMethod],
    kinds: list[str],
    original: str | None,
    said_original: bool,
    other: bool,
) -> MethodsRead:
    # "Gift card, and if that is not possible PayPal": the first kind that is on file.
    for kind in kinds:
        fit = [m for m in methods if m.kind == kind]
        brands = [b for b in table("methods")["brands"] if phrase([normal(b)]).search(plain)]
        if brands and any(normal(b) in normal(m.label) for b in table("methods")["brands"] for m in fit):
            fit = [m for m in fit if any(normal(b) in normal(m.label) for b in brands)]
        if other and len(fit) > 1:
            fit = [m for m in fit if m.id != original] or fit
        elif said_original and any(m.id == original for m in fit):
            fit = [m for m in fit if m.id == original]
        if fit:
            return MethodsRead(tuple(fit), kind, said_original, other)
    return MethodsRead((), kinds[0], said_original, other)
