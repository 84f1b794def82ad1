"""The YAML reader: lines, safety, and text that stays text."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.shop import yamlfile
from bot.shop.problems import Problems
from bot.shop.yamlfile import MAX_DEPTH, parse_yaml


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def loader(request, monkeypatch):
    """Both of PyYAML's parsers; the slow one is used where libyaml is missing."""
    if not hasattr(yaml, request.param):
        pytest.skip(f"this PyYAML has no {request.param}")
    monkeypatch.setattr(yamlfile, "_LOADER", getattr(yaml, request.param))


def parse(text, first_line=1):
    problems = Problems()
    node = parse_yaml(text, "f.yaml", problems, first_line)
    return node, [str(problem) for problem in problems.ordered()]


def test_scalars_stay_what_was_written(loader) -> None:
    node, problems = parse("a: no\nb: 22:00\nc: 007\nd: 2026-10-01\ne: 1.50\nf: ~\ng:\nh: 'null'\ni: ''\n灯: 笼")
    assert problems == []
    assert node.plain() == {
        "a": "no",
        "b": "22:00",
        "c": "007",
        "d": "2026-10-01",
        "e": "1.50",
        "f": None,
        "g": None,
        "h": "null",
        "i": "",
        "灯": "笼",
    }


def test_lines_of_keys_items_and_of_what_is_missing(loader) -> None:
    node, _ = parse("# comment\n- id: a\n  q:\n    en:\n      - one\n      - |\n        two\n- {id: b}\n")
    assert node.line_at((0, "id")) == 2
    assert node.line_at((0, "q")) == 3
    assert node.line_at((0, "q", "en", 1)) == 6
    assert node.line_at((0, "q", "zh")) == 3
    assert node.line_at((1,)) == 8
    assert node.line_at((7, "id")) == 2


def test_front_matter_counts_from_its_place() -> None:
    node, _ = parse("a: 1\nb: 2", first_line=5)
    assert node.line_at(("b",)) == 6
    assert parse("a: [", first_line=5)[1][0].startswith("f.yaml:5: error: not readable as YAML")


def test_an_empty_document_is_a_null(loader) -> None:
    for text in ("", "# only a comment\n", "---\n...\n", "~"):
        node, problems = parse(text)
        assert node.value is None and problems == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "not readable as YAML"),
        ("a: 1\na: 2", 2, "key 'a' stands twice (first on line 1)"),
        ("a: 1\n---\nb: 2", 2, "second YAML document"),
        ("a: b: c", 1, "needs quotes"),
        ("a:\n\t- b", 2, "tabs"),
        ("ok: 1\nbad: \x07", 2, "control character"),
        ("ok: 😀\nbad: \x07", 2, "control character"),
        ("? [a, b]\n: c", 1, "a key must be plain text"),
        ("a: !!python/object/apply:os.system ['echo hi']", 1, "is not allowed"),
        ("a: !include other.yaml", 1, "is not allowed"),
        ("a: *nowhere", 1, "no finished anchor"),
        ("a: &x [*x]", 1, "no finished anchor"),
        ('a: "\\UFFFFFFFF"', 1, "not readable as YAML"),
        ("a:\n  <<: 3", 2, "'<<' needs a mapping"),
        ("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), 1, f"deeper than {MAX_DEPTH}"),
    ],
)
def test_what_is_refused(loader, text, line, says) -> None:
    node, problems = parse(text)
    assert node is None and len(problems) == 1
    assert problems[0].startswith(f"f.yaml:{line}: error: ") and says in problems[0]


def test_thousands_of_levels_do_not_crash() -> None:
    node, problems = parse("[" * 100_000)
    assert node is None and len(problems) == 1


def test_an_alias_bomb_is_refused_at_once(loader) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    begun = time.perf_counter()
    node, problems = parse("\n".join(lines))
    assert node is None and "aliases expand to more than" in problems[0]
    assert time.perf_counter() - begun < 1


def test_anchors_and_merge_keys(loader) -> None:
    node, problems = parse("base: &b {a: 1, b: 2}\nx: {<<: *b, b: 3}\ny: {<<: [*b, {c: 4}], c: 5}\nz: *b")
    assert problems == []
    assert node.get("x").plain() == {"a": "1", "b": "3"}
    assert node.get("y").plain() == {"a": "1", "b": "2", "c": "5"}
    assert node.get("z").plain() == {"a": "1", "b": "2"} and node.get("z").line == 4


_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\u2028\u2029\ufeff\ufffe"),
    max_size=12,
)
_TREES = st.recursive(
    _WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS.filter(lambda w: w != "<<"), inner, max_size=4),
    max_leaves=20,
)


@given(_TREES)
def test_what_a_yaml_writer_writes_is_read_back(tree) -> None:
    node, problems = parse(yaml.safe_dump(tree, allow_unicode=True))
    assert problems == [] and node.plain() == tree


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`?,<~ \n\t0\x00灯", max_size=60))
def test_any_text_is_a_tree_or_one_problem(text) -> None:
    node, problems = parse(text)
    assert (node is None) == (len(problems) == 1)
    if node is not None:
        node.plain()
