from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import huggingface_hub
import pytest

from bot.errors import BadInput, Failure
from bot.models.added import describe
from bot.models.hub import HubFailure, repository
from bot.models.installed import file_of
from bot.models.pull import pull

from .helpers import Heard, sha, toy, write_list


@pytest.fixture
def repo(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A hub with one repository; the names of its files and their bytes."""
    files = {
        "w-q4.gguf": b"weights",
        "model.safetensors": b"tensors",
        "config.json": b"{}",
        "tokenizer.json": b"[]",
    }
    files |= {"onnx/model.onnx": b"not wanted", "1_Pooling/config.json": b"{}", "README.md": b"hi"}

    def info(self: object, name: str, **more: Any) -> SimpleNamespace:
        def sibling(path: str) -> SimpleNamespace:
            large = path.endswith((".gguf", ".safetensors"))
            lfs = SimpleNamespace(sha256=sha(files[path])) if large else None
            return SimpleNamespace(rfilename=path, size=len(files[path]), lfs=lfs)

        return SimpleNamespace(sha="r3v", siblings=[sibling(path) for path in files])

    def download(name: str, path: str, *, revision: str, local_dir: Path) -> str:
        assert (name, revision) == ("who/what", "r3v")
        (local_dir / path).parent.mkdir(parents=True, exist_ok=True)
        (local_dir / path).write_bytes(files[path])
        return str(local_dir / path)

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", info)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    return files


def test_a_hub_model_is_pinned_when_added_and_pulled_under_its_own_name(home: Path, repo: dict[str, bytes]) -> None:
    from bot.models.registry import add

    spec = describe("mine", "hub:who/what:w-q4.gguf")
    assert (spec.role, spec.files[0].sha256, spec.bytes) == ("writer", sha(b"weights"), 7)
    add(spec)
    pull(["mine"], Heard())
    assert file_of("mine").read_bytes() == b"weights"
    repo["w-q4.gguf"] = b"Weights"
    with pytest.raises(Failure, match=r"who/what/w-q4\.gguf: model\.gguf has SHA-256"):
        pull(["mine"], Heard(), again=True)
    assert file_of("mine").read_bytes() == b"weights"


def test_an_encoder_s_files_are_chosen(repo: dict[str, bytes]) -> None:
    spec = describe("enc", "hub:who/what", languages=["en"])
    assert [file.path for file in spec.files] == [
        "model.safetensors", "1_Pooling/config.json", "config.json", "tokenizer.json",
    ]  # fmt: skip
    assert (spec.role, spec.format, spec.languages) == ("embedder", "sentence-transformers", ["en"])


def test_what_the_repository_lacks_is_said(repo: dict[str, bytes]) -> None:
    with pytest.raises(BadInput, match=r"no such \.gguf file there; it holds w-q4\.gguf"):
        describe("mine", "hub:who/what:other.gguf")
    del repo["tokenizer.json"]
    with pytest.raises(BadInput, match=r"hub:who/what: tokenizer\.json is missing"):
        describe("mine", "hub:who/what")


def test_a_hub_that_cannot_be_reached_is_one_line_and_the_next_source_is_tried(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(self: object, name: str, **more: Any) -> None:
        raise ConnectionError("Name or service not known")

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", unreachable)
    with pytest.raises(HubFailure, match=r"^hub \(a/b\): cannot be reached \(Name or service not known\)"):
        repository("a/b")
    write_list(home, {"toy": toy([b"x"], sources=[{"kind": "hub", "repo": "a/b"}])})
    with pytest.raises(Failure, match=r"toy: no source could give it: hub \(a/b\): cannot be reached"):
        pull(["toy"], Heard())


def test_a_name_that_is_no_repository_is_bad_input() -> None:
    for text in ("hub:nothing here", "hub:a/b/c", "hub:"):
        with pytest.raises(BadInput):
            describe("mine", text)
