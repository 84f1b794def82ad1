from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.errors import Failure, ModelMissing
from bot.models import onnx_export
from bot.models.installed import path_of


def test_comparison_looks_at_real_tokens_only_and_at_the_worst_sentence() -> None:
    rng = np.random.default_rng(1)
    expected = rng.normal(size=(3, 5, 8)).astype(np.float32)
    mask = np.ones((3, 5), dtype=np.int64)
    mask[2, 3:] = 0
    found = expected.copy()
    found[2, 3:] = 99
    assert onnx_export.compare(found, expected, mask) == (pytest.approx(1), pytest.approx(1))
    found[1] = -expected[1]
    worst, tokens = onnx_export.compare(found, expected, mask)
    assert worst == pytest.approx(-1)
    assert tokens == pytest.approx((5 - 5 + 3) / 13)


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Everything heavy replaced: the quantised model is a file that says whether 7-bit weights were used."""
    tried: list[bool] = []

    def quantise(source: Path, target: Path, *, reduce_range: bool) -> None:
        tried.append(reduce_range)
        target.write_text(str(reduce_range))

    def tokens(folder: Path, languages: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        return np.ones((4, 2), dtype=np.int64), np.ones((4, 2), dtype=np.int64)

    monkeypatch.setattr(onnx_export, "_reference", lambda folder: None)
    monkeypatch.setattr(onnx_export, "_tokens", tokens)
    monkeypatch.setattr(onnx_export, "_torch_hidden", lambda *args: None)
    monkeypatch.setattr(onnx_export, "_to_onnx", lambda model, target: target.write_text("float"))
    monkeypatch.setattr(onnx_export, "_quantise", quantise)
    monkeypatch.setattr(onnx_export, "hidden", lambda model, *args: model.read_text())
    return tried


def test_seven_bit_weights_are_tried_where_eight_bits_saturate(
    tmp_path: Path, patched: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_export, "compare", lambda found, *args: (0.99, 0.98) if found == "True" else (0.9, 0.9))
    check = onnx_export.export(tmp_path)
    assert patched == [False, True]
    assert (check.reduce_range, check.mean_cosine, check.sentences) == (True, 0.99, 4)
    assert sorted(path.name for path in (tmp_path / "onnx").iterdir()) == ["check.json", "model_int8.onnx"]
    assert json.loads((tmp_path / "onnx" / "check.json").read_text())["token_cosine"] == 0.98


@pytest.mark.parametrize("figures", [(0.979, 0.99), (0.99, 0.969)])
def test_an_export_that_strays_is_a_failure_with_its_figures(
    tmp_path: Path, patched: list[bool], monkeypatch: pytest.MonkeyPatch, figures: tuple[float, float]
) -> None:
    monkeypatch.setattr(onnx_export, "compare", lambda *args: figures)
    with pytest.raises(Failure, match=f"worst sentence {figures[0]}.*tokens {figures[1]}"):
        onnx_export.export(tmp_path)
    assert list((tmp_path / "onnx").iterdir()) == []


def _installed() -> Path:
    try:
        return path_of("multilingual-e5-small")
    except ModelMissing as error:
        pytest.skip(str(error))


@pytest.mark.model
def test_the_installed_encoder_s_int8_model_matches_torch() -> None:
    folder = _installed()
    mean, tokens = onnx_export.measure(folder)
    assert mean >= onnx_export.MIN_MEAN
    assert tokens >= onnx_export.MIN_TOKENS
    noted = json.loads((folder / onnx_export.CHECK).read_text())
    assert mean == pytest.approx(noted["mean_cosine"], abs=2e-3)


@pytest.mark.model
@pytest.mark.parametrize(("batch", "tokens"), [(1, 2), (1, 37), (5, 9), (2, 512)])
def test_the_installed_int8_model_takes_any_batch_and_length(batch: int, tokens: int) -> None:
    ids = np.full((batch, tokens), 6, dtype=np.int64)
    out = onnx_export.hidden(_installed() / onnx_export.MODEL, ids, np.ones_like(ids))
    assert out.shape == (batch, tokens, 384)
    assert out.dtype == np.float32
    assert np.isfinite(out).all()
