"""Makes a sentence-transformers folder of the packed e5 file, adapter merged. Knows nothing of downloads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.errors import Failure
from bot.models.e5_file import E5File, Sizes, Vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Tensors = dict[str, NDArray[np.float32]]

PROMPTS: Final = {"query": "query: ", "passage": "passage: "}
"""What e5 was trained with; the second is for everything that is searched in."""

_LAYER: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_KEEP: Final = {"～": "\ue000"}
"""NFKC would make "~" of the full-width tilde, the model's own map keeps it: it is parked meanwhile."""


@dataclass(frozen=True)
class Adapter:
    """LoRA weights by `layers.{i}.{name}.{A,B}`; the change of a weight is `scale * B @ A`."""

    path: Path
    tensors: Tensors
    scale: float

    @classmethod
    def read(cls, path: Path) -> Adapter:
        """Reads a safetensors file with the metadata field `scale`; raises Failure naming the file."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="numpy") as file:
                scale = float((file.metadata() or {})["scale"])
                names = list(file.keys())
                return cls(path, {name: file.get_tensor(name).astype("float32") for name in names}, scale)
        except (SafetensorError, OSError, KeyError, ValueError) as error:
            raise Failure(f"{path}: not an adapter file ({error}); it needs LoRA tensors and a `scale`") from error

    def merge(self, weights: Tensors, layers: int) -> None:
        """Adds the adapter to `weights` (BertModel's names) in place; Failure where it does not fit."""
        left = set(self.tensors)
        for index in range(layers):
            for short in ("q", "k", "v", "ao", "fi", "fo"):
                keys = (f"layers.{index}.{short}.A", f"layers.{index}.{short}.B")
                if not left.issuperset(keys):
                    continue
                left.difference_update(keys)
                a, b = (self.tensors[key] for key in keys)
                weight = weights[f"encoder.layer.{index}.{_LAYER[short]}.weight"]
                if a.ndim != 2 or b.ndim != 2 or (*b.shape[:1], *a.shape[1:]) != weight.shape or len(a) != b.shape[1]:
                    raise Failure(f"{self.path}: {keys[0]} {a.shape} and {keys[1]} {b.shape} do not fit {weight.shape}")
                weight += self.scale * (b @ a)
        if left:
            raise Failure(f"{self.path}: {sorted(left)[0]} is no adapter of this encoder; train it on this model")


def convert(source: Path, folder: Path, adapter: Path | None = None) -> None:
    """Writes the sentence-transformers folder `folder` (made if missing) of the packed file `source`.

    BertModel without pooler, float32; mean pooling, then L2. `adapter` is a LoRA file that is merged in.
    Raises Failure, naming the file, where one of the two is damaged.
    """
    from safetensors.numpy import save_file

    packed = E5File(source)
    weights = _weights(packed)
    if adapter is not None:
        Adapter.read(adapter).merge(weights, packed.sizes.layers)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer(packed.vocabulary).save(str(folder / "tokenizer.json"))
    _write(folder, _model_configs(packed.sizes, packed.vocabulary))
    _write(folder, _sentence_configs(packed.sizes.hidden, packed.sizes.positions))


def complete(folder: Path, adapter: Path | None = None) -> None:
    """Adds what an encoder folder of a hub lacks of the sentence-transformers files, and merges `adapter`.

    Where modules.json is missing: mean pooling, then L2, and e5's prompts. Raises Failure naming a file that
    cannot be made up.
    """
    from safetensors.numpy import load_file, save_file

    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise Failure(f"{folder}: {name} is missing; an encoder needs it beside config.json and tokenizer.json")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if not (folder / "modules.json").exists():
        _write(folder, _sentence_configs(int(config["hidden_size"]), int(config["max_position_embeddings"])))
    for module in json.loads((folder / "modules.json").read_text(encoding="utf-8")):
        (folder / module["path"]).mkdir(exist_ok=True)  # an empty folder does not travel
    if adapter is not None:
        weights = load_file(folder / "model.safetensors")
        Adapter.read(adapter).merge(weights, int(config["num_hidden_layers"]))
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _weights(packed: E5File) -> Tensors:
    """The tensors under BertModel's names, shapes (outputs, inputs)."""
    sizes = packed.sizes
    h, ff = sizes.hidden, sizes.ff
    out: Tensors = {
        "embeddings.word_embeddings.weight": packed.tensor("emb.word", (sizes.vocab, h)),
        "embeddings.position_embeddings.weight": packed.tensor("emb.pos", (sizes.positions, h)),
        "embeddings.token_type_embeddings.weight": packed.tensor("emb.type", (sizes.types, h)),
        "embeddings.LayerNorm.weight": packed.tensor("emb.ln.w", (h,)),
        "embeddings.LayerNorm.bias": packed.tensor("emb.ln.b", (h,)),
    }
    for index in range(sizes.layers):
        for short, name in _LAYER.items():
            rows, columns = (ff if short == "fi" else h), (ff if short == "fo" else h)
            shape = (rows,) if short in ("aln", "oln") else (rows, columns)
            out[f"encoder.layer.{index}.{name}.weight"] = packed.tensor(f"l{index}.{short}.w", shape)
            out[f"encoder.layer.{index}.{name}.bias"] = packed.tensor(f"l{index}.{short}.b", (rows,))
    return out


def tokenizer(vocabulary: Vocabulary) -> Any:
    """A `tokenizers.Tokenizer` of the file's unigram vocabulary, with `<s> ... </s>` around each text.

    The file's map of code points is NFKC with control characters dropped and odd spaces made plain; what NFKC
    itself does not do is taken from the map.
    """
    import unicodedata

    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    own = {"": "", " ": ""}
    for code, target in sorted(vocabulary.mapping.items()):
        text = "".join(map(chr, target))
        if text in own and text != unicodedata.normalize("NFKC", chr(code)):
            own[text] += f"\\x{{{code:X}}}"
    steps: list[Any] = [normalizers.Replace(Regex(f"[{codes}]"), text) for text, codes in own.items() if codes]
    steps += [normalizers.Replace(char, parked) for char, parked in _KEEP.items()]
    steps.append(normalizers.NFKC())
    steps += [normalizers.Replace(parked, char) for char, parked in _KEEP.items()]
    steps += [normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()]

    pieces = vocabulary.pieces
    out = Tokenizer(models.Unigram(list(zip(pieces, vocabulary.scores, strict=True)), unk_id=vocabulary.unk))
    out.normalizer = normalizers.Sequence(steps)
    out.pre_tokenizer = pre_tokenizers.Metaspace()
    out.decoder = decoders.Metaspace()
    bos, eos = pieces[vocabulary.bos], pieces[vocabulary.eos]
    out.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    special = [bos, pieces[vocabulary.pad], eos, pieces[vocabulary.unk]]
    out.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    if "<mask>" in pieces:
        out.add_special_tokens([AddedToken("<mask>", special=True, normalized=False, lstrip=True)])
    return out


def _model_configs(sizes: Sizes, vocabulary: Vocabulary) -> dict[str, Any]:
    pieces = vocabulary.pieces
    bos, eos, pad, unk = (pieces[i] for i in (vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk))
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.ff,
        "vocab_size": sizes.vocab,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.types,
        "layer_norm_eps": float(f"{sizes.eps:.3g}"),
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "pad_token_id": vocabulary.pad,
        "dtype": "float32",
    }
    mask = {"mask_token": "<mask>"} if "<mask>" in pieces else {}
    tokens = {
        "bos_token": bos,
        "cls_token": bos,
        "eos_token": eos,
        "sep_token": eos,
        "pad_token": pad,
        "unk_token": unk,
    }
    tokenizer_config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": sizes.positions,
        "model_input_names": ["input_ids", "attention_mask"],
        **tokens,
        **mask,
    }
    return {"config.json": config, "tokenizer_config.json": tokenizer_config}


def _sentence_configs(hidden: int, positions: int) -> dict[str, Any]:
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    return {
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(modules)
        ],
        "sentence_bert_config.json": {
            "max_seq_length": positions,
            "do_lower_case": False,
            # The file has no pooler; without this line transformers makes one up and says so at each start.
            "model_args": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {"word_embedding_dimension": hidden, "pooling_mode_mean_tokens": True},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _write(folder: Path, contents: dict[str, Any]) -> None:
    for name, content in contents.items():
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (folder / "2_Normalize").mkdir(exist_ok=True)
