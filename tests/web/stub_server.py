"""A server with the chat's routes and scripted answers, for the widget's tests. Knows nothing of the real.

What a message contains decides its answer: see `script`. Bytes are sent in pieces of three, so that events,
lines and characters are cut anywhere.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parents[2] / "bot" / "web" / "static"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
CSP = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"

ANSWER = {
    "en": "Standard delivery takes 2–4 days after dispatch [1]. Remote areas take longer [2].",
    "zh": "标准快递发货后 2–4 天送达[1]。偏远地区时间更长[2]。",
}
QUOTE = {"en": "It takes 2–4 days after dispatch.", "zh": "发货后 2–4 天送达。"}
ATTACK = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> **x** [link](javascript:hacked=1) [1]'
PLAIN_PAGE = (
    '<!doctype html><html lang="{lang}"><title>p</title><p>A page.</p><script src="/widget.js" async></script></html>'
)
AT = "2026-11-01T12:00:00Z"
SHOWN = ("message_id", "citations", "products", "offers", "quick_replies")


@dataclass
class State:
    """What the server remembers, and what the tests look at."""

    conversations: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    cut: int = 0
    reading: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def citations(language: str) -> list[dict[str, Any]]:
    """Two sources: one with an address, one whose address is no web address."""
    title = {"en": "Standard delivery", "zh": "标准快递"}[language]
    remote = {"en": "Remote areas", "zh": "偏远地区"}[language]
    url, bad = "https://shop.example/help", "javascript:window.hacked=1"
    return [
        {"n": 1, "id": "standard-delivery", "title": title, "url": url, "quote": QUOTE[language]},
        {"n": 2, "id": "remote", "title": remote, "url": bad, "quote": f"<b>{remote}</b>"},
    ]


def script(text: str, language: str) -> dict[str, Any]:
    """The parts of the turn object that depend on the message."""
    low = text.lower()
    if "attack" in low:
        found = [{**citations(language)[0], "title": "<u>title</u>", "quote": ATTACK}]
        return {"reply": ATTACK, "citations": found, "quick_replies": ["<b>bold</b>"]}
    if low.startswith("long"):
        lines = [f"{n}. line {n} of the answer" for n in range(1, 41)]
        lines[6] = "7. " + "Supercalifragilistic" * 8
        return {"reply": "\n".join(lines)}
    if "person" in low or "人工" in text:
        reply = {"en": "A colleague will join you here.", "zh": "同事马上就来。"}[language]
        handoff = {"reason": "requested", "ticket": "T-1", "state": "waiting", "wait_minutes": None}
        return {"reply": reply, "handoff": handoff}
    if "lamp" in low or "灯" in text:
        return recommendation(language)
    more = {
        "en": ["Do you ship abroad?", "What does express cost?"],
        "zh": ["能寄到国外吗？", "特快多少钱？"],
    }
    return {"reply": ANSWER[language], "citations": citations(language), "quick_replies": more[language]}


def recommendation(language: str) -> dict[str, Any]:
    """A lamp and an offer."""
    reply = {"en": "You may like the Yuewan lamp.", "zh": "推荐月湾台灯。"}[language]
    name = {"en": "Yuewan Dimmable Desk Lamp", "zh": "月湾调光台灯"}[language]
    reason = {"en": "Bought with other desk lamps", "zh": "买过台灯的顾客也喜欢"}[language]
    title = {"en": "10% off lighting", "zh": "灯具九折"}[language]
    lamp = {"id": "lamp", "name": name, "price": 189.0, "currency": "CNY", "reason": reason}
    lamp |= {"url": "https://shop.example/p", "image": None}
    offer = {"id": "o", "title": title, "code": "GLOW10", "ends_at": None}
    return {"reply": reply, "products": [lamp], "offers": [offer]}


def turn_object(parts: dict[str, Any], language: str, conversation: str, message_id: str) -> dict[str, Any]:
    """`parts` and what every turn object has."""
    turn: dict[str, Any] = {name: [] for name in ("citations", "products", "offers", "quick_replies")}
    turn |= dict.fromkeys(("awaiting", "action", "handoff"))
    turn |= {"language": language, "command": "Search", "band": "direct", "speaker": "assistant"}
    return {**turn, **parts, "conversation_id": conversation, "message_id": message_id}


class Handler(BaseHTTPRequestHandler):
    """One request; responses end with the connection."""

    server: Server

    @property
    def state(self) -> State:
        return self.server.state

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path == "/v1/shop":
            names = {"en": "Lantern & Co.", "zh": "灯笼铺"}
            return self._json(200, {"id": "lantern", "name": names, "locales": ["zh", "en"], "default_locale": "zh"})
        if path.startswith("/v1/conversations/"):
            return self._transcript(path)
        if path.startswith("/plain-"):
            return self._send(200, "text/html", PLAIN_PAGE.format(lang=path.removeprefix("/plain-")).encode())
        file = STATIC / ("page.html" if path == "/" else path.removeprefix("/static/").lstrip("/"))
        if ".." in path or not file.is_file():
            return self._send(404, "text/plain", b"")
        return self._send(200, TYPES[file.suffix], file.read_bytes())

    def do_DELETE(self) -> None:
        conversation = self.path.rsplit("/", 1)[-1]
        if not self._allowed(conversation):
            return self._json(404, {"title": "Not Found", "status": 404})
        del self.state.conversations[conversation]
        return self._send(204, "text/plain", b"")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/v1/feedback":
            self.state.ratings.append(body)
            return self._send(204, "text/plain", b"")
        self.state.posts.append(body)
        self.state.headers.append(dict(self.headers))
        return self._chat(body)

    def _transcript(self, path: str) -> None:
        conversation = path.rsplit("/", 1)[-1]
        if not self._allowed(conversation):
            return self._json(404, {"title": "Not Found", "status": 404})
        messages = self.state.conversations[conversation]
        return self._json(200, {"conversation_id": conversation, "handoff": None, "messages": messages})

    def _allowed(self, conversation: str) -> bool:
        key = self.headers["X-Conversation-Key"]
        return conversation in self.state.conversations and key == f"key-of-{conversation}"

    def _chat(self, body: dict[str, Any]) -> None:
        text, conversation = body["message"], body.get("conversation_id")
        if conversation and not self._allowed(conversation):
            return self._json(404, {"title": "Not Found", "status": 404})
        if "limit" in text and text not in self.state.failed:
            self.state.failed.add(text)
            return self._json(429, {"title": "Too Many Requests", "status": 429}, {"Retry-After": "7"})
        with self.state.lock:
            first = conversation is None
            conversation = conversation or f"c{len(self.state.conversations)}"
            messages = self.state.conversations.setdefault(conversation, [])
            messages.append({"role": "user", "text": text, "at": AT})
            message_id = f"m{len(self.state.posts)}"
            into = self.state.reading.get(conversation) if "burst" in text else None
            self.state.reading.setdefault(conversation, message_id)
        try:
            language = "zh" if any(ord(c) > 0x2E80 for c in text) else body.get("language") or "en"
            turn = turn_object(script(text, language), language, conversation, message_id)
            if first:
                turn["conversation_key"] = f"key-of-{conversation}"
            self._turn(turn, text, into)
        finally:
            if into is None:
                self.state.reading.pop(conversation, None)

    def _turn(self, turn: dict[str, Any], text: str, into: str | None) -> None:
        self._open_stream()
        try:
            if into is not None:
                return self._event(9, "done", {**turn, "reply": "", "citations": [], "merged_into": into})
            self._stream(turn, text)
        except (BrokenPipeError, ConnectionResetError):
            self.state.cut += 1
        return None

    def _stream(self, turn: dict[str, Any], text: str) -> None:
        self._event(1, "routed", {"command": turn["command"], "language": turn["language"]})
        if "think" in text or "burst" in text:
            time.sleep(1.0)
        if "fail" in text and text not in self.state.failed:
            self.state.failed.add(text)
            return self._event(2, "error", {"title": "Server Error", "detail": "boom", "status": 500})
        words = turn["reply"].split(" ")
        slow = 200 if "slow" in text else 1
        for number, word in enumerate(words * slow):
            self._event(number + 2, "delta", {"text": word if number == 0 else " " + word})
            if "slow" in text:
                time.sleep(0.05)
            if "break" in text and number == 3 and text not in self.state.failed:
                self.state.failed.add(text)
                return None
        for kind in ("citations", "products", "offers", "quick_replies", "handoff"):
            if turn[kind]:
                self._event(900, kind, turn[kind])
        shown = {key: turn[key] for key in SHOWN}
        messages = self.state.conversations[turn["conversation_id"]]
        messages.append({"role": "assistant", "text": turn["reply"], "at": AT, **shown})
        return self._event(901, "done", turn)

    def _open_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.end_headers()
        self.wfile.write("\ufeff: hello\r\n\r\n".encode())

    def _event(self, number: int, kind: str, data: Any) -> None:
        """CRLF, data over several lines, three bytes at a time."""
        lines = json.dumps(data, ensure_ascii=False, indent=1).split("\n")
        parts = [f"id: {number}", f"event:{kind}", *(f"data: {line}" for line in lines), "", ""]
        raw = "\r\n".join(parts).encode()
        for at in range(0, len(raw), 3):
            self.wfile.write(raw[at : at + 3])

    def _json(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        kind = "application/problem+json" if status >= 400 else "application/json"
        self._send(status, kind, json.dumps(value).encode(), headers)

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        sent = {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(body)),
            "Content-Security-Policy": CSP,
        }
        for name, value in {**sent, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """The handler's server, with the state that the tests share with it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.state = State()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def running() -> Iterator[Server]:
    """A server on a free port of this machine, in a thread of its own."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    with running() as stub:
        print(stub.url, flush=True)
        threading.Event().wait()
