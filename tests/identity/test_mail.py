"""Letters reach a real mail server, encrypted where it offers it, and what goes wrong is one line without a secret."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from bot.errors import BadInput, Failure
from bot.identity import mail
from bot.identity.mail import Letter, Mailer, MailServer, parse_smtp_url

from .smtp_server import PASSWORD, USER, Server, certificate, smtp_server

# The test's server warns about itself, and would not serve.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
LETTER = Letter("顾客 <lin@example.com>", "灯笼铺的验证码", "您的验证码：012345\n.\nEnd")


def of(server: Server, **more: object) -> MailServer:
    return MailServer("127.0.0.1", server.port, "shop@example.com", **more)  # type: ignore[arg-type]


def send(mailer: Mailer, letter: Letter = LETTER) -> Failure | None:
    """Through the background thread, as a code goes."""
    found: list[Failure | None] = []
    mailer.post(letter, found.append)
    mailer.close()
    (error,) = found
    return error


def test_a_letter_arrives_as_it_was_written() -> None:
    with smtp_server() as server:
        assert send(Mailer(of(server))) is None
    (letter,) = server.letters
    assert server.recipients == ["lin@example.com"] and server.encrypted == [False]
    assert (letter["From"], letter["Subject"]) == ("shop@example.com", "灯笼铺的验证码")
    assert letter.get_content().replace("\r\n", "\n").strip() == LETTER.text
    assert letter["Date"] and letter["Message-ID"].endswith("@example.com>")
    assert letter["Auto-Submitted"] == "auto-generated"


def test_starttls_is_used_where_it_is_offered(tmp_path: Path) -> None:
    ours, theirs = certificate(tmp_path)
    with smtp_server(tls=ours, login=True) as server:
        assert send(Mailer(of(server, user=USER, password=PASSWORD), theirs)) is None
        assert send(Mailer(of(server, user=USER, password="wrong"), theirs)) is not None
    assert server.encrypted == [True] and set(server.users) == {USER}


def test_tls_from_the_start(tmp_path: Path) -> None:
    ours, theirs = certificate(tmp_path)
    with smtp_server(tls=ours, first=True) as server:
        assert send(Mailer(of(server, tls=True), theirs)) is None
    assert server.encrypted == [True]


def test_a_server_that_cannot_show_who_it_is_gets_nothing(tmp_path: Path) -> None:
    ours, _ = certificate(tmp_path)
    with smtp_server(tls=ours, login=True) as server:
        error = send(Mailer(of(server, user=USER, password=PASSWORD)))
    assert "certificate" in str(error) and server.letters == [] and server.users == []


def test_a_password_is_not_sent_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_loopback", lambda host: False)
    with smtp_server(login=True) as server:
        error = send(Mailer(of(server, user=USER, password=PASSWORD)))
    assert "STARTTLS" in str(error) and server.users == [] and server.letters == []


def test_on_this_machine_it_may_be() -> None:
    with smtp_server(login=True) as server:
        assert send(Mailer(of(server, user=USER, password=PASSWORD))) is None
    assert server.users == [USER]


@pytest.mark.parametrize("answer", ["550 {address} does not live here", "450 5.1.1 <{address}>: later"])
def test_a_refusal_names_nobody(answer: str) -> None:
    with smtp_server() as server:
        server.refuse = answer
        error = send(Mailer(of(server)))
    assert isinstance(error, Failure) and "127.0.0.1" in str(error) and "\n" not in str(error)
    assert "lin@" not in str(error) and "012345" not in str(error)


@pytest.mark.parametrize(
    "to", ["", "a\nBcc: all@example.com", "a@b\r\nX: y", "not an address", "\ud800@x", "@", "a@b" * 500]
)
def test_a_recipient_that_is_none(to: str) -> None:
    with smtp_server() as server:
        error = send(Mailer(of(server)), Letter(to, "s", "t"))
    assert not {"all@example.com"} & set(server.recipients)
    assert error is None or ("\n" not in str(error) and (not to or to not in str(error)))


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = send(Mailer(MailServer("127.0.0.1", port, "shop@example.com")))
    assert isinstance(error, Failure) and f"127.0.0.1:{port}" in str(error)


def test_a_server_that_hangs_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.2)
    monkeypatch.setattr(mail, "_WAITING", 3)
    found: list[Failure | None] = []
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        mailer = Mailer(MailServer("127.0.0.1", silent.getsockname()[1], "shop@example.com"))
        started = time.monotonic()
        for _ in range(5):
            mailer.post(LETTER, found.append)
        assert time.monotonic() - started < 0.2
        assert len(found) == 2 and all("wait" in str(error) for error in found)
        mailer.close()
    assert len(found) == 5 and all(isinstance(error, Failure) for error in found)


def test_a_database_that_fails_ends_no_thread() -> None:
    def fail(_: Failure | None) -> None:
        raise Failure("database: gone")

    told = threading.Event()
    with smtp_server() as server:
        mailer = Mailer(of(server))
        mailer.post(LETTER, fail)
        mailer.post(LETTER, lambda _: told.set())
        assert told.wait(5)
        mailer.close()
    assert len(server.letters) == 2


def test_after_the_end_no_letter_is_taken() -> None:
    mailer = Mailer(MailServer("127.0.0.1", 1, "shop@example.com"))
    mailer.close()
    found: list[Failure | None] = []
    mailer.post(LETTER, found.append)
    assert isinstance(found[0], Failure)


# --- the URL ---


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com?from=shop@example.com", MailServer("mail.example.com", 587, "shop@example.com")),
        ("smtp://localhost:25", MailServer("localhost", 25, "service@shop.example")),
        ("smtps://h?from=a%40b.c", MailServer("h", 465, "a@b.c", tls=True)),
        ("smtp://u%40x:p%40s%2Fs@h:1", MailServer("h", 1, "service@shop.example", "u@x", "p@s/s")),
        ("smtp://[::1]:2525/", MailServer("::1", 2525, "service@shop.example")),
    ],
)
def test_a_url(url: str, server: MailServer) -> None:
    assert parse_smtp_url(url, "service@shop.example") == server


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "http://h",
        "smtp://",
        "smtp://u:hunter2@h:port",
        "smtp://u:hunter2@h?form=a@b",
        "smtp://u:hunter2@h/path",
        "smtp://u:hunter2@h?from=nobody",
        "smtp://u:hunter2@h?from=a@b%0d%0aBcc:x",
        "smtp://u:hunter2@[h?from=a@b",
        "smtp://u:hunter2@h?x",
    ],
)
def test_a_wrong_url_is_one_line_without_the_password(url: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_smtp_url(url, None)
    assert "ZHANGGUI_SMTP_URL" in str(caught.value) and "from=ADDRESS" in str(caught.value)
    assert "hunter2" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_password_is_not_shown() -> None:
    server = parse_smtp_url("smtp://u:hunter2@h?from=a@b", None)
    assert "hunter2" not in repr(server) and "hunter2" not in repr(Mailer(server))


def test_the_machines_certificates_are_used_by_default() -> None:
    context = Mailer(MailServer("h", 1, "a@b"))._context()
    assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname
