"""Fine-tuning on labelled messages: batches, and an encoder that tells the labels apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.training.intent_tune import TuneRecipe, _batches, tune

ROWS = [
    (f"{text} {n}", label)
    for label, texts in {
        "refund": ["give me my money back", "money returned please", "i want the refund"],
        "arrive": ["when does it get here", "is my parcel coming", "delivery today?"],
        "oos": ["who won the match", "sing me a song", "what is two plus two"],
    }.items()
    for text in texts
    for n in range(2)
]


def test_batches_hold_every_row_once_an_epoch() -> None:
    recipe = TuneRecipe(batch=5, epochs=3)
    batches = _batches(ROWS, recipe)
    rows = sorted(row for batch in batches for row in batch)
    assert rows == sorted(ROWS * 3)
    assert len(_batches(ROWS, TuneRecipe(batch=5, epochs=9, steps=8))) == 8


@pytest.mark.model
def test_messages_come_nearer_to_their_own_label(encoder_folder: Path) -> None:
    said: list[str] = []
    tuned = tune(encoder_folder, ROWS, TuneRecipe(batch=9, epochs=4), said.append)
    assert said[-1] == "fine-tuning: 8/8 steps"
    a, b, c = (e.mean for e in tuned.encode(["money back", "refund me", "is it coming today"], "query"))
    assert float(a @ b) > float(a @ c)
