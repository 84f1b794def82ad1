"""Shows a report: tables in a terminal, aligned text elsewhere. Knows nothing of how figures are made."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from bot.evaluation.report import Report
from bot.text import shorten

FAILURES_SHOWN = 10
_TAG_COLUMNS = ("turns_passed", "right", "wrong", "refused", "refusal_precision", "refusal_recall")


@dataclass(frozen=True)
class Table:
    """A table of words; the first column is what the row is about."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Table | str


def blocks(report: Report) -> list[Block]:
    """What is worth showing of a report, in order: tables, and lines of text."""
    found: list[Block] = [_heading(report), _metrics(report)]
    if report["by_tag"]:
        found.append(_tags(report))
    found += [_bands(report), *_lines(report)]
    if report["failures"]:
        found.append(_failures(report))
    if report.get("against"):
        found += _against(report["against"])
    thresholds = [(suite["name"], t) for suite in report["suites"] for t in suite["thresholds"]]
    if thresholds:
        rows = tuple(
            (name, t["metric"], f"{t['minimum']:g}", _figure(t["value"]), "met" if t["met"] else "MISSED")
            for name, t in thresholds
        )
        found.append(Table("Thresholds", ("suite", "metric", "minimum", "value", ""), rows))
    return found


def show(report: Report, stream: TextIO) -> None:
    """Writes the blocks to `stream`: with rich where it is a terminal, else as plain text."""
    if stream.isatty():
        _show_rich(blocks(report), stream)
    else:
        stream.write(plain(report))


def plain(report: Report) -> str:
    """The blocks as text with aligned columns."""
    parts = [_plain_table(block) if isinstance(block, Table) else block for block in blocks(report)]
    return "\n\n".join(parts) + "\n"


def _show_rich(found: Sequence[Block], stream: TextIO) -> None:
    from rich.console import Console
    from rich.table import Table as RichTable

    # Questions and replies are text, never markup.
    console = Console(file=stream, markup=False, highlight=False, emoji=False)
    for block in found:
        if isinstance(block, str):
            console.print(block)
            continue
        table = RichTable(title=block.title, title_justify="left", header_style="bold")
        for number, column in enumerate(block.columns):
            table.add_column(column, overflow="fold", no_wrap=number == 0 and len(block.columns) > 3)
        for row in block.rows:
            table.add_row(*row)
        console.print(table)


def _plain_table(table: Table) -> str:
    rows = [table.columns, *table.rows]
    widths = [max(_width(row[n]) for row in rows) for n in range(len(table.columns))]
    lines = [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([table.title, *lines])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _heading(report: Report) -> str:
    n = report["n"]
    counts = f"{n['dialogues']} dialogues, {n['turns']} turns, {n['checks']} checks in {report['seconds']:.1f} s"
    return f"{counts} ({_answered_by(report)})"


def _answered_by(report: Report) -> str:
    return f"writer {report['writer']}, encoder {report['encoder']}, {report['machine']['cores']} cores"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _with_interval(estimate: dict[str, Any]) -> str:
    if estimate["value"] is None:
        return "-"
    return f"{estimate['value']:.3f} [{estimate['low']:.3f}, {estimate['high']:.3f}]"


def _metrics(report: Report) -> Table:
    languages = report["by_language"]
    rows = tuple(
        (
            name,
            str(total["n"]),
            _with_interval(total),
            *(_with_interval(part[name]) for part in languages.values()),
        )
        for name, total in report["overall"].items()
        if total["n"]
    )
    return Table("Metrics with 95 % intervals", ("metric", "n", "all", *languages), rows)


def _tags(report: Report) -> Table:
    rows = tuple(
        (tag, *(_figure(part[name]["value"]) for name in _TAG_COLUMNS)) for tag, part in report["by_tag"].items()
    )
    return Table("By tag", ("tag", *_TAG_COLUMNS), rows)


def _bands(report: Report) -> Table:
    shares, times = report["bands"]["overall"], report["latency"]["overall"]
    rows = []
    for band in ("all", *shares):
        timed = times.get(band, {})
        if band == "all" or shares[band]["value"]:
            share = "1.000" if band == "all" else _figure(shares[band]["value"])
            rows.append((band, share, _times(timed.get("total")), _times(timed.get("first_token"))))
    return Table("Bands; milliseconds p50 / p95 / p99", ("band", "share", "whole turn", "first words"), tuple(rows))


def _times(found: dict[str, Any] | None) -> str:
    return " / ".join(f"{found[p]['value']:.0f}" for p in ("p50", "p95", "p99")) if found else "-"


def _lines(report: Report) -> list[str]:
    lines = []
    for name, part in {"all": report["curve"]["overall"], **report["curve"]["by_language"]}.items():
        if part["n"]:
            figures = f"area {_figure(part['aurc'])}, AUROC {_figure(part['auroc'])}, n {part['n']}"
            lines.append(f"Risk against coverage ({name}): {figures}")
    for name, part in {"all": report["overlap"]["overall"], **report["overlap"]["by_language"]}.items():
        if part["n"]:
            figures = f"median {_figure(part['median'])}, n {part['n']}"
            lines.append(f"Words that questions share with their entry ({name}): {figures}")
    if report["skipped"]:
        names = ", ".join(sorted({s["check"] for s in report["skipped"]}))
        count = len({(s["suite"], s["id"]) for s in report["skipped"]})
        lines.append(f"Not supported yet, neither passed nor failed: {names} in {count} dialogues")
    return ["\n".join(lines)] if lines else []


def _failures(report: Report) -> Table:
    found = report["failures"]
    rows = tuple((_where(f), _line(f["question"]), _line(f["reason"], 100)) for f in found[:FAILURES_SHOWN])
    title = f"{len(found)} turns failed" + (f"; the first {FAILURES_SHOWN}" if len(found) > FAILURES_SHOWN else "")
    return Table(title, ("turn", "question", "why"), rows)


def _against(comparison: dict[str, Any]) -> list[Block]:
    counts = comparison["counts"]
    said = ", ".join(f"{count} {name}" for name, count in counts.items() if count or name in ("better", "worse"))
    found: list[Block] = [f"Against the run of {comparison['started_at']}: {said} (p = {comparison['p']:.3f})"]
    for kind in ("worse", "better"):
        changed = comparison[kind]
        if changed:
            rows = tuple((_where(c), _line(c["question"]), _line(c["after"], 100)) for c in changed[:FAILURES_SHOWN])
            title = f"{len(changed)} turns {kind}" + (
                f"; the first {FAILURES_SHOWN}" if len(changed) > FAILURES_SHOWN else ""
            )
            found.append(Table(title, ("turn", "question", "reply now"), rows))
    return found


def _where(turn: dict[str, Any]) -> str:
    return _line(f"{turn['suite']} {turn['id']}:{turn['turn']}")


def _line(text: str, limit: int = 60) -> str:
    """One line without control characters: what customers and models write must not steer the terminal."""
    return shorten("".join(c if c.isprintable() else " " for c in " ".join(text.split())), limit)
