"""Holds a transformers generation to a JSON schema, token by token. Knows nothing of what the schema means.

The masks come from llguidance; the reply is JSON in one line, spaced as `json.dumps` writes it, so that a
small model cannot lose itself in white space.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.errors import WriterUnavailable

if TYPE_CHECKING:
    import torch

_FORM: Any = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}


def grammar_tokenizer(tokenizer: Any, eos: list[int], vocabulary: int) -> Any:
    """llguidance's view of a tokenizer (about a second); raises ValueError for one without a fast form."""
    from llguidance import hf

    return hf.from_tokenizer(tokenizer, n_vocab=max(vocabulary, len(tokenizer)), eos_token=eos)


class SchemaMask:
    """A logits processor (transformers' protocol) for one reply of a batch of one."""

    def __init__(self, tokenizer: Any, schema: dict[str, Any], prompt: int) -> None:
        """`tokenizer` from `grammar_tokenizer`; `prompt` is the prompt's length in tokens.

        Raises WriterUnavailable for a schema that cannot be turned into a grammar.
        """
        from llguidance import LLMatcher

        grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=_FORM)
        self._matcher = LLMatcher(tokenizer, grammar, log_level=0)
        self._read = prompt
        self._check()

    def __call__(self, ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """`ids` (1, length), `scores` (1, vocabulary): minus infinity where a token breaks the schema."""
        import numpy as np
        import torch

        written = ids[0, self._read :].tolist()
        self._read += len(written)
        if written:
            self._matcher.consume_tokens(written)
        bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        self._check()
        allowed = np.zeros(scores.shape[-1], dtype=bool)
        known = np.unpackbits(bits, bitorder="little")[: len(allowed)]
        allowed[: len(known)] = known
        return scores.masked_fill(~torch.from_numpy(allowed).to(scores.device), float("-inf"))

    def _check(self) -> None:
        if self._matcher.is_error():
            reason = " ".join(self._matcher.get_error().split())[:200]
            raise WriterUnavailable(f"the reply's JSON schema cannot be followed: {reason}")
