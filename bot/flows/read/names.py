"""Finds where a product is named in a message: its name's words, their stems, other names, near misses. Knows nothing of orders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from bot.flows.read.words import Token, normal, phrase, stem, table, tokens
from bot.shop.types import Product

_DETERMINERS = frozenset(
    "the my a an that this these those both and or return cancel exchange swap change keep but except our his her only just of "
    "with two three one all also not other another".split()
)
_AFTER_NOUN = frozenset(
    "and or in from for to with that which i please is was it order now too as because but back instead "
    "one ones thing things stuff item "
    "items are were i'd i've i'm so not "
    "only then of on at my the if has have should would can could will does do did by when since "
    "than again today yesterday please thanks after before also".split()
)
_CJK_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")
MAX_HITS = 40  # of one product in one message
_NEAR = 88  # of 100: "keybord" is a keyboard, a sneaker is no speaker


@dataclass(frozen=True)
class NameHit:
    """Words that name a product: `score` 0..1 is how much of the name they are, `words` how many."""

    start: int
    end: int
    score: float
    words: int


def name_hits(text: str, product: Product) -> list[NameHit]:
    """Where `text` names `product`, in order; hits may overlap."""
    return list(_hits(normal(text), tuple(sorted(product.name.items()))))


@lru_cache(maxsize=2048)
def _hits(plain: str, names: tuple[tuple[str, str], ...]) -> tuple[NameHit, ...]:
    found: list[NameHit] = []
    for _, name in names:
        found += _latin(plain, name)
        found += _chinese(plain, name)
    found += _aliases(plain, tuple(name for _, name in names))
    return tuple(sorted(set(found), key=lambda h: (h.start, -h.end))[:MAX_HITS])


def _latin(plain: str, name: str) -> Iterable[NameHit]:
    own = [token.stem for token in tokens(_joined(name)) if not token.cjk]
    if not own:
        return
    heads = set(own[-2:]) if own[-1] in _weak("weak_heads") else {own[-1]}
    said = [token for token in tokens(_joined(plain)) if not token.cjk]
    # The joined text is as long as the plain one, so places hold.
    at = 0
    while at < len(said):
        run: dict[int, float] = {}
        end = at
        while end < len(said) and (end == at or _adjacent(plain, said[end - 1], said[end])):
            part = _match(said[end].stem, own)
            if part is None or part[0] in run:
                break
            run[part[0]] = part[1]
            end += 1
        if run:
            hit = _scored(plain, said, at, end, run, own, heads)
            if hit:
                yield hit
        at = max(end, at + 1)


def _scored(
    plain: str, said: list[Token], at: int, end: int, run: dict[int, float], own: list[str], heads: set[str]
) -> NameHit | None:
    share = len(run) / len(own)
    sure = sum(run.values()) / len(run)
    span = said[at].start, said[end - 1].end
    if any(own[place] in heads for place in run):
        return NameHit(*span, (0.55 + 0.45 * share) * sure, len(run))
    after = said[end] if end < len(said) and _adjacent(plain, said[end - 1], said[end]) else None
    before = said[at - 1].text if at else ""
    if (after and after.text not in _AFTER_NOUN) or (
        before and before not in _DETERMINERS and plain[span[0] - 1 : span[0]] == " "
    ):
        return None
    return NameHit(*span, (0.3 + 0.25 * share) * sure, len(run))


def _match(word: str, own: list[str]) -> tuple[int, float] | None:
    """Which word of the name it is, and how surely."""
    if word in own:
        return len(own) - 1 - own[::-1].index(word), 1.0
    if len(word) >= 5 and word.isalpha():
        for place, other in enumerate(own):
            if len(other) >= 5 and fuzz.ratio(word, other) >= _NEAR:
                return place, 0.85
    return None


def _joined(text: str) -> str:
    """The text with "t-shirt", "t shirt", "e-reader" as one word each, as long as before."""
    return re.sub(r"\b(t|e)([\s-])(shirts?|readers?)\b", lambda m: f"{m[1]}{m[3]} ", normal(text))


def _adjacent(plain: str, one: Token, two: Token) -> bool:
    return plain[one.end : two.start] in {" ", "-", "", "'s "}


@lru_cache(maxsize=8)
def _weak(kind: str) -> frozenset[str]:
    return frozenset(normal(str(word)) for word in table("things")[kind])


def _chinese(plain: str, name: str) -> Iterable[NameHit]:
    """Runs of two characters and more that stand in the name; its end, which says what the thing is, counts more."""
    for own in _CJK_RUN.findall(normal(name)):
        for run in _CJK_RUN.finditer(plain):
            said = run.group()
            at = 0
            while at < len(said) - 1:
                size = next((n for n in range(min(len(said) - at, len(own)), 1, -1) if said[at : at + n] in own), 0)
                part = said[at : at + size]
                if size and part not in _weak("weak_parts"):
                    score = min(1.0, 0.4 + 0.5 * size / len(own) + 0.15 * own.endswith(part))
                    yield NameHit(run.start() + at, run.start() + at + size, score, size)
                at += size or 1


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[frozenset[str], tuple[str, ...], float], ...]:
    """(whose names, by what they are called too, score)."""
    rows = [(frozenset(map(_key, row)), tuple(map(str, row)), 0.78) for row in table("things")["same"]]
    for row in table("things")["kinds"]:
        wide = [str(word) for word in row if " " not in str(word)][:1] + [
            str(word) for word in row if not str(word).isascii()
        ]
        rows.append((frozenset(map(_key, row)) - frozenset(map(_key, wide)), tuple(wide), 0.66))
    return tuple(rows)


def _key(word: str) -> str:
    return " ".join(token.stem for token in tokens(_joined(word)))


@lru_cache(maxsize=1024)
def _alias_pattern(names: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], float], ...]:
    keys: set[str] = set()
    for name in names:
        parts = _key(name).split()
        keys |= {" ".join(parts[-n:]) for n in (1, 2, 3) if len(parts) >= n}
        keys |= {part[-n:] for part in parts for n in (2, 3, 4) if not part.isascii() and len(part) >= n}
    found = []
    for whose, called, score in _rows():
        if whose & keys:
            long = [w for w in called if len(w) > 1 or w.isascii()]
            plural = [w + "s" for w in long if w.isascii() and w[-1].isalpha() and stem(w) == w]
            found.append((phrase(normal(w) for w in [*long, *plural]), score))
            short = [w for w in called if len(w) == 1 and not w.isascii()]
            if short:
                found.append(
                    (re.compile(f"(?:{'|'.join(short)})(?=[的了吧和、，。退换取要也都给我是这那]|$|[\\s,.!?])"), score)
                )
    return tuple(found)


def _aliases(plain: str, names: tuple[str, ...]) -> Iterable[NameHit]:
    for pattern, score in _alias_pattern(names):
        for match in pattern.finditer(plain):
            cjk = not match.group().isascii()
            words = len(match.group()) if cjk else len(tokens(match.group()))
            yield NameHit(*match.span(), score, words)
