"""Making the writer that a setting names."""

from __future__ import annotations

import pytest

from bot.config import settings
from bot.errors import BadInput, ModelMissing
from bot.generate.choose import FORMS, make_writer
from bot.generate.llamacpp import LlamaCppWriter
from bot.generate.none import NoWriter
from bot.generate.transformers_writer import TransformersWriter


@pytest.fixture(autouse=True)
def no_models(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHANGGUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZHANGGUI_MODELS", str(tmp_path / "models"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_none():
    assert isinstance(make_writer("none"), NoWriter)


@pytest.mark.parametrize("inside", ["", "model.gguf"])
def test_llamacpp_from_a_folder_or_a_file(tmp_path, inside):
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    path = tmp_path / inside
    writer = make_writer(f"llamacpp:{path}")
    assert isinstance(writer, LlamaCppWriter)
    assert writer.name == f"llamacpp:{path}"
    assert writer.status().detail == "not started"


def test_transformers_from_a_folder(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    writer = make_writer(f"transformers:{tmp_path}")
    assert isinstance(writer, TransformersWriter)
    assert writer.status().detail == "not started"


def test_transformers_from_the_hub_is_not_looked_for_yet():
    assert make_writer("transformers:someone/some-model").name == "transformers:someone/some-model"


@pytest.mark.parametrize("kind", ["llamacpp", "transformers"])
def test_a_model_that_is_not_installed_names_the_command(kind):
    with pytest.raises(ModelMissing, match="zhanggui models pull smollm2-135m"):
        make_writer(f"{kind}:smollm2-135m")


@pytest.mark.parametrize("kind", ["llamacpp", "transformers"])
def test_a_name_that_is_no_model(kind):
    with pytest.raises(BadInput, match="models list"):
        make_writer(f"{kind}:qwen9")


@pytest.mark.parametrize("setting", ["", "llamacpp", "llamacpp:", "transformers:", "gpt:4", "None", "不要"])
def test_another_form_is_bad_input_that_shows_the_forms(setting):
    with pytest.raises(BadInput) as caught:
        make_writer(setting)
    assert FORMS in str(caught.value)
    assert repr(setting) in str(caught.value)
