"""The encoder on torch, with any adapter merged: for measuring what is not installed. Knows nothing of the serving path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.encoder import BatchEncoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class TorchEncoder(BatchEncoder):
    """The encoder of a sentence-transformers folder in full precision; the same answers as the exported one, but for rounding."""

    def __init__(self, folder: Path, adapter: Path | None = None, *, batch: int = 32, max_length: int = 320) -> None:
        from transformers import AutoModel

        super().__init__(folder / "tokenizer.json", batch=batch, max_length=max_length)
        self._net: Any = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
        if adapter is not None:
            _merge(self._net, adapter)
        self.name = f"{folder.name}+{adapter.name if adapter else 'nothing'}"
        self.fingerprint = self.name
        self.dim = int(self._net.config.hidden_size)

    def _hidden(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        import torch

        with torch.inference_mode():
            out = self._net(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask))
        hidden: NDArray[np.float32] = out.last_hidden_state.float().numpy()
        return hidden


def _merge(net: Any, path: Path) -> None:
    """Adds the adapter to the network's weights."""
    import torch

    from bot.models.e5 import Adapter

    weights = {name: tensor.numpy().copy() for name, tensor in net.state_dict().items()}
    Adapter.read(path).merge(weights, int(net.config.num_hidden_layers))
    net.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in weights.items()})
