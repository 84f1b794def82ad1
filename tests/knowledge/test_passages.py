"""Units: what is embedded, and their sentences."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.passages import Unit


def test_the_heading_is_embedded_before_the_text() -> None:
    assert Unit(0, "body", "Returns", "Free.").embedded == "Returns\nFree."
    assert Unit(0, "question", "", "Free?").embedded == "Free?"


@given(st.text("ab。. \n！", max_size=30))
def test_a_row_is_one_sentence_and_a_body_may_have_more(text: str) -> None:
    assert Unit(0, "row", "", text).sentences == [text]
    body = Unit(0, "body", "", text)
    assert body.sentences == [text[a:b] for a, b in body.spans]
    assert "".join(body.sentences).split() == "".join(s.strip() for s in body.sentences).split()
