"""`setup`, `kb`, `train`, `calibrate`: make and inspect what is derived from a shop. Knows nothing of how it is made."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.options import JsonOption, ShopOption, check_language, emit
from bot.progress import tell, tell_end

if TYPE_CHECKING:
    from bot.encoder import Encoder

kb = typer.Typer(help="The knowledge base: build and search it.", no_args_is_help=True)
train = typer.Typer(help="Train what is learned from examples.", no_args_is_help=True)


@kb.callback()
def _kb() -> None:
    """The knowledge base: build and search it."""


@train.callback()
def _train() -> None:
    """Train what is learned from examples."""


def setup(shop: ShopOption = None) -> None:
    """Fetch and verify the models, and build everything the shop needs; safe to repeat."""
    import time

    from bot.assemble import load_head, load_knowledge, open_book
    from bot.config import settings
    from bot.encoder import load_encoder
    from bot.models.doctor import default_models
    from bot.models.pull import pull
    from bot.models.registry import load_registry
    from bot.shop.folder import load_shop
    from bot.shop.locate import resolve_shop

    began = time.monotonic()
    folder = load_shop(resolve_shop(shop))
    pull([name for name in default_models() if name in load_registry()])
    models = time.monotonic()
    encoder = load_encoder(settings().embedder)
    load_knowledge(folder, encoder, tell)
    knowledge = time.monotonic()
    load_head(folder, encoder, tell)
    open_book(folder, tell).close()
    tell_end()
    end = time.monotonic()
    print(
        f"ready: {folder.config.id} at {folder.path} (models {models - began:.0f} s, "
        f"knowledge {knowledge - models:.0f} s, intents {end - knowledge:.0f} s)",
        file=sys.stderr,
    )


@kb.command("build")
def kb_build(shop: ShopOption = None) -> None:
    """Embed the shop's knowledge anew; the old index serves until the new one is complete."""
    from bot.assemble import load_knowledge
    from bot.config import settings
    from bot.encoder import load_encoder
    from bot.shop.folder import load_shop
    from bot.shop.locate import resolve_shop

    folder = load_shop(resolve_shop(shop))
    knowledge = load_knowledge(folder, load_encoder(settings().embedder), tell, rebuild=True)
    tell_end()
    index = knowledge.index
    print(f"{folder.config.id}: {len(index.passages)} passages, {len(index.units)} units", file=sys.stderr)


