"""Sections, slugs, tables and units: the contract's ids, and no text lost."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.split import UNIT_LIMIT, blocks, plain, row_sentence, sections, slug, units, weight


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Returns", "returns"),
        ("  How do I   return?  ", "how-do-i-return"),
        ("退货 政策（新）", "退货-政策新"),
        ("Size: M/L", "size-ml"),
        ("under_score - dash", "under_score---dash"),
        ("Été à Paris", "été-à-paris"),
        ("???", ""),
        ("2.1 Fees", "21-fees"),
    ],
)
def test_slug(heading: str, expected: str) -> None:
    assert slug(heading) == expected


@given(st.text(max_size=30))
def test_slug_is_the_contracts_rule(heading: str) -> None:
    assert slug(heading) == re.sub(r"[^\w-]", "", re.sub(r"\s+", "-", heading.strip().lower()))


def named(body: str) -> list[tuple[str, str]]:
    return [(s.slug, s.text) for s in sections(body)]


def test_text_before_the_first_heading_has_no_slug() -> None:
    assert named("Before.\n\n# One\nText.") == [("", "Before."), ("one", "Text.")]


def test_the_innermost_heading_names_the_passage() -> None:
    found = sections("# A\n## B\ntext b\n### C\ntext c\n## D\ntext d\n# E\ntext e")
    assert [(s.slug, s.headings) for s in found] == [
        ("b", ("A", "B")), ("c", ("A", "B", "C")), ("d", ("A", "D")), ("e", ("E",)),
    ]  # fmt: skip


def test_a_heading_without_text_gives_no_section() -> None:
    assert named("# A\n\n## B\n\nx") == [("b", "x")]
    assert named("# A") == []
    assert named("") == []


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["A", "A"], ["a", "a-2"]),
        (["A", "a", "A!"], ["a", "a-2", "a-3"]),
        (["A", "A", "A-2"], ["a", "a-2", "a-2-2"]),
        (["A", "A-2", "A"], ["a", "a-2", "a-3"]),
        (["???", "!!!"], ["section", "section-2"]),
        (["退货", "退货"], ["退货", "退货-2"]),
    ],
)
def test_equal_slugs_are_told_apart(headings: list[str], expected: list[str]) -> None:
    assert [s.slug for s in sections("\n".join(f"# {h}\ntext" for h in headings))] == expected


@given(st.lists(st.text("ab-2 退？", min_size=1, max_size=5), max_size=8))
def test_slugs_of_a_file_are_unique(headings: list[str]) -> None:
    found = [s.slug for s in sections("\n".join(f"## x{h}\ntext" for h in headings))]
    assert len(found) == len(headings) == len(set(found))


def test_a_heading_without_text_still_takes_its_slug() -> None:
    assert named("# A\n# A\ntext") == [("a-2", "text")]


def test_setext_headings() -> None:
    assert named("Title\n=====\none\n\nSub\n---\ntwo") == [("title", "one"), ("sub", "two")]


def test_closing_hashes_and_indents() -> None:
    assert named("  ## Fees ##  \nx") == [("fees", "x")]


def test_titles_are_read_without_their_marks_and_slugs_are_made_from_the_heading() -> None:
    (section,) = sections("# **Returns** and [refunds](https://x.example)\ntext")
    assert section.headings == ("Returns and refunds",)
    assert section.slug == slug("**Returns** and [refunds](https://x.example)")


def test_code_and_quotes_hold_no_headings() -> None:
    body = "# A\n```\n# not a heading\n```\n~~~\n## nor this\n~~~\n> # quoted\n\n- # in a list\n"
    assert [s.slug for s in sections(body)] == ["a"]
    assert "# not a heading" in sections(body)[0].text


@pytest.mark.parametrize("separator", ["\x0c", "\u2028", "\x85", "\x0b", "\x1c"])
def test_only_line_feeds_end_a_line(separator: str) -> None:
    assert named(f"# A\none{separator}two\n# B\nthree") == [("a", f"one{separator}two"), ("b", "three")]


def test_windows_line_ends() -> None:
    assert named("# A\r\none\r\n# B\rtwo") == [("a", "one"), ("b", "two")]


def test_html_is_text() -> None:
    assert named("# A\n<script>alert(1)</script>") == [("a", "<script>alert(1)</script>")]


@given(st.text("# abc-=\n`~>|退", max_size=120))
def test_sections_lose_no_text_but_headings(body: str) -> None:
    words = set(re.findall(r"[abc退]+", body))
    kept = " ".join(" ".join((*s.headings, s.text)) for s in sections(body))
    lost = {w for w in words if w not in kept}
    headings = {w for line in body.splitlines() for w in re.findall(r"[abc退]+", line)}
    assert lost <= headings
    assert [s.text for s in sections(body) if not s.text.strip()] == []


TABLE = "| Zone | Time | Fee |\n|:--|---|--:|\n| Tibet | 7-10 days | ¥18 |\n| Beijing | 1 day | |"


def test_rows_are_written_out_with_their_column_names() -> None:
    assert blocks(f"Before.\n{TABLE}\nAfter.") == [
        ("prose", ["Before."]),
        ("table", ["Zone: Tibet; Time: 7-10 days; Fee: ¥18", "Zone: Beijing; Time: 1 day"]),
        ("prose", ["After."]),
    ]


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("| A | B |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |", ["A: 1", "A: 1; B: 2; 3"]),
        ("| A | B |\n|---|---|\n| x \\| y | z |", ["A: x | y; B: z"]),
        ("A | B\n--|--\n1 | 2", ["A: 1; B: 2"]),
        ("| A |\n|---|\n| 1 |", ["A: 1"]),
        ("| A | B |\n|---|---|", ["A; B"]),
        ("| | B |\n|---|---|\n| 1 | 2 |", ["1; B: 2"]),
        ("| 地区 | 时效 |\n|---|---|\n| 西藏 | 7-10天 |", ["地区：西藏；时效：7-10天"]),
    ],
)
def test_tables(table: str, rows: list[str]) -> None:
    assert blocks(table) == [("table", rows)]


@pytest.mark.parametrize("text", ["a | b", "a | b\nc | d", "| a |", "Title\n---\ntext", "|\n|---|", "text\n|---|"])
def test_bars_alone_make_no_table(text: str) -> None:
    assert [kind for kind, _ in blocks(text)] == ["prose"]


def test_row_sentence_leaves_empty_cells_out() -> None:
    assert row_sentence(["A", "B", "C"], ["1", "", "3"]) == "A: 1; C: 3"
    assert row_sentence(["A"], [""]) == ""


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**Free** returns, `code` and __more__.", "Free returns, code and more."),
        ("See [our page](https://x.example/a) now.", "See our page now."),
        ("![logo](a.png) text", "logo text"),
        ("[![logo](a.png)](https://x.example)", "logo"),
        ("one\ntwo", "one two"),
        ("一行\n两行", "一行两行"),
        ("Apple Pay\n支持", "Apple Pay 支持"),
        ("one\n\ntwo", "one\ntwo"),
        ("- a\n- b\n  continued\n1. c\n2) d", "a\nb continued\nc\nd"),
        ("> quoted", "quoted"),
        ("### Deep", "Deep"),
        ("", ""),
        ("5 * 3 and 2 # 1", "5 * 3 and 2 # 1"),
    ],
)
def test_plain(markdown: str, expected: str) -> None:
    assert plain(markdown) == expected


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(st.lists(st.text("ab退。.! 7", max_size=20), max_size=8))
def test_plain_loses_nothing_of_plain_text(lines: list[str]) -> None:
    text = "\n".join(f"x{line}" for line in lines)
    assert squeezed(plain(text)) == squeezed(text)


@given(st.lists(st.text("ab退。. 7|", max_size=200), max_size=6))
def test_units_lose_no_text(lines: list[str]) -> None:
    text = "\n".join(f"x{line}" for line in lines)
    found = units(0, "heading", text)
    assert squeezed("".join(u.text for u in found)) == squeezed(text)
    assert all(u.text.strip() for u in found)


@given(
    st.lists(st.text("ab退7.。-", min_size=1, max_size=6), min_size=1, max_size=4),
    st.lists(st.lists(st.text("ab退7.。-", max_size=6), min_size=1, max_size=6), max_size=4),
)
def test_units_lose_no_cell_of_a_table(header: list[str], rows: list[list[str]]) -> None:
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in (header, ["---"] * len(header), *rows))
    found = units(0, "", f"Before.\n\n{table}")
    rest = " ".join(u.text for u in found if u.kind == "row")
    for cell in [c for cells in (rows or [header]) for c in cells]:
        assert cell in rest
    assert len([u for u in found if u.kind == "row"]) <= max(1, len(rows))


def test_long_prose_is_cut_at_sentences() -> None:
    sentence = "Returns are free within thirty days of delivery. "
    found = units(3, "Returns", sentence * 30)
    assert len(found) > 1
    assert {u.passage for u in found} == {3}
    for unit in found:
        assert weight(unit.text) <= UNIT_LIMIT
        assert unit.text.endswith(".")
        assert unit.embedded == f"Returns\n{unit.text}"


def test_a_chinese_character_weighs_three() -> None:
    assert weight("abc退货") == 9
    assert all(weight(u.text) <= UNIT_LIMIT for u in units(0, "", "七天内可以无理由退货。" * 50))


def test_questions_are_units_without_heading() -> None:
    found = units(0, "Title", "Answer.", ("How?", "如何？"))
    assert [(u.kind, u.heading, u.text) for u in found] == [
        ("body", "Title", "Answer."), ("question", "", "How?"), ("question", "", "如何？"),
    ]  # fmt: skip
    assert found[1].embedded == "How?"


def test_a_row_is_one_sentence_whatever_stands_in_it() -> None:
    table = "| 地区 | 说明 |\n|---|---|\n| 西藏 | 7-10天。需电话确认。 |"
    (row,) = units(0, "", table)
    assert row.kind == "row"
    assert row.sentences == ["地区：西藏；说明：7-10天。需电话确认。"]
    assert units(0, "", "一。二；三")[0].sentences == ["一。", "二；", "三"]


@pytest.mark.parametrize("unit", ["[", "![", "[](", "|", "# ", "- ", "> ", " ", "**", "|-|\n", "a | b\n"])
def test_hostile_text_takes_no_time(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    began = time.process_time()
    units(0, "", text)
    assert time.process_time() - began < 1
