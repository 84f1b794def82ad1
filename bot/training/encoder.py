"""Trains the LoRA adapter that tunes the encoder to shop talk. Knows nothing of the serving path.

A step takes one shop and language: each question must find its entry among all of the shop's, by mean vectors and by late
interaction (MaxSim, O. Khattab and M. Zaharia 2020, arXiv:2004.12832), the best unit of an entry counting as in a search.
Texts of public sets beside it are held to the vectors that the encoder gave them before (distillation), so that it stays
good where it was good.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.training.corpus import Corpus
from bot.training.descent import Descent
from bot.training.lora import LoraEncoder, similarities
from bot.training.steps import Step, make_steps

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Recipe:
    """The hyperparameters. Every question is used about `rounds` times; `hold` weighs what keeps the encoder as it was."""

    rank: int = 16
    alpha: int = 32
    rate: float = 4e-4
    warmup: int = 20
    rounds: int = 4
    questions: int = 50
    temperature: float = 0.03
    reverse: float = 0.2
    cross: float = 0.15
    hold: float = 1.0
    held: int = 12
    seed: int = 7


def _loss(model: LoraEncoder, step: Step, recipe: Recipe) -> torch.Tensor:
    """The question over the entries, and the entry over the questions, each by mean vectors and by late interaction."""
    import torch
    import torch.nn.functional as f

    asked = model.vectors(step.questions, "query")
    read = model.vectors(step.units, "passage")
    gold = torch.tensor(step.gold)
    # Of an entry, all its questions in the step are right ones; an entry that nothing asks about has no row.
    own = f.one_hot(gold, max(step.owner) + 1).T.float()
    asked_about = own.sum(1) > 0
    own = own[asked_about]
    total = torch.zeros(())
    for scores in similarities(asked, read, torch.tensor(step.owner)):
        sharp = scores / recipe.temperature
        total = total + f.cross_entropy(sharp, gold)
        total = total + recipe.reverse * f.cross_entropy(sharp.T[asked_about], own / own.sum(1, keepdim=True))
    return total


def _hold(model: LoraEncoder, texts: Sequence[str], kind: str) -> torch.Tensor:
    """How far the vectors have gone from those of the untuned encoder: one minus the cosine, of means and of tokens."""
    import torch

    with torch.no_grad(), model.untuned():
        before = model.vectors(texts, kind)
    now = model.vectors(texts, kind)
    mean: torch.Tensor = (1 - (before.mean * now.mean).sum(-1)).mean()
    tokens = ((1 - (before.tokens * now.tokens).sum(-1)) * now.content).sum() / now.content.sum()
    return mean + tokens


class _Run:
    """A training run: the model, what it learns from, and where it stands."""

    def __init__(self, folder: Path, steps: list[Step], held: Sequence[tuple[str, str]], recipe: Recipe) -> None:
        self.model = LoraEncoder(folder, recipe.rank, recipe.alpha, recipe.seed)
        self.steps, self.recipe = steps, recipe
        self.held = {kind: texts for kind in ("query", "passage") if (texts := [t for k, t in held if k == kind])}
        self.descent = Descent(self.model.weights(), rate=recipe.rate, warmup=recipe.warmup, steps=len(steps))

    def advance(self) -> float:
        """One step; the loss."""
        number, recipe = self.descent.number, self.recipe
        loss = _loss(self.model, self.steps[number], recipe)
        if recipe.hold and self.held:
            rng = random.Random(recipe.seed * 1_000_003 + number)
            kind = rng.choice(list(self.held))
            texts = rng.sample(self.held[kind], min(recipe.held, len(self.held[kind])))
            loss = loss + recipe.hold * _hold(self.model, texts, kind)
        return self.descent.step(loss)

    def save(self, path: Path, key: str) -> None:
        """Everything needed to go on."""
        import torch

        torch.save({"key": key, "net": self.model.trained(), "descent": self.descent.state()}, path)

    def take_up(self, path: Path, key: str) -> None:
        """Go on from a checkpoint of the same recipe and data, if there is one."""
        import torch

        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        if state["key"] == key:
            self.model.restore(state["net"])
            self.descent.restore(state["descent"])


def train(folder: Path, corpus: Corpus, out: Path, recipe: Recipe, held: Sequence[tuple[str, str]] = ()) -> float:
    """Train on all of `corpus` over the encoder in `folder`; write the adapter to `out`. Returns the seconds taken.

    `held` are texts, as (kind, text) with kind `query` or `passage`, whose vectors are to stay as they were. A checkpoint
    beside `out` is written every 25 steps and taken up again when recipe and data are the same.
    """
    from safetensors.torch import save_file

    started = time.monotonic()
    steps = make_steps(corpus, rounds=recipe.rounds, questions=recipe.questions, cross=recipe.cross, seed=recipe.seed)
    run = _Run(folder, steps, held, recipe)
    checkpoint = out.with_suffix(".checkpoint.pt")
    out.parent.mkdir(parents=True, exist_ok=True)
    key = json.dumps([asdict(recipe), len(steps), len(held), corpus.shops])
    run.take_up(checkpoint, key)
    run.model.net.train()
    average = None
    while run.descent.number < len(steps):
        loss = run.advance()
        average = loss if average is None else 0.95 * average + 0.05 * loss
        if run.descent.number % 10 == 0:
            passed = time.monotonic() - started
            print(
                f"step {run.descent.number}/{len(steps)} loss {average:.3f} {passed:.0f} s", file=sys.stderr, flush=True
            )
        if run.descent.number % 25 == 0:
            run.save(checkpoint, key)
    meta = {
        "scale": str(recipe.alpha / recipe.rank),
        "recipe": json.dumps(asdict(recipe)),
        "shops": json.dumps(corpus.shops),
    }
    save_file(run.model.adapter(), out, metadata=meta)
    checkpoint.unlink(missing_ok=True)
    return time.monotonic() - started
