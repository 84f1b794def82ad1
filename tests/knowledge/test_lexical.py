"""Which words of a question a passage contains, the rare ones weighing more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.lexical import Lexicon

TEXTS = ["Delivery takes 3 days", "Delivery to Tibet", "Gift wrapping", "配送需要三天"]


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon(TEXTS)


def test_rare_words_weigh_more(lexicon: Lexicon) -> None:
    assert lexicon.idf("unheard") > lexicon.idf("tibet") > lexicon.idf("deliv") > 0


def test_coverage_is_the_share_of_the_question_by_rarity(lexicon: Lexicon) -> None:
    scores = lexicon.coverage("delivery to Tibet")
    assert scores.shape == (4,)
    assert scores.dtype == np.float32
    assert scores[1] == pytest.approx(1)
    assert 0 < scores[0] < 0.5
    assert scores[2] == scores[3] == 0


def test_words_that_no_passage_has_count_too(lexicon: Lexicon) -> None:
    assert lexicon.coverage("Tibet drone")[1] == pytest.approx(
        lexicon.idf("tibet") / (lexicon.idf("tibet") + lexicon.idf("drone"))
    )
    assert lexicon.unknown("Tibet drone") == pytest.approx(1 - lexicon.coverage("Tibet drone")[1])


def test_a_question_of_stop_words_covers_nothing(lexicon: Lexicon) -> None:
    assert lexicon.coverage("what is it?").tolist() == [0, 0, 0, 0]
    assert lexicon.unknown("what is it?") == 0
    assert lexicon.unknown("") == 0


def test_missing_words_of_one_passage(lexicon: Lexicon) -> None:
    assert lexicon.missing("delivery to Tibet", 1) == []
    assert lexicon.missing("delivery to Tibet", 0) == ["tibet"]
    assert set(lexicon.missing("delivery drone", 2)) == {"deliv", "drone"}


def test_an_empty_lexicon_answers() -> None:
    empty = Lexicon([])
    assert empty.coverage("delivery").shape == (0,)
    assert empty.unknown("delivery") == 1


@given(st.lists(st.text("abc 配送费 ", max_size=20), max_size=6), st.text("abcd 配送费三 ", max_size=20))
def test_shares_are_shares(texts: list[str], question: str) -> None:
    lexicon = Lexicon(texts)
    scores = lexicon.coverage(question)
    assert scores.shape == (len(texts),)
    assert ((scores >= 0) & (scores <= 1 + 1e-6)).all()
    assert 0 <= lexicon.unknown(question) <= 1 + 1e-6
    for number, text in enumerate(texts):
        if text == question and scores[number]:
            assert scores[number] == pytest.approx(1)
