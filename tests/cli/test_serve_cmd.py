"""`zhanggui serve` refuses what is unsafe before it loads anything; `token` signs what `serve` accepts."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from bot.cli.serve_cmd import _loopback
from bot.config import settings
from bot.web.tokens import verify

from .conftest import Run, is_one_line


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    """What the server was started with; it is not."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr("uvicorn.run", lambda app, **options: calls.append({"app": app, **options}))
    monkeypatch.setenv("ZHANGGUI_WRITER", "none")
    monkeypatch.setenv("ZHANGGUI_EMBEDDER", str(tmp_path))
    monkeypatch.setenv("ZHANGGUI_SHOP", "")
    settings.cache_clear()
    return calls


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_serves_the_shop_on_this_machine_only(run: Run, started: list[dict[str, Any]], shop_folder: Path) -> None:
    port = free_port()
    ran = run("serve", "--shop", shop_folder, "--port", port)
    assert ran.code == 0 and ran.out == ""
    assert f"http://localhost:{port}" in ran.err
    (call,) = started
    assert (call["host"], call["port"], call["workers"]) == ("127.0.0.1", port, 1)
    assert os.environ["ZHANGGUI_SHOP"] == str(shop_folder)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "shop.example", ""])
def test_others_are_not_let_in_without_a_secret(
    run: Run, started: list[dict[str, Any]], shop_folder: Path, host: str
) -> None:
    ran = run("serve", "--shop", shop_folder, "--host", host)
    assert is_one_line(ran, 2, "ZHANGGUI_SECRET")
    assert started == []


def test_with_a_secret_they_are(
    run: Run, started: list[dict[str, Any]], shop_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHANGGUI_SECRET", "a secret that is long enough to be one")
    settings.cache_clear()
    assert run("serve", "--shop", shop_folder, "--host", "0.0.0.0", "--port", free_port()).code == 0
    assert len(started) == 1


def test_a_port_in_use(run: Run, started: list[dict[str, Any]], shop_folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert is_one_line(run("serve", "--shop", shop_folder, "--port", port), 1, str(port), "--port")
    assert started == []


def test_a_host_that_is_not_this_machines(
    run: Run, started: list[dict[str, Any]], shop_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHANGGUI_SECRET", "a secret that is long enough to be one")
    settings.cache_clear()
    assert is_one_line(run("serve", "--shop", shop_folder, "--host", "192.0.2.1"), 1, "192.0.2.1")
    assert is_one_line(run("serve", "--shop", shop_folder, "--host", "no such host"), 1, "no such host")


@pytest.mark.parametrize(
    ("name", "value", "code", "word"),
    [
        ("ZHANGGUI_WRITER", "gpt:4", 2, "ZHANGGUI_WRITER"),
        ("ZHANGGUI_EMBEDDER", "multilingual-e5-small", 1, "zhanggui models pull"),
        ("ZHANGGUI_DATABASE_URL", "nonsense", 1, "database"),
    ],
)
def test_what_a_worker_would_die_of_is_told_before(
    run: Run,
    started: list[dict[str, Any]],
    shop_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    code: int,
    word: str,
) -> None:
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    assert is_one_line(run("serve", "--shop", shop_folder, "--workers", "2"), code, word)
    assert started == []


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert _loopback(host) is expected


def test_a_token_is_one_line_that_the_server_accepts(run: Run) -> None:
    ran = run("token", "--customer", "顾客-1", "--ttl", "60")
    assert ran.code == 0 and ran.out.count("\n") == 1 and ran.err == ""
    assert verify(ran.out.strip()) == "顾客-1"


@pytest.mark.parametrize("ttl", ["0", "-1", "x"])
def test_a_token_that_never_holds(run: Run, ttl: str) -> None:
    assert is_one_line(run("token", "--customer", "u1", "--ttl", ttl), 2, "--ttl")
