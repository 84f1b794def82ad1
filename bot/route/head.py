"""The intent head: logistic regression on the encoder's sentence vectors, calibrated, with an out-of-scope score.

Knows nothing of commands, shops or files' formats other than its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from bot.encoder import unit
from bot.errors import BadInput, Failure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

OUT_OF_SCOPE = ("oos", "NO_NODES_DETECTED")
_STRENGTHS = (3.0, 10.0, 30.0, 100.0, 300.0)
_NEIGHBOURS = 5


@dataclass(frozen=True)
class Prediction:
    """Labels by probability, and how likely the message belongs to any label at all (0..1)."""

    ranked: tuple[tuple[str, float], ...]
    in_scope: float

    @property
    def label(self) -> str:
        """The most probable label."""
        return self.ranked[0][0]

    @property
    def confidence(self) -> float:
        """Its calibrated probability."""
        return self.ranked[0][1]


@dataclass
class IntentHead:
    """`weights` (labels, d) and `bias` (labels,) over centred unit vectors; `examples` (n, d) for the distance to what is known."""

    labels: list[str]
    weights: Floats
    bias: Floats
    centre: Floats
    temperature: float
    examples: Floats
    scope: Floats  # (4,): weights of log top, log in-scope mass, neighbour similarity, and intercept

    def _centred(self, vectors: Floats) -> Floats:
        return unit(np.atleast_2d(vectors) - self.centre)

    def probabilities(self, vectors: Floats) -> Floats:
        """(n, labels) calibrated probabilities for (n, d) sentence vectors."""
        logits = (self._centred(vectors) @ self.weights.T + self.bias) / self.temperature
        return _softmax(logits)

    def in_scope(self, vectors: Floats) -> Floats:
        """(n,) probability that a message belongs to a known label, out-of-scope labels apart."""
        chances = self.probabilities(vectors)
        inside = [n for n, label in enumerate(self.labels) if label not in OUT_OF_SCOPE]
        return _scope_score(chances[:, inside], self._similarity(vectors), self.scope)

    def _similarity(self, vectors: Floats) -> Floats:
        return _nearest(self._centred(vectors) @ self.examples.T)

    def predict(self, vector: Floats) -> Prediction:
        """The prediction for one sentence vector (d,)."""
        chances = self.probabilities(vector)[0]
        order = np.argsort(-chances)
        ranked = tuple((self.labels[i], float(chances[i])) for i in order)
        return Prediction(ranked, float(self.in_scope(vector)[0]))

    def save(self, path: Path) -> None:
        """Write to an .npz without pickles, all or nothing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.tmp.npz")
        arrays: dict[str, Any] = {n: getattr(self, n) for n in ("weights", "bias", "centre", "examples", "scope")}
        np.savez(fresh, labels=np.array(json.dumps(self.labels)), temperature=np.array(self.temperature), **arrays)
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path) -> IntentHead:
        """Read what `save` wrote. Raises Failure when the file is broken."""
        try:
            # A file opened here is closed here; `np.load` leaves a broken archive open.
            with path.open("rb") as handle, np.load(handle, allow_pickle=False) as data:
                parts = {n: data[n] for n in ("weights", "bias", "centre", "examples", "scope")}
                return cls(labels=json.loads(str(data["labels"])), temperature=float(data["temperature"]), **parts)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise Failure(f"{path}: the intent head is broken ({error}); run `zhanggui train intents`") from error


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(1, keepdims=True))
    result: Floats = (shifted / shifted.sum(1, keepdims=True)).astype(np.float32)
    return result


def _scope_features(inside: Floats, similarity: Floats) -> Floats:
    top = inside.max(1)
    total = inside.sum(1)  # below 1 where out-of-scope examples were learned
    return np.stack([np.log(top + 1e-4), np.log(total + 1e-4), similarity], axis=1).astype(np.float32)


def _scope_score(inside: Floats, similarity: Floats, scope: Floats) -> Floats:
    raw = _scope_features(inside, similarity) @ scope[:-1] + scope[-1]
    result: Floats = (1 / (1 + np.exp(-raw))).astype(np.float32)
    return result


def fit_head(vectors: Floats, labels: Sequence[str], *, seed: int = 0) -> IntentHead:
    """Fit on (n, d) sentence vectors: strength by cross-validation, temperature and scope model on held-out predictions.

    Raises BadInput with fewer than two labels.
    """
    names = sorted(set(labels))
    if len(names) < 2:
        raise BadInput("intents: at least two different labels are needed to train a classifier")
    if all(name in OUT_OF_SCOPE for name in names):
        raise BadInput("intents: all examples are out of scope; add examples of what the shop answers")
    target = np.asarray([names.index(label) for label in labels])
    centre = vectors.mean(0)
    rows = unit(vectors - centre)
    folds = _folds(target, seed)
    strength, held_out = _choose_strength(rows, target, len(names), folds)
    model = _regression(rows, target, strength)
    temperature = _temperature(held_out, target)
    weights, bias = _full(model, len(names))
    scope = _fit_scope(rows, target, names, held_out / temperature, folds, strength, temperature)
    return IntentHead(names, weights, bias, centre, temperature, rows.astype(np.float32), scope)


