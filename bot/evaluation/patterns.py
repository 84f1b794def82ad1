"""Matches a suite's patterns and ids with what a reply says. Knows nothing of suites or conversations."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from bot.text import CJK, nfkc

_MARK = re.compile(r"\s?[\[［][0-9０-９]{1,3}[\]］]")
# 1,299 and 1 299 with a no-break or thin space; the full-width comma is punctuation, never a separator.
_GROUPED = re.compile(r"(?<![\d{,.])\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+(?![\d}])")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_PLAIN_WORD = re.compile(r"(?<![A-Za-z])[a-z]{2,}(?![A-Za-z])")
_ADDRESS = re.compile(r"[!-~]*(?:@|://|www\.)[!-~]*")
_ESCAPE_OR_WIDE = re.compile(r"(\\[\x00-\x7f])|\\?([^\x00-\x7f]+)")
_SPECIAL = re.compile(r"[\\.^$*+?{}\[\]|()\-&~#]")


@dataclass(frozen=True)
class Pattern:
    """A regular expression of a suite: as written, and compiled with and without thousands separators."""

    source: str
    plain: re.Pattern[str]
    ungrouped: re.Pattern[str]

    def found_in(self, text: str) -> bool:
        """Whether the pattern occurs in the text of a reply.

        Case, width, `[n]` marks, the kind and amount of white space and thousands separators make no
        difference: "1,299" finds "1299" and the other way round.
        """
        bare = _MARK.sub("", text)
        return bool(self.plain.search(nfkc(bare)) or self.ungrouped.search(nfkc(_ungroup(bare))))


def compile_pattern(source: str) -> Pattern:
    """The pattern of a regular expression. Raises ValueError saying what is wrong with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            plain, ungrouped = (re.compile(_normal(s), re.IGNORECASE) for s in (source, _ungroup(source)))
        except (re.error, OverflowError, RecursionError, ValueError) as error:
            raise ValueError(f"bad regular expression ({error})") from None
    return Pattern(source, plain, ungrouped)


def _normal(source: str) -> str:
    """NFKC of what stands for itself in a pattern: a wide "？" becomes the text "?", not the operator."""

    def literal(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        return _SPECIAL.sub(r"\\\g<0>", unicodedata.normalize("NFKC", match[2]))

    return _ESCAPE_OR_WIDE.sub(literal, unicodedata.normalize("NFC", source))


def _ungroup(text: str) -> str:
    return _GROUPED.sub(lambda m: re.sub(r"\D", "", m.group()), text)


def covers(expected: str, given: str) -> bool:
    """Whether the expected passage id names the given one: `policy-id` stands for any `policy-id#slug`."""
    return given == expected or given.startswith(expected + "#")


def first_hit(expected: Iterable[str], ranked: Iterable[str]) -> int | None:
    """The rank (from 1) of the first of the `ranked` ids that an `expected` id covers; None without one."""
    wanted = tuple(expected)
    return next((n for n, given in enumerate(ranked, 1) if any(covers(e, given) for e in wanted)), None)


def without_marks(text: str) -> str:
    """`text` without its `[n]` marks."""
    return _MARK.sub("", text)


def cjk_share(text: str) -> float | None:
    """Chinese characters divided by Chinese characters and plain Latin words; None without any word.

    Plain words are in small letters: names (Visa, iPhone), codes and addresses belong to no language. A text
    without Chinese has the share 0 even when all its words are names.
    """
    words = _ADDRESS.sub(" ", text)
    chinese, latin = len(CJK.findall(words)), len(_PLAIN_WORD.findall(words))
    if chinese:
        return chinese / (chinese + latin)
    return 0.0 if _LATIN_WORD.search(words) else None


def reads_as(reply: str, language: str, quotes: Iterable[str] = ()) -> bool:
    """Whether at least half of a reply is in `language`, zh or en, by `cjk_share`; a reply without words is.

    `quotes` are sentences quoted from passages: they are left out where a line of the bot's own introduces
    them. Written apart from the guard's own test on purpose, so that a mistake there shows here.
    """
    own = reply
    for quote in sorted(filter(None, quotes), key=len, reverse=True):
        own = own.replace(quote, " ")
    share = cjk_share(own)
    if share is None:
        share = cjk_share(reply)
    if share is None:
        return True
    return share >= 0.5 if language == "zh" else share <= 0.5
