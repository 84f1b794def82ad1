"""Estimates with 95 % intervals: shares, means, percentiles. Knows nothing of what is measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""
RESAMPLES = 1000
SEED = 20240229


@dataclass(frozen=True)
class Estimate:
    """A figure, its 95 % interval, and how many cases it rests on; the figures are None without a case."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0

    def as_dict(self) -> dict[str, Any]:
        """`{"value", "low", "high", "n"}`, rounded to six decimals."""
        figures = {"value": self.value, "low": self.low, "high": self.high}
        return {**{k: None if v is None else round(v, 6) for k, v in figures.items()}, "n": self.n}

    def complement(self) -> Estimate:
        """The estimate of one minus the figure."""
        if self.value is None or self.low is None or self.high is None:
            return self
        return Estimate(1 - self.value, 1 - self.high, 1 - self.low, self.n)


def wilson(hits: int, n: int, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval of hits / n (E. B. Wilson, JASA 22, 1927): with p the share,

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). It lies within [0, 1] and holds p. `n` must be above 0; `z` is 1.96
    for 95 %.
    """
    p = hits / n
    centre = p + z * z / (2 * n)
    margin = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # Rounding must not push the share itself out of its interval at 0 and n hits.
    return max(0.0, min(p, (centre - margin) / scale)), min(1.0, max(p, (centre + margin) / scale))


def share(cases: Sequence[bool]) -> Estimate:
    """The share of true cases, with Wilson's interval."""
    hits, n = sum(cases), len(cases)
    return Estimate(hits / n, *wilson(hits, n), n) if n else Estimate()


def mean(values: Sequence[float]) -> Estimate:
    """The mean, with a bootstrap interval."""

    def means(samples: NDArray[np.float64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = samples.mean(axis=1)
        return found

    return _bootstrapped(values, means)


def percentile(values: Sequence[float], q: float) -> Estimate:
    """The q-th percentile (0..100, linear between neighbours), with a bootstrap interval.

    Far percentiles of few values say little: below a hundred values, p99 is the largest or near it.
    """

    def percentiles(samples: NDArray[np.float64]) -> NDArray[np.float64]:
        import numpy

        found: NDArray[np.float64] = numpy.percentile(samples, q, axis=1)
        return found

    return _bootstrapped(values, percentiles)


def resampled(n: int) -> NDArray[np.int64]:
    """(RESAMPLES, n) indices drawn with replacement from range(n), the same for the same n."""
    import numpy

    return numpy.random.default_rng(SEED).integers(0, n, (RESAMPLES, n))


def interval(statistics: NDArray[np.float64]) -> tuple[float, float]:
    """The percentile interval of bootstrap statistics (B. Efron, Ann. Statist. 7, 1979)."""
    import numpy

    low, high = numpy.percentile(statistics, [2.5, 97.5])
    return float(low), float(high)


def _bootstrapped(values: Sequence[float], statistic: Callable[[Any], NDArray[np.float64]]) -> Estimate:
    if not len(values):
        return Estimate()
    import numpy

    data = numpy.asarray(values, dtype=numpy.float64)
    value = float(statistic(data[None, :])[0])
    return Estimate(value, *interval(statistic(data[resampled(len(data))])), len(data))
