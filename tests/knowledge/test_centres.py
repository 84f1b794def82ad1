"""Languages' centres: means where there is enough of a language, and an even race between two languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder

from bot.encoder import load_encoder, unit
from bot.knowledge.centres import SHARE, Centres, find_centres
from bot.knowledge.index import Index, build_index, load_index, save_index
from bot.knowledge.load import passage_units
from bot.knowledge.passages import Passage
from bot.knowledge.rank import rank
from bot.knowledge.search import Knowledge

from .helpers import build
from .test_rank import E, asked, tiny


def test_a_language_with_few_texts_has_no_centre() -> None:
    encoder = FakeEncoder()
    vectors = np.ones((12, encoder.dim), np.float32)
    tokens = np.full((24, encoder.dim), 127, np.int8)
    rows = [(np.arange(12), np.arange(24)), (np.arange(0), np.arange(0))]
    centres = find_centres([[f"题目{n}" for n in range(12)], ["one"]], encoder, vectors, tokens, rows)
    assert centres.known([0]) and not centres.known([0, 1])
    np.testing.assert_allclose(centres.unit[0], 1)
    np.testing.assert_allclose(centres.unit_token[0], 1, atol=1e-6)
    assert not centres.question[1].any()


def test_a_part_of_the_mean_is_taken_off_the_question() -> None:
    parts = np.zeros((4, 2, 4), np.float32)
    parts[0, 1] = parts[1, 1] = E[3]
    question = asked((E[0] + E[3]) / np.sqrt(2))
    mean, tokens = Centres(*parts).centred(question, 1)
    np.testing.assert_allclose(mean, unit(question.mean - SHARE * E[3]), atol=1e-6)
    np.testing.assert_allclose(tokens[0], mean, atol=1e-6)


def bilingual() -> Index:
    """Passage 0 in zh is what is asked, in zh's part of the space; passage 1 in en has little but the language."""
    index = tiny((0, "body", [(E[0] + 1.2 * E[3]) / np.sqrt(2.44)]), (1, "body", [(E[1] + 1.5 * E[2]) / np.sqrt(3.25)]))
    index.passages = [replace(index.passages[0], language="zh"), index.passages[1]]
    return index


def test_passages_of_two_languages_compete_evenly() -> None:
    index = bilingual()
    question = asked((E[0] + 1.5 * E[2]) / np.sqrt(3.25))
    dense = {u: float(index.vectors[u] @ question.mean) for u in (0, 1)}
    none = np.zeros(2, np.float32)
    assert rank(index, question, [0, 1], dense, none, "en")[0].passage == 1
    parts = np.zeros((4, 2, 4), np.float32)
    parts[:2] = parts[2:] = np.stack([2 * E[3], 2 * E[2]])
    index.centres = Centres(*parts)
    found = rank(index, question, [0, 1], dense, none, "en")
    assert [s.passage for s in found] == [0, 1]
    assert found[0].score > found[1].score and found[0].late < found[1].late  # the evidence itself stays as it was


def test_centres_are_kept_with_the_index(tmp_path: Path) -> None:
    index = build()
    save_index(index, tmp_path / "index", {})
    np.testing.assert_array_equal(load_index(tmp_path / "index").centres.stacked(), index.centres.stacked())


@pytest.mark.model
def test_the_answer_in_the_other_language_is_found_among_many_in_ones_own() -> None:
    from bot.models.installed import is_ready

    if not is_ready("multilingual-e5-small"):
        pytest.skip("multilingual-e5-small is not installed; run `zhanggui models pull multilingual-e5-small`")
    encoder = load_encoder("multilingual-e5-small")
    topics = "mugs lamps towels clocks plates chairs rugs vases kettles mirrors trays cushions".split()
    passages = [
        Passage(t, "en", "faq", f"Where are your {t} made?", f"Our {t} are made in Porto.", (f"Where are {t} made?",))
        for t in topics
    ]
    zh = "运费 退货 发票 保修 积分 礼品卡 门店 换货 优惠券 会员 配送 支付".split()
    passages += [
        Passage(f"zh-{t}", "zh", "faq", f"关于{t}的规定", f"{t}的规定请看这里。", (f"{t}怎么算？",)) for t in zh
    ]
    knowledge = Knowledge(build_index(passages, passage_units(passages), encoder), encoder)
    assert knowledge.search("How do I send something back?", "en")[0].passage.id in ("zh-退货", "zh-换货")
