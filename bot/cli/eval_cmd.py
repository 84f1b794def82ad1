"""`zhanggui eval`: batch evaluation of suites. Knows nothing of metrics or of how replies are made."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import JsonOption, ShopOption
from bot.errors import BadInput, Failure
from bot.progress import tell, tell_end

if TYPE_CHECKING:
    from bot.evaluation.report import Report
    from bot.evaluation.suite import Suite


def evaluate(
    suites: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[SUITE]...", help="Files or folders; the shipped suites by default."),
    ] = None,
    as_json: JsonOption = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for report.json; a new one by default.")] = None,
    against: Annotated[Path | None, typer.Option("--against", help="An earlier run to compare with.")] = None,
    shop: ShopOption = None,
) -> None:
    """Play suites of dialogues against the shop's bot and measure the replies.

    Exit code 1 when a threshold that a suite gives is missed, 2 for a bad suite.
    """
    from bot.config import settings
    from bot.evaluation.compare import compare
    from bot.evaluation.report import missed, new_run_folder, read_report, to_json, write_report
    from bot.evaluation.summary import show
    from bot.evaluation.thresholds import check_thresholds
    from bot.shop.locate import resolve_shop

    # Everything that can be wrong with the input is found before a model is loaded.
    shop_path, runs = resolve_shop(shop), settings().home_dir / "runs"
    loaded = _load(suites or [])
    for suite in loaded:
        check_thresholds(suite)
    earlier = read_report(_earlier(against, runs)) if against is not None else None
    started_at = datetime.now(UTC)
    folder = out.expanduser().absolute() if out is not None else new_run_folder(runs, started_at)
    _writable(folder if out is not None else runs)

    report = _run(loaded, shop_path, started_at)
    if earlier is not None:
        report["against"] = compare(earlier, report)
    path = write_report(report, folder)
    if as_json:
        typer.echo(to_json(report))
    else:
        show(report, sys.stdout)
    typer.echo(f"report: {path}", err=True)
    lines = missed(report)
    for line in lines:
        typer.echo(f"threshold missed: {line}", err=True)
    if lines:
        raise typer.Exit(1)


def _load(paths: Sequence[Path]) -> list[Suite]:
    from bot.evaluation.suite import load_suites
    from bot.resources import shipped

    if paths:
        return load_suites(paths)
    try:
        return load_suites([shipped("eval")])
    except Failure:
        raise BadInput("no SUITE given, and no suites are shipped here; name a .jsonl file") from None


def _earlier(against: Path, runs: Path) -> Path:
    """A run as it is named: a file, a folder, or the name of a run in `$ZHANGGUI_HOME/runs`."""
    given = against.expanduser()
    return given if given.exists() or not (runs / against).exists() else runs / against


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"--out: {folder} cannot be made ({error.strerror or error}); name another folder") from None


def _run(suites: Sequence[Suite], shop_path: Path, started_at: datetime) -> Report:
    from bot.answerer import open_answerer
    from bot.evaluation.report import Circumstances, make_report
    from bot.evaluation.runner import Judge, run_suites
    from bot.guard.claims import ungrounded
    from bot.knowledge.load import shop_passages
    from bot.shop.folder import load_shop

    loaded = load_shop(shop_path)
    categories = {p.id: p.category for p in loaded.products if p.category is not None}
    texts: dict[str, dict[str, str]] = {}
    for passage in shop_passages(loaded):
        texts.setdefault(passage.language, {})[passage.id] = f"{passage.title}\n{passage.text}"
    with open_answerer(shop_path, tell) as answerer:
        begun = time.monotonic()
        judge = Judge(categories, texts, ungrounded)
        dialogues = run_suites(suites, answerer, judge, lambda done, total: tell(f"turns: {done}/{total}"))
        circumstances = Circumstances(started_at, time.monotonic() - begun, answerer.describe())
    tell_end()
    return make_report(suites, dialogues, circumstances, texts)
