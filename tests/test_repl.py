"""The terminal chat reads lines or a pipe, answers, and never dies of what it is told."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from scripted import script, sure

from bot.answerer import Answerer
from bot.errors import BadInput
from bot.repl import HELP, Session, run, show
from bot.services import Services

ASKED = {"en": "How long does delivery take?", "zh": "多久能送到？"}


def chat(answerer: Answerer, monkeypatch: pytest.MonkeyPatch, *lines: str | bytes, language: str | None = None) -> None:
    """A chat whose lines come through a pipe."""
    raw = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
    run(answerer, None, language)


@pytest.fixture
def session(answerer: Answerer) -> Session:
    return Session(answerer, None, None)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_question_is_answered_with_its_footnotes(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    chat(answerer, monkeypatch, ASKED[language])
    out, err = capsys.readouterr()
    title = {"en": "How long does delivery take?", "zh": "多久能送到？"}[language]
    assert "2-4" in out and f"  [1] {title} (delivery) https://shop.example/delivery" in out
    assert err == ""


def test_sentences_are_written_as_they_come(
    session: Session, services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    sure(services, 0.5)
    heard: list[str] = []
    script(
        services,
        [*"It takes 2-4 days. E", lambda: heard.append(capsys.readouterr().out), "xpress takes 1 day."],
    )
    session.say(ASKED["en"])
    assert heard == ["It takes 2-4 days."]
    assert session.turns[0]["reply"] == "It takes 2-4 days. Express takes 1 day. [1]"


def test_bad_lines_do_not_end_the_chat(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chat(
        answerer,
        monkeypatch,
        "/nope",
        "",
        "\0",
        "x" * 5000,
        b"\xff\xfe caf\xe9",
        "/trace",
        "/lang fr",
        ASKED["en"],
    )
    out, err = capsys.readouterr()
    assert "2-4" in out
    for said in ("/nope: no such command", "at most 4000", "/lang: say"):
        assert said in err
    assert "Traceback" not in err


def test_quit_ends_it(answerer: Answerer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    chat(answerer, monkeypatch, "/quit", ASKED["en"])
    assert capsys.readouterr().out == ""


def test_help_is_in_the_chats_language(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    session.command("/help")
    session.command("/lang en")
    session.command("/help")
    assert capsys.readouterr().out.splitlines() == [HELP["zh"], HELP["en"], HELP["en"]]
    assert set(HELP) == {"en", "zh"}


def test_reset_lang_and_customer_begin_anew(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    seen = [session.conversation.id]
    for line in ("/reset", "/lang en", "/customer u1", "/customer"):
        session.say(ASKED["en"])
        session.command(line)
        seen.append(session.conversation.id)
        assert session.turns == []
    assert len(set(seen)) == 5
    assert session.conversation.customer is None and session.conversation.key
    assert "customer: u1" in capsys.readouterr().out


def test_trace_shows_why(session: Session, services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInput, match="nothing was said"):
        session.command("/trace")
    session.say(ASKED["en"])
    capsys.readouterr()
    session.command("/trace")
    out = capsys.readouterr().out
    for word in ("command", "Search", "direct", "delivery", "total", "[1]"):
        assert word in out


def test_save_writes_the_turns(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session.say(ASKED["zh"])
    session.say(ASKED["en"])
    session.command(f"/save {tmp_path / '对话.jsonl'}")
    rows = [json.loads(line) for line in (tmp_path / "对话.jsonl").read_text("utf-8").splitlines()]
    assert [row["user"] for row in rows] == [ASKED["zh"], ASKED["en"]]
    assert rows[0]["band"] == "direct"
    with pytest.raises(BadInput, match="cannot be written"):
        session.command(f"/save {tmp_path}")


def test_an_interrupted_answer_leaves_the_chat_usable(session: Session, services: Services) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    sure(services, 0.5)
    script(services, [interrupt])
    with pytest.raises(KeyboardInterrupt):
        session.say(ASKED["en"])
    assert not session.conversation.lock.locked()
    sure(services, 0.9)
    session.say(ASKED["en"])
    assert len(session.turns) == 1


def test_show_is_the_reply_as_a_person_reads_it(
    answerer: Answerer, services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    sure(services, 0.1)
    show(answerer.reply(answerer.new_conversation(), ASKED["en"]))
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("I'm sorry") and out[-1] == "  Talk to a person"
