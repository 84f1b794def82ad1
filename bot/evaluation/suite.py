"""Reads suites: a dialogue a line of JSON, with what is expected of each turn. Knows nothing of answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from bot.errors import BadInput
from bot.evaluation.patterns import Pattern, compile_pattern
from bot.shop.problems import Problems, shown, unknown
from bot.shop.textfile import TABLE_LIMIT, read_text
from bot.shop.vocabulary import COMMANDS, FLOWS, LANGUAGES

BANDS = ("direct", "generated", "extractive", "refused", "flow", "template")
STATUSES = ("proposed", "done", "denied")
_LINE = ("id", "language", "customer", "tags", "turns", "db", "db_unchanged", "thresholds")
_TURN = ("user", "expect")


@dataclass(frozen=True)
class Expect:
    """What one turn must show. `given` names the fields that the suite states; the others expect nothing.



    `intent`, `awaiting`, `action` and `flow` may be given as null: then there must be none. `raw` is the
    object as written.
    """

    given: tuple[str, ...] = ()
    command: str | None = None
    intent: str | None = None
    band: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    contains: tuple[Pattern, ...] = ()
    not_contains: tuple[Pattern, ...] = ()
    refused: bool | None = None
    handoff: bool | None = None
    recommends: tuple[str, ...] = ()
    products_min: int | None = None
    not_products: tuple[str, ...] = ()
    max_price: float | None = None
    categories: tuple[str, ...] = ()
    awaiting: str | None = None
    action: dict[str, str] | None = None
    flow: str | None = None
    language: str | None = None
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """One message of the customer, and what is expected of the reply."""

    user: str
    expect: Expect = Expect()


@dataclass(frozen=True)
class Dialogue:
    """One line of a suite. `db` and `db_unchanged` are kept as they stand; `line` counts from 1."""

    id: str
    language: str
    turns: tuple[Turn, ...]
    customer: str | None = None
    tags: tuple[str, ...] = ()
    db: dict[str, Any] | None = None
    db_unchanged: bool = False
    line: int = 1


@dataclass(frozen=True)
class Suite:
    """A file of dialogues; `name` tells it from others in a run; `thresholds` are minimums by metric."""

    name: str
    path: Path
    dialogues: tuple[Dialogue, ...]
    thresholds: dict[str, float] = field(default_factory=dict)


def load_suites(paths: Iterable[Path]) -> list[Suite]:
    """The suites of files and folders (their *.jsonl), each once. Raises BadInput for the first mistake."""
    files: dict[Path, Path] = {}
    for path in paths:
        for file in _files(path):
            files.setdefault(file.absolute(), file)
    if not files:
        raise BadInput("no suite: name a .jsonl file with one dialogue a line")
    stems = [file.stem for file in files.values()]
    return [load_suite(f, f.stem if stems.count(f.stem) == 1 else f.as_posix()) for f in files.values()]


def _files(path: Path) -> list[Path]:
    try:
        found = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    if not found:
        raise BadInput(f"{path}: no *.jsonl in this folder; name a suite")
    return found


def load_suite(path: Path, name: str | None = None) -> Suite:
    """One suite. Raises BadInput naming file and line."""
    problems = Problems()
    text = read_text(path, str(path), problems, TABLE_LIMIT)
    if text is None:
        first = problems.ordered()[0]
        raise BadInput(f"{first.file}:{first.line}: {first.message}; a suite is a .jsonl file, one dialogue a line")
    reader = _Reader(path)
    for line, row in enumerate(text.split("\n"), 1):
        if row.strip():
            reader.read(row, line)
    if not reader.dialogues:
        raise BadInput(f"{path}:1: the suite is empty; write one dialogue a line")
    return Suite(name or path.stem, path, tuple(reader.dialogues.values()), reader.thresholds)


class _Reader:
    """Reads line after line; every method raises BadInput for the line it is on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.line = 0
        self.dialogues: dict[str, Dialogue] = {}
        self.thresholds: dict[str, float] = {}
        self._begun = False

    def bad(self, message: str) -> NoReturn:
        raise BadInput(f"{self.path}:{self.line}: {' '.join(message.split())}")

    def read(self, row: str, line: int) -> None:
        """Takes in one line that is not blank."""
        self.line = line
        raw = self._json(row)
        self._misspelt(raw, _LINE)
        first, self._begun = not self._begun, True
        if "thresholds" in raw:
            if not first:
                self.bad("thresholds stand on the first line only; move them there")
            self.thresholds = self._thresholds(raw["thresholds"])
            if "turns" not in raw and "id" not in raw:
                return
        dialogue = self._dialogue(raw)
        if dialogue.id in self.dialogues:
            self.bad(f"id {shown(dialogue.id)} stands twice (first in line {self.dialogues[dialogue.id].line})")
        self.dialogues[dialogue.id] = dialogue

    def _json(self, row: str) -> dict[str, Any]:
        try:
            raw = json.loads(row, object_pairs_hook=_pairs, parse_constant=_no_constant)
            json.dumps(raw, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            self.bad("half of a surrogate pair in a \\u escape; write the character itself")
        except (ValueError, RecursionError) as error:
            self.bad(f"not valid JSON ({error}); one object a line")
        if not isinstance(raw, dict):
            self.bad("not a JSON object; one dialogue a line")
        return raw

    def _misspelt(self, raw: dict[str, Any], known: tuple[str, ...]) -> None:
        """Other fields are the suite's own business, unless they look like a slip."""
        for name in raw.keys() - set(known):
            if near := get_close_matches(name, known, n=1, cutoff=0.8):
                self.bad(f"unknown field {shown(name)}; did you mean {near[0]}?")

    def _thresholds(self, raw: Any) -> dict[str, float]:
        if not isinstance(raw, dict):
            self.bad('thresholds: not an object, for example {"right": 0.8}')
        return {name: self.number(f"thresholds: {name}", value) for name, value in raw.items()}

    def _dialogue(self, raw: dict[str, Any]) -> Dialogue:
        for name in ("id", "language", "turns"):
            if name not in raw:
                self.bad(f"no field {name}")
        turns, db = raw["turns"], raw.get("db")
        if not isinstance(turns, list) or not turns:
            self.bad("turns: not a list with at least one turn")
        if db is not None and not isinstance(db, dict):
            self.bad("db: not an object of expected records")
        return Dialogue(
            id=self.text("id", raw["id"]),
            language=self.one_of("language", raw["language"], LANGUAGES),
            turns=tuple(self._turn(f"turns[{n}]", turn) for n, turn in enumerate(turns)),
            customer=None if raw.get("customer") is None else self.text("customer", raw["customer"]),
            tags=self.texts("tags", raw.get("tags") or []),
            db=db,
            db_unchanged=self.boolean("db_unchanged", raw.get("db_unchanged") or False),
            line=self.line,
        )

    def _turn(self, where: str, raw: Any) -> Turn:
        if not isinstance(raw, dict):
            self.bad(f'{where}: not an object with "user"')
        self._misspelt(raw, _TURN)
        user, expect = raw.get("user"), raw.get("expect")
        if not isinstance(user, str):
            self.bad(f"{where}.user: not a text")
        if expect is None:
            return Turn(user)
        if not isinstance(expect, dict):
            self.bad(f"{where}.expect: not an object")
        return Turn(user, self._expect(f"{where}.expect", expect))

    def _expect(self, where: str, raw: dict[str, Any]) -> Expect:
        values: dict[str, Any] = {}
        for name, value in raw.items():
            if name not in _FIELDS:
                self.bad(f"{where}: {unknown('field', name, _FIELDS)}")
            if value is None and name in _NULLABLE:
                values[name] = None
            # An empty list asks for nothing.
            elif value != []:
                values[name] = _FIELDS[name](self, f"{where}.{name}", value)
        return Expect(given=tuple(values), raw=raw, **values)

    def text(self, where: str, value: Any) -> str:
        """A text that is not empty."""
        if not isinstance(value, str) or not value.strip():
            self.bad(f"{where}: not a text ({shown(value)})")
        return value

    def texts(self, where: str, value: Any) -> tuple[str, ...]:
        """A list of texts."""
        if not isinstance(value, list):
            self.bad(f"{where}: not a list of texts ({shown(value)})")
        return tuple(self.text(where, item) for item in value)

    def boolean(self, where: str, value: Any) -> bool:
        """true or false."""
        if not isinstance(value, bool):
            self.bad(f"{where}: not true or false ({shown(value)})")
        return value

    def number(self, where: str, value: Any) -> float:
        """A number that a float holds."""
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
            self.bad(f"{where}: not a number ({shown(value)})")
        return float(value)

    def count(self, where: str, value: Any) -> int:
        """A whole number of at least 0."""
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.bad(f"{where}: not a whole number of at least 0 ({shown(value)})")
        return value

    def one_of(self, where: str, value: Any, known: tuple[str, ...]) -> str:
        """A word of a closed set."""
        if not isinstance(value, str) or value not in known:
            self.bad(f"{where}: {unknown('value', str(value), known)}")
        return value

    def band(self, where: str, value: Any) -> tuple[str, ...]:
        """A band, or a list of them."""
        return tuple(self.one_of(where, item, BANDS) for item in (value if isinstance(value, list) else [value]))

    def patterns(self, where: str, value: Any) -> tuple[Pattern, ...]:
        """A list of regular expressions."""
        found = []
        for n, source in enumerate(self.texts(where, value)):
            try:
                found.append(compile_pattern(source))
            except ValueError as error:
                self.bad(f"{where}[{n}]: {error}: {shown(source)}")
        return tuple(found)

    def action(self, where: str, value: Any) -> dict[str, str]:
        """`{"name"?, "status"?}`."""
        sets = {"name": FLOWS, "status": STATUSES}
        if not isinstance(value, dict) or not value:
            self.bad(f'{where}: not an object with "name" or "status"')
        for name in value:
            if name not in sets:
                self.bad(f"{where}: {unknown('field', name, sets)}")
        return {name: self.one_of(f"{where}.{name}", word, sets[name]) for name, word in value.items()}


def _among(*known: str) -> Callable[[_Reader, str, Any], str]:
    return lambda reader, where, value: reader.one_of(where, value, known)


_NULLABLE = ("intent", "awaiting", "action", "flow")
_FIELDS: dict[str, Callable[[_Reader, str, Any], Any]] = {
    "command": _among(*COMMANDS),
    "intent": _Reader.text,
    "band": _Reader.band,
    "cites": _Reader.texts,
    "contains": _Reader.patterns,
    "not_contains": _Reader.patterns,
    "refused": _Reader.boolean,
    "handoff": _Reader.boolean,
    "recommends": _Reader.texts,
    "products_min": _Reader.count,
    "not_products": _Reader.texts,
    "max_price": _Reader.number,
    "categories": _Reader.texts,
    "awaiting": _Reader.text,
    "action": _Reader.action,
    "flow": _among(*FLOWS),
    "language": _among(*LANGUAGES),
}
EXPECTATIONS: tuple[str, ...] = tuple(_FIELDS)
"""The fields of `expect`, each of which is one check."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for n, (key, _) in enumerate(pairs) if key in dict(pairs[:n]))
        raise ValueError(f"the key {shown(twice)} stands twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
