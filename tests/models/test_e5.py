from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.errors import Failure
from bot.models import e5

from .helpers import PIECES, pack_e5


@pytest.fixture
def source(tmp_path: Path) -> tuple[Path, dict[str, np.ndarray]]:
    data, tensors = pack_e5(np.random.default_rng(7))
    path = tmp_path / "e5.bin"
    path.write_bytes(data)
    return path, tensors


def _adapter(path: Path, names: tuple[str, ...], scale: str | None = "2.0", inner: int = 32) -> dict[str, np.ndarray]:
    from safetensors.numpy import save_file

    rng = np.random.default_rng(11)
    tensors = {}
    for name in names:
        tensors[f"{name}.A"] = rng.normal(size=(4, inner)).astype(np.float16)
        tensors[f"{name}.B"] = rng.normal(size=(32, 4)).astype(np.float16)
    save_file(tensors, path, metadata={} if scale is None else {"scale": scale})
    return tensors


def _weights(folder: Path) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    return dict(load_file(folder / "model.safetensors"))


def test_the_folder_is_an_ordinary_sentence_transformers_one(tmp_path: Path, source: tuple[Path, dict]) -> None:
    out = tmp_path / "out"
    e5.convert(source[0], out)
    found = {p.relative_to(out).as_posix() for p in out.rglob("*")}
    assert found >= {
        "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "modules.json",
        "1_Pooling/config.json", "2_Normalize", "config_sentence_transformers.json",
    }  # fmt: skip
    prompts = json.loads((out / "config_sentence_transformers.json").read_text())["prompts"]
    assert prompts == {"query": "query: ", "passage": "passage: "}
    weights = _weights(out)
    np.testing.assert_array_equal(weights["encoder.layer.0.output.dense.weight"], source[1]["l0.fo.w"])
    np.testing.assert_array_equal(weights["encoder.layer.0.attention.output.LayerNorm.bias"], source[1]["l0.aln.b"])
    np.testing.assert_array_equal(weights["embeddings.word_embeddings.weight"], source[1]["emb.word"])


def test_the_weights_are_exactly_those_of_a_bert_without_pooler(tmp_path: Path, source: tuple[Path, dict]) -> None:
    from transformers import BertConfig, BertModel

    out = tmp_path / "out"
    e5.convert(source[0], out)
    model = BertModel(BertConfig.from_pretrained(out), add_pooling_layer=False)
    expected = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    assert {name: tensor.shape for name, tensor in _weights(out).items()} == expected


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("hello world", ["<s>", "▁hello", "▁world", "</s>"]),
        ("  hello \t world\u200b ", ["<s>", "▁hello", "▁world", "</s>"]),
        ("hel\x01lo", ["<s>", "▁hello", "</s>"]),
        ("你好，～", ["<s>", "▁", "你", "好", ",", "～", "</s>"]),
        ("猫", ["<s>", "▁", "<unk>", "</s>"]),
    ],
)
def test_text_is_normalised_and_cut_as_the_packed_model_does(
    tmp_path: Path, source: tuple[Path, dict], text: str, pieces: list[str]
) -> None:
    from tokenizers import Tokenizer

    out = tmp_path / "out"
    e5.convert(source[0], out)
    encoded = Tokenizer.from_file(str(out / "tokenizer.json")).encode(text)
    assert [PIECES[i] for i in encoded.ids] == pieces


def test_an_adapter_adds_scale_times_b_a(tmp_path: Path, source: tuple[Path, dict]) -> None:
    lora = _adapter(tmp_path / "a.safetensors", ("layers.0.q", "layers.0.ao"))
    e5.convert(source[0], tmp_path / "plain")
    e5.convert(source[0], tmp_path / "tuned", tmp_path / "a.safetensors")
    plain, tuned = _weights(tmp_path / "plain"), _weights(tmp_path / "tuned")
    changed = {name for name in plain if not np.array_equal(plain[name], tuned[name])}
    q = "encoder.layer.0.attention.self.query.weight"
    assert changed == {q, "encoder.layer.0.attention.output.dense.weight"}
    b, a = (lora[f"layers.0.q.{kind}"].astype(np.float32) for kind in "BA")
    np.testing.assert_allclose(tuned[q], plain[q] + 2.0 * b @ a, rtol=1e-5)


@pytest.mark.parametrize(
    ("names", "scale", "inner", "message"),
    [
        (("layers.0.q",), None, 32, "not an adapter file"),
        (("layers.0.q",), "x", 32, "not an adapter file"),
        (("layers.7.q",), "1", 32, r"layers\.7\.q\.A is no adapter of this encoder"),
        (("layers.0.q",), "1", 31, "do not fit"),
    ],
)
def test_an_adapter_that_does_not_fit_is_named(
    tmp_path: Path,
    source: tuple[Path, dict],
    names: tuple[str, ...],
    scale: str | None,
    inner: int,
    message: str,
) -> None:
    _adapter(tmp_path / "a.safetensors", names, scale, inner)
    with pytest.raises(Failure, match=rf"a\.safetensors.*{message}"):
        e5.convert(source[0], tmp_path / "out", tmp_path / "a.safetensors")


def test_an_adapter_that_is_no_safetensors_file_is_named(tmp_path: Path, source: tuple[Path, dict]) -> None:
    (tmp_path / "a.safetensors").write_bytes(b"nonsense")
    with pytest.raises(Failure, match=r"a\.safetensors: not an adapter file"):
        e5.convert(source[0], tmp_path / "out", tmp_path / "a.safetensors")


def test_a_hub_folder_is_completed_and_its_own_files_are_kept(tmp_path: Path, source: tuple[Path, dict]) -> None:
    folder = tmp_path / "hub"
    e5.convert(source[0], folder)
    for name in ("modules.json", "config_sentence_transformers.json"):
        (folder / name).unlink()
    (folder / "2_Normalize").rmdir()
    _adapter(tmp_path / "a.safetensors", ("layers.0.v",))
    before = _weights(folder)
    e5.complete(folder, tmp_path / "a.safetensors")
    assert (folder / "2_Normalize").is_dir()
    assert [m["type"].rpartition(".")[2] for m in json.loads((folder / "modules.json").read_text())] == [
        "Transformer", "Pooling", "Normalize",
    ]  # fmt: skip
    v = "encoder.layer.0.attention.self.value.weight"
    assert {name for name, w in _weights(folder).items() if not np.array_equal(w, before[name])} == {v}

    (folder / "modules.json").write_text('[{"path": "own"}]')
    e5.complete(folder)
    assert (folder / "modules.json").read_text() == '[{"path": "own"}]'
    (folder / "tokenizer.json").unlink()
    with pytest.raises(Failure, match=r"tokenizer\.json is missing"):
        e5.complete(folder)
