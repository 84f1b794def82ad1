"""Trains the reader: question and passage read together, to tell which passage answers, and whether any does.

A cross-encoder (R. Nogueira and K. Cho 2019, arXiv:1901.04085) as a LoRA adapter over the same encoder, begun from the tuned
one. Loss: which of the candidates is right (softmax), and for each whether it is (logistic). Knows nothing of serving.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.training.lora import half_precision
from bot.training.pairs import Example

if TYPE_CHECKING:
    import torch

LIMIT = 192  # tokens of question and passage together


@dataclass(frozen=True)
class ReaderRecipe:
    """The hyperparameters; `negatives` wrong candidates a question."""

    rank: int = 32
    alpha: int = 64
    rate: float = 4e-4
    warmup: int = 30
    rounds: float = 1.5
    batch: int = 10
    negatives: int = 5
    logistic: float = 0.5
    seed: int = 11


class CrossEncoder:
    """The encoder with a fresh LoRA adapter and a score read from the first token."""

    def __init__(self, folder: Path, recipe: ReaderRecipe) -> None:
        import torch
        from peft import LoraConfig, get_peft_model
        from tokenizers import Tokenizer
        from transformers import AutoModel

        from bot.training.lora import TARGETS

        torch.manual_seed(recipe.seed)
        base = AutoModel.from_pretrained(
            folder, add_pooling_layer=False, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        config = LoraConfig(
            r=recipe.rank, lora_alpha=recipe.alpha, lora_dropout=0.0, target_modules=list(TARGETS), bias="none"
        )
        self.net: Any = get_peft_model(base, config)
        self.head = torch.nn.Linear(base.config.hidden_size, 1)
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LIMIT, strategy="only_second")
        self._tokenizer.no_padding()

    def scores(self, pairs: Sequence[tuple[str, str]]) -> torch.Tensor:
        """(n,) logits, computed in parts of like length."""
        import torch

        encoded = self._tokenizer.encode_batch([(f"query: {q[:200]}", f"passage: {p}") for q, p in pairs])
        order = sorted(range(len(pairs)), key=lambda i: len(encoded[i].ids))
        out: list[torch.Tensor] = []
        size = max(1, -(-len(order) // 4))
        for start in range(0, len(order), size):
            part = [encoded[i] for i in order[start : start + size]]
            width = max(len(e.ids) for e in part)
            ids = torch.ones((len(part), width), dtype=torch.long)
            mask = torch.zeros_like(ids)
            for row, e in enumerate(part):
                ids[row, : len(e.ids)] = torch.tensor(e.ids)
                mask[row, : len(e.ids)] = 1
            with half_precision():
                hidden = self.net(input_ids=ids, attention_mask=mask).last_hidden_state
            out.append(self.head(hidden[:, 0].float())[:, 0])
        flat = torch.cat(out)
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return flat[back]


def _batches(examples: Sequence[Example], recipe: ReaderRecipe) -> list[list[tuple[Example, list[int]]]]:
    """Examples with the places of the candidates that are read; the right one first."""
    rng = random.Random(recipe.seed)
    rows: list[tuple[Example, list[int]]] = []
    whole, part = int(recipe.rounds), recipe.rounds % 1
    for number in range(whole + bool(part)):
        chosen = list(examples) if number < whole else rng.sample(list(examples), int(part * len(examples)))
        for example in chosen:
            others = [n for n in range(len(example.candidates)) if n != example.gold]
            # Near the top stand those that a search confuses; a few from below keep the scale.
            hard = others[:4]
            picked = rng.sample(hard, min(len(hard), recipe.negatives - 2)) + rng.sample(
                others[4:], min(2, len(others[4:]))
            )
            rows.append((example, ([] if example.gold is None else [example.gold]) + picked))
    rng.shuffle(rows)
    return [rows[n : n + recipe.batch] for n in range(0, len(rows), recipe.batch)]


def _loss(model: CrossEncoder, batch: Sequence[tuple[Example, list[int]]], recipe: ReaderRecipe) -> torch.Tensor:
    import torch
    import torch.nn.functional as f

    pairs = [(e.question, e.candidates[n]) for e, places in batch for n in places]
    logits = model.scores(pairs)
    total, start = torch.zeros(()), 0
    for example, places in batch:
        own = logits[start : start + len(places)]
        start += len(places)
        truth = torch.zeros(len(places))
        if example.gold is not None:
            truth[0] = 1.0
            total = total + f.cross_entropy(own[None], torch.zeros(1, dtype=torch.long))
        total = total + recipe.logistic * f.binary_cross_entropy_with_logits(own, truth, reduction="sum")
    return total / len(batch)


def train(folder: Path, examples: Sequence[Example], out: Path, recipe: ReaderRecipe) -> float:
    """Train; write the adapter and the head to `out`. Returns the seconds taken."""
    import torch

    started = time.monotonic()
    model = CrossEncoder(folder, recipe)
    batches = _batches(examples, recipe)
    weights = [*(p for p in model.net.parameters() if p.requires_grad), *model.head.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=recipe.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, (s + 1) / recipe.warmup) * max(0.0, 1 - s / max(1, len(batches)))
    )
    model.net.train()
    average = None
    for number, batch in enumerate(batches):
        loss = _loss(model, batch, recipe)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        average = loss.item() if average is None else 0.95 * average + 0.05 * loss.item()
        if number % 10 == 0:
            print(
                f"step {number}/{len(batches)} loss {average:.3f} {time.monotonic() - started:.0f} s",
                file=sys.stderr,
                flush=True,
            )
        if number % 50 == 49:
            _save(model, out, recipe)
    _save(model, out, recipe)
    return time.monotonic() - started


def _save(model: CrossEncoder, out: Path, recipe: ReaderRecipe) -> None:
    from safetensors.torch import save_file

    from bot.training.lora import _short

    tensors = {_short(k): v.detach().half().contiguous() for k, v in model.net.state_dict().items() if "lora_" in k}
    tensors["head.weight"] = model.head.weight.detach().half().contiguous()
    tensors["head.bias"] = model.head.bias.detach().half().contiguous()
    save_file(tensors, out, metadata={"scale": str(recipe.alpha / recipe.rank), "recipe": json.dumps(asdict(recipe))})