@kb.command("search")
def kb_search(
    text: Annotated[str | None, typer.Argument(help="What to search for.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 5,
    lang: Annotated[str | None, typer.Option("--lang", help="zh or en; the text's own language when left out.")] = None,
    batch: Annotated[Path | None, typer.Option(help='A JSON Lines file of {"id","text"}.')] = None,
    as_json: JsonOption = False,
    shop: ShopOption = None,
) -> None:
    """Find passages, best first."""
    from bot.assemble import load_knowledge
    from bot.config import settings
    from bot.encoder import load_encoder
    from bot.errors import BadInput
    from bot.knowledge.found import found_rows, search_lines
    from bot.shop.folder import load_shop
    from bot.shop.locate import resolve_shop

    check_language(lang)
    if (batch is None) == (text is None):
        raise BadInput("kb search: give either a TEXT or --batch FILE; see `zhanggui kb search --help`")
    folder = load_shop(resolve_shop(shop))
    knowledge = load_knowledge(folder, load_encoder(settings().embedder), tell)
    tell_end()
    default = folder.config.language
    if batch is not None:
        bad = 0
        for result in search_lines(batch, knowledge, default, k, lang):
            emit(result)
            if "error" in result:
                bad += 1
                print(f"zhanggui: {batch}:{result['line']}: {result['error']['message']}", file=sys.stderr)
        raise typer.Exit(2 if bad else 0)
    rows = found_rows(knowledge, text or "", lang, default, k)
    if as_json:
        emit(rows)
        return
    for row in rows:
        print(f"{row['score']:.3f}  {row['id']}  {row['title']}\n       {' '.join(row['text'].split())[:160]}")


@train.command("intents")
def train_intents(
    data: Annotated[
        Path | None, typer.Option("--data", help="Train on this text,intent CSV instead; nothing is saved.")
    ] = None,
    test: Annotated[Path | None, typer.Option("--test", help="Measure on this text,intent CSV.")] = None,
    predictions: Annotated[Path | None, typer.Option(help="Write text,intent,predicted,confidence here.")] = None,
    fine_tune: Annotated[
        bool, typer.Option("--fine-tune", help="Tune the encoder to the CSV's messages first (minutes to an hour).")
    ] = False,
    as_json: JsonOption = False,
    shop: ShopOption = None,
) -> None:
    """Train the shop's intent head and print held-out figures; or the same trainer on any CSV files."""
    from bot.assemble import load_head
    from bot.config import settings
    from bot.encoder import load_encoder
    from bot.errors import BadInput
    from bot.route.intents import catalogue
    from bot.route.train import cross_measure, train_and_test
    from bot.shop.folder import load_shop
    from bot.shop.locate import resolve_shop

    if (data is None) != (test is None):
        raise BadInput("train intents: --data and --test go together; give both or neither")
    if fine_tune and data is None:
        raise BadInput("train intents: --fine-tune needs --data and --test; a shop's own head is never fine-tuned")
    encoder = load_encoder(settings().embedder)
    if data and test:
        measured = train_and_test(data, test, encoder, _tuner() if fine_tune else None)
        if predictions:
            with predictions.open("w", encoding="utf-8", newline="") as handle:
                writer = csv.writer(handle)
                writer.writerow(["text", "intent", "predicted", "confidence"])
                writer.writerows((t, g, s, f"{c:.4f}") for t, g, s, c in measured.predictions)
        figures = measured.figures
    else:
        folder = load_shop(resolve_shop(shop))
        figures = cross_measure(catalogue(folder.intents), encoder)
        load_head(folder, encoder, tell, retrain=True)
        tell_end()
    _figures(figures, as_json)


def _tuner() -> Callable[[Sequence[tuple[str, str]]], Encoder]:
    """What makes an encoder tuned to training rows. Raises Failure where the training packages are not installed."""
    from importlib.util import find_spec

    from bot.config import settings
    from bot.errors import Failure
    from bot.models.installed import path_of
    from bot.training.intent_tune import TuneRecipe, tune

    if find_spec("peft") is None:
        raise Failure("train intents: --fine-tune needs the training packages; run `pip install 'zhanggui[train]'`")
    folder = path_of(settings().embedder)
    return lambda rows: tune(folder, rows, TuneRecipe(), tell)


def _figures(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        emit(figures)
    else:
        for name, value in figures.items():
            print(f"{name:<20}{value}")


def calibrate(
    suites: Annotated[list[Path], typer.Argument(help="Labelled dialogues to choose the thresholds on.")],
    report: Annotated[list[Path] | None, typer.Option("--report", help="Other dialogues to report on.")] = None,
    wrong: Annotated[
        float, typer.Option(help="The share of wrong answers the owner accepts.", min=0.0, max=0.5)
    ] = 0.03,
    out: Annotated[Path | None, typer.Option(help="Write here instead of the shop's derived folder.")] = None,
    as_json: JsonOption = False,
    shop: ShopOption = None,
) -> None:
    """Choose the thresholds of the bands on one part of the labelled dialogues and report on the other."""
    from bot.evaluation.calibrate import calibrate as run
    from bot.shop.locate import resolve_shop

    result = run(resolve_shop(shop), suites, report or [], wrong=wrong, out=out, progress=tell)
    tell_end()
    if as_json:
        emit(result)
    else:
        print(json.dumps(result, indent=1, ensure_ascii=False))
