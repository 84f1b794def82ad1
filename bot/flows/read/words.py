"""Words of a message with their places, stems and meanings across the two languages. Knows nothing of orders or products."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

MAX_CHARS = 2000  # what is read of a message: nobody types more, and time stays bounded
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?|[\u4e00-\u9fff]+")
_KEEP_S = re.compile(r"(?:ss|us|is)$")


@dataclass(frozen=True)
class Token:
    """A word, a number or a run of Chinese characters; `start` and `end` are places in the NFKC text."""

    text: str
    start: int
    end: int
    stem: str

    @property
    def cjk(self) -> bool:
        """Whether it is Chinese."""
        return "\u4e00" <= self.text[0] <= "\u9fff"


@lru_cache(maxsize=16)
def table(name: str) -> Any:
    """The package's table `name` (a YAML file beside this module)."""
    return yaml.safe_load(files(__package__).joinpath("tables", f"{name}.yaml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    pairs = table("traditional").split()
    return {ord(pair[0]): pair[1] for pair in pairs}


def nfkc_text(text: str) -> str:
    """The message in NFKC, cut to MAX_CHARS: what all places count in."""
    return unicodedata.normalize("NFKC", text[:MAX_CHARS])[:MAX_CHARS]


@lru_cache(maxsize=256)
def normal(text: str) -> str:
    """`nfkc_text` in lower case, plain apostrophes and simplified characters, place by place as long as it."""
    plain = nfkc_text(text).replace("\u2019", "'").replace("\u2018", "'").translate(_simplified())
    return "".join(low if len(low := char.lower()) == 1 else char for char in plain)


def stem(word: str) -> str:
    """An English word without its plural ending; nothing else is cut, so that "watching" is no watch."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 5 and word.endswith("lves"):
        return word[:-3] + "f"
    if len(word) > 3 and word.endswith("'s"):
        return word[:-2]
    return word[:-1] if len(word) > 2 and word.endswith("s") and not _KEEP_S.search(word) else word


@lru_cache(maxsize=256)
def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a message, or of a name."""
    return tuple(Token(m.group(), *m.span(), stem(m.group())) for m in _TOKEN.finditer(normal(text)))


def phrase(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of `words`: Latin ones as whole words with any space or hyphen between, Chinese ones anywhere."""
    longest_first = sorted({w for w in words if w}, key=lambda w: (-len(w), w))
    return re.compile("|".join(_one(word) for word in longest_first) or r"(?!)")


def _one(word: str) -> str:
    body = re.sub(r"(?:\\ |\\-)+", r"[\\s-]?", re.escape(word))
    before = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", word) else ""
    after = r"(?![a-z0-9])" if re.search(r"[a-z0-9]$", word) else ""
    return f"{before}{body}{after}"


def clauses(text: str) -> list[tuple[int, int]]:
    """(start, end) of the pieces of `text` between commas, full stops and the like, in normal form."""
    spans: list[tuple[int, int]] = []
    start = 0
    plain = normal(text)
    for match in [*re.finditer(r"[,;!?。！？；，、\n]+|\.(?=\s|$)", plain), None]:
        end = match.start() if match else len(plain)
        if plain[start:end].strip():
            spans.append((start, end))
        start = match.end() if match else end
    return spans
