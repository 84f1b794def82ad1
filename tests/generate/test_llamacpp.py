"""The llama.cpp writer: its supervision with a worker without a model, the whole with the tiny model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from bot.errors import WriterUnavailable
from bot.generate import llamacpp
from bot.generate.llama_worker import SLOTS
from bot.generate.llamacpp import LlamaCppWriter, backoff
from bot.generate.writer import write

from .contract import EN, LONG, PATIENCE, ClosingContract, WriterContract, ask, refused_in, say

STUB = Path(__file__).with_name("stub_worker.py")


def stub(*behaviour, **settings):
    return LlamaCppWriter(
        "stub", Path("no.gguf"), command=[sys.executable, str(STUB), *map(str, behaviour)], **settings
    )


def worker_of(writer) -> int:
    return writer._worker.popen.pid


def wait_until(condition, seconds=PATIENCE):
    """Polls: for what happens in another process, where no event can be set."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def is_gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class TestWithoutAModel(ClosingContract, WriterContract):
    slots = SLOTS

    @classmethod
    def make(cls):
        return stub()


class Killing:
    """What happens when the worker dies; `make` gives a writer."""

    @pytest.fixture
    def writer(self):
        with closing(self.make()) as writer:
            writer.start()
            assert writer.wait_ready(PATIENCE)
            yield writer

    def test_a_killed_worker_ends_the_reply_and_comes_back(self, writer):
        stream = writer.stream(say(LONG, max_tokens=8000))
        next(stream)
        os.kill(worker_of(writer), signal.SIGKILL)
        with pytest.raises(WriterUnavailable):
            list(stream)
        assert json.loads(write(writer, say(EN))) == EN
        assert "restarts: 1, last because of: signal 9" in writer.status().detail

    def test_a_worker_that_dies_while_idle_comes_back(self, writer):
        first = writer._worker
        os.kill(first.popen.pid, signal.SIGKILL)
        wait_until(lambda: not first.alive)
        assert json.loads(write(writer, say(EN))) == EN
        assert writer._worker is not first

    def test_the_worker_ends_with_the_writer(self, writer):
        pid = worker_of(writer)
        writer.close()
        assert is_gone(pid)
        assert not [t for t in threading.enumerate() if t.name == "writer-supervisor"]


class TestKilledWithoutAModel(Killing):
    make = staticmethod(stub)

    def test_a_worker_that_dies_again_and_again_refuses_at_once(self, writer, monkeypatch):
        monkeypatch.setattr(llamacpp, "_BACKOFF", (0.0, 0.0, 300.0))
        for _ in range(3):
            refused_in(writer, ask("please crash", schema={"const": LONG}, max_tokens=8000))
        wait_until(lambda: "failed" in writer.status().detail)
        message, seconds = refused_in(writer, say(EN))
        assert seconds < 2
        assert "exit status 7" in message


class TestFailedStarts:
    def test_the_reason_is_shown_and_requests_are_refused_at_once(self):
        with closing(stub("broken")) as writer:
            writer.start()
            assert not writer.wait_ready(PATIENCE)
            status = writer.status()
            assert not status.ready
            assert status.detail == "failed: gguf_init: bad magic 掌柜 (exit status 1)"
            message, seconds = refused_in(writer, say(EN))
            assert seconds < 2
            assert "bad magic" in message

    def test_a_request_that_waits_for_the_first_load_hears_of_its_failure(self):
        with closing(stub("broken")) as writer:
            message, _ = refused_in(writer, say(EN))
            assert "bad magic" in message

    def test_it_is_not_started_again_and_again(self, tmp_path, monkeypatch):
        monkeypatch.setattr(llamacpp, "_BACKOFF", (0.0, 0.0, 300.0))
        log = tmp_path / "log"
        with closing(stub("broken", "log", log)) as writer:
            writer.start()
            wait_until(lambda: log.exists() and len(log.read_text().split()) == 3)
            for _ in range(5):
                refused_in(writer, say(EN))
            assert len(log.read_text().split()) == 3

    def test_pauses_grow_to_minutes(self):
        pauses = [backoff(n) for n in range(20)]
        assert pauses[0] == 0
        assert pauses == sorted(pauses)
        assert pauses[1] <= 1
        assert sum(pauses[1:8]) > 60
        assert pauses[-1] == 300

    def test_a_mended_model_is_found(self, tmp_path, monkeypatch):
        monkeypatch.setattr(llamacpp, "_BACKOFF", (0.05,))
        flag = tmp_path / "broken"
        flag.touch()
        with closing(stub("broken-if", flag)) as writer:
            writer.start()
            assert not writer.wait_ready(PATIENCE)
            flag.unlink()
            wait_until(lambda: writer.status().ready)
            assert json.loads(write(writer, say(EN))) == EN

    def test_a_worker_that_cannot_be_started(self, tmp_path):
        with closing(LlamaCppWriter("x", Path("x.gguf"), command=[str(tmp_path / "nothing")])) as writer:
            writer.start()
            assert not writer.wait_ready(PATIENCE)
            assert "cannot be started" in writer.status().detail

    @pytest.mark.parametrize(
        ("content", "why"), [(b"hello", "GGUF"), (b"GGUF\x03\x00\x00\x00" + bytes(100), "architecture")]
    )
    def test_a_broken_file(self, tmp_path, content, why):
        """With the real worker."""
        (tmp_path / "model.gguf").write_bytes(content)
        with closing(LlamaCppWriter("broken", tmp_path / "model.gguf")) as writer:
            writer.start()
            assert not writer.wait_ready(PATIENCE)
            detail = writer.status().detail
            assert detail.startswith("failed: ")
            assert why in detail
            assert "\n" not in detail

    def test_a_missing_file(self, tmp_path):
        with closing(LlamaCppWriter("gone", tmp_path / "model.gguf")) as writer:
            writer.start()
            assert not writer.wait_ready(PATIENCE)
            assert "No such file" in writer.status().detail


