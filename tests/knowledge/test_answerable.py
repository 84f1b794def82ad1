"""The answerability model: features that are numbers, and probabilities that stay probabilities."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bot.errors import Failure
from bot.knowledge import answerable
from bot.knowledge.answerable import BACKGROUND, FEATURES, Model, expand, features, shipped_model

from .helpers import PASSAGES, knowledge

ROWS = arrays(np.float32, len(FEATURES), elements=st.floats(-1e4, 1e4, width=32))


def row_of(text: str, language: str, passages: object = None) -> np.ndarray:
    small = knowledge(passages)  # type: ignore[arg-type]
    question = FakeEncoder().encode([text], "query")[0]
    hits = small.search(text, language, k=BACKGROUND, question=question)
    return features(text, question, hits, small.lexicon, language)


def value(row: np.ndarray, name: str) -> float:
    return float(row[FEATURES.index(name)])


@pytest.mark.parametrize("text", ["How long does delivery take?", "会员积分怎么算？", "?", "的", "12345", "a" * 3000])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_features_are_finite(text: str, language: str) -> None:
    row = row_of(text, language)
    assert row.shape == (len(FEATURES),)
    assert row.dtype == np.float32
    assert np.isfinite(row).all()
    assert value(row, "chinese") == (language == "zh")


def test_one_passage_is_enough() -> None:
    assert np.isfinite(row_of("delivery", "en", [PASSAGES[0]])).all()


def test_figures_that_the_passage_lacks_are_counted() -> None:
    assert value(row_of("Does delivery take 4 days?", "en"), "figures") == 0
    assert value(row_of("Does delivery take 9 days?", "en"), "figures") == 1


def test_unknown_words_are_seen() -> None:
    assert value(row_of("delivery by drone", "en"), "unknown") > value(row_of("delivery", "en"), "unknown") == 0


@given(ROWS)
def test_probabilities_are_probabilities(row: np.ndarray) -> None:
    confidence = shipped_model().confidence(row)
    assert 0 <= confidence.top <= confidence.any <= 1


def test_the_products_with_the_language_change_sign() -> None:
    row = np.arange(1, len(FEATURES) + 1, dtype=np.float32)
    for sign in (-1, 1):
        row[FEATURES.index("chinese")] = sign
        wide = expand(row)
        assert wide.shape == (3 * len(FEATURES),)
        np.testing.assert_allclose(wide[-len(FEATURES) :], row * sign)
    assert expand(np.stack([row, row])).shape == (2, 3 * len(FEATURES))


def test_a_model_by_hand() -> None:
    zeros = np.zeros(len(FEATURES), np.float32)
    weights = np.zeros(3 * len(FEATURES) + 1, np.float32)
    model = Model(zeros, zeros + 1, weights, weights - np.eye(len(weights), dtype=np.float32)[-1])
    confidence = model.confidence(zeros)
    assert confidence.top == pytest.approx(0.5)
    assert confidence.any == pytest.approx(0.5)  # never below the best passage's own


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "null", json.dumps({"features": ["late"]}), json.dumps({"features": FEATURES})],
)
def test_a_broken_model_names_file_and_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    path = tmp_path / "answerable.json"
    path.write_text(content)
    monkeypatch.setattr(answerable, "_WEIGHTS", path)
    shipped_model.cache_clear()
    try:
        with pytest.raises(Failure, match=r"answerable\.json: .*run `make train-answerable`"):
            shipped_model()
    finally:
        shipped_model.cache_clear()


def test_the_shipped_model_fits_the_features() -> None:
    model = shipped_model()
    assert len(model.mean) == len(model.scale) == len(FEATURES)
    assert (model.scale > 0).all()
    assert len(model.top) == len(model.any) == 3 * len(FEATURES) + 1
