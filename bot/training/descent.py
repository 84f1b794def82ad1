"""Gradient descent as both trainings do it: AdamW, warm-up, linear decay, clipped gradients. Knows nothing of what is learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.errors import Failure

if TYPE_CHECKING:
    import torch


class Descent:
    """The optimiser and its schedule over `steps` steps; `number` counts those taken."""

    def __init__(self, weights: list[Any], *, rate: float, warmup: int, steps: int) -> None:
        import torch

        self._weights = weights
        self._optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda s: min(1.0, (s + 1) / warmup) * max(0.0, 1 - s / max(1, steps))
        )
        self.number = 0

    def step(self, loss: torch.Tensor) -> float:
        """One step down `loss`; its value. Raises Failure when it is no number."""
        import torch

        if not torch.isfinite(loss):
            raise Failure(f"training: the loss is {loss.item()} at step {self.number}; lower the rate")
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._weights, 1.0)
        self._optimizer.step()
        self._schedule.step()
        self.number += 1
        return loss.item()

    def state(self) -> dict[str, Any]:
        """What `restore` goes on from."""
        return {
            "number": self.number,
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken."""
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self.number = state["number"]
