"""A customer token speaks for one customer, until it expires, and only when this shop signed it."""

from __future__ import annotations

import base64
import json
import stat
import threading
import time
from pathlib import Path
from typing import Any

import jwt
import pytest

from bot.config import settings
from bot.errors import Failure
from bot.web.tokens import BadToken, secret, sign, verify

SECRET = "a secret of the shop's own, long enough for HS256"


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("ZHANGGUI_SECRET", SECRET)
    settings.cache_clear()
    return monkeypatch


def make(claims: dict[str, Any], key: str = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key, algorithm=algorithm)


def soon() -> int:
    return int(time.time()) + 60


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("customer", ["u1", "顾客", "a b/c", "0"])
def test_a_signed_token_names_its_customer(configured: pytest.MonkeyPatch, customer: str) -> None:
    assert verify(sign(customer, 60)) == customer


def test_the_shops_own_site_can_sign(configured: pytest.MonkeyPatch) -> None:
    assert verify(make({"sub": "u1", "exp": soon()})) == "u1"


def test_an_expired_token(configured: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadToken, match="expired"):
        verify(sign("u1", -1))


@pytest.mark.parametrize(
    "claims",
    [{"sub": "u1"}, {"exp": 9999999999}, {"sub": "", "exp": 9999999999}, {"sub": 7, "exp": 9999999999}],
)
def test_a_token_without_its_claims(configured: pytest.MonkeyPatch, claims: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        verify(make(claims))


def test_a_token_signed_by_another(configured: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadToken):
        verify(make({"sub": "u1", "exp": soon()}, SECRET + "!"))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_a_token_that_says_it_needs_no_signature(configured: pytest.MonkeyPatch, algorithm: str) -> None:
    body = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part({'sub': 'u1', 'exp': soon()})}"
    for token in (f"{body}.", body, f"{body}.e30"):
        with pytest.raises(BadToken):
            verify(token)


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_token_of_another_algorithm(configured: pytest.MonkeyPatch, algorithm: str) -> None:
    with pytest.raises(BadToken):
        verify(make({"sub": "u1", "exp": soon()}, SECRET * 2, algorithm))
    with pytest.raises(BadToken):
        verify(jwt.encode({"sub": "u1", "exp": soon()}, SECRET + "#" * 16, algorithm=algorithm))


def test_a_changed_body(configured: pytest.MonkeyPatch) -> None:
    head, _, mark = sign("u1", 60).split(".")
    with pytest.raises(BadToken):
        verify(f"{head}.{part({'sub': 'u2', 'exp': soon()})}.{mark}")


@pytest.mark.parametrize("token", ["x", "a.b.c", "...", "é.é.é", "\0", " ", "eyJ" * 1000, "[]", "null"], ids=ascii)
def test_garbage(configured: pytest.MonkeyPatch, token: str) -> None:
    with pytest.raises(BadToken):
        verify(token)


def test_a_token_that_is_not_valid_yet(configured: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadToken):
        verify(make({"sub": "u1", "exp": soon() + 600, "nbf": soon() + 300}))


def test_the_audience_counts_only_where_one_is_set(configured: pytest.MonkeyPatch) -> None:
    other = make({"sub": "u1", "exp": soon(), "aud": "another-shop"})
    bare = make({"sub": "u1", "exp": soon()})
    assert verify(other) == verify(bare) == "u1"
    configured.setenv("ZHANGGUI_AUDIENCE", "this-shop")
    settings.cache_clear()
    for token in (other, bare):
        with pytest.raises(BadToken):
            verify(token)
    assert verify(sign("u1", 60)) == "u1"


# --- the secret ---


def test_a_secret_is_made_once_and_kept_to_its_owner(home: Path) -> None:
    made = secret()
    assert len(made) >= 43
    assert secret() == made
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["secret"]
    settings.cache_clear()
    assert verify(sign("u1", 60)) == "u1"


def test_the_configured_secret_wins_and_nothing_is_kept(configured: pytest.MonkeyPatch, home: Path) -> None:
    assert secret() == SECRET
    assert not home.exists()


def test_processes_that_start_at_once_agree() -> None:
    gate, found = threading.Barrier(8), []

    def start() -> None:
        gate.wait()
        found.append(secret())

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1


@pytest.mark.parametrize("content", [b"", b"\n", b"short", b"\xff" * 64])
def test_a_broken_secret_is_an_error_and_no_key(home: Path, content: bytes) -> None:
    """An empty key would let anybody sign."""
    home.mkdir()
    (home / "secret").write_bytes(content)
    with pytest.raises(Failure, match="secret"):
        sign("u1", 60)
    forged = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part({'sub': 'u1', 'exp': soon()})}.e30"
    with pytest.raises(Failure):
        verify(forged)


def test_a_home_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ZHANGGUI_HOME", str(tmp_path / "file" / "home"))
    settings.cache_clear()
    with pytest.raises(Failure, match="ZHANGGUI_SECRET"):
        secret()
