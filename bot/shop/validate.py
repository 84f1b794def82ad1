"""Turns nodes of a file into typed records, and what pydantic finds into problems. Knows nothing of YAML."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.shop.fields import FieldContext
from bot.shop.problems import Problems, shown
from bot.shop.yamlfile import Node

M = TypeVar("M", bound=BaseModel)
_EXAMPLES = {
    "currency": "ISO 4217, for example CNY",
    "timezone": "an IANA name, for example Asia/Shanghai",
    "locales": "for example [zh, en]",
    "name": "for example {en: Lantern, zh: 灯笼铺}",
    "statuses": "for example [paid]",
    "q": "the questions: {en: [...], zh: [...]}",
    "a": "the answer: {en: ..., zh: ...}",
}
_MESSAGES = {
    "string_type": "should be text",
    "string_too_short": "is empty",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "int_parsing_size": "is too large",
    "float_parsing": "should be a number",
    "decimal_parsing": "should be a number",
    "finite_number": "should be a number",
    "bool_parsing": "should be true or false",
    "tuple_type": "should be a list",
    "dict_type": "should be a mapping (key: value)",
    "model_type": "should be a mapping (key: value)",
    "too_short": "is empty",
    "string_pattern_mismatch": "should be letters, digits, '-' and '_' only, at most 64",
}


def build(
    model: type[M],
    node: Node,
    file: str,
    problems: Problems,
    context: FieldContext,
    extra: Mapping[str, Any] | None = None,
) -> M | None:
    """The record that `node` describes, or None after its errors are noted.

    A key without a value counts as absent. Unknown keys are warned about and left out; `extra` is added to
    what stands in the file.
    """
    data = _without_nulls(node.plain())
    if not isinstance(data, dict):
        problems.error(file, node.line, "should be a mapping (key: value)")
        return None
    data |= extra or {}
    _warn_near_misses(model, node, file, problems)
    while True:
        try:
            return model.model_validate(data, context=context)
        except ValidationError as error:
            details = error.errors(include_url=False)
        strange = [detail for detail in details if detail["type"] == "extra_forbidden"]
        removed = [_remove(data, detail["loc"]) for detail in strange]
        for detail in strange:
            problems.warn(file, node.line_at(detail["loc"]), f"unknown key {_path(detail['loc'])}; it is ignored")
        if any(removed):
            continue
        for detail in details:
            problems.error(file, node.line_at(detail["loc"]), _message(detail))
        return None


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _remove(data: Any, path: tuple[int | str, ...]) -> bool:
    for step in path[:-1]:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return False
    return isinstance(data, dict) and data.pop(path[-1], None) is not None


def _warn_near_misses(model: type[BaseModel], node: Node, file: str, problems: Problems) -> None:
    """Where further keys are welcome, one that nearly equals a known key is still probably a slip."""
    known = list(model.model_fields)
    for key, line in node.key_lines.items():
        inner = _inner(model.model_fields[key].annotation) if key in known else None
        if inner is not None and (child := node.get(key)):
            for part in child.items or [child]:
                _warn_near_misses(inner, part, file, problems)
        elif key not in known and model.model_config.get("extra") == "allow":
            for near in get_close_matches(key, known, n=1, cutoff=0.8):
                problems.warn(file, line, f"unknown key {shown(key)}; did you mean {near}?")


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The record type of a field that holds one or many."""
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _path(loc: tuple[int | str, ...]) -> str:
    steps = [f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in loc if step != "[key]"]
    return "".join(steps).lstrip(".")


def _message(detail: ErrorDetails) -> str:
    path, kind, given = _path(detail["loc"]), detail["type"], detail["input"]
    if kind == "missing":
        example = _EXAMPLES.get(str(detail["loc"][-1]))
        return f"{path} is missing" + (f" ({example})" if example else "")
    if kind == "value_error":
        text = str(detail.get("ctx", {}).get("error", detail["msg"]))
    elif kind in ("greater_than_equal", "greater_than", "less_than_equal"):
        text = f"{shown(given)} is out of range: {detail['msg'].lower()}"
    else:
        text = _MESSAGES.get(kind, detail["msg"])
        if isinstance(given, str) and given.strip():
            text += f", not {shown(given)}" if text.startswith("should") else f": {shown(given)}"
    return f"{path}: {text}" if path else text
