"""Token ids to text, one at a time, without ever showing half a character. Knows nothing of models."""

from __future__ import annotations

from typing import Any

_HALF = "\ufffd"
_LONGEST = 8
"""Tokens after which an unfinished character is given up: UTF-8 needs four bytes, a token is at least one."""


class Detokeniser:
    """Decodes a growing list of ids against a short window before it, so that spaces between words are kept.

    `tokenizer` is any transformers tokenizer. Cost a token does not grow with the length of the text.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []
        self._before = 0  # the window's start: text from here to `_shown` is known
        self._shown = 0

    def feed(self, token: int) -> str:
        """The new text; empty while a character is incomplete."""
        self._ids.append(token)
        known, text = self._window()
        if text.endswith(_HALF) and len(self._ids) - self._shown < _LONGEST:
            return ""
        self._before, self._shown = self._shown, len(self._ids)
        return text[len(known) :]

    def finish(self) -> str:
        """What is left at the end, without an incomplete character."""
        known, text = self._window()
        self._before = self._shown = len(self._ids)
        return text[len(known) :].rstrip(_HALF)

    def _window(self) -> tuple[str, str]:
        return self._decode(self._ids[self._before : self._shown]), self._decode(self._ids[self._before :])

    def _decode(self, ids: list[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))
