"""Tunes the encoder itself to a set of labelled messages (`train intents --fine-tune`). Knows nothing of heads or commands.

A LoRA adapter learns prototypes: each message must be nearest (cosine, softmax) to the prototype of its label, and near the
other messages of its label (supervised contrast, P. Khosla et al. 2020, arXiv:2004.11362). Out-of-scope examples are only
kept apart from the rest: they have no common meaning.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.encoder import Encoded, Kind, unit
from bot.training.descent import Descent
from bot.training.lora import LoraEncoder

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class TuneRecipe:
    """The hyperparameters: at most `epochs` passes and about `steps` steps, whichever is less."""

    rank: int = 16
    alpha: int = 32
    rate: float = 5e-4
    batch: int = 64
    epochs: int = 20
    steps: int = 700
    temperature: float = 0.05
    contrast: float = 0.5
    seed: int = 3


class TunedEncoder:
    """The encoder as tuned, for messages only; not exported."""

    def __init__(self, model: LoraEncoder, name: str) -> None:
        self._model = model
        self.name = name
        self.dim = int(model.net.config.hidden_size)
        self.fingerprint = name

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoded]:
        """One `Encoded` a text, in order, with its mean vector only."""
        import torch

        found: list[Encoded] = []
        with torch.inference_mode():
            for start in range(0, len(texts), 64):
                means = self._model.vectors(texts[start : start + 64], kind).mean.numpy()
                empty = np.zeros((0, self.dim), np.float32)
                found += [Encoded(unit(row), empty, (), np.zeros((0, 2), np.int32)) for row in means]
        return found


def tune(
    folder: Path, rows: Sequence[tuple[str, str]], recipe: TuneRecipe, progress: Callable[[str], None]
) -> TunedEncoder:
    """Tune the encoder in `folder` on (text, label) rows."""
    import torch

    labels = sorted({label for _, label in rows})
    target = {label: number for number, label in enumerate(labels)}
    model = LoraEncoder(folder, recipe.rank, recipe.alpha, recipe.seed)
    prototypes = torch.nn.Parameter(_means(model, rows, target))
    weights = [*model.weights(), prototypes]
    batches = _batches(rows, recipe)
    descent = Descent(weights, rate=recipe.rate, warmup=20, steps=len(batches))
    model.net.train()
    for batch in batches:
        gold = torch.tensor([target[label] for _, label in batch])
        descent.step(_loss(model.vectors([text for text, _ in batch], "query").mean, prototypes, gold, recipe))
        progress(f"fine-tuning: {descent.number}/{len(batches)} steps")
    model.net.eval()
    return TunedEncoder(model, f"{folder.name}, tuned to {len(labels)} labels")


def _means(model: LoraEncoder, rows: Sequence[tuple[str, str]], target: dict[str, int]) -> torch.Tensor:
    """(labels, d): where each label's messages lie before tuning."""
    import torch

    with torch.inference_mode():
        parts = [model.vectors([t for t, _ in rows[i : i + 128]], "query").mean for i in range(0, len(rows), 128)]
    vectors = torch.cat(parts).clone()
    gold = torch.tensor([target[label] for _, label in rows])
    sums = torch.zeros(len(target), vectors.shape[1]).index_add_(0, gold, vectors)
    return torch.nn.functional.normalize(sums - vectors.mean(0) * 0.9, dim=-1)


def _batches(rows: Sequence[tuple[str, str]], recipe: TuneRecipe) -> list[list[tuple[str, str]]]:
    rng = random.Random(recipe.seed)
    per_epoch = max(1, round(len(rows) / recipe.batch))
    found: list[list[tuple[str, str]]] = []
    for _ in range(max(2, min(recipe.epochs, recipe.steps // per_epoch))):
        mixed = rng.sample(list(rows), len(rows))
        found += [mixed[n::per_epoch] for n in range(per_epoch)]
    return found


def _loss(vectors: torch.Tensor, prototypes: Any, gold: torch.Tensor, recipe: TuneRecipe) -> torch.Tensor:
    import torch
    import torch.nn.functional as f

    near = vectors @ f.normalize(prototypes, dim=-1).T / recipe.temperature
    loss = f.cross_entropy(near, gold)
    same = (gold[:, None] == gold[None, :]).float().fill_diagonal_(0)
    if same.sum() == 0:
        return loss
    pairs = vectors @ vectors.T / recipe.temperature
    pairs = pairs - torch.eye(len(gold)) * 1e4
    log = f.log_softmax(pairs, dim=1)
    has = same.sum(1) > 0
    contrast = -((log * same).sum(1)[has] / same.sum(1)[has]).mean()
    return loss + recipe.contrast * contrast
