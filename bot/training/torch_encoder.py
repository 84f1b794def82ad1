"""The encoder on torch, with any adapter merged: for measuring what is not installed. Knows nothing of the serving path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.encoder import Encoded, Kind, unit


class TorchEncoder:
    """The encoder of a sentence-transformers folder in full precision; the same answers as the exported one, but for rounding."""

    def __init__(self, folder: Path, adapter: Path | None = None, *, batch: int = 32, max_length: int = 320) -> None:
        from tokenizers import Tokenizer
        from transformers import AutoModel

        self._net: Any = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
        if adapter is not None:
            _merge(self._net, adapter)
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(max_length)
        self._tokenizer.no_padding()
        self._batch = batch
        self.name = f"{folder.name}+{adapter.name if adapter else 'nothing'}"
        self.fingerprint = self.name
        self.dim = int(self._net.config.hidden_size)

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoded]:
        """One `Encoded` a text, in order. Texts are cut at the model's limit."""
        encodings = self._tokenizer.encode_batch([f"{kind}: {t}" for t in texts])
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        out: dict[int, Encoded] = {}
        for start in range(0, len(order), self._batch):
            part = order[start : start + self._batch]
            out.update(zip(part, self._run([encodings[i] for i in part], len(kind) + 2), strict=True))
        return [out[i] for i in range(len(texts))]

    def _run(self, encodings: list[Any], prompt: int) -> list[Encoded]:
        import torch

        width = max(len(e.ids) for e in encodings)
        ids = torch.ones((len(encodings), width), dtype=torch.long)  # 1 is XLM-R's padding id
        mask = torch.zeros_like(ids)
        for row, e in enumerate(encodings):
            ids[row, : len(e.ids)] = torch.tensor(e.ids)
            mask[row, : len(e.ids)] = 1
        with torch.inference_mode():
            hidden = self._net(input_ids=ids, attention_mask=mask).last_hidden_state.float().numpy()
        result = []
        for row, e in enumerate(encodings):
            real = hidden[row, : len(e.ids)]
            ends = np.asarray(e.offsets, np.int32).reshape(-1, 2)
            inner = np.flatnonzero(ends[:, 1] > prompt)
            inner = inner if len(inner) else np.arange(len(ends))
            spans = ends[inner].clip(min=prompt) - prompt
            result.append(Encoded(unit(real.mean(0)), unit(real[inner]), tuple(e.tokens[i] for i in inner), spans))
        return result


def _merge(net: Any, path: Path) -> None:
    """Adds the adapter to the network's weights."""
    import torch

    from bot.models.e5 import Adapter

    weights = {name: tensor.numpy().copy() for name, tensor in net.state_dict().items()}
    Adapter.read(path).merge(weights, int(net.config.num_hidden_layers))
    net.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in weights.items()})
