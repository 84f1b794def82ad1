from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Failure
from bot.models.e5_file import E5File, unpack_q4

from .helpers import PIECES, pack_e5, pack_q4, unpack_slowly


@given(st.binary(min_size=18, max_size=18 * 5).filter(lambda raw: len(raw) % 18 == 0))
def test_unpacking_agrees_with_the_format_one_weight_at_a_time(raw: bytes) -> None:
    for start in range(0, len(raw), 18):
        if not np.isfinite(struct.unpack_from("<e", raw, start)[0]):
            return
    np.testing.assert_array_equal(unpack_q4(np.frombuffer(raw, dtype=np.uint8)), unpack_slowly(raw))


@given(st.lists(st.floats(-4, 4, width=32), min_size=32, max_size=32))
def test_a_weight_comes_back_within_half_a_step(weights: list[float]) -> None:
    values = np.array(weights, dtype=np.float32)
    back = unpack_q4(np.frombuffer(pack_q4(values), dtype=np.uint8))
    step = np.abs(values).max() / 8
    # The far end of the range (8 steps the other way) does not fit in four bits and is cut to 7.
    assert np.all(np.abs(back - values) <= step * 1.01 + 1e-3)


@pytest.fixture(scope="module")
def packed() -> tuple[bytes, dict[str, np.ndarray]]:
    return pack_e5(np.random.default_rng(3))


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "e5.bin"
    path.write_bytes(data)
    return path


def test_sizes_words_and_tensors_are_read(tmp_path: Path, packed: tuple[bytes, dict[str, np.ndarray]]) -> None:
    file = E5File(_file(tmp_path, packed[0]))
    assert (file.sizes.hidden, file.sizes.layers, file.sizes.heads, file.sizes.ff) == (32, 1, 2, 64)
    assert file.sizes.eps == pytest.approx(1e-12)
    assert file.vocabulary.pieces == PIECES
    assert (file.vocabulary.bos, file.vocabulary.eos, file.vocabulary.pad, file.vocabulary.unk) == (
        0,
        2,
        1,
        3,
    )
    assert file.vocabulary.mapping == {0x1: (), 0x9: (0x20,), 0x200B: (0x20,), 0xFF0C: (0x2C,)}
    assert file.names == list(packed[1])
    for name, expected in packed[1].items():
        np.testing.assert_array_equal(file.tensor(name, expected.shape), expected)


def test_a_file_that_ends_early_is_named_wherever_it_ends(
    tmp_path: Path, packed: tuple[bytes, dict[str, np.ndarray]]
) -> None:
    data = packed[0]
    for length in {0, 3, 63, *range(64, len(data), 37), len(data) - 1}:
        path = _file(tmp_path, data[:length])
        with pytest.raises(Failure, match=r"e5\.bin"):
            E5File(path)


def test_damage_in_the_head_is_a_failure_and_no_other_error(
    tmp_path: Path, packed: tuple[bytes, dict[str, np.ndarray]]
) -> None:
    data, _ = packed
    head = data.index(b"emb.word")
    rng = np.random.default_rng(5)
    for _ in range(300):
        harmed = bytearray(data)
        harmed[int(rng.integers(head + 60))] = int(rng.integers(256))
        try:
            E5File(_file(tmp_path, bytes(harmed)))
        except Failure as error:
            assert "e5.bin" in str(error)


def test_a_missing_or_misshapen_tensor_is_named(tmp_path: Path, packed: tuple[bytes, dict[str, np.ndarray]]) -> None:
    file = E5File(_file(tmp_path, packed[0]))
    with pytest.raises(Failure, match=r"l9\.q\.w is missing"):
        file.tensor("l9.q.w", (32, 32))
    with pytest.raises(Failure, match=r"emb\.ln\.w has 32 elements, 64 expected"):
        file.tensor("emb.ln.w", (64,))
