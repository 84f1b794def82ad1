"""A tiny encoder that needs no model: hashed words and characters as unit vectors, the same every time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from bot.encoder import Encoded, Kind, unit

_PIECE = re.compile(r"[A-Za-z]+|\d+|[㐀-䶿一-鿿]|[^\w\s]")


class FakeEncoder:
    """Texts that share words or Chinese characters are near each other; nothing else is known of meaning."""

    name = "fake"

    def __init__(self, dim: int = 96, limit: int = 200) -> None:
        self.dim = dim
        self.limit = limit  # pieces of a text; the rest is cut off, as the real encoder does
        self.fingerprint = f"fake-{dim}"
        self.calls = 0

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoded]:
        """As `bot.encoder.Encoder.encode`; both kinds are embedded alike."""
        assert kind in ("query", "passage")
        self.calls += 1
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Encoded:
        found = list(_PIECE.finditer(text))[: self.limit]
        pieces = tuple(m.group() for m in found) or ("</s>",)
        tokens = np.stack([_vector(piece.lower(), self.dim) for piece in pieces])
        spans = np.asarray([m.span() for m in found] or [(0, 0)], np.int32)
        return Encoded(unit(tokens.mean(0)), tokens, pieces, spans)


@lru_cache(maxsize=4096)
def _vector(piece: str, dim: int) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(piece.encode()).digest()[:8], "little")
    return unit(np.random.default_rng(seed).normal(size=dim).astype(np.float32))
