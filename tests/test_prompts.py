"""Every prompt and template reply exists in both languages with the same variables, and is plain text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest
from jinja2 import nodes

from bot.answer.generated import Task, messages
from bot.errors import Failure
from bot.prompts import blocks, render
from bot.resources import shipped
from bot.text import CJK
from bot.turn import _SMALL_TALK

FILES = sorted({path.name.split(".")[0] for path in shipped("prompts").glob("*.j2")})
VALUES: dict[str, Any] = {
    "shop": "<b>Lantern & Co.</b>",
    "tone": "friendly",
    "ticket": "T-1",
    "hours": "9-18",
    "answer": "An answer.",
    "sentence": "A sentence.",
    "notes": [{"title": "Title", "text": "{{ 7 * 7 }}"}],
    "earlier": "Before?",
    "question": "Now?",
    "minutes": 2,
    "code": "012345",
    "status": "paid",
    "kind": "card",
    "flow": "cancel",
    "flows": "B",
    "amounts": [("refund", "¥1.00")],
    "details": {},
    "rows": ["#1"],
    "parts": ["¥1.00", "¥2.00"],
    "part": "city",
    "count": 3,
    "final": False,
    "gift_card": True,
    **dict.fromkeys(
        "label balance address order line option missing items reason method old_method skipped summary refunds action "
        "order_id allowed last_day needed product sold_out possible placed late scan carrier number expected between "
        "delivered total refunded invoice first last title tax_id email text amount".split(),
        "X1",
    ),
}
PAIRS = [(name, block) for name in FILES for block in sorted(blocks(name, "en"))]


def variables(name: str, language: str) -> dict[str, set[str]]:
    """The variables of each block."""
    source = (shipped("prompts") / f"{name}.{language}.j2").read_text(encoding="utf-8")
    found = {}
    for block in jinja2.Environment().parse(source).find_all(nodes.Block):
        names = list(block.find_all(nodes.Name))
        found[block.name] = {n.name for n in names if n.ctx == "load"} - {n.name for n in names if n.ctx == "store"}
    return found


def test_there_are_prompts() -> None:
    assert {"answer", "replies"} <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_both_languages_have_the_same_blocks_and_variables(name: str) -> None:
    assert variables(name, "en") == variables(name, "zh")


@pytest.mark.parametrize(("name", "block"), PAIRS)
def test_every_block_renders_in_its_language(name: str, block: str) -> None:
    used = variables(name, "en")[block]
    plain = {k: v for k, v in VALUES.items() if k in used}
    en, zh = (render(name, language, block, **plain) for language in ("en", "zh"))
    assert en and zh
    assert en == en.strip() and zh == zh.strip()
    assert not CJK.search(en)
    # A model's token for "not found" may stand alone.
    assert CJK.search(zh)
    for text in (en, zh):
        assert "{{" not in text.replace("{{ 7 * 7 }}", "") and "{%" not in text


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("block", ["handoff", "complaint"])
def test_optional_parts_may_be_missing(language: str, block: str) -> None:
    full = render("replies", language, block, shop="S", ticket="T-1", hours="9-18", answer="An answer.")
    bare = render("replies", language, block, shop="S", ticket="T-1", hours=None, answer=None)
    assert len(bare) < len(full)
    assert "None" not in bare


@pytest.mark.parametrize("language", ["en", "zh"])
def test_small_talk_needs_nothing_but_the_shops_name(language: str) -> None:
    assert blocks("replies", language) >= _SMALL_TALK
    for block in _SMALL_TALK:
        render("replies", language, block, shop="S")


def test_values_are_text_and_never_a_template() -> None:
    shown = render("answer", "en", "user", notes=VALUES["notes"], question="{{ notes }} <script>", earlier=None)
    assert "{{ 7 * 7 }}" in shown
    assert "{{ notes }} <script>" in shown
    assert "Earlier" not in shown


def test_a_block_or_file_that_is_not_there() -> None:
    with pytest.raises(Failure, match=r"prompts/replies\.en\.j2: no block 'nope'"):
        render("replies", "en", "nope")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_head_of_the_prompt_is_the_same_for_every_question(language: str) -> None:
    """The writer's prefix cache lives on it."""
    one, two = (messages(Task(question, language, "S", [], earlier)) for question, earlier in (("a", None), ("b", "c")))
    assert one[:-1] == two[:-1]
    assert one[-1] != two[-1]
    roles = [m.role for m in one]
    assert roles[0] == "system" and roles[-1] == "user"
    assert roles[1:-1] == ["user", "assistant"] * ((len(roles) - 2) // 2)


def test_prompts_ship_as_files() -> None:
    assert all(isinstance(path, Path) and path.is_file() for path in shipped("prompts").glob("*.j2"))
