"""The terminal chat: history, multi-line input, a readable trace. Knows nothing of how a turn works."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.answerer import Answerer
from bot.config import settings
from bot.conversation import Conversation
from bot.errors import BadInput, ZhangguiError

HELP = {
    "en": "Enter sends; Alt+Enter (or a line ending in \\) starts a new line. "
    "/trace /lang zh|en /customer ID /reset /save [FILE] /help /quit",
    "zh": "回车发送；Alt+回车（或行末加 \\）换行。/trace /lang zh|en /customer ID /reset /save [文件] /help /quit",
}


def show(turn: dict[str, Any]) -> None:
    """A reply as a person reads it, with its footnotes."""
    print(turn["reply"])
    _footnotes(turn)


def _footnotes(turn: dict[str, Any]) -> None:
    for citation in turn["citations"]:
        url = f" {citation['url']}" if citation["url"] else ""
        print(f"  [{citation['n']}] {citation['title']} ({citation['id']}){url}")
    if turn["quick_replies"]:
        print("  " + " · ".join(turn["quick_replies"]))


class Session:
    """One terminal chat; commands begin with a slash."""

    def __init__(self, answerer: Answerer, customer: str | None, language: str | None) -> None:
        self.answerer = answerer
        self.customer = customer
        self.language = language
        self.turns: list[dict[str, Any]] = []
        self.conversation: Conversation = self._begin()

    def _begin(self) -> Conversation:
        self.turns = []
        return self.answerer.new_conversation(self.customer, self.language)

    @property
    def tongue(self) -> str:
        """The language of the chat's own texts."""
        return self.language or self.conversation.language or self.answerer.services.shop.config.language

    def say(self, text: str) -> None:
        """Answer a message, word by word as it comes."""
        with closing(self.answerer.stream(self.conversation, text)) as events:
            for kind, data in events:
                if kind == "delta":
                    sys.stdout.write(data["text"])
                    sys.stdout.flush()
                elif kind == "done":
                    print()
                    self.turns.append({"user": text, **data})
                    _footnotes(data)

    def command(self, line: str) -> bool:
        """Carry out a slash command; False when the chat is to end. Raises BadInput for an unknown one."""
        name, _, rest = line.partition(" ")
        actions: dict[str, Callable[[str], None]] = {
            "/trace": self._trace, "/lang": self._lang, "/customer": self._customer, "/reset": self._reset,
            "/save": self._save, "/help": lambda _: print(HELP[self.tongue]),
        }  # fmt: skip
        if name in ("/quit", "/exit"):
            return False
        if name not in actions:
            raise BadInput(f"{name}: no such command; /help lists them")
        actions[name](rest.strip())
        return True

    def _lang(self, language: str) -> None:
        if language not in ("zh", "en"):
            raise BadInput("/lang: say /lang zh or /lang en")
        self.language = language
        self.conversation = self._begin()
        print(HELP[language])

    def _customer(self, customer: str) -> None:
        self.customer = customer or None
        self.conversation = self._begin()
        print(f"customer: {self.customer or 'guest'}")

    def _reset(self, _: str) -> None:
        self.conversation = self._begin()
        print("—")

    def _save(self, name: str) -> None:
        path = Path(name or f"chat-{datetime.now():%Y%m%d-%H%M%S}.jsonl")
        try:
            path.write_text("".join(json.dumps(t, ensure_ascii=False) + "\n" for t in self.turns), encoding="utf-8")
        except OSError as error:
            raise BadInput(f"/save: {path} cannot be written ({error.strerror}); name another file") from error
        print(path.absolute())

    def _trace(self, _: str) -> None:
        """The last turn as a table."""
        if not self.turns:
            raise BadInput("/trace: nothing was said yet")
        from rich.console import Console
        from rich.table import Table

        turn = self.turns[-1]
        table = Table(show_header=False, title=None)
        for key in ("command", "intent", "band", "language"):
            table.add_row(key, str(turn[key]))
        for key, value in turn["trace"].items():
            rows = value if isinstance(value, list) and value and isinstance(value[0], list) else [value]
            table.add_row(key, "\n".join("  ".join(map(str, r)) if isinstance(r, list) else str(r) for r in rows))
        table.add_row("ms", "  ".join(f"{k} {v}" for k, v in turn["timings_ms"].items()))
        for citation in turn["citations"]:
            table.add_row(f"[{citation['n']}] {citation['id']}".replace("[", r"\["), citation["quote"])
        Console().print(table)


def run(answerer: Answerer, customer: str | None = None, language: str | None = None) -> None:
    """Read and answer until the end of input or /quit."""
    session = Session(answerer, customer, language)
    read = _reader() if sys.stdin.isatty() else _plain_reader()
    if sys.stdin.isatty():
        print(HELP[session.tongue])
    while (line := read()) is not None:
        text = line.strip()
        if not text:
            continue
        try:
            if text.startswith("/"):
                if not session.command(text):
                    return
            else:
                session.say(text)
        except ZhangguiError as error:
            print(error, file=sys.stderr)
        except KeyboardInterrupt:
            print("^C")


def _plain_reader() -> Callable[[], str | None]:
    """Lines of a pipe; bytes that are no text are replaced."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")

    def read() -> str | None:
        line = sys.stdin.readline()
        return line.rstrip("\n") if line else None

    return read


def _reader() -> Callable[[], str | None]:
    """A prompt with history kept between runs."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.text.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    home = settings().home_dir
    home.mkdir(parents=True, exist_ok=True)
    prompt: PromptSession[str] = PromptSession(
        history=FileHistory(str(home / "chat-history")), key_bindings=keys, multiline=True
    )

    def read() -> str | None:
        try:
            return prompt.prompt("> ")
        except EOFError:
            return None
        except KeyboardInterrupt:
            return ""

    return read
