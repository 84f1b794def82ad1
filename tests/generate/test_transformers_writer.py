"""The transformers writer, on a model of random weights and on the tiny real one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from bot.errors import BadInput, ModelMissing, WriterUnavailable
from bot.generate import transformers_model
from bot.generate.transformers_model import locate
from bot.generate.transformers_writer import TransformersWriter
from bot.generate.writer import Message, WriterRequest, write

from .contract import EN, PATIENCE, ClosingContract, WriterContract, ask, refused_in, say
from .tiny import NO_SYSTEM, save_tiny_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


class TestRandomWeights(ClosingContract, WriterContract):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def model(cls, folder):
        cls.folder = folder

    @classmethod
    def make(cls):
        return TransformersWriter(str(cls.folder), threads=1)


@pytest.mark.model
class TestTinyModel(WriterContract):
    """The GGUF of the registry, read by transformers."""

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def model(cls):
        from bot.models.installed import problem

        if why := problem("smollm2-135m"):
            pytest.skip(f"smollm2-135m: {why}; run `zhanggui models pull smollm2-135m`")

    @classmethod
    def make(cls):
        return TransformersWriter("smollm2-135m", threads=1)

    def test_makes_sense(self, writer):
        reply = write(writer, ask("What is the capital of France? One word.", max_tokens=12))
        assert "Paris" in reply


@pytest.fixture
def writer(folder):
    with closing(TransformersWriter(str(folder), threads=1)) as writer:
        yield writer


def test_a_schema_that_cannot_be_followed_is_refused(writer):
    message, _ = refused_in(writer, ask("x", schema={"type": "no such type"}))
    assert "schema" in message
    assert json.loads(write(writer, say(EN))) == EN


def test_a_template_without_a_system_role_gets_it_with_the_first_message(tmp_path):
    with closing(TransformersWriter(str(save_tiny_model(tmp_path, NO_SYSTEM)), threads=1)) as writer:
        assert json.loads(write(writer, say(EN))) == EN
    rows = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
    assert transformers_model._without_system(rows) == [{"role": "user", "content": "S\n\nU"}]


def test_temperature_samples(writer):
    request = WriterRequest((Message("user", "x"),), max_tokens=40, temperature=1.5, timeout=PATIENCE)
    assert len({write(writer, request) for _ in range(4)}) > 1
    greedy = WriterRequest((Message("user", "x"),), max_tokens=40, timeout=PATIENCE)
    assert len({write(writer, greedy) for _ in range(3)}) == 1


def test_a_long_prompt_can_be_given_up(writer, monkeypatch):
    """Cancelling works before the first token too: the next layer is not computed."""
    go_on = threading.Event()
    layers = []
    ask_first = transformers_model.CausalModel._before_layer

    def slow_layer(self, layer, inputs):
        layers.append(inputs[0].shape[1])
        assert go_on.wait(PATIENCE)
        ask_first(self, layer, inputs)

    monkeypatch.setattr(transformers_model.CausalModel, "_before_layer", slow_layer)
    writer.start()
    assert writer.wait_ready(PATIENCE)
    _, seconds = refused_in(writer, ask("x" * 500, timeout=0.5))
    assert seconds < 0.5 + 2
    go_on.set()
    assert json.loads(write(writer, say(EN))) == EN
    assert sum(length > 500 for length in layers) == 1


@pytest.mark.parametrize("content", ["no model at all", ""])
def test_a_broken_folder_gives_a_status_that_says_so(tmp_path, content):
    (tmp_path / "config.json").write_text(content)
    with closing(TransformersWriter(str(tmp_path))) as writer:
        writer.start()
        assert not writer.wait_ready(PATIENCE)
        assert writer.status().detail.startswith("failed: ")
        assert "\n" not in writer.status().detail
        message, seconds = refused_in(writer, say(EN))
        assert seconds < 2
        assert "could not be loaded" in message


def test_requests_that_wait_for_a_failed_load_are_ended(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with closing(TransformersWriter(str(tmp_path))) as writer:
        message, _ = refused_in(writer, say(EN))
        assert "could not be loaded" in message


def test_a_tokenizer_without_a_chat_template_is_refused(tmp_path):
    with closing(TransformersWriter(str(save_tiny_model(tmp_path, None)))) as writer:
        writer.start()
        assert not writer.wait_ready(PATIENCE)
        assert "chat template" in writer.status().detail


def test_a_failed_load_can_be_tried_again(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with closing(TransformersWriter(str(tmp_path), threads=1)) as writer:
        writer.start()
        assert not writer.wait_ready(PATIENCE)
        save_tiny_model(tmp_path)
        writer.start()
        assert writer.wait_ready(PATIENCE)
        assert json.loads(write(writer, say(EN))) == EN


@pytest.fixture
def slow_load(monkeypatch):
    """Loads take until the event is set."""
    go_on = threading.Event()
    load = transformers_model.CausalModel.load

    def slow(*source):
        assert go_on.wait(PATIENCE)
        return load(*source)

    monkeypatch.setattr(transformers_model.CausalModel, "load", slow)
    yield go_on
    go_on.set()


def test_a_request_during_the_load_waits_for_it(writer, slow_load):
    message, seconds = refused_in(writer, say(EN, timeout=0.2))
    assert message == "the writer is still loading"
    assert seconds < 2.2
    assert writer.status().detail == "loading"
    slow_load.set()
    assert json.loads(write(writer, say(EN))) == EN


def test_closing_during_the_load_ends_those_who_wait(writer, slow_load):
    ended = threading.Event()

    def read():
        with pytest.raises(WriterUnavailable, match="closed"):
            write(writer, say(EN))
        ended.set()

    writer.start()
    reader = threading.Thread(target=read)
    reader.start()
    closer = threading.Thread(target=writer.close)
    closer.start()
    assert ended.wait(10)
    slow_load.set()
    closer.join(10)
    assert not closer.is_alive()
    assert writer.status().detail == "closed"


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux only")
def test_its_thread_has_a_lower_priority_than_the_rest(writer):
    writer.start()
    assert writer.wait_ready(PATIENCE)
    thread = next(thread for thread in threading.enumerate() if thread is writer._thread)
    assert os.getpriority(os.PRIO_PROCESS, thread.native_id) >= 5
    assert os.getpriority(os.PRIO_PROCESS, 0) < os.getpriority(os.PRIO_PROCESS, thread.native_id)


class TestLocate:
    def test_a_folder(self, folder):
        assert locate(str(folder)) == (str(folder), None)

    def test_a_gguf_file_and_its_folder(self, tmp_path):
        (tmp_path / "a.gguf").write_bytes(b"GGUF")
        assert locate(str(tmp_path / "a.gguf")) == (str(tmp_path), "a.gguf")
        assert locate(str(tmp_path)) == (str(tmp_path), "a.gguf")
        (tmp_path / "model.gguf").write_bytes(b"GGUF")
        assert locate(str(tmp_path)) == (str(tmp_path), "model.gguf")

    def test_a_hub_id(self):
        assert locate("Qwen/Qwen2.5-1.5B-Instruct") == ("Qwen/Qwen2.5-1.5B-Instruct", None)

    @pytest.mark.parametrize("name", ["/no/such/folder", "./nowhere", "~/no-such-model", "a/b/c"])
    def test_a_path_that_is_not_there(self, name):
        with pytest.raises(ModelMissing):
            locate(name)

    def test_an_empty_folder(self, tmp_path):
        with pytest.raises(ModelMissing, match=r"config\.json"):
            locate(str(tmp_path))

    def test_a_name_that_is_no_model(self):
        with pytest.raises(BadInput):
            locate("smollm9")


def test_nothing_heavy_is_imported_before_the_start(folder):
    heavy = {"torch", "transformers", "llguidance", "xllamacpp", "numpy", "httpx2"}
    code = (
        "import sys; from bot.generate.choose import make_writer; import bot.generate.llamacpp\n"
        f"w = make_writer('transformers:' + {str(folder)!r}); w.status(); w.close()\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
