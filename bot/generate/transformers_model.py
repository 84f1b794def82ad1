"""A causal language model of transformers: found, loaded, run for one request. Knows nothing of threads."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import Failure, ModelMissing, WriterUnavailable
from bot.generate.detokenise import Detokeniser
from bot.generate.schema_mask import SchemaMask, grammar_tokenizer
from bot.generate.stops import StopCutter
from bot.generate.writer import Message, WriterRequest

if TYPE_CHECKING:
    import torch

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


def locate(name: str) -> tuple[str, str | None]:
    """(folder or hub id, its GGUF file or None) for a registry's name, a folder, a .gguf file or a hub id.

    Raises ModelMissing for a model that is not installed, BadInput for a name that is none of these.
    """
    from bot.models.installed import path_of

    try:
        path = path_of(name)
    except ModelMissing:
        if _HUB_ID.fullmatch(name) and not Path(name).exists():
            return name, None
        raise
    if path.is_file():
        return str(path.parent), path.name
    if (path / "config.json").is_file():
        return str(path), None
    found = sorted(path.glob("*.gguf"))
    if not found:
        raise ModelMissing(f"{path}: holds neither config.json nor a .gguf file; give a language model's folder")
    return str(path), "model.gguf" if path / "model.gguf" in found else found[0].name


class _Ended(Exception):
    """The reply is complete, or nobody wants it any more."""


class CausalModel:
    """A model with its tokenizer, on the GPU where there is one, else in 32 bits on the CPU."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        """Raises Failure where the tokenizer has no chat template."""
        if not tokenizer.chat_template:
            raise Failure("its tokenizer has no chat template; take a model that was tuned to follow instructions")
        self._model = model
        self._tokenizer = tokenizer
        self._grammar: Any = None
        self._cancelled: Callable[[], bool] = lambda: False
        own = model.generation_config.eos_token_id
        self._eos = sorted({*(own if isinstance(own, list) else [own]), tokenizer.eos_token_id} - {None})
        # The publisher's sampling defaults (penalties, top-k) must not leak into a reply.
        model.generation_config = self._base()
        text = model.config.get_text_config()
        self._context = int(getattr(text, "max_position_embeddings", None) or 1 << 20)
        self._vocabulary = int(text.vocab_size)
        self._watch_layers()

    @classmethod
    def load(cls, source: str, gguf: str | None) -> CausalModel:
        """Reads the model, in seconds to minutes. Raises what transformers raises for a broken one."""
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        device = "cuda" if torch.cuda.is_available() else "cpu"
        extra = {"gguf_file": gguf} if gguf else {}
        bar = logging.is_progress_bar_enabled()
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            tokenizer = AutoTokenizer.from_pretrained(source, **extra)
            dtype: Any = "auto" if device == "cuda" else torch.float32
            model: Any = AutoModelForCausalLM.from_pretrained(source, dtype=dtype, **extra)
        finally:
            if bar:
                logging.enable_progress_bar()  # type: ignore[no-untyped-call]
        return cls(model.to(device).eval(), tokenizer)

    @property
    def memory_bytes(self) -> int:
        """What the weights take."""
        return int(self._model.get_memory_footprint())

    def run(self, request: WriterRequest, emit: Callable[[str], None], cancelled: Callable[[], bool]) -> bool:
        """Write one reply, handing each piece to `emit`; False when `cancelled` ended it before its end.

        `cancelled` is asked before every layer, so that a long prompt can be given up too. Raises
        WriterUnavailable for a prompt longer than the model's context or a schema that it cannot follow,
        and torch's errors.
        """
        import torch

        inputs = self._encode(request.messages)
        length = int(inputs["input_ids"].shape[1])
        room = self._context - length
        if room <= 0:
            raise WriterUnavailable(f"the prompt has {length} tokens, the model takes {self._context}")
        reply = _Reply(self._tokenizer, frozenset(self._eos), request.stop, emit)
        self._cancelled = cancelled
        try:
            with torch.inference_mode():
                self._model.generate(
                    **inputs,
                    generation_config=self._settings(request, room),
                    logits_processor=self._masks(request.schema, length),
                    streamer=reply,
                )
        except _Ended:
            if cancelled():
                return False
        reply.flush()
        return True

    def _settings(self, request: WriterRequest, room: int) -> Any:
        sampling = {"do_sample": True, "temperature": request.temperature, "top_p": 0.95}
        return self._base(
            max_new_tokens=max(1, min(request.max_tokens, room)),
            **(sampling if request.temperature > 0 else {"do_sample": False}),
        )

    def _base(self, **settings: Any) -> Any:
        from transformers import GenerationConfig

        return GenerationConfig(  # type: ignore[no-untyped-call]
            eos_token_id=self._eos or None, pad_token_id=self._pad(), **settings
        )

    def _masks(self, schema: dict[str, Any] | None, length: int) -> Any:
        from transformers import LogitsProcessorList

        if schema is None:
            return LogitsProcessorList()
        if self._grammar is None:
            try:
                self._grammar = grammar_tokenizer(self._tokenizer, self._eos, self._vocabulary)
            except ValueError as error:
                raise WriterUnavailable(f"this model's tokenizer cannot follow a JSON schema: {error}") from error
        return LogitsProcessorList([SchemaMask(self._grammar, schema, length)])

    def _encode(self, messages: tuple[Message, ...]) -> dict[str, torch.Tensor]:
        from jinja2 import TemplateError

        rows = [{"role": message.role, "content": message.content} for message in messages]
        try:
            encoded = self._template(rows)
        except TemplateError:  # some templates know no system role
            encoded = self._template(_without_system(rows))
        return {name: encoded[name].to(self._model.device) for name in ("input_ids", "attention_mask")}

    def _template(self, rows: list[dict[str, str]]) -> Any:
        # Only templates of reasoning models read enable_thinking; the writer is asked for the answer alone.
        return self._tokenizer.apply_chat_template(
            rows, add_generation_prompt=True, return_tensors="pt", return_dict=True, enable_thinking=False
        )

    def _pad(self) -> int | None:
        pad = self._tokenizer.pad_token_id
        return pad if pad is not None else self._eos[0] if self._eos else None

    def _watch_layers(self) -> None:
        """Ask before every layer whether the reply is wanted; a stopping criterion is asked once a token."""
        from torch.nn import ModuleList

        lists = [module for module in self._model.modules() if isinstance(module, ModuleList)]
        for layer in max(lists, key=len, default=[self._model]):
            layer.register_forward_pre_hook(self._before_layer)

    def _before_layer(self, *_: Any) -> None:
        if self._cancelled():
            raise _Ended


class _Reply:
    """A streamer (transformers' protocol): the prompt's ids first, then each token as it is chosen."""

    def __init__(self, tokenizer: Any, eos: frozenset[int], stop: tuple[str, ...], emit: Callable[[str], None]) -> None:
        self._text = Detokeniser(tokenizer)
        self._cutter = StopCutter(stop)
        self._eos = eos
        self._emit = emit
        self._prompt_seen = False

    def put(self, value: torch.Tensor) -> None:
        if not self._prompt_seen:
            self._prompt_seen = True
            return
        for token in value.flatten().tolist():
            if token in self._eos:
                raise _Ended
            self._pass_on(self._cutter.feed(self._text.feed(token)))
            if self._cutter.done:
                raise _Ended

    def end(self) -> None:
        """Nothing to do: `flush` ends the reply."""

    def flush(self) -> None:
        self._pass_on(self._cutter.feed(self._text.finish()))
        self._pass_on(self._cutter.finish())

    def _pass_on(self, piece: str) -> None:
        if piece:
            self._emit(piece)


def _without_system(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    head = "\n\n".join(row["content"] for row in rows if row["role"] == "system")
    rest = [dict(row) for row in rows if row["role"] != "system"]
    if head and rest:
        rest[0]["content"] = f"{head}\n\n{rest[0]['content']}"
    return rest
