"""What the encoder's adapter learns from, step by step: shops' questions over all their entries. Knows nothing of models."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from bot.knowledge.split import units
from bot.training.corpus import Corpus, CorpusEntry


@dataclass(frozen=True)
class Step:
    """Questions of one shop and language, over the units of all its entries: near twins are in every step.

    `gold[i]` is the entry that answers `questions[i]`, `owner[j]` the entry that `units[j]` belongs to; entries count from 0.
    """

    questions: list[str]
    gold: list[int]
    units: list[str]
    owner: list[int]


def unit_texts(entry: CorpusEntry) -> list[str]:
    """What is embedded of an entry, as the index does it: parts of its prose and rows of its tables, the title before each."""
    return [u.embedded for u in units(0, entry.title, entry.text)] or [entry.title]


def make_steps(corpus: Corpus, *, rounds: int, questions: int, cross: float, seed: int) -> list[Step]:
    """Every question about `rounds` times, at most `questions` of a shop and language a step, shuffled.

    In the share `cross` of the steps the entries are in the other language, which keeps the two in one space.
    """
    rng = random.Random(seed)
    groups: dict[tuple[str, str], list[CorpusEntry]] = {}
    for entry in corpus.entries:
        groups.setdefault((entry.shop, entry.language), []).append(entry)
    steps: list[Step] = []
    for _ in range(rounds):
        for (shop, language), entries in groups.items():
            asked = [(q.text, number) for number, e in enumerate(entries) for q in e.questions]
            rng.shuffle(asked)
            other = {e.id: e for e in groups.get((shop, "en" if language == "zh" else "zh"), [])}
            count = max(1, round(len(asked) / questions))
            for part in (asked[i::count] for i in range(count)):
                crossed = rng.random() < cross
                read = [other.get(e.id, e) if crossed else e for e in entries]
                steps.append(_step(part, read))
    rng.shuffle(steps)
    return steps


def _step(asked: Sequence[tuple[str, int]], entries: Sequence[CorpusEntry]) -> Step:
    texts = [unit_texts(e) for e in entries]
    flat = [t for own in texts for t in own]
    owner = [number for number, own in enumerate(texts) for _ in own]
    return Step([q for q, _ in asked], [n for _, n in asked], flat, owner)
