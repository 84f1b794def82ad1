"""Trains the LoRA adapter that tunes the encoder to shop talk. Knows nothing of the serving path.

A step takes entries of one shop and language and one question of each: the question must find its own entry among the
neighbours, by mean vectors and by late interaction (MaxSim, Khattab & Zaharia 2020, arXiv:2004.12832). In a part of the
steps the passages are in the other language, so that zh and en stay in one space. Batches hold near twins by
construction: the twins of an entry live in the same shop.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import Failure, ModelMissing
from bot.training.corpus import Corpus, CorpusEntry

if TYPE_CHECKING:
    import torch

TARGETS = ("query", "key", "value", "dense")
_KEYS = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "intermediate.dense": "fi",
    "output.dense": "fo",
}


@dataclass(frozen=True)
class Recipe:
    """The hyperparameters; `epochs` counts passes in which every question is used about once."""

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.05
    rate: float = 3e-4
    warmup: int = 20
    epochs: float = 4.0
    batch: int = 16
    temperature: float = 0.03
    reverse: float = 0.3
    hold: float = 0.0
    cross: float = 0.15
    seed: int = 7


def _batches(corpus: Corpus, recipe: Recipe) -> list[list[tuple[str, CorpusEntry]]]:
    """(question, passage entry) pairs, `about `recipe.batch` of one shop and language a step."""
    rng = random.Random(recipe.seed)
    twins = {(e.shop, e.id, e.language): e for e in corpus.entries}
    groups: dict[tuple[str, str], list[CorpusEntry]] = {}
    for entry in corpus.entries:
        groups.setdefault((entry.shop, entry.language), []).append(entry)
    rounds = max(len(e.questions) for e in corpus.entries)
    steps: list[list[tuple[str, CorpusEntry]]] = []
    for _ in range(max(1, round(recipe.epochs * rounds))):
        for (shop, language), entries in groups.items():
            picked = rng.sample(entries, len(entries))
            other = "en" if language == "zh" else "zh"
            count = max(1, round(len(picked) / recipe.batch))
            for part in (picked[i::count] for i in range(count)):
                crossed = rng.random() < recipe.cross
                step = []
                for entry in part:
                    passage = twins.get((shop, entry.id, other), entry) if crossed else entry
                    step.append((rng.choice(entry.questions).text, passage))
                steps.append(step)
    rng.shuffle(steps)
    return steps


class _Model:
    """The torch encoder with LoRA, and the two similarity matrices of a batch."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        import torch
        from peft import LoraConfig, get_peft_model
        from transformers import AutoModel, AutoTokenizer

        torch.manual_seed(recipe.seed)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        base = AutoModel.from_pretrained(folder, add_pooling_layer=False)
        config = LoraConfig(
            r=recipe.rank,
            lora_alpha=recipe.alpha,
            lora_dropout=recipe.dropout,
            target_modules=list(TARGETS),
            bias="none",
        )
        self.net: Any = get_peft_model(base, config)
        self.recipe = recipe

    def vectors(self, texts: list[str], kind: str, max_length: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Unit mean vectors (n, d), unit token vectors (n, t, d), and the mask of content tokens (n, t)."""
        import torch.nn.functional as f

        prompted = [f"{kind}: {t}" for t in texts]
        batch = self.tokenizer(
            prompted,
            padding=True,
            truncation=True,
            max_length=max_length,
            return_tensors="pt",
            return_offsets_mapping=True,
        )
        hidden = self.net(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).last_hidden_state
        mask = batch["attention_mask"].float()
        mean = f.normalize((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=-1)
        # Tokens of the prompt, and <s> and </s> (empty spans), say nothing of the text.
        content = (batch["offset_mapping"][..., 1] > len(kind) + 2).float() * mask
        return mean, f.normalize(hidden, dim=-1), content

    def loss(self, questions: list[str], passages: list[str]) -> torch.Tensor:
        import torch
        import torch.nn.functional as f

        q_mean, q_tokens, q_mask = self.vectors(questions, "query", 64)
        p_mean, p_tokens, p_mask = self.vectors(passages, "passage", 256)
        dense = q_mean @ p_mean.T
        pairs = torch.einsum("qtd,psd->qpts", q_tokens, p_tokens)
        pairs = pairs.masked_fill(p_mask[None, :, None, :] == 0, -1.0)
        best = pairs.max(-1).values
        late = (best * q_mask[:, None, :]).sum(-1) / q_mask.sum(-1)[:, None].clamp(min=1)
        gold = torch.arange(len(questions))
        scores = [dense / self.recipe.temperature, late / self.recipe.temperature]
        loss: torch.Tensor = sum(  # type: ignore[assignment]
            f.cross_entropy(s, gold) + self.recipe.reverse * f.cross_entropy(s.T, gold) for s in scores
        )
        if self.recipe.hold:
            with torch.no_grad(), self.net.disable_adapter():
                before, _, _ = self.vectors(questions, "query", 64)
            loss = loss + self.recipe.hold * (1 - (before * q_mean).sum(-1)).mean()
        return loss

    def trained(self) -> dict[str, torch.Tensor]:
        """The LoRA matrices by their long names, in full precision."""
        return {k: v for k, v in self.net.state_dict().items() if "lora_" in k}

    def adapter(self) -> dict[str, torch.Tensor]:
        """LoRA matrices by the short names of bot/models/e5.py."""
        return {_short(name): tensor.detach().half().contiguous() for name, tensor in self.trained().items()}

    def take(self, adapter: Path) -> None:
        """Begin from the matrices of an adapter file."""
        from safetensors.torch import load_file

        saved = load_file(adapter)
        self.net.load_state_dict({name: saved[_short(name)].float() for name in self.trained()}, strict=False)


def _short(name: str) -> str:
    layer = name.split("encoder.layer.")[1].split(".")[0]
    module = next(k for k in _KEYS if f".{layer}.{k}." in name)
    return f"layers.{layer}.{_KEYS[module]}.{'A' if 'lora_A' in name else 'B'}"


@contextmanager
def untuned(folder: Path | None = None) -> Iterator[Path]:
    """The encoder without an adapter: `folder`, else made for the while out of the file that the installed one came from.

    Raises ModelMissing when that file is not there.
    """
    from bot.config import settings
    from bot.models.e5 import convert

    if folder is not None:
        yield folder
        return
    packed = settings().models_dir / ".parts" / "multilingual-e5-small" / "e5-small-q4.bin"
    if not packed.is_file():
        raise ModelMissing(f"{packed}: missing; run `zhanggui models pull multilingual-e5-small --again`")
    with tempfile.TemporaryDirectory() as name:
        made = Path(name) / "multilingual-e5-small"
        made.mkdir()
        convert(packed, made)
        yield made


def _passage(entry: CorpusEntry) -> str:
    return f"{entry.title}\n{entry.text}"


def train(
    folder: Path, corpus: Corpus, out: Path, recipe: Recipe, *, start: Path | None = None, resume: bool = True
) -> float:
    """Train on all of `corpus` over the encoder in `folder`, from the adapter `start` if given; write the adapter to `out`.

    Returns the seconds taken.

    A checkpoint beside `out` is written every 50 steps and taken up again when the recipe and the data are the same.
    """
    import torch
    from safetensors.torch import save_file

    started = time.monotonic()
    model = _Model(folder, recipe)
    if start is not None:
        model.take(start)
    steps = _batches(corpus, recipe)
    weights = [p for p in model.net.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=recipe.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, (s + 1) / recipe.warmup) * max(0.0, 1 - s / max(1, len(steps)))
    )
    checkpoint = out.with_suffix(".checkpoint.pt")
    key = json.dumps([asdict(recipe), len(steps), corpus.shops])
    first = 0
    if resume and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        if state["key"] == key:
            model.net.load_state_dict(state["net"], strict=False)
            optimizer.load_state_dict(state["optimizer"])
            schedule.load_state_dict(state["schedule"])
            first = state["step"]
    model.net.train()
    average = 0.0
    for number, step in enumerate(steps[first:], first):
        loss = model.loss([q for q, _ in step], [_passage(e) for _, e in step])
        if not torch.isfinite(loss):
            raise Failure(f"training: the loss is {loss.item()} at step {number}; lower the rate")
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        average = loss.item() if number == first else 0.95 * average + 0.05 * loss.item()
        if number % 20 == 0:
            print(
                f"step {number}/{len(steps)} loss {average:.3f} {time.monotonic() - started:.0f} s",
                file=sys.stderr,
                flush=True,
            )
        if number % 50 == 49:
            parts = {"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
            torch.save({"key": key, "step": number + 1, "net": model.trained(), **parts}, checkpoint)
    out.parent.mkdir(parents=True, exist_ok=True)
    meta = {
        "scale": str(recipe.alpha / recipe.rank),
        "recipe": json.dumps(asdict(recipe)),
        "shops": json.dumps(corpus.shops),
    }
    save_file(model.adapter(), out, metadata=meta)
    checkpoint.unlink(missing_ok=True)
    return time.monotonic() - started
