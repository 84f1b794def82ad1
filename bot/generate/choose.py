"""Makes the writer that `ZHANGGUI_WRITER` names. Knows nothing of how a writer works."""

from __future__ import annotations

from bot.errors import BadInput
from bot.generate.none import NoWriter
from bot.generate.writer import Writer

FORMS = "llamacpp:NAME, transformers:PATH_OR_ID, none"


def make_writer(setting: str) -> Writer:
    """The writer for a setting such as `llamacpp:qwen2.5-coder-1.5b`; loads nothing yet.

    Raises BadInput for an unknown form and ModelMissing when the model is not installed.
    """
    kind, _, name = setting.partition(":")
    if kind == "none":
        return NoWriter()
    if kind == "llamacpp" and name:
        from bot.generate.llamacpp import LlamaCppWriter
        from bot.models.installed import path_of

        path = path_of(name)
        return LlamaCppWriter(name, path / "model.gguf" if path.is_dir() else path)
    if kind == "transformers" and name:
        from bot.generate.transformers_writer import TransformersWriter

        return TransformersWriter(name)
    raise BadInput(f"ZHANGGUI_WRITER: {setting!r} is not one of {FORMS}; set it to one of these")
