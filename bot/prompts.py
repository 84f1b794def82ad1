"""Renders the prompts and template replies of `prompts/*.j2`: one block a text, one file a language. Knows nothing of turns."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import Failure
from bot.resources import shipped

if TYPE_CHECKING:
    from jinja2 import Environment


@lru_cache(maxsize=2)
def _environment(folder: Path) -> Environment:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    # Replies are plain text and never markup, so nothing is escaped here; who shows them as HTML escapes them there.
    return SandboxedEnvironment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        keep_trailing_newline=True,
    )


def render(name: str, language: str, block: str, **variables: Any) -> str:
    """The block `block` of `prompts/<name>.<language>.j2`, white space around it removed."""
    template = _environment(shipped("prompts")).get_template(f"{name}.{language}.j2")
    if block not in template.blocks:
        raise Failure(f"prompts/{name}.{language}.j2: no block {block!r}; add it")
    context = template.new_context(variables)
    return "".join(template.blocks[block](context)).strip()


def blocks(name: str, language: str) -> set[str]:
    """The names of the blocks of a file."""
    return set(_environment(shipped("prompts")).get_template(f"{name}.{language}.j2").blocks)
