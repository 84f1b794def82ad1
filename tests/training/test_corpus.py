"""The corpus on disk: readable, split by shop, and convertible to shop folders that the checker accepts."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.evaluation.suite import load_suite
from bot.shop.folder import check_shop
from bot.training.as_shop import write_shop
from bot.training.corpus import read_corpus

CORPUS = Path(__file__).resolve().parents[2] / "eval" / "corpus"


@pytest.fixture(scope="module")
def corpus():
    return read_corpus(CORPUS / "shops")


def test_split_names_each_shop_once(corpus):
    parts = json.loads((CORPUS / "split.json").read_text(encoding="utf-8"))
    named = [s for part in ("train", "choice", "test") for s in parts[part]]
    assert len(named) == len(set(named))
    assert set(named) == set(corpus.shops)
    assert [len(parts[p]) for p in ("train", "choice", "test")] == [22, 4, 6]


def test_the_learning_curve_adds_shops_of_the_training_part(corpus):
    parts = json.loads((CORPUS / "split.json").read_text(encoding="utf-8"))
    steps = [set(part) for part in parts["curve"]] + [set(parts["train"])]
    assert [len(s) for s in steps] == [4, 8, 12, 22]
    assert all(less < more for less, more in itertools.pairwise(steps))


def test_every_entry_exists_in_both_languages(corpus):
    by_language = {lang: {(e.shop, e.id) for e in corpus.entries if e.language == lang} for lang in ("zh", "en")}
    assert by_language["zh"] == by_language["en"]


def test_a_corpus_shop_becomes_a_shop_folder(corpus, tmp_path):
    folder = tmp_path / "sports"
    write_shop(corpus.of(["sports"]), "sports", folder)
    assert not [p for p in check_shop(folder) if p.severity == "error"]
    suite = load_suite(folder / "sports.zh.jsonl")
    assert {t for d in suite.dialogues for t in d.tags} >= {"answerable", "unanswerable", "near_miss", "follow_up"}
    with pytest.raises(BadInput, match="not empty"):
        write_shop(corpus.of(["sports"]), "sports", folder)


def test_missing_corpus_is_one_clear_line(tmp_path):
    with pytest.raises(BadInput, match="entries.jsonl"):
        read_corpus(tmp_path)
