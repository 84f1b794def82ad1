"""The exception tree: every error a user can cause or see. Knows nothing of how errors are shown."""

from __future__ import annotations


class ZhangguiError(Exception):
    """Base of all errors whose message is meant for a person: one line, what is wrong, where, what to do."""

    exit_code = 1


class BadInput(ZhangguiError):
    """The user's input, file or option is wrong; shown as one line, exit code 2."""

    exit_code = 2


class Failure(ZhangguiError):
    """Something that should work did not (network, disk, a model); shown as one line, exit code 1."""


class ModelMissing(Failure):
    """A model is not installed; the message names the command that installs it."""


class WriterUnavailable(Failure):
    """The writer is dead, busy or switched off; callers fall back to an answer that needs no model."""