def _regression(rows: Floats, target: NDArray[np.int64], strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=1000, tol=1e-5, class_weight="balanced").fit(rows, target)


def _full(model: Any, count: int) -> tuple[Floats, Floats]:
    """Weights for every label, also those a fold did not contain; two labels give one row, which is mirrored."""
    weights = np.zeros((count, model.coef_.shape[1]), np.float32)
    bias = np.full(count, -1e3, np.float32)
    if len(model.classes_) == 2:
        weights[model.classes_] = np.concatenate([-model.coef_ / 2, model.coef_ / 2])
        bias[model.classes_] = np.concatenate([-model.intercept_ / 2, model.intercept_ / 2])
    else:
        weights[model.classes_] = model.coef_
        bias[model.classes_] = model.intercept_
    return weights, bias


def _folds(target: NDArray[np.int64], seed: int, count: int = 4) -> NDArray[np.int64]:
    """A fold number for each row, each label spread evenly."""
    rng = np.random.default_rng(seed)
    folds = np.zeros(len(target), np.int64)
    for label in np.unique(target):
        own = rng.permutation(np.flatnonzero(target == label))
        folds[own] = (np.arange(len(own)) + rng.integers(count)) % count
    return folds


def _held_out(rows: Floats, target: NDArray[np.int64], count: int, folds: NDArray[np.int64], strength: float) -> Floats:
    logits = np.zeros((len(rows), count), np.float32)
    for fold in np.unique(folds):
        train, test = folds != fold, folds == fold
        if len(np.unique(target[train])) < 2:
            continue
        weights, bias = _full(_regression(rows[train], target[train], strength), count)
        logits[test] = rows[test] @ weights.T + bias
    return logits


def _choose_strength(
    rows: Floats, target: NDArray[np.int64], count: int, folds: NDArray[np.int64]
) -> tuple[float, Floats]:
    """The regularisation with the best held-out accuracy, and its held-out logits; large sets try fewer, to stay within minutes."""
    few = len(rows) <= 1500
    strengths, parts = (_STRENGTHS, folds) if few else (_STRENGTHS[2:4], folds % 2)
    tried = {s: _held_out(rows, target, count, parts, s) for s in strengths}
    best = max(tried, key=lambda s: float((tried[s].argmax(1) == target).mean()))
    return best, tried[best]


def _temperature(logits: Floats, target: NDArray[np.int64]) -> float:
    """The softmax temperature with the least held-out log loss (Guo et al. 2017, arXiv:1706.04599)."""
    grid = np.geomspace(0.2, 5.0, 40)
    rows = np.arange(len(target))
    losses = [-float(np.log(_softmax(logits / t)[rows, target] + 1e-9).mean()) for t in grid]
    return float(grid[int(np.argmin(losses))])


def _fit_scope(
    rows: Floats,
    target: NDArray[np.int64],
    names: list[str],
    logits: Floats,
    folds: NDArray[np.int64],
    strength: float,
    temperature: float,
) -> Floats:
    """Learn in-scope against out-of-scope from what is at hand.

    Outsiders are the examples labelled out of scope, and whole labels left out of training in turn: what a message of
    an unknown kind looks like to a head that never saw the kind.
    """
    from sklearn.linear_model import LogisticRegression

    inside = np.asarray([n for n, name in enumerate(names) if name not in OUT_OF_SCOPE])
    outside_label = ~np.isin(target, inside)
    features = [_scope_features(_softmax(logits)[:, inside], _fold_similarity(rows, folds))]
    known = [~outside_label]
    rng = np.random.default_rng(0)
    groups = np.array_split(rng.permutation(inside), min(5, len(inside)))
    for group in groups if len(inside) >= 4 else []:
        left_out = np.isin(target, group)
        weights, bias = _full(_regression(rows[~left_out], target[~left_out], strength), len(names))
        chances = _softmax((rows[left_out] @ weights.T + bias) / temperature)
        features.append(_scope_features(chances[:, inside], _nearest(rows[left_out] @ rows[~left_out].T)))
        known.append(np.zeros(int(left_out.sum()), bool))
    y = np.concatenate(known)
    if y.all() or not y.any():
        return np.asarray([1.0, 1.0, 0.0, 3.0], np.float32)
    model = LogisticRegression(class_weight="balanced").fit(np.concatenate(features), y)
    return np.concatenate([model.coef_[0], model.intercept_]).astype(np.float32)


def _fold_similarity(rows: Floats, folds: NDArray[np.int64]) -> Floats:
    """Each row's mean cosine to its nearest rows of other folds."""
    out = np.zeros(len(rows), np.float32)
    for fold in np.unique(folds):
        mine, others = folds == fold, folds != fold
        if others.any():
            out[mine] = _nearest(rows[mine] @ rows[others].T)
    return out


def _nearest(cosines: Floats) -> Floats:
    """(n,): the mean of the highest few of each row's cosines (n, at least 1)."""
    count = min(_NEIGHBOURS, cosines.shape[1])
    nearest: Floats = np.partition(cosines, -count, axis=1)[:, -count:].mean(1)
    return nearest
