"""Reads YAML into a tree that knows its line numbers. Knows nothing of what the keys mean.

Every scalar stays the text that was written (or None): `no`, `22:00`, `007` and `2026-10-01` mean what they
look like, and the schema decides what is a number. Nothing is constructed or executed; depth and alias
expansion are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.shop.problems import Problems, shown
from bot.shop.textfile import read_text

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")
)
MAX_DEPTH = 32
MAX_ALIASED = 10_000


@dataclass(slots=True)
class Node:
    """One value of a file: text, None, a list of nodes or a mapping, with the line it starts on."""

    value: str | list[Node] | dict[str, Node] | None
    line: int
    key_lines: dict[str, int] = field(default_factory=dict)

    @property
    def items(self) -> list[Node]:
        """The elements of a list, else nothing."""
        return self.value if isinstance(self.value, list) else []

    def get(self, key: str) -> Node | None:
        """The value under `key` of a mapping, else None."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def text(self, key: str) -> str | None:
        """The text under `key` of a mapping, else None."""
        node = self.get(key)
        return node.value if node is not None and isinstance(node.value, str) else None

    def plain(self) -> Any:
        """The same as ordinary str, None, list and dict."""
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        return self.value

    def line_at(self, path: tuple[str | int, ...]) -> int:
        """The line of what stands at `path`, or of the nearest thing around it that is in the file."""
        node, line = self, self.line
        for step in path:
            if isinstance(node.value, dict) and step in node.value:
                line, node = node.key_lines.get(str(step), node.line), node.value[str(step)]
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.line
            else:
                break
        return line


class _Bad(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_yaml(path: Path, file: str, problems: Problems) -> Node | None:
    """The tree of a YAML file, a None node when it is empty; None after an error is noted under `file`."""
    text = read_text(path, file, problems)
    return None if text is None else parse_yaml(text, file, problems)


def parse_yaml(text: str, file: str, problems: Problems, first_line: int = 1) -> Node | None:
    """The tree of a YAML document that begins on `first_line` of `file`; None after an error is noted."""
    try:
        return _Builder(yaml.parse(text, Loader=_LOADER), first_line).document()
    except _Bad as error:
        problems.error(file, error.line, str(error))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # At the end of the text the mark is after the last line.
        line = min(mark.line if mark else 0, text.rstrip().count("\n")) + first_line
        problems.error(file, line, f"not readable as YAML: {error.problem or error.context}{_hint(error.problem)}")
    except yaml.reader.ReaderError:
        # The C reader counts bytes and the Python one characters, so the place is looked up here.
        bad = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, bad.start() if bad else 0) + first_line
        problems.error(
            file, line, f"not readable as YAML: a control character {shown(bad[0] if bad else '')}; delete it"
        )
    except (ValueError, OverflowError):
        # PyYAML's own scanner (used without libyaml) turns escapes beyond Unicode into characters unchecked.
        problems.error(file, first_line, "not readable as YAML: an escape beyond Unicode")
    return None


def _hint(problem: str | None) -> str:
    if problem and "mapping values are not allowed" in problem:
        return ' (text that holds ": " needs quotes)'
    if problem and "cannot start any token" in problem:
        return " (indent with spaces, not tabs; text that begins with @ ` or % needs quotes)"
    return ""


class _Builder:
    """Turns YAML's events into nodes; `_count` is the size of all that was built, aliases at full length."""

    def __init__(self, events: Iterator[Any], first_line: int) -> None:
        self._events = events
        self._first = first_line
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0
        self._aliased = 0

    def document(self) -> Node:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise _Bad(self._line(event), "a second YAML document begins here; write one document a file")
                root = self._node(next(self._events), 0)
        return root or Node(None, self._first)

    def _line(self, event: Any) -> int:
        return int(event.start_mark.line) + self._first

    def _node(self, event: Any, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise _Bad(self._line(event), f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag not in (None, "!") and event.tag not in _TAGS:
            raise _Bad(self._line(event), f"tag {shown(event.tag)} is not allowed")
        before = self._count
        self._count += 1
        if isinstance(event, yaml.ScalarEvent):
            empty = event.implicit[0] and event.value in _NULLS
            node = Node(None if empty else event.value, self._line(event))
        elif isinstance(event, yaml.SequenceStartEvent):
            node = Node(self._list(depth), self._line(event))
        else:
            node = self._mapping(self._line(event), depth)
        if event.anchor:
            self._anchors[event.anchor] = (node, self._count - before)
        return node

    def _list(self, depth: int) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return items

    def _mapping(self, line: int, depth: int) -> Node:
        values: dict[str, Node] = {}
        lines: dict[str, int] = {}
        merged: list[Node] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key_line = self._line(event)
            key, value = self._key(event, depth), self._node(next(self._events), depth + 1)
            if key == "<<":
                merged += value.items or [value]
                continue
            if key in values:
                raise _Bad(key_line, f"key {shown(key)} stands twice (first on line {lines[key]})")
            values[key], lines[key] = value, key_line
        for other in merged:
            if not isinstance(other.value, dict):
                raise _Bad(other.line, "'<<' needs a mapping")
            for key, value in other.value.items():
                if values.setdefault(key, value) is value:
                    lines.setdefault(key, other.key_lines[key])
        return Node(values, line, lines)

    def _key(self, event: Any, depth: int) -> str:
        node = self._node(event, depth + 1)
        if not isinstance(node.value, str):
            raise _Bad(node.line, "a key must be plain text")
        return node.value

    def _alias(self, event: Any) -> Node:
        if event.anchor not in self._anchors:
            raise _Bad(self._line(event), f"alias *{event.anchor} has no finished anchor before it")
        node, size = self._anchors[event.anchor]
        self._count += size
        self._aliased += size
        if self._aliased > MAX_ALIASED:
            raise _Bad(self._line(event), f"aliases expand to more than {MAX_ALIASED} values")
        return Node(node.value, self._line(event), node.key_lines)
