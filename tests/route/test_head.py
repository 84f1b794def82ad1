"""The intent head on made-up vectors: it learns, tells outsiders, is the same every time, and survives the disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.encoder import unit
from bot.errors import BadInput, Failure
from bot.route.head import OUT_OF_SCOPE, IntentHead, fit_head

DIM = 16


def clouds(labels: list[str], each: int, seed: int = 0, spread: float = 0.25) -> tuple[np.ndarray, list[str]]:
    """Unit vectors around one direction a label."""
    rng = np.random.default_rng(seed)
    rows, names = [], []
    for place, label in enumerate(labels):
        rows.append(unit((np.eye(DIM)[place] + spread * rng.normal(size=(each, DIM))).astype(np.float32)))
        names += [label] * each
    return np.concatenate(rows), names


@pytest.fixture(scope="module")
def head() -> IntentHead:
    return fit_head(*clouds(["a", "b", "c", "d", "e"], 20))


def test_it_learns_what_it_is_shown(head: IntentHead) -> None:
    rows, labels = clouds(["a", "b", "c", "d", "e"], 20, seed=1)
    said = [head.predict(row).label for row in rows]
    assert np.mean([s == label for s, label in zip(said, labels, strict=True)]) > 0.95


def test_probabilities_are_probabilities(head: IntentHead) -> None:
    rows, _ = clouds(["a", "b", "c", "d", "e", "f"], 5, seed=2)
    chances = head.probabilities(rows)
    assert chances.shape == (30, 5)
    np.testing.assert_allclose(chances.sum(1), 1, atol=1e-5)
    inside = head.in_scope(rows)
    assert inside.shape == (30,)
    assert ((inside >= 0) & (inside <= 1)).all()


def test_a_prediction_is_ranked(head: IntentHead) -> None:
    prediction = head.predict(np.eye(DIM, dtype=np.float32)[1])
    assert prediction.label == "b" == prediction.ranked[0][0]
    assert prediction.confidence == prediction.ranked[0][1] > 0.5
    chances = [chance for _, chance in prediction.ranked]
    assert chances == sorted(chances, reverse=True)
    assert {name for name, _ in prediction.ranked} == {"a", "b", "c", "d", "e"}


def test_outsiders_score_lower(head: IntentHead) -> None:
    inside, _ = clouds(["a", "b", "c", "d", "e"], 10, seed=3)
    outside = unit(np.random.default_rng(4).normal(size=(50, DIM)).astype(np.float32))
    assert head.in_scope(inside).mean() > head.in_scope(outside).mean() + 0.2


def test_out_of_scope_examples_are_learned() -> None:
    rows, labels = clouds(["a", "b", "oos"], 20)
    head = fit_head(rows, labels)
    fresh, names = clouds(["a", "b", "oos"], 10, seed=5)
    inside = head.in_scope(fresh)
    outside = np.asarray([n in OUT_OF_SCOPE for n in names])
    assert inside[~outside].min() > inside[outside].max()


def test_fitting_is_the_same_every_time() -> None:
    rows, labels = clouds(["a", "b", "c", "d"], 8)
    one, two = fit_head(rows, labels), fit_head(rows, labels)
    np.testing.assert_array_equal(one.weights, two.weights)
    np.testing.assert_array_equal(one.scope, two.scope)
    assert one.temperature == two.temperature


@pytest.mark.parametrize(("count", "each"), [(2, 1), (2, 3), (4, 1), (4, 2), (6, 1)])
def test_few_examples_are_enough(count: int, each: int) -> None:
    rows, labels = clouds([f"label{n}" for n in range(count)], each, spread=0.05)
    head = fit_head(rows, labels)
    for row, label in zip(rows, labels, strict=True):
        prediction = head.predict(row)
        assert prediction.label == label
        assert 0 <= prediction.in_scope <= 1


def test_one_label_beside_out_of_scope() -> None:
    head = fit_head(*clouds(["a", "oos"], 6))
    assert (
        head.predict(np.eye(DIM, dtype=np.float32)[0]).in_scope
        > head.predict(np.eye(DIM, dtype=np.float32)[1]).in_scope
    )


@pytest.mark.parametrize("labels", [["a", "a"], ["oos", "NO_NODES_DETECTED"]])
def test_too_few_labels_are_refused(labels: list[str]) -> None:
    with pytest.raises(BadInput, match="intents: "):
        fit_head(np.eye(2, DIM, dtype=np.float32), labels)


def test_a_rare_label_among_many_is_found() -> None:
    rows, labels = clouds(["a"], 40)
    more, names = clouds(["a", "rare"], 3, seed=9)
    head = fit_head(np.concatenate([rows, more]), labels + names)
    assert head.predict(np.eye(DIM, dtype=np.float32)[1]).label == "rare"


def test_a_saved_head_says_the_same(head: IntentHead, tmp_path: Path) -> None:
    path = tmp_path / "new" / "intents.npz"
    head.save(path)
    loaded = IntentHead.load(path)
    rows, _ = clouds(["a", "b", "c", "d", "e"], 3, seed=6)
    assert loaded.labels == head.labels
    np.testing.assert_array_equal(loaded.probabilities(rows), head.probabilities(rows))
    np.testing.assert_array_equal(loaded.in_scope(rows), head.in_scope(rows))
    assert [p.name for p in path.parent.iterdir()] == ["intents.npz"]


def test_labels_in_any_script_survive_the_disk(tmp_path: Path) -> None:
    head = fit_head(*clouds(["退货", 'with "quotes"', "a\u2028b"], 4))
    head.save(tmp_path / "h.npz")
    assert IntentHead.load(tmp_path / "h.npz").labels == head.labels


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "rubbish", "other", "pickle"])
def test_a_broken_file_is_named_with_what_mends_it(head: IntentHead, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "h.npz"
    head.save(path)
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "other":
        np.savez(path, weights=np.zeros(3))
    elif damage == "pickle":
        np.savez(path, labels=np.asarray([object()], dtype=object), allow_pickle=True)
    else:
        path.write_bytes({"empty": b"", "cut": data[: len(data) // 2], "rubbish": b"\x00rubbish"}[damage])
    with pytest.raises(Failure, match=r"h\.npz: the intent head is broken .*run `zhanggui train intents`"):
        IntentHead.load(path)
