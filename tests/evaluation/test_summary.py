"""The summary for people."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from bot.evaluation.compare import compare
from bot.evaluation.report import Circumstances, make_report
from bot.evaluation.runner import run_suites
from bot.evaluation.summary import plain, show

from .helpers import Scripted, cited, dialogue, load, turn

QUESTION = "[red]多久[/red]\x1b[31m？"


def report(*replies):
    suite = load(
        {"thresholds": {"right": 0.9, "mrr": 0.1}},
        dialogue("a", ("delivery?", {"contains": ["7"], "cites": ["r"]}), tags=["delivery"]),
        dialogue("b", (QUESTION, {"contains": ["7"]}), language="zh", tags=["退货"], db_unchanged=True),
    )
    played = run_suites([suite], Scripted(replies))
    about = Circumstances(datetime(2026, 11, 1, tzinfo=UTC), 2.0, {"writer": "none", "encoder": "tiny"})
    return make_report([suite], played, about, {"en": {"r": "delivery"}})


def first():
    return report(turn("7 days", citations=cited("r"), trace={"answerable": 0.5}), turn("八天", language="zh"))


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_plain_summary_says_what_matters() -> None:
    text = plain(first())
    assert "2 dialogues, 2 turns, 3 checks in 2.0 s (writer none, encoder tiny" in text
    lines = text.splitlines()
    right = next(line.split() for line in lines if line.startswith("right "))
    assert right[:3] == ["right", "2", "0.500"]
    assert any(line.split()[:1] == ["direct"] and "1.000" in line and "10 / 10 / 10" in line for line in lines)
    assert "Risk against coverage (all): area 0.000, AUROC -, n 1" in text
    assert "Words that questions share with their entry (all): median 1.000, n 1" in text
    assert "Not supported yet, neither passed nor failed: db_unchanged in 1 dialogues" in text
    assert "1 turns failed" in text
    assert "the reply lacks /7/" in text
    assert [line.split()[-1] for line in lines if line.startswith("s ") and "0." in line] == ["MISSED", "met"]


def test_columns_stand_below_each_other_with_wide_characters() -> None:
    rows = [line for line in plain(first()).splitlines() if line.startswith(("tag", "delivery", "退货"))]
    assert len(rows) == 3
    starts = {
        row.encode("gbk").index(b"0.000" if row.startswith("退") else b"1.000" if row.startswith("d") else b"turns")
        for row in rows
    }
    assert starts == {len("delivery") + 2}


def test_nothing_that_was_written_steers_the_terminal() -> None:
    for stream in (io.StringIO(), Terminal()):
        show(first(), stream)
        assert "[red]多久[/red] [31m" in stream.getvalue()
        assert "\x1b[31m？" not in stream.getvalue()


def test_a_terminal_gets_tables() -> None:
    stream = Terminal()
    show(first(), stream)
    assert "━" in stream.getvalue()
    assert "Metrics with 95 % intervals" in stream.getvalue()


def test_a_comparison_is_shown() -> None:
    earlier = first()
    later = report(turn("8 days", citations=cited("r")), turn("7 天", language="zh"))
    later["against"] = compare(earlier, later)
    text = plain(later)
    assert "Against the run of 2026-11-01T00:00:00+00:00: 1 better, 1 worse (p = 1.000)" in text
    assert "1 turns worse" in text
    assert "8 days" in text.split("1 turns worse")[1]


def test_many_failures_are_cut() -> None:
    suite = load(*(dialogue(f"d{n}", ("?", {"contains": ["7"]})) for n in range(12)))
    played = run_suites([suite], Scripted([turn("8")] * 12))
    about = Circumstances(datetime(2026, 11, 1, tzinfo=UTC), 2.0, {})
    text = plain(make_report([suite], played, about))
    assert "12 turns failed; the first 10" in text
    assert "s d9:1" in text
    assert "s d10:1" not in text
