"""Policies: front matter and prose."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop.markdown import first_heading, read_policy
from bot.shop.problems import Problems


def read(folder, text, name="returns.md"):
    (folder / name).write_bytes(text.encode())
    problems = Problems()
    document = read_policy(folder / name, f"policies/en/{name}", "en", problems)
    return document, [str(problem).removeprefix(f"policies/en/{name}:") for problem in problems.ordered()]


def test_front_matter_and_body(tmp_path) -> None:
    head = "---\nid: returns-policy\ntitle: Returns\nurl: /returns\nupdated: 2026-01-02\n---\n"
    text = head + "\n# Returns\n\nSeven days.\n"
    document, problems = read(tmp_path, text)
    assert problems == []
    assert (document.id, document.title, document.url, document.language) == (
        "returns-policy",
        "Returns",
        "/returns",
        "en",
    )
    assert document.updated == date(2026, 1, 2)
    assert document.body == "\n# Returns\n\nSeven days.\n" and document.body_line == 7
    assert document.file == "policies/en/returns.md"
    assert text.split("\n")[document.body_line - 1 :] == document.body.split("\n")


def test_without_front_matter_the_name_and_heading_count(tmp_path) -> None:
    document, problems = read(tmp_path, "```\n# not this\n```\n## 退换 货 ##\n七天。", "退换 货#1.md")
    assert (document.id, document.title, document.body_line) == ("退换-货-1", "退换 货", 1)
    assert problems == [
        "1: warning: front matter with id and title is missing; the file's name and first heading are used"
    ]


def test_without_a_heading_the_title_is_the_stem(tmp_path) -> None:
    document, _ = read(tmp_path, "Seven days.")
    assert (document.id, document.title) == ("returns", "returns")


def test_a_decomposed_file_name_gives_a_composed_id(tmp_path) -> None:
    document, _ = read(tmp_path, "x", "cafe\u0301.md")
    assert document.id == "caf\u00e9"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("---\nid: x\n", "1: error: the front matter that begins with '---' has no closing '---'"),
        ("---\nid: x\ntitle: [\n---\nbody", "3: error: not readable as YAML"),
        ("---\nid: x y\ntitle: T\n---\nbody", "2: error: id: 'x y' is no id"),
        ("---\nid: x\ntitle: T\nupdated: lately\n---\nbody", "4: error: updated: not a date"),
        ("---\nid: x\ntitle: T\nurl: javascript:1\n---\nbody", "4: error: url: "),
        ("---\n- a\n---\nbody", "2: error: should be a mapping"),
    ],
)
def test_what_is_wrong(tmp_path, text, problem) -> None:
    document, problems = read(tmp_path, text)
    assert document is None and len(problems) == 1 and problems[0].startswith(problem), problems


def test_what_is_only_strange(tmp_path) -> None:
    document, problems = read(tmp_path, "---\nid: x\ntitle: T\nauthor: me\n---\n")
    assert document is not None
    assert problems == ["4: warning: unknown key author; it is ignored", "6: warning: the document is empty"]


def test_headings() -> None:
    assert first_heading("text\n### A # b ##\n# C") == "A # b"
    assert first_heading("#no space\n") is None
    assert first_heading("~~~\n# in code\n```\n~~~\n# out") == "out"


def test_a_long_line_takes_no_long_time() -> None:
    begun = time.perf_counter()
    first_heading("# a" + " #" * 500_000 + "b")
    assert time.perf_counter() - begun < 1


@given(st.text(alphabet="-#\n :abid`~title[]{}0灯\x00", max_size=80))
def test_any_text_is_a_policy_or_a_problem(tmp_path_factory, text) -> None:
    document, problems = read(tmp_path_factory.mktemp("md"), text)
    assert document is not None or any("error" in problem for problem in problems)
