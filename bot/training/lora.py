"""The torch encoder with a LoRA adapter, and its similarities of questions to passages. Knows nothing of corpora or steps.

LoRA: E. Hu et al. 2021, arXiv:2106.09685. There is no dropout at all: on a processor it took two thirds of the time (drawing
the random numbers), and a run is too short to overfit by what it prevents. Products run in bfloat16 where the processor can.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import ModelMissing

if TYPE_CHECKING:
    import torch

TARGETS = ("query", "key", "value", "dense")
QUESTION_TOKENS, PASSAGE_TOKENS = 64, 256
_PARTS = 3  # a batch runs in so many parts of like length, so that little is padded
_KEYS = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "intermediate.dense": "fi",
    "output.dense": "fo",
}


@dataclass(frozen=True)
class Vectors:
    """Of n texts: unit means (n, d), unit token vectors (n, t, d), and which tokens are content (n, t)."""

    mean: torch.Tensor
    tokens: torch.Tensor
    content: torch.Tensor


class LoraEncoder:
    """An e5-style encoder whose adapter can be trained."""

    def __init__(self, folder: Path, rank: int, alpha: int, seed: int) -> None:
        import torch
        from peft import LoraConfig, get_peft_model
        from transformers import AutoModel, AutoTokenizer

        torch.manual_seed(seed)
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        base = AutoModel.from_pretrained(
            folder, add_pooling_layer=False, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        config = LoraConfig(r=rank, lora_alpha=alpha, lora_dropout=0.0, target_modules=list(TARGETS), bias="none")
        self.net: Any = get_peft_model(base, config)

    def vectors(self, texts: Sequence[str], kind: str) -> Vectors:
        """The texts' vectors, in order; they are cut at the limit of their kind."""
        import torch.nn.functional as f

        limit = QUESTION_TOKENS if kind == "query" else PASSAGE_TOKENS
        batch = self._tokenizer(
            [f"{kind}: {t}" for t in texts], padding=True, truncation=True, max_length=limit,
            return_tensors="pt", return_offsets_mapping=True,
        )  # fmt: skip
        hidden = self._hidden(batch["input_ids"], batch["attention_mask"])
        mask = batch["attention_mask"].float()
        mean = f.normalize((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=-1)
        # Tokens of the prompt, and <s> and </s> (empty spans), say nothing of the text.
        content = (batch["offset_mapping"][..., 1] > len(kind) + 2).float() * mask
        return Vectors(mean, f.normalize(hidden, dim=-1), content)

    def _hidden(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The last hidden states (n, t, d) in full precision, computed in parts of like length."""
        import torch
        import torch.nn.functional as f

        lengths = mask.sum(1)
        parts, rows = [], torch.argsort(lengths)
        for part in rows.chunk(_PARTS):
            width = int(lengths[part].max())
            with half_precision():
                out = self.net(input_ids=ids[part, :width], attention_mask=mask[part, :width]).last_hidden_state
            parts.append(f.pad(out.float(), (0, 0, 0, ids.shape[1] - width)))
        return torch.cat(parts)[torch.argsort(rows)]

    @contextmanager
    def untuned(self) -> Iterator[None]:
        """Inside, vectors are those of the encoder without the adapter."""
        with self.net.disable_adapter():
            yield

    def weights(self) -> list[Any]:
        """The parameters to train."""
        return [p for p in self.net.parameters() if p.requires_grad]

    def trained(self) -> dict[str, torch.Tensor]:
        """The LoRA matrices by their long names, in full precision."""
        return {k: v for k, v in self.net.state_dict().items() if "lora_" in k}

    def restore(self, trained: dict[str, torch.Tensor]) -> None:
        """Takes the matrices that `trained` gave."""
        self.net.load_state_dict(trained, strict=False)

    def adapter(self) -> dict[str, torch.Tensor]:
        """LoRA matrices by the short names of bot/models/e5.py, in half precision."""
        return {_short(name): tensor.detach().half().contiguous() for name, tensor in self.trained().items()}


def similarities(questions: Vectors, passages: Vectors, owner: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Dense and late scores (questions, entries). `owner` (n,) is the entry of each passage unit; the best unit counts."""
    import torch

    dense = questions.mean @ passages.mean.T
    pairs = torch.einsum("qtd,psd->qpts", questions.tokens, passages.tokens)
    best = pairs.masked_fill(passages.content[None, :, None, :] == 0, -1.0).max(-1).values
    late = (best * questions.content[:, None, :]).sum(-1) / questions.content.sum(-1)[:, None].clamp(min=1)
    return _best_unit(dense, owner), _best_unit(late, owner)


def _best_unit(scores: torch.Tensor, owner: torch.Tensor) -> torch.Tensor:
    import torch

    out = scores.new_full((len(scores), int(owner.max()) + 1), -1.0)
    return torch.scatter_reduce(out, 1, owner.expand(len(scores), -1), scores, "amax")


def half_precision() -> AbstractContextManager[Any]:
    """bfloat16 products where the processor has instructions for them; else nothing changes."""
    import torch

    able = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.autocast("cpu", torch.bfloat16, enabled=bool(able))


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