class TestLoading:
    def test_a_request_waits_for_it_no_longer_than_it_may(self):
        with closing(stub("mute")) as writer:
            message, seconds = refused_in(writer, say(EN, timeout=0.3))
            assert message == "the writer is still loading"
            assert seconds < 0.3 + 2
            assert writer.status().detail == "loading"
            assert not writer.wait_ready(0)

    def test_closing_ends_those_who_wait(self):
        writer = stub("mute")
        heard = []
        reader = threading.Thread(target=lambda: heard.append(refused_in(writer, say(EN))))
        reader.start()
        wait_until(lambda: writer.status().memory_bytes)
        writer.close()
        reader.join(10)
        assert heard[0][0] == "the writer is closed"

    def test_closing_at_any_moment_leaves_no_process(self):
        for pause in (0.0, 0.001, 0.01, 0.05):
            writer = stub()
            writer.start()
            threading.Event().wait(pause)
            writer.close()
            assert not writer._supervisor.is_alive()
            assert writer._worker is None or is_gone(worker_of(writer))


@pytest.fixture(scope="module")
def model():
    from bot.models.installed import file_of, problem

    if why := problem("smollm2-135m"):
        pytest.skip(f"smollm2-135m: {why}; run `zhanggui models pull smollm2-135m`")
    return file_of("smollm2-135m")


@pytest.mark.model
class TestTinyModel(ClosingContract, WriterContract):
    slots = SLOTS

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def model_file(cls, model):
        cls.file = model

    @classmethod
    def make(cls):
        return LlamaCppWriter("smollm2-135m", cls.file)

    def test_makes_sense(self, writer):
        assert "Paris" in write(writer, ask("What is the capital of France? One word.", max_tokens=12))

    def test_listens_on_loopback_only_and_needs_the_key(self, writer):
        import httpx2

        worker = psutil.Process(worker_of(writer))
        listening = [c for c in worker.net_connections() if c.status == psutil.CONN_LISTEN]
        assert {c.laddr.ip for c in listening} == {"127.0.0.1"}
        url = f"http://127.0.0.1:{listening[0].laddr.port}/v1/chat/completions"
        body = {"messages": [{"role": "user", "content": "x"}], "max_tokens": 1}
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            assert httpx2.post(url, json=body, headers=headers, trust_env=False).status_code == 401

    def test_runs_at_a_lower_priority_and_apart_from_the_terminal(self, writer):
        own = psutil.Process().nice()
        assert psutil.Process(worker_of(writer)).nice() == min(19, own + 5)
        assert os.getsid(worker_of(writer)) != os.getsid(0)  # Ctrl-C here does not reach it

    def test_takes_nothing_from_the_working_folder(self, tmp_path, monkeypatch):
        (tmp_path / "xllamacpp.py").write_text("raise SystemExit('imported from the working folder')")
        monkeypatch.chdir(tmp_path)
        with closing(self.make()) as writer:
            writer.start()
            assert writer.wait_ready(PATIENCE), writer.status()


@pytest.mark.model
class TestKilled(Killing):
    @pytest.fixture(autouse=True)
    def model_file(self, model):
        self.make = lambda: LlamaCppWriter("smollm2-135m", model)

    def test_the_worker_dies_with_its_parent(self, model):
        code = (
            "import sys, time; from pathlib import Path; from bot.generate.llamacpp import LlamaCppWriter\n"
            "w = LlamaCppWriter('x', Path(sys.argv[1])); w.start(); assert w.wait_ready(60)\n"
            "print(w._worker.popen.pid, flush=True); sys.stdin.read()"
        )
        command = [sys.executable, "-c", code, str(model)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
            worker = int(parent.stdout.readline())
            assert not is_gone(worker)
            parent.kill()
        wait_until(lambda: is_gone(worker))
