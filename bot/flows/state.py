"""The state of a flow as a small frozen record, to and from the conversation's log. Knows nothing of what a flow does."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

PROPOSAL_SECONDS = 15 * 60.0
SHOWN = 8  # options shown at once


@dataclass(frozen=True)
class Option:
    """One thing to choose: `label` is what a person reads and may type back."""

    value: str
    label: str


@dataclass(frozen=True)
class Asked:
    """The open question: its slot, the options that were shown, and the line it is about (None: no single line)."""

    slot: str
    options: tuple[Option, ...] = ()
    line_no: int | None = None
    text: str = ""


@dataclass(frozen=True)
class Proposal:
    """What the customer was asked to agree to. `expires` is in seconds of the machine's clock since 1970."""

    arguments: dict[str, Any]
    summary: str
    key: str
    expires: float
    confirmed: bool = False


@dataclass(frozen=True)
class Request:
    """A further request, for when the running one is over: what is known of it, and the words it was made in."""

    flow: str
    slots: dict[str, Any] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class FlowState:
    """A running request. `slots` are JSON values by the contract's slot names (and a few of the flows' own)."""

    flow: str
    slots: dict[str, Any] = field(default_factory=dict)
    asked: Asked | None = None
    proposal: Proposal | None = None
    queue: tuple[Request, ...] = ()
    failed: int = 0  # answers in a row that were not understood

    def with_slots(self, **slots: Any) -> FlowState:
        """With these slots set; None takes one away. A proposal of other values is void."""
        merged = {name: value for name, value in (self.slots | slots).items() if value is not None}
        return self if merged == self.slots else replace(self, slots=merged, proposal=None)


def to_json(state: FlowState | None) -> dict[str, Any] | None:
    """The state as JSON values."""
    return None if state is None else asdict(state)


def from_json(data: dict[str, Any] | None) -> FlowState | None:
    """The state of `to_json`."""
    if data is None:
        return None
    asked = data.get("asked")
    if asked:
        asked = Asked(**{**asked, "options": tuple(Option(**option) for option in asked["options"])})
    proposal = Proposal(**data["proposal"]) if data.get("proposal") else None
    queue = tuple(Request(**request) for request in data.get("queue", ()))
    return FlowState(data["flow"], data["slots"], asked or None, proposal, queue, data.get("failed", 0))
