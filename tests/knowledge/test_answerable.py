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
from bot.knowledge.answerable import BACKGROUND, FEATURES, Model, asked_before, features, shipped_model
from bot.knowledge.passages import Passage
from bot.knowledge.rank import Scored
from bot.knowledge.search import Hit

from .helpers import PASSAGES, knowledge

ROWS = arrays(np.float32, len(FEATURES), elements=st.floats(-1e4, 1e4, width=32))


def row_of(text: str, language: str, passages: object = None) -> np.ndarray:
    small = knowledge(passages)  # type: ignore[arg-type]
    question = FakeEncoder().encode([text], "query")[0]
    hits = small.search(text, language, k=BACKGROUND, question=question)
    return features(hits)


def value(row: np.ndarray, name: str) -> float:
    return float(row[FEATURES.index(name)])


@pytest.mark.parametrize("text", ["How long does delivery take?", "会员积分怎么算？", "?", "的", "12345", "a" * 3000])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_features_are_finite(text: str, language: str) -> None:
    row = row_of(text, language)
    assert row.shape == (len(FEATURES),)
    assert row.dtype == np.float32
    assert np.isfinite(row).all()


def test_one_passage_is_enough() -> None:
    assert np.isfinite(row_of("delivery", "en", [PASSAGES[0]])).all()


def test_the_question_s_words_are_looked_for() -> None:
    assert value(row_of("delivery by drone", "en"), "lexical") < value(row_of("delivery", "en"), "lexical") == 1


def test_a_clear_winner_leads_and_stands_out() -> None:
    near, far = row_of(PASSAGES[0].title, PASSAGES[0].language), row_of("zzz qqq", PASSAGES[0].language)
    assert value(near, "margin") > value(far, "margin")
    assert value(near, "late") > value(far, "late")


@given(ROWS)
def test_probabilities_are_probabilities(row: np.ndarray) -> None:
    confidence = shipped_model().confidence(row)
    assert 0 <= confidence.top <= confidence.any <= 1


def test_a_model_by_hand() -> None:
    zeros = np.zeros(len(FEATURES), np.float32)
    weights = np.zeros(len(FEATURES) + 1, np.float32)
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
    assert len(model.top) == len(model.any) == len(FEATURES) + 1


def found(score: float, question: float, lexical: float) -> Hit:
    best = np.ones(3, np.float32)
    return Hit(Passage("a", "en", "faq", "A?", "A."), Scored(0, 0, score, 0.8, 0.8, question, lexical, best))


@pytest.mark.parametrize(
    ("lead", "question", "lexical", "expected"),
    [(0.2, 0.9, 1.0, True), (0.02, 0.9, 1.0, False), (0.2, 0.3, 1.0, False), (0.2, 0.9, 0.7, False)],
)
def test_asked_before_needs_words_likeness_and_lead(
    lead: float, question: float, lexical: float, expected: bool
) -> None:
    hits = [found(1.0, question, lexical), found(1.0 - lead, 0.0, 0.0)]
    assert asked_before(hits) is expected
    assert asked_before(hits[:1]) is (question >= 0.6 and lexical == 1.0)
