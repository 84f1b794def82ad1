"""The encoder: unit vectors, one a token, in their places; the installed model against what it must be able to do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder

from bot.encoder import Encoder, OnnxEncoder, load_encoder, unit
from bot.errors import ModelMissing

NAME = "multilingual-e5-small"


def test_unit_scales_rows_and_leaves_zero_alone() -> None:
    rows = unit(np.asarray([[3.0, 4.0], [0.0, 0.0]], np.float32))
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0.0, 0.0]], atol=1e-6)
    np.testing.assert_allclose(unit(np.asarray([0.0, 5.0], np.float32)), [0.0, 1.0])


def test_a_folder_without_the_exported_model_names_the_command(tmp_path: Path) -> None:
    folder = tmp_path / "my-encoder"
    folder.mkdir()
    with pytest.raises(ModelMissing, match=r"model_int8\.onnx: missing; run `zhanggui models pull my-encoder`"):
        OnnxEncoder(folder)


class EncoderContract:
    """What the router and the knowledge base rely on; run against every encoder."""

    @pytest.fixture
    def encoder(self) -> Encoder:
        raise NotImplementedError

    TEXTS = ("How long does delivery take?", "运费多少钱？", "a", "", "  ", "iPhone 15 有货吗\n谢谢", "😀")

    def test_one_result_a_text_in_order(self, encoder: Encoder) -> None:
        together = encoder.encode(self.TEXTS, "query")
        assert len(together) == len(self.TEXTS)
        alone = [encoder.encode([t], "query")[0] for t in self.TEXTS]
        for a, b in zip(together, alone, strict=True):
            assert a.pieces == b.pieces
            assert float(a.mean @ b.mean) > 0.98  # int8 activations depend a little on what shares the batch

    def test_no_texts_give_nothing(self, encoder: Encoder) -> None:
        assert encoder.encode([], "passage") == []

    def test_shapes_and_lengths(self, encoder: Encoder) -> None:
        for encoded in encoder.encode(self.TEXTS, "passage"):
            count = len(encoded.pieces)
            assert count >= 1
            assert encoded.mean.shape == (encoder.dim,)
            assert encoded.tokens.shape == (count, encoder.dim)
            assert encoded.spans.shape == (count, 2)
            assert encoded.mean.dtype == encoded.tokens.dtype == np.float32
            np.testing.assert_allclose(np.linalg.norm(encoded.tokens, axis=1), 1, atol=1e-4)
            assert float(np.linalg.norm(encoded.mean)) == pytest.approx(1, abs=1e-4)

    def test_spans_are_places_in_the_text(self, encoder: Encoder) -> None:
        text = "Free returns within 30 days. 七天内可退货。"
        encoded = encoder.encode([text], "passage")[0]
        assert (encoded.spans[:, 0] <= encoded.spans[:, 1]).all()
        assert (np.diff(encoded.spans[:, 0]) >= 0).all()
        assert encoded.spans.min() >= 0 and encoded.spans.max() <= len(text)
        named = {text[a:b].strip() for a, b in encoded.spans}
        assert "30" in named
        covered = "".join(text[a:b] for a, b in encoded.spans)
        assert covered.replace(" ", "") == text.replace(" ", "")

    def test_the_same_text_has_the_same_vector(self, encoder: Encoder) -> None:
        a, b = encoder.encode(["gift wrapping"], "query")[0], encoder.encode(["gift wrapping"], "query")[0]
        np.testing.assert_array_equal(a.mean, b.mean)

    def test_a_long_text_is_cut_and_not_refused(self, encoder: Encoder) -> None:
        encoded = encoder.encode(["word " * 3000], "passage")[0]
        assert 10 < len(encoded.pieces) < 1000


class TestFakeEncoder(EncoderContract):
    @pytest.fixture
    def encoder(self) -> Encoder:
        return FakeEncoder()

    def test_shared_words_are_near(self) -> None:
        a, b, c = (e.mean for e in FakeEncoder().encode(["delivery time", "delivery fee", "gift card"], "query"))
        assert a @ b > a @ c


@pytest.mark.model
class TestInstalledEncoder(EncoderContract):
    @pytest.fixture
    def encoder(self) -> Encoder:
        from bot.models.installed import is_ready

        if not is_ready(NAME):
            pytest.skip(f"{NAME} is not installed; run `zhanggui models pull {NAME}`")
        return load_encoder(NAME)

    def test_meaning_crosses_words_and_languages(self, encoder: Encoder) -> None:
        question, *passages = (
            e.mean
            for e in (
                *encoder.encode(["多久能收到货？"], "query"),
                *encoder.encode(["Standard delivery takes 2-4 days.", "Gift cards never expire."], "passage"),
            )
        )
        assert question @ passages[0] > question @ passages[1]

    def test_the_fingerprint_names_the_model(self, encoder: Encoder) -> None:
        assert encoder.fingerprint.startswith(f"{NAME}-")
        assert encoder.dim == 384

    def test_prompts_are_no_tokens_of_the_text(self, encoder: Encoder) -> None:
        for kind in ("query", "passage"):
            pieces = encoder.encode(["returns"], kind)[0].pieces  # type: ignore[arg-type]
            assert "".join(pieces).replace("▁", "") == "returns"
