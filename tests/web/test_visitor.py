"""Whose address counts: the peer's, unless a proxy that is trusted says otherwise."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from bot.config import settings
from bot.errors import BadInput
from bot.web.visitor import trusted_proxies, visitor_of


def seen(peer: str | None, *forwarded: str) -> str:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    return visitor_of(Request({"type": "http", "headers": headers, "client": (peer, 1) if peer else None}))


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1,2001:db8:1::/48")
    settings.cache_clear()


@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.9", "10.0.0.1"])
def test_nobody_is_trusted_by_default(peer: str) -> None:
    assert seen(peer, "198.51.100.7") == peer


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["198.51.100.7, 10.1.1.1"], "198.51.100.7"),
        ("127.0.0.1", ["198.51.100.7", "10.1.1.1"], "198.51.100.7"),
        ("203.0.113.9", ["198.51.100.7"], "203.0.113.9"),
        ("127.0.0.1", ["1.2.3.4, 198.51.100.7"], "198.51.100.7"),  # the first anybody may have written
        ("127.0.0.1", ["1.2.3.4, 203.0.113.9, 10.1.1.1"], "203.0.113.9"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.7, nonsense"], "127.0.0.1"),
        ("127.0.0.1", ["' OR 1=1 --"], "127.0.0.1"),
        ("::ffff:127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("2001:db8:1::5", ["198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", [", ".join(["10.0.0.1"] * 500)], "10.0.0.1"),
    ],
)
def test_a_trusted_proxy_says_who_is_behind_it(proxied: None, peer: str, forwarded: list[str], visitor: str) -> None:
    assert seen(peer, *forwarded) == visitor


def test_an_ipv6_visitor_is_a_network() -> None:
    assert seen("2001:db8:5:6::1") == seen("2001:db8:5:6:ffff::2") == "2001:db8:5:6::/64"
    assert seen("2001:db8:5:7::1") != seen("2001:db8:5:6::1")
    assert seen("::ffff:203.0.113.9") == "203.0.113.9"
    assert seen("fe80::1%eth0") == "fe80::/64"


def test_a_peer_without_an_address() -> None:
    assert seen(None) == "unknown"
    assert seen("testclient") == "testclient"


@pytest.mark.parametrize("text", ["nonsense", "10.0.0.0/33", "*"])
def test_a_wrong_setting_is_one_line(text: str) -> None:
    with pytest.raises(BadInput, match="ZHANGGUI_TRUSTED_PROXIES"):
        trusted_proxies(text)
