"""Reads the packed 4-bit e5 file (`e5-small-q4.bin`): sizes, words, tensors. Knows nothing of torch."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.errors import Failure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAGIC: Final = b"E5S1"
QK: Final = 32
"""Weights in one Q4_0 block."""
BLOCK_BYTES: Final = 18
"""One Q4_0 block: an f16 scale and 16 bytes of two weights each."""


@dataclass(frozen=True)
class Sizes:
    """The encoder's dimensions, as the file's head gives them."""

    hidden: int
    layers: int
    heads: int
    ff: int
    vocab: int
    positions: int
    types: int
    eps: float


@dataclass(frozen=True)
class Vocabulary:
    """A SentencePiece unigram vocabulary: pieces with log probabilities, and the ids of the special ones."""

    pieces: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int
    mapping: dict[int, tuple[int, ...]]
    """The normalisation, code point by code point; a code point that is missing stays as it is."""


@dataclass(frozen=True)
class Entry:
    """Where one tensor lies: `kind` 0 is f32, 1 is Q4_0; `offset` counts from the file's start."""

    kind: int
    elements: int
    offset: int
    bytes: int


class _Cursor:
    """Reads little-endian fields one after another and fails by name where the file ends early."""

    def __init__(self, data: memoryview, path: Path) -> None:
        self.data, self.path, self.at = data, path, 0

    def take(self, size: int) -> memoryview:
        if size < 0 or self.at + size > len(self.data):
            raise Failure(f"{self.path}: ends early at byte {self.at}; the file is damaged, fetch it again")
        self.at += size
        return self.data[self.at - size : self.at]

    def read(self, fields: str) -> tuple[Any, ...]:
        fmt = struct.Struct("<" + fields)
        return fmt.unpack(self.take(fmt.size))


class E5File:
    """One packed file, mapped into memory; tensors are unpacked when they are asked for.

    Raises Failure, naming the file, where the content is not what the format says.
    """

    def __init__(self, path: Path) -> None:
        import numpy as np

        self.path = path
        if not path.is_file() or path.stat().st_size < 64:
            raise Failure(f"{path}: not a packed e5 file (missing or too short)")
        self._raw: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
        cursor = _Cursor(self._raw.data, path)
        magic, version = cursor.read("4sI")
        if magic != MAGIC or version != 1:
            raise Failure(f"{path}: not a packed e5 file of version 1 (starts with {magic!r}, {version})")
        *dims, eps, block = cursor.read("7ifi")
        if block != QK or min(dims) <= 0 or dims[0] % QK or dims[3] % QK or dims[0] % dims[2]:
            raise Failure(f"{path}: sizes {dims} in blocks of {block} are not those of an e5 encoder")
        self.sizes = Sizes(*(*dims, eps))
        self.vocabulary = _vocabulary(cursor)
        self._directory = dict(_entries(cursor))

    @property
    def names(self) -> list[str]:
        """The tensors' names, in the file's order."""
        return list(self._directory)

    def tensor(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """The tensor `name` as float32 of `shape` (rows are outputs); a copy, free to change."""
        import numpy as np

        entry = self._directory.get(name)
        count = int(np.prod(shape))
        if entry is None or entry.elements != count:
            found = "is missing" if entry is None else f"has {entry.elements} elements"
            raise Failure(f"{self.path}: tensor {name} {found}, {count} expected")
        raw = self._raw[entry.offset : entry.offset + entry.bytes]
        if entry.kind == 0:
            return raw.view("<f4").reshape(shape).astype(np.float32)
        return unpack_q4(raw).reshape(shape)


def unpack_q4(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Bytes of Q4_0 blocks (llama.cpp's layout) -> float32 weights, 32 a block.

    Low nibbles are weights 0-15, high nibbles 16-31; each is (nibble - 8) * scale.
    """
    import numpy as np

    blocks = raw.reshape(-1, BLOCK_BYTES)
    scale = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    out = np.empty((len(blocks), QK), dtype=np.float32)
    out[:, : QK // 2] = (blocks[:, 2:] & 0x0F).astype(np.float32)
    out[:, QK // 2 :] = (blocks[:, 2:] >> 4).astype(np.float32)
    out -= 8.0
    out *= scale
    return out.reshape(-1)


def _utf8(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Failure(f"{path}: holds a name that is not UTF-8; the file is damaged, fetch it again") from error


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    import numpy as np

    count, bos, eos, pad, unk, blob_bytes = cursor.read("5iQ")
    if count <= 0 or not all(0 <= i < count for i in (bos, eos, pad, unk)):
        raise Failure(
            f"{cursor.path}: the vocabulary's special ids {bos, eos, pad, unk} are outside its {count} pieces"
        )
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), dtype="<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), dtype="<f4").astype(float).tolist()
    blob = bytes(cursor.take(blob_bytes))
    pieces = [_utf8(blob[a:b], cursor.path) for a, b in pairwise(offsets)]
    entries, _ = cursor.read("iI")
    mapping: dict[int, tuple[int, ...]] = {}
    for _ in range(entries):
        code, length = cursor.read("IB")
        mapping[code] = cursor.read(f"{length}I")
    return Vocabulary(pieces, scores, bos, eos, pad, unk, mapping)


def _entries(cursor: _Cursor) -> Iterator[tuple[str, Entry]]:
    (count,) = cursor.read("i")
    for _ in range(count):
        (length,) = cursor.read("H")
        name = _utf8(bytes(cursor.take(length)), cursor.path)
        entry = Entry(*cursor.read("BIQQ"))
        expected = {0: entry.elements * 4, 1: entry.elements // QK * BLOCK_BYTES}.get(entry.kind)
        if expected != entry.bytes or entry.offset + entry.bytes > len(cursor.data):
            raise Failure(f"{cursor.path}: tensor {name} does not fit the file; it is damaged, fetch it again")
        yield name, entry
