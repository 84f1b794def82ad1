"""The trainable encoder: the same vectors as the serving one, similarities by the best unit, an adapter that moves them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from bot.encoder import load_encoder  # noqa: E402
from bot.training.encoder import Recipe, train  # noqa: E402
from bot.training.lora import LoraEncoder, Vectors, similarities  # noqa: E402
from bot.training.torch_encoder import TorchEncoder  # noqa: E402

from .test_steps import CORPUS  # noqa: E402

TEXTS = ["多久能收到货？", "Standard delivery takes 2-4 days, and 7 to Tibet.", "refund"]


def test_the_best_unit_of_an_entry_counts() -> None:
    asked = Vectors(torch.tensor([[1.0, 0.0]]), torch.tensor([[[1.0, 0.0]]]), torch.ones(1, 1))
    units = torch.tensor([[0.6, 0.8], [0.8, 0.6], [0.0, 1.0]])
    read = Vectors(units, units[:, None, :], torch.ones(3, 1))
    dense, late = similarities(asked, read, torch.tensor([0, 0, 1]))
    assert dense[0].tolist() == pytest.approx([0.8, 0.0])
    assert late[0].tolist() == pytest.approx([0.8, 0.0])


def test_padding_is_never_the_best_token() -> None:
    asked = Vectors(torch.tensor([[1.0, 0.0]]), torch.tensor([[[1.0, 0.0], [0.0, 1.0]]]), torch.tensor([[1.0, 0.0]]))
    tokens = torch.tensor([[[0.6, 0.8], [1.0, 0.0]]])
    read = Vectors(torch.tensor([[1.0, 0.0]]), tokens, torch.tensor([[1.0, 0.0]]))
    assert similarities(asked, read, torch.tensor([0]))[1].item() == pytest.approx(0.6)


@pytest.mark.model
def test_training_serving_and_measuring_see_the_same_vectors(encoder_folder: Path) -> None:
    model = LoraEncoder(encoder_folder, 4, 8, 1)
    with torch.inference_mode():
        trained = model.vectors(TEXTS, "passage")
    served = load_encoder(encoder_folder.name).encode(TEXTS, "passage")
    measured = TorchEncoder(encoder_folder).encode(TEXTS, "passage")
    for row, (a, b) in enumerate(zip(served, measured, strict=True)):
        assert float(a.mean @ b.mean) > 0.98
        assert a.pieces == b.pieces and np.array_equal(a.spans, b.spans)
        assert float(torch.tensor(b.mean) @ trained.mean[row]) > 0.995
        own = trained.tokens[row][trained.content[row] > 0].numpy()
        assert own.shape == b.tokens.shape and float((own * b.tokens).sum(1).mean()) > 0.99


@pytest.mark.model
def test_an_adapter_is_trained_resumed_and_merged(encoder_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "adapter.safetensors"
    held = [("query", "where is my card"), ("passage", "A card costs nothing.")]
    train(encoder_folder, CORPUS, out, Recipe(rounds=1, questions=8, warmup=1, rank=4, alpha=8), held)
    assert out.stat().st_size < 1_000_000 and not out.with_suffix(".checkpoint.pt").exists()
    before = TorchEncoder(encoder_folder).encode(TEXTS[:1], "query")[0]
    after = TorchEncoder(encoder_folder, out).encode(TEXTS[:1], "query")[0]
    assert 0.5 < float(before.mean @ after.mean) < 0.99999
