"""Texts of public sets: both kinds, seeded, and one clear line where a set is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.training.public import held_texts


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in ("banking77", "clinc150", "tau2-banking"):
        (tmp_path / name).mkdir()
    (tmp_path / "banking77" / "train.csv").write_text(
        "text,category\nwhere is my card,x\nlost it,y\n", encoding="utf-8"
    )
    lists = {"train": [["wake me", "alarm"]], "test": [["never used", "alarm"]]}
    (tmp_path / "clinc150" / "data_full.json").write_text(json.dumps(lists), encoding="utf-8")
    row = {"id": "d", "title": "Cards", "text": "A card costs nothing in the first year. " * 60}
    (tmp_path / "tau2-banking" / "docs.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return tmp_path


def test_queries_and_passages_of_the_training_parts_only(data: Path) -> None:
    texts = held_texts(data)
    assert {t for kind, t in texts if kind == "query"} == {"where is my card", "lost it", "wake me"}
    passages = [t for kind, t in texts if kind == "passage"]
    assert len(passages) == 2 and all(len(t) <= 900 for t in passages)
    assert texts == held_texts(data)
    assert len([1 for kind, _ in held_texts(data, count=1) if kind == "query"]) == 1


def test_a_missing_set_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="ZHANGGUI_DATA"):
        held_texts(tmp_path)
