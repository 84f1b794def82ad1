"""Sends short plain-text mails by SMTP, in the background. Knows nothing of codes or customers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from bot.errors import BadInput, Failure

if TYPE_CHECKING:
    import smtplib
    import ssl

TIMEOUT = 10.0
"""Seconds for each step with the mail server."""
_WAITING = 100  # letters; more are refused rather than piled up behind a server that hangs
_HELP = "write smtp://USER:PASSWORD@HOST:587?from=ADDRESS, or smtps:// for a server that speaks TLS from the start"


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed in. `tls`: encrypted from the start (smtps); else STARTTLS is used when it is offered."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False


@dataclass(frozen=True)
class Letter:
    """One mail in plain text."""

    to: str
    subject: str
    text: str = field(repr=False)


Done = Callable[[Failure | None], None]


def parse_smtp_url(url: str, sender: str | None = None) -> MailServer:
    """The server of ZHANGGUI_SMTP_URL; `sender` is used where it has no `from`. Raises BadInput, without the password."""
    try:
        parts = urlsplit(url)
        port, query = parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise BadInput(f"ZHANGGUI_SMTP_URL: not a URL; {_HELP}") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise BadInput(f"ZHANGGUI_SMTP_URL: no smtp:// or smtps:// with a host; {_HELP}")
    unknown = set(query) - {"from"}
    if unknown or parts.path.strip("/"):
        raise BadInput(f"ZHANGGUI_SMTP_URL: {', '.join(sorted(unknown)) or parts.path} is not known; {_HELP}")
    tls = parts.scheme == "smtps"
    own = query.get("from", [sender or ""])[-1]
    if "@" not in own or any(c.isspace() for c in own):
        raise BadInput(f"ZHANGGUI_SMTP_URL: no sender; {_HELP}")
    return MailServer(
        parts.hostname, port or (465 if tls else 587), own, unquote(parts.username or ""), unquote(parts.password or ""), tls
    )  # fmt: skip


class Mailer:
    """One background thread that hands letters to a server, in order. Safe to use from several threads."""

    def __init__(self, server: MailServer, tls: ssl.SSLContext | None = None) -> None:
        """`tls` for a server whose certificate the machine does not know; by default it must know it."""
        self.server = server
        self._tls = tls
        self._thread = ThreadPoolExecutor(1, "mail")
        self._room = threading.Semaphore(_WAITING)

    def post(self, letter: Letter, done: Done) -> None:
        """Send a letter later; `done` gets None, or why it was not sent. Returns at once and raises nothing."""
        if not self._room.acquire(blocking=False):
            done(Failure(f"mail: more than {_WAITING} letters wait for {self.server.host}; see whether it answers"))
            return
        try:
            self._thread.submit(self._deliver, letter, done)
        except RuntimeError:  # closed
            self._room.release()
            done(Failure("mail: the program is ending"))

    def send(self, letter: Letter) -> None:
        """Send a letter now. Raises Failure, one line that names the server and neither password nor recipient."""
        import smtplib

        server = self.server
        try:
            with self._connect() as smtp:
                smtp.send_message(_message(letter, server.sender))
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Failure(f"mail: {server.host}:{server.port} did not take it ({_reason(error)})") from None

    def close(self) -> None:
        """Wait for the letters that are on their way; no more are taken."""
        self._thread.shutdown(wait=True)

    def _deliver(self, letter: Letter, done: Done) -> None:
        error: Failure | None = None
        try:
            self.send(letter)
        except Failure as found:
            error = found
        except Exception as found:  # the thread's end: nobody would see it, and `done` must be told
            error = Failure(f"mail: the letter could not be written ({type(found).__name__})")
        finally:
            self._room.release()
        # A database that fails or is closed already must not end the thread: the letter is out, or is not.
        with suppress(Failure):
            done(error)

    def _connect(self) -> smtplib.SMTP:
        import smtplib

        server, tls = self.server, self._context()
        if server.tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=tls)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        try:
            smtp.ehlo_or_helo_if_needed()
            safe = server.tls or _loopback(server.host)
            if not server.tls and smtp.has_extn("starttls"):
                smtp.starttls(context=tls)
                safe = True
            if server.user:
                if not safe:
                    raise OSError("it offers no STARTTLS, and a password is not sent in clear")
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _context(self) -> ssl.SSLContext:
        import ssl

        return self._tls or ssl.create_default_context()


def _message(letter: Letter, sender: str) -> EmailMessage:
    """The letter as a message. Raises ValueError for a recipient or subject with a line break in it."""
    from email.utils import formatdate, make_msgid

    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _reason(error: Exception) -> str:
    """Why, without what a server may quote: it answers with the recipient's address."""
    code = getattr(error, "smtp_code", None)
    if code is not None:
        return f"{type(error).__name__}, code {code}"
    return type(error).__name__ if "@" in str(error) else (str(error).splitlines() or [type(error).__name__])[0]


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
