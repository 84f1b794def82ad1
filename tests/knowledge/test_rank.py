"""Late interaction: the arithmetic by hand, and an order that does not depend on how candidates come."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st

from bot.encoder import Encoded
from bot.knowledge.centres import Centres
from bot.knowledge.index import Index
from bot.knowledge.passages import Passage, Unit
from bot.knowledge.rank import Scored, rank, sentence_scores, token_matches

from .helpers import build

E = np.eye(4, dtype=np.float32)


def asked(*rows: np.ndarray) -> Encoded:
    tokens = np.stack(rows)
    mean = tokens.mean(0)
    return Encoded(mean / np.linalg.norm(mean), tokens, ("x",) * len(rows), np.zeros((len(rows), 2), np.int32))


def tiny(*units: tuple[int, str, list[np.ndarray]]) -> Index:
    """An index of units (passage, kind, token vectors)."""
    passages = [Passage(f"p{n}", "en", "faq", f"P{n}", "") for n in range(1 + max(p for p, _, _ in units))]
    tokens = [np.round(127 * np.stack(rows)).astype(np.int8) for _, _, rows in units]
    starts = np.cumsum([0, *map(len, tokens)])
    return Index(
        passages,
        [Unit(p, kind, "", "text") for p, kind, _ in units],  # type: ignore[arg-type]
        np.stack([np.stack(rows).mean(0) for _, _, rows in units]).astype(np.float32),
        np.concatenate(tokens),
        starts.astype(np.int64),
        np.zeros(starts[-1], np.int16),
        Centres(*np.zeros((4, 2, 4), np.float32)),
    )


def ranked(index: Index, question: Encoded, units: list[int]) -> list[Scored]:
    dense = {u: float(index.vectors[u] @ question.mean) for u in units}
    return rank(index, question, units, dense, np.zeros(len(index.passages), np.float32), "en")


def test_token_matches_are_the_best_cosines() -> None:
    index = tiny((0, "body", [E[0], E[1]]), (1, "body", [E[2]]), (1, "body", [E[0], E[3], E[2]]))
    question = asked(E[0], E[2])
    found = token_matches(index, question.tokens, [0, 1, 2])
    np.testing.assert_allclose(found, [[1, 0], [0, 1], [1, 1]], atol=1e-6)
    np.testing.assert_allclose(token_matches(index, question.tokens, [2, 0]), [[1, 1], [1, 0]], atol=1e-6)


def test_the_late_score_is_the_mean_over_question_tokens() -> None:
    index = tiny((0, "body", [E[0], E[1]]), (1, "body", [E[2]]))
    first, second = ranked(index, asked(E[0], E[1], E[2]), [0, 1])
    assert (first.passage, second.passage) == (0, 1)
    assert first.late == pytest.approx(2 / 3, abs=1e-6)
    assert second.late == pytest.approx(1 / 3, abs=1e-6)
    np.testing.assert_allclose(first.best, [1, 1, 0], atol=1e-6)


def test_the_winning_unit_is_the_best_text_not_a_question() -> None:
    index = tiny((0, "question", [E[0]]), (0, "body", [E[1]]), (0, "row", [E[0], E[1]]))
    (only,) = ranked(index, asked(E[0], E[1]), [0, 1, 2])
    assert only.unit == 2
    assert only.question == pytest.approx(0.5, abs=1e-6)
    assert only.late == pytest.approx(1, abs=1e-6)


def test_a_passage_of_questions_alone_still_ranks() -> None:
    index = tiny((0, "question", [E[0]]))
    (only,) = ranked(index, asked(E[0]), [0])
    assert (only.unit, only.passage) == (0, 0)


def test_lexical_evidence_breaks_a_tie() -> None:
    index = tiny((0, "body", [E[0]]), (1, "body", [E[0]]))
    question = asked(E[0])
    found = rank(index, question, [0, 1], {0: 1.0, 1: 1.0}, np.asarray([0.0, 1.0], np.float32), "en")
    assert [s.passage for s in found] == [1, 0]
    assert found[0].lexical == 1


def test_no_candidates_give_nothing() -> None:
    assert ranked(tiny((0, "body", [E[0]])), asked(E[0]), []) == []


@given(st.permutations(range(12)), st.sampled_from(["delivery days", "包装多少钱", "zone Tibet fee", "?"]))
def test_the_order_of_candidates_makes_no_difference(order: list[int], text: str) -> None:
    index = build()
    question = FakeEncoder().encode([text], "query")[0]
    assert len(index.units) == 12
    found = ranked(index, question, order)
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    expected = {s.passage: (s.unit, s.score) for s in ranked(index, question, list(range(12)))}
    for scored in found:
        assert scored.score == pytest.approx(expected[scored.passage][1], abs=1e-6)
    assert {s.passage for s in found} == set(expected)


def test_sentence_scores_prefer_the_sentence_that_answers() -> None:
    index = build()
    unit = next(n for n, u in enumerate(index.units) if u.kind == "body" and u.text.startswith("Delivery takes"))
    question = FakeEncoder().encode(["Express takes how long"], "query")[0]
    scores = sentence_scores(index, question, unit)
    assert len(scores) == 2
    assert scores[1] > scores[0]
