"""The writer's interface: what every model backend offers, and what is asked of it. Knows nothing of any backend."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True)
class Message:
    """One message of the prompt."""

    role: Role
    content: str


@dataclass(frozen=True)
class WriterRequest:
    """What to write.

    `stop` strings end the reply and are not part of it; `schema` is a JSON schema that the reply must satisfy;
    `timeout` is the longest the whole reply may take, in seconds, waiting in the queue included.
    """

    messages: tuple[Message, ...]
    max_tokens: int = 160
    stop: tuple[str, ...] = ()
    schema: dict[str, Any] | None = None
    temperature: float = 0.0
    timeout: float = 30.0


@dataclass(frozen=True)
class WriterStatus:
    """Whether the writer can take a request now, and why not."""

    name: str
    ready: bool
    detail: str = ""
    memory_bytes: int | None = None


class Writer(Protocol):
    """One contract test class (tests/generate/contract.py) runs against every implementation."""

    name: str

    def start(self) -> None:
        """Begin to load, without waiting. Safe to call again."""
        ...

    def wait_ready(self, timeout: float) -> bool:
        """Wait until a request can be taken; False when the time is over first."""
        ...

    def stream(self, request: WriterRequest) -> Generator[str]:
        """Pieces of the reply as they are written. Closing the iterator cancels the generation.

        Raises WriterUnavailable when the writer is dead, full, too slow or switched off, also in the middle.
        """
        ...

    def status(self) -> WriterStatus: ...

    def close(self) -> None:
        """Stop and free everything. Safe to call again."""
        ...


def write(writer: Writer, request: WriterRequest) -> str:
    """The whole reply at once."""
    return "".join(writer.stream(request))
