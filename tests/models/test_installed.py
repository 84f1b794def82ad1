from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.errors import BadInput, ModelMissing
from bot.models import installed
from bot.models.installed import file_of, fingerprint, is_ready, path_of, problem, verify
from bot.models.pull import pull

from .helpers import FakeRegistry, Heard, sha, toy, toy_registry, write_list

BYTES = b"weights" * 100


@pytest.fixture
def folder(home: Path) -> Path:
    write_list(home, {"toy": toy([BYTES])})
    pull(["toy"], Heard(), fetch=FakeRegistry(toy_registry([BYTES])))
    return home / "models" / "toy"


def test_a_missing_model_names_the_command(home: Path) -> None:
    with pytest.raises(
        ModelMissing, match=r"multilingual-e5-small: not installed in .*; run `zhanggui models pull multi"
    ):
        path_of("multilingual-e5-small")
    assert problem("multilingual-e5-small") == "not installed"
    assert verify("multilingual-e5-small") == ["multilingual-e5-small: not installed"]
    assert not is_ready("multilingual-e5-small")


def test_an_installed_model_is_found_and_sound(folder: Path) -> None:
    assert path_of("toy") == folder
    assert file_of("toy") == folder / "model.gguf"
    assert is_ready("toy")
    assert verify("toy") == []


def test_a_path_is_taken_as_it_is(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert path_of(str(folder)) == folder
    assert path_of(str(folder / "model.gguf")) == folder / "model.gguf"
    assert file_of(str(folder)) == folder / "model.gguf"
    assert file_of(str(folder / "model.gguf")) == folder / "model.gguf"
    assert is_ready(str(folder))
    monkeypatch.chdir(folder.parent)
    assert path_of("./toy") == folder
    with pytest.raises(ModelMissing, match="no such folder"):
        path_of(str(tmp_path / "nowhere"))
    with pytest.raises(BadInput, match="no such model"):
        path_of("nothing-like-it")
    with pytest.raises(ModelMissing, match=r"no \.gguf file"):
        file_of(str(tmp_path))


def test_a_file_that_is_missing_or_short_makes_the_model_unusable(folder: Path) -> None:
    (folder / "model.gguf").write_bytes(BYTES[:-1])
    assert problem("toy") == f"{folder / 'model.gguf'} has 699 bytes, 700 expected"
    with pytest.raises(ModelMissing, match="toy: damaged"):
        path_of("toy")
    (folder / "model.gguf").unlink()
    assert verify("toy") == [f"toy: {folder / 'model.gguf'} is missing"]


def test_changed_bytes_of_the_same_size_are_seen_by_verify_alone(folder: Path) -> None:
    (folder / "model.gguf").write_bytes(b"W" + BYTES[1:])
    assert is_ready("toy")
    (line,) = verify("toy")
    assert "model.gguf is damaged" in line


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"files": 3}', '{"name": "toy", "files": {"a": 1}}', "\ud800"])
def test_a_manifest_that_cannot_be_read_counts_as_not_installed(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert problem("toy") == "not installed"


def test_a_model_whose_list_names_another_file_is_out_of_date_but_works(home: Path, folder: Path) -> None:
    write_list(home, {"toy": toy([b"newer weights"])})
    os.utime(home / "models.yaml", ns=(1, 1))
    assert path_of("toy") == folder
    assert problem("toy") == "out of date: this version ships another file of it"
    pull(["toy"], Heard(), fetch=FakeRegistry(toy_registry([b"newer weights"])))
    assert is_ready("toy")


def test_the_fingerprint_follows_the_bytes(home: Path, folder: Path) -> None:
    first = fingerprint("toy")
    pull(["toy"], Heard(), fetch=FakeRegistry(toy_registry([BYTES])), again=True)
    assert fingerprint("toy") == first
    write_list(home, {"toy": toy([b"newer weights"])})
    os.utime(home / "models.yaml", ns=(1, 1))
    pull(["toy"], Heard(), fetch=FakeRegistry(toy_registry([b"newer weights"])))
    assert fingerprint("toy") != first
    before = fingerprint(str(folder / "model.gguf"))
    os.utime(folder / "model.gguf", ns=(5, 5))
    assert fingerprint(str(folder / "model.gguf")) != before


def test_another_adapter_makes_the_encoder_stale_and_it_is_made_anew_without_a_download(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str | None] = []

    def convert(source: Path, target: Path, adapter: Path | None = None) -> None:
        made.append(adapter.read_text() if adapter else None)
        (target / "model.safetensors").write_bytes(source.read_bytes())

    class Check:
        mean_cosine, token_cosine = 1.0, 1.0

    monkeypatch.setattr("bot.models.e5.convert", convert)
    monkeypatch.setattr("bot.models.onnx_export.export", lambda folder, languages: Check())
    monkeypatch.setattr(installed, "_ADAPTERS", tmp_path / "adapters")
    row = toy([BYTES], role="embedder", format="e5-q4", adapter="shop.safetensors")
    row["files"][0]["path"] = "e5.bin"
    write_list(home, {"toy": row})
    registry = FakeRegistry(toy_registry([BYTES]))
    pull(["toy"], Heard(), fetch=registry)
    assert is_ready("toy")

    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "shop.safetensors").write_text("v1")
    assert problem("toy") == "out of date: made with another adapter than the one this version ships"
    assert path_of("toy") == home / "models" / "toy"
    pull(["toy"], Heard(), fetch=registry)
    assert is_ready("toy")
    (tmp_path / "adapters" / "shop.safetensors").write_text("v2")
    assert not is_ready("toy")
    pull(["toy"], Heard(), fetch=registry)
    assert made == [None, "v1", "v2"]
    assert registry.asked == ["toy-part1==1.0"]
    manifest = installed.Manifest.read(home / "models" / "toy")
    assert manifest is not None
    assert (manifest.adapter, manifest.sha256) == (sha(b"v2"), sha(BYTES))
