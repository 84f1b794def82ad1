"""The application: health, static files and their headers, limits, and errors as problem objects."""

from __future__ import annotations

from typing import Any

import pytest
from scripted import make_services, says, write_shop

from bot.errors import Failure
from bot.services import Services
from bot.shop.folder import load_shop
from bot.store.memory import MemoryLog
from bot.web.app import MAX_BODY, STATIC, create_app
from bot.web.state import WebState


def is_problem(response: Any, status: int) -> bool:
    """Whether the response is an RFC 9457 problem object of that status."""
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert response.status_code == body["status"] == status
    assert body["type"] == "about:blank" and body["title"] and body["detail"]
    return True


def test_health(client: Any) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {
        "status": "ok",
        "writer": {"name": "scripted", "ready": True, "detail": ""},
    }


def test_the_shops_public_face(client: Any) -> None:
    assert client.get("/v1/shop").json() == {
        "id": "tiny",
        "name": {"en": "Tiny Shop", "zh": "小店"},
        "locales": ["zh", "en"],
        "default_locale": "zh",
    }


def test_the_description_of_the_api(client: Any) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/chat", "/v1/feedback", "/v1/conversations/{conversation_id}", "/v1/kb/search"} <= set(paths)
    assert client.get("/docs").status_code == 404


PAGES = [
    "/",
    "/widget.js",
    "/static/page.css",
    "/healthz",
    "/v1/shop",
    "/openapi.json",
    "/nowhere",
    "/static/nowhere",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_response_is_fenced_in(client: Any, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert not any("unsafe" in value for value in policy.values())
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers
    assert "set-cookie" not in headers


def test_the_page_needs_nothing_that_the_policy_forbids(client: Any) -> None:
    page = client.get("/").text
    assert " onclick=" not in page and "<style" not in page and " style=" not in page
    assert "https://" not in page.replace("https://schema.org", "") and "http://" not in page.replace(
        "http://www.w3.org", ""
    )


def test_static_files_have_their_types(client: Any) -> None:
    assert client.get("/").headers["content-type"].startswith("text/html")
    assert client.get("/widget.js").headers["content-type"].startswith("text/javascript")
    for path in ("/", "/widget.js"):
        assert client.get(path).headers["cache-control"] == "no-cache"
    for file in STATIC.rglob("*.js"):
        assert client.get(f"/static/{file.relative_to(STATIC).as_posix()}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"]
)
def test_nothing_outside_the_static_folder(client: Any, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/nowhere", "/static/nowhere", "/v1/nowhere"])
def test_not_found_is_a_problem(client: Any, path: str) -> None:
    assert is_problem(client.get(path), 404)


def test_a_wrong_method_is_a_problem(client: Any) -> None:
    response = client.get("/v1/chat")
    assert is_problem(response, 405) and response.headers["allow"] == "POST"


# --- limits ---


@pytest.mark.parametrize("path", ["/v1/chat", "/v1/feedback", "/v1/kb/search", "/nowhere"])
def test_a_body_over_the_limit(client: Any, path: str) -> None:
    assert is_problem(client.post(path, content=b"x" * (MAX_BODY + 1)), 413)


def test_a_body_at_the_limit(client: Any) -> None:
    start = b'{"text": "delivery", "k": 1}'
    assert (
        client.post(
            "/v1/kb/search", content=start.ljust(MAX_BODY), headers={"content-type": "application/json"}
        ).status_code
        == 200
    )


def test_a_body_of_unknown_length(client: Any) -> None:
    assert is_problem(client.post("/v1/chat", content=iter([b'{"message": "hi"}'])), 411)


@pytest.mark.parametrize("length", ["abc", "-1", "1e3", "9" * 30, "\u00b2"])
def test_a_length_that_is_no_number(client: Any, length: str) -> None:
    assert is_problem(client.post("/v1/chat", content=b"{}", headers={"content-length": length.encode("latin-1")}), 413)


# --- errors ---


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b"[" * 30_000,
        b"{}",
        b'{"text": 5}',
        b'{"text": "x", "k": 0}',
        b'{"text": "x", "k": 51}',
        b'{"text": "x", "language": "fr"}',
        b'{"text": "\\ud800"}',
        b'{"text": " "}',
        b'{"text": "' + b"x" * 4001 + b'"}',
    ],
    ids=ascii,
)
def test_a_body_that_is_not_what_is_asked_for(client: Any, body: bytes) -> None:
    response = client.post("/v1/kb/search", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert is_problem(response, response.status_code)


def test_a_failure_of_the_shop_is_a_problem(client: Any, services: Services) -> None:
    services.answerable.raises = Failure("the database is full")  # type: ignore[attr-defined]
    response = client.post("/v1/chat", json={"message": "hello there"}, headers={"accept": "application/json"})
    assert is_problem(response, 503) and response.json()["detail"] == "the database is full"


def test_an_unexpected_error_tells_nothing(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr("bot.web.shop.found_rows", fail)
    response = client.post("/v1/kb/search", json={"text": "x"})
    assert is_problem(response, 500) and "hunter2" not in response.text


def test_search(client: Any) -> None:
    rows = client.post("/v1/kb/search", json={"text": "gift wrapping", "k": 2}).json()["results"]
    assert len(rows) == 2 and rows[0]["id"] == "gift-wrap" and rows[0]["language"] == "en"
    assert set(rows[0]) == {"id", "title", "text", "language", "score", "source", "url"}
    zh = client.post("/v1/kb/search", json={"text": "gift wrapping", "language": "zh"}).json()["results"]
    assert zh[0]["language"] == "zh"


def test_the_end_of_the_server_frees_the_writer(tmp_path: Any) -> None:
    from fastapi.testclient import TestClient

    services = make_services(load_shop(write_shop(tmp_path / "shop")))
    with TestClient(create_app(WebState(services, MemoryLog()))) as client:
        says(services, "hello there", "greeting")
        client.post("/v1/chat", json={"message": "hello there"})
        assert services.writer.closes == 0  # type: ignore[attr-defined]
    assert services.writer.closes == 1  # type: ignore[attr-defined]
