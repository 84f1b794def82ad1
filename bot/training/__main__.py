"""`python -m bot.training VERB`: trains what ships, and writes a corpus shop as a shop folder with its suite."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bot.errors import ZhangguiError

CORPUS = Path(__file__).resolve().parents[2] / "eval" / "corpus"


def _split(name: str) -> list[str]:
    """The shops of a part of split.json."""
    parts: dict[str, list[str]] = json.loads((CORPUS / "split.json").read_text(encoding="utf-8"))
    return parts[name]


def _encoder(arguments: argparse.Namespace) -> None:
    from bot.training.corpus import read_corpus
    from bot.training.encoder import Recipe, train, untuned

    corpus = read_corpus(CORPUS / "shops")
    plain = corpus.of(_split("train_plain"))
    every = corpus.of([*_split("train_plain"), *_split("train_hard")])
    first = arguments.out.with_suffix(".first.safetensors")
    with untuned(arguments.base) as base:
        # Ordinary wording first, then the far-fetched too at a lower rate.
        seconds = train(base, plain, first, Recipe(epochs=3))
        seconds += train(base, every, arguments.out, Recipe(epochs=1.2, rate=2e-4, seed=11), start=first)
    first.unlink()
    print(f"{arguments.out}: trained on {len(every.shops)} shops in {seconds:.0f} s; run `zhanggui setup` to merge it")


def _answerable(arguments: argparse.Namespace) -> None:
    from bot.config import settings
    from bot.encoder import load_encoder
    from bot.training.answerable import train
    from bot.training.corpus import read_corpus

    corpus = read_corpus(CORPUS / "shops").of(_split("answerable"))
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
    encoder.set_defaults(run=_encoder)
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
