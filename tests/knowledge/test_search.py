"""Searching a small shop: languages, ids, sentences."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from fakes import FakeEncoder

from bot.knowledge.passages import Passage
from bot.knowledge.search import Hit, Knowledge, best_sentences

from .helpers import PASSAGES, build, knowledge


@pytest.fixture(scope="module")
def small() -> Knowledge:
    return knowledge()


def ids(hits: list[Hit]) -> list[str]:
    return [h.passage.id for h in hits]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("How long does delivery take?", "en", ("delivery", "en")),
        ("多久能送到？", "zh", ("delivery", "zh")),
        ("Gift wrapping costs?", "en", ("wrap", "en")),
        ("Tibet fee", "en", ("shipping#zones", "en")),
        ("会员积分怎么算", "zh", ("points", "zh")),
        ("Gift wrapping costs?", "zh", ("wrap", "en")),
        ("积分", "en", ("points", "zh")),
    ],
)
def test_the_best_passage(small: Knowledge, text: str, language: str, expected: tuple[str, str]) -> None:
    best = small.search(text, language)[0].passage
    assert (best.id, best.language) == expected


def test_best_first_and_an_id_once(small: Knowledge) -> None:
    hits = small.search("delivery and gift wrapping", "en", k=10)
    assert len(set(ids(hits))) == len(hits) == 4
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_two_passages_of_one_id_are_one_hit() -> None:
    same = [Passage("a", "en", "faq", "A", "gift one"), Passage("a", "en", "policy", "A", "gift two")]
    assert ids(knowledge(same).search("gift", "en")) == ["a"]


@pytest.mark.parametrize("k", [0, 1, 3])
def test_at_most_k(small: Knowledge, k: int) -> None:
    assert len(small.search("delivery", "en", k=k)) == k


def test_a_known_encoding_is_not_computed_again(small: Knowledge) -> None:
    encoder = FakeEncoder()
    known = Knowledge(small.index, encoder)
    question = FakeEncoder().encode(["delivery"], "query")[0]
    assert ids(known.search("delivery", "en", question=question)) == ids(small.search("delivery", "en"))
    assert encoder.calls == 0


def test_an_empty_shop_finds_nothing() -> None:
    assert knowledge([]).search("delivery", "en") == []


@pytest.mark.parametrize("text", ["", "?", "😀", "的", "a" * 5000])
def test_any_text_is_searched(small: Knowledge, text: str) -> None:
    assert len(small.search(text, "zh", k=3)) == 3


def test_threads_see_the_same(small: Knowledge) -> None:
    fresh = Knowledge(build(), FakeEncoder())
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ids(fresh.search("Gift wrapping", "en")), range(16)))
    assert all(f == found[0] for f in found)


def test_sentences_of_a_passage_are_its_own_text_and_rows_are_whole(small: Knowledge) -> None:
    hit = next(h for h in small.search("Tibet", "en") if h.passage.id == "shipping#zones")
    assert small.sentences(hit) == [
        "Delivery times by zone.", "Zone: Tibet; Time: 7-10 days. Ask first.; Fee: ¥18", "Zone: Beijing; Time: 1 day; Fee: free",
    ]  # fmt: skip


def test_supporting_sentences_are_scored_in_the_passages_order(small: Knowledge) -> None:
    question = FakeEncoder().encode(["Fee for Tibet"], "query")[0]
    hit = next(h for h in small.search("Tibet", "en") if h.passage.id == "shipping#zones")
    scored = small.supporting_sentences(hit, question)
    assert [s for _, s in scored] == small.sentences(hit)
    assert max(scored)[1].startswith("Zone: Tibet")


def test_what_the_encoder_cut_off_is_still_a_sentence() -> None:
    text = "Gifts are wrapped. Ribbon is free. Cards cost two."
    passages = [Passage("a", "en", "faq", "", text)]
    from bot.knowledge.index import build_index
    from bot.knowledge.load import passage_units

    encoder = FakeEncoder(limit=5)
    cut = Knowledge(build_index(passages, passage_units(passages), encoder), encoder)
    (hit,) = cut.search("ribbon", "en")
    scored = cut.supporting_sentences(hit, encoder.encode(["ribbon"], "query")[0])
    assert [s for _, s in scored] == ["Gifts are wrapped.", "Ribbon is free.", "Cards cost two."]
    assert scored[2][0] == 0


def test_best_sentences_keep_the_passages_order() -> None:
    found = [(0.1, "a"), (0.9, "b"), (0.5, "c")]
    assert best_sentences(found, 2) == ["b", "c"]
    assert best_sentences(found, 9) == ["a", "b", "c"]
    assert best_sentences([], 2) == []


@pytest.mark.model
class TestInstalledEncoder:
    """Meaning, which hashed words know nothing of."""

    @pytest.fixture
    def real(self) -> Knowledge:
        from bot.encoder import load_encoder
        from bot.knowledge.index import build_index
        from bot.knowledge.load import passage_units
        from bot.models.installed import is_ready

        name = "multilingual-e5-small"
        if not is_ready(name):
            pytest.skip(f"{name} is not installed; run `zhanggui models pull {name}`")
        encoder = load_encoder(name)
        return Knowledge(build_index(PASSAGES, passage_units(PASSAGES), encoder), encoder)

    @pytest.mark.parametrize(
        ("text", "language", "expected"),
        [
            ("how soon will my order get to me, and can it be faster", "en", "delivery"),
            ("几天能收到货", "zh", "delivery"),
            ("it is a present, can you pack it nicely?", "en", "wrap"),
            ("礼品包装多少钱", "zh", "wrap"),
            ("买东西能攒多少分", "zh", "points"),
            ("how many loyalty points do I earn", "en", "points"),
            ("寄到西藏要多久", "zh", "shipping#zones"),
        ],
    )
    def test_a_question_in_other_words_finds_its_passage(
        self, real: Knowledge, text: str, language: str, expected: str
    ) -> None:
        assert real.search(text, language)[0].passage.id == expected

    def test_the_sentence_that_answers_scores_best(self, real: Knowledge) -> None:
        question = real.encoder.encode(["How long does express take?"], "query")[0]
        hit = real.search("How long does express take?", "en", question=question)[0]
        assert max(real.supporting_sentences(hit, question))[1] == "Express takes 1 day."
