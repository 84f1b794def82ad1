"""`python -m bot.training VERB`: trains what ships, and writes a corpus shop as a shop folder with its suite."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bot.errors import BadInput, ZhangguiError

CORPUS = Path(__file__).resolve().parents[2] / "eval" / "corpus"


def _split(name: str) -> Any:
    """The shops of a part of split.json; of `curve` a list of such."""
    parts = json.loads((CORPUS / "split.json").read_text(encoding="utf-8"))
    return parts[name]


def _encoder(arguments: argparse.Namespace) -> None:
    from bot.training.corpus import read_corpus
    from bot.training.encoder import Recipe, train
    from bot.training.lora import untuned
    from bot.training.public import held_texts

    shops = arguments.shops.split(",") if arguments.shops else _split("train")
    corpus = read_corpus(CORPUS / "shops").of(shops)
    with untuned(arguments.base) as base:
        seconds = train(base, corpus, arguments.out, Recipe(rounds=arguments.rounds), held_texts(_data()))
    print(f"{arguments.out}: trained on {len(corpus.shops)} shops in {seconds:.0f} s; run `zhanggui setup` to merge it")


def _data() -> Path:
    """The folder of public data sets. Raises BadInput where none is named."""
    from bot.config import settings

    data = settings().data
    if data is None:
        raise BadInput("ZHANGGUI_DATA: not set; name the folder of public data sets (benchmarks/README.md)")
    return data


def _curve(arguments: argparse.Namespace) -> None:
    """The learning curve: an adapter for each of split.json's smaller sets of shops."""
    for shops in _split("curve"):
        out = arguments.folder / f"{len(shops)}.safetensors"
        if not out.exists():
            _encoder(argparse.Namespace(shops=",".join(shops), base=None, out=out, rounds=arguments.rounds))


def _intents(arguments: argparse.Namespace) -> None:
    from bot.training.intents_run import write_page

    write_page(_data(), arguments.out, arguments.fine_tune)


def _retrieval(arguments: argparse.Namespace) -> None:
    from bot.training.retrieval_run import write_page

    write_page(CORPUS, _data(), arguments.curve, arguments.out)


def _answerable(arguments: argparse.Namespace) -> None:
    from bot.config import settings
    from bot.encoder import load_encoder
    from bot.training.answerable import train
    from bot.training.corpus import read_corpus

    corpus = read_corpus(CORPUS / "shops").of(_split("choice"))
    print(json.dumps(train(corpus, load_encoder(settings().embedder), arguments.out), indent=1))


def _thresholds(arguments: argparse.Namespace) -> None:
    from bot.progress import tell, tell_end
    from bot.resources import shipped
    from bot.training.corpus import read_corpus
    from bot.training.thresholds import set_thresholds

    suites = [CORPUS.parent / f"sample.{language}.choose.jsonl" for language in ("zh", "en")]
    corpus = read_corpus(CORPUS / "shops").of(_split("choice"))
    result = set_thresholds(
        (shipped("knowledge_base"), suites), corpus, arguments.wrong, arguments.out, arguments.every, tell
    )
    tell_end()
    print(json.dumps(result, indent=1))


def _shop(arguments: argparse.Namespace) -> None:
    from bot.training.as_shop import write_shop
    from bot.training.corpus import read_corpus

    write_shop(read_corpus(CORPUS / "shops").of([arguments.name]), arguments.name, arguments.folder)


def main() -> int:
    """The command line; errors are one line."""
    package = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(prog="python -m bot.training", description=__doc__)
    verbs = parser.add_subparsers(required=True)
    encoder = verbs.add_parser("encoder", help="train the encoder's adapter")
    encoder.add_argument(
        "--base", type=Path, help="the untuned encoder's folder; made of the fetched file when left out"
    )
    encoder.add_argument("--out", type=Path, default=package / "models" / "adapters" / "shop-talk.safetensors")
    encoder.add_argument("--shops", help="train on these shops of the corpus only (names with commas)")
    encoder.add_argument("--rounds", type=int, default=3, help="how often each question is used")
    encoder.set_defaults(run=_encoder)
    curve = verbs.add_parser("curve", help="train the adapters of the learning curve")
    curve.add_argument("folder", type=Path)
    curve.add_argument("--rounds", type=int, default=3)
    curve.set_defaults(run=_curve)
    intents = verbs.add_parser("intents", help="measure the intent head and write benchmarks/intents.md")
    intents.add_argument("--fine-tune", action="store_true", help="also with the encoder tuned to each set (an hour)")
    intents.add_argument("--out", type=Path, default=CORPUS.parents[1] / "benchmarks" / "intents.md")
    intents.set_defaults(run=_intents)
    retrieval = verbs.add_parser("retrieval", help="measure retrieval and write benchmarks/retrieval.md")
    retrieval.add_argument("--curve", type=Path, help="the folder that `curve` wrote")
    retrieval.add_argument("--out", type=Path, default=CORPUS.parents[1] / "benchmarks" / "retrieval.md")
    retrieval.set_defaults(run=_retrieval)
    answerable = verbs.add_parser("answerable", help="train the answerability model")
    answerable.add_argument("--out", type=Path, default=package / "knowledge" / "answerable.json")
    answerable.set_defaults(run=_answerable)
    thresholds = verbs.add_parser("thresholds", help="set the thresholds that ship")
    thresholds.add_argument("--wrong", type=float, default=0.1, help="the share of wrong answers accepted")
    thresholds.add_argument("--every", type=int, default=5, help="take each Nth question of the corpus' choosing shops")
    thresholds.add_argument("--out", type=Path, default=package / "knowledge" / "thresholds.json")
    thresholds.set_defaults(run=_thresholds)
    shop = verbs.add_parser("shop", help="write a corpus shop as a shop folder with its suite")
    shop.add_argument("name")
    shop.add_argument("folder", type=Path)
    shop.set_defaults(run=_shop)
    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
    except ZhangguiError as error:
        print(f"bot.training: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
