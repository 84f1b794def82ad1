"""Turns texts into vectors: one unit vector a text, and one a token for late interaction. Knows nothing of shops.

The serving encoder runs the exported ONNX int8 model with onnxruntime; its weights are the ones of the
sentence-transformers folder that training and checks use (see docs/models.md).
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from bot.errors import ModelMissing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Kind = Literal["query", "passage"]


@dataclass(frozen=True)
class Encoded:
    """One text: `mean` is (d,) and unit length; `tokens` is (t, d), unit rows, content tokens only; `pieces` are their
    strings and `spans` (t, 2) their places in the text, in characters."""

    mean: Floats
    tokens: Floats
    pieces: tuple[str, ...]
    spans: NDArray[np.int32]


class Encoder(Protocol):
    """What the router and the knowledge base need of an encoder."""

    name: str
    dim: int
    fingerprint: str  # changes with the weights: what was embedded by other weights is stale

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoded]:
        """One `Encoded` a text, in order. Texts are cut at the model's limit."""
        ...


class BatchEncoder(ABC):
    """What every e5-style encoder does around its network: prompts, batches of like length, means and content tokens."""

    name: str
    dim: int
    fingerprint: str

    def __init__(self, tokenizer: Path, *, batch: int, max_length: int) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(max_length)
        self._tokenizer.no_padding()
        self._batch = batch

    @abstractmethod
    def _hidden(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Floats:
        """The network's last hidden states (n, t, d)."""

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoded]:
        """One `Encoded` a text, in order. Texts are cut at the model's limit."""
        encodings = self._tokenizer.encode_batch([f"{kind}: {t}" for t in texts])
        # Texts of like length share a batch, so that little is padded.
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        out: dict[int, Encoded] = {}
        for start in range(0, len(order), self._batch):
            part = order[start : start + self._batch]
            out.update(zip(part, self._run([encodings[i] for i in part], len(kind) + 2), strict=True))
        return [out[i] for i in range(len(texts))]

    def _run(self, encodings: list[Any], prompt: int) -> list[Encoded]:
        """`prompt` is the length in characters of what stands before each text."""
        width = max(len(e.ids) for e in encodings)
        ids = np.ones((len(encodings), width), dtype=np.int64)  # 1 is XLM-R's padding id
        mask = np.zeros_like(ids)
        for row, e in enumerate(encodings):
            ids[row, : len(e.ids)] = e.ids
            mask[row, : len(e.ids)] = 1
        hidden = self._hidden(ids, mask)
        result = []
        for row, e in enumerate(encodings):
            real = hidden[row, : len(e.ids)].astype(np.float32)
            ends = np.asarray(e.offsets, np.int32).reshape(-1, 2)
            inner = np.flatnonzero(ends[:, 1] > prompt)  # drops <s>, </s> and the prompt's tokens
            inner = inner if len(inner) else np.arange(len(ends))
            pieces = tuple(e.tokens[i] for i in inner)
            result.append(Encoded(unit(real.mean(0)), unit(real[inner]), pieces, ends[inner].clip(min=prompt) - prompt))
        return result


class OnnxEncoder(BatchEncoder):
    """E5-style encoder (prompts `query: ` and `passage: `) over onnxruntime."""

    def __init__(self, folder: Path, *, threads: int | None = None, batch: int = 16, max_length: int = 320) -> None:
        import onnxruntime

        from bot.models.installed import fingerprint

        model = folder / "onnx" / "model_int8.onnx"
        if not model.is_file():
            raise ModelMissing(f"{model}: missing; run `zhanggui models pull {folder.name}`")
        super().__init__(folder / "tokenizer.json", batch=batch, max_length=max_length)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or min(4, os.cpu_count() or 1)
        options.log_severity_level = 3
        # Two idle threads that spin would slow the writer on a two-core machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs = {i.name for i in self._session.get_inputs()}
        self.name = folder.name
        self.fingerprint = f"{folder.name}-{fingerprint(str(folder))}"
        self.dim = int(self._session.get_outputs()[0].shape[-1])

    def _hidden(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Floats:
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden: Floats = self._session.run(None, {k: v for k, v in feed.items() if k in self._inputs})[0]
        return hidden


def unit(rows: Floats) -> Floats:
    """Rows (or one vector) scaled to length 1; zero rows stay zero."""
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: Floats = (rows / np.maximum(norms, 1e-9)).astype(np.float32)
    return scaled


@lru_cache(maxsize=2)
def load_encoder(name: str) -> Encoder:
    """The encoder `name` of the registry, or of a folder; loaded once a process."""
    from bot.models.installed import path_of

    return OnnxEncoder(path_of(name))
