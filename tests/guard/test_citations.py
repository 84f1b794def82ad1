"""Citations attached by code: marks behind what they support, quotes that are sentences of the source."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard.citations import Citer, Source, attach, support

DELIVERY = Source("delivery", "Delivery", None, ("Standard delivery takes 2-4 days.", "Express costs ¥18."))
WRAP = Source("wrap", "Gift wrapping", "https://x.example/wrap", ("Gift wrapping costs ¥12.", "Ribbon is included."))
ZH = Source("zh", "运费", None, ("标准配送需要2-4天。", "特快配送费用18元。"))
ZH_WRAP = Source("zh-wrap", "包装", None, ("礼品包装12元。", "含丝带。"))


def unmarked(text: str) -> str:
    return re.sub(r" \[\d+\]", "", text)


def test_support_is_the_share_of_words_and_numbers_that_the_candidate_carries() -> None:
    assert support("Delivery takes 2-4 days.", "Standard delivery takes 2-4 days.") == 1
    assert support("Delivery takes 3 days.", "Standard delivery takes 2-4 days.") < 0.7
    assert support("Cats are nice.", "Standard delivery takes 2-4 days.") == 0
    assert support("", "anything") == 0
    assert support("配送要2-4天", "标准配送需要2-4天。") > support("配送要2-4天", "礼品包装12元。")


@given(st.text(max_size=40), st.text(max_size=40))
def test_support_is_a_share(a: str, b: str) -> None:
    assert 0 <= support(a, b) <= 1
    assert support(a, a) in (0, 1)


def test_a_mark_stands_behind_the_last_sentence_of_a_run() -> None:
    reply = "Standard delivery takes 2-4 days. Express costs ¥18. Gift wrapping costs ¥12."
    text, citations = attach(reply, [WRAP, DELIVERY])
    assert text == "Standard delivery takes 2-4 days. Express costs ¥18. [1] Gift wrapping costs ¥12. [2]"
    assert [(c.n, c.id, c.url) for c in citations] == [(1, "delivery", None), (2, "wrap", WRAP.url)]
    assert citations[1].quote == "Gift wrapping costs ¥12."


def test_chinese_sentences_get_no_space_but_the_marks_own() -> None:
    text, citations = attach("标准配送需要2-4天。礼品包装12元。", [ZH, ZH_WRAP])
    assert text == "标准配送需要2-4天。 [1]礼品包装12元。 [2]"
    assert [c.quote for c in citations] == ["标准配送需要2-4天。", "礼品包装12元。"]


def test_a_sentence_without_support_is_not_marked() -> None:
    text, citations = attach("Gift wrapping costs ¥12. Have a wonderful evening! Express costs ¥18.", [DELIVERY, WRAP])
    assert text == "Gift wrapping costs ¥12. [1] Have a wonderful evening! Express costs ¥18. [2]"
    assert [c.id for c in citations] == ["wrap", "delivery"]


def test_a_source_keeps_its_number_when_it_comes_again() -> None:
    text, citations = attach("Ribbon is included. Express costs ¥18. Gift wrapping costs ¥12.", [DELIVERY, WRAP])
    assert text == "Ribbon is included. [1] Express costs ¥18. [2] Gift wrapping costs ¥12. [1]"
    assert len(citations) == 2


def test_a_reply_that_nothing_supports_cites_the_nearest() -> None:
    text, citations = attach("Sure thing!", [DELIVERY, WRAP])
    assert text == "Sure thing! [1]"
    assert len(citations) == 1


def test_without_sources_there_are_no_marks() -> None:
    assert attach("Hello there.", []) == ("Hello there.", [])


def test_white_space_at_the_end_stays_behind_the_mark() -> None:
    assert attach("Express costs ¥18.\n", [DELIVERY])[0] == "Express costs ¥18. [1]\n"


def test_the_contracts_object() -> None:
    (citation,) = attach("Ribbon is included.", [WRAP])[1]
    assert citation.as_dict() == {
        "n": 1, "id": "wrap", "title": "Gift wrapping", "url": "https://x.example/wrap", "quote": "Ribbon is included.",
    }  # fmt: skip


PIECES = st.lists(
    st.sampled_from(
        [
            " Standard delivery takes 2-4 days.", " Express costs ¥18.", " Gift wrapping costs ¥12.", " Ribbon is included.",
            " Nothing to see here.", "标准配送需要2-4天。", "特快配送费用18元。", "礼品包装12元。", "谢谢您！", "\nOK",
        ]
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


@given(PIECES, st.permutations([DELIVERY, WRAP, ZH, ZH_WRAP]), st.integers(0, 4))
def test_marks_and_citations_fit_together(pieces: list[str], order: list[Source], count: int) -> None:
    sources = order[:count]
    citer = Citer(sources)
    shown = "".join(citer.push(piece) for piece in pieces) + citer.finish()
    assert unmarked(shown) == "".join(pieces)
    marks = [int(n) for n in re.findall(r"\[(\d+)\]", shown)]
    citations = citer.citations
    assert [c.n for c in citations] == list(range(1, len(citations) + 1))
    assert list(dict.fromkeys(marks)) == [c.n for c in citations]
    known = {s.id: s for s in sources}
    assert len({c.id for c in citations}) == len(citations)
    for citation in citations:
        assert citation.quote in known[citation.id].sentences


@given(st.text("abc 12。.!？\n费天", max_size=60))
def test_the_reply_is_never_changed(reply: str) -> None:
    assert unmarked(attach(reply, [DELIVERY, ZH])[0]) == reply


def test_what_is_shown_never_changes_afterwards() -> None:
    citer = Citer([DELIVERY, WRAP])
    assert citer.push("Express costs ¥18.") == "Express costs ¥18."
    assert citer.push(" Gift wrapping costs ¥12.") == " [1] Gift wrapping costs ¥12."
    assert citer.finish() == " [2]"


@pytest.mark.parametrize("least", [0.0, 1.0])
def test_the_least_support_is_a_dial(least: float) -> None:
    text, _ = attach("Gift wrapping is nice. Express is fast.", [DELIVERY, WRAP], least=least)
    assert text.count("[") == (2 if least == 0 else 1)
