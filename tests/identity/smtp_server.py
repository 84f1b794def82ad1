"""A real mail server on this machine, for tests: keeps what it gets."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

USER, PASSWORD = "mailer@example.com", "p@ss/w:rd"


@dataclass
class Server:
    """`port` on 127.0.0.1; `refuse` is the answer to every recipient, when set."""

    port: int = 0
    refuse: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.refuse:
            return self.refuse.format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients += envelope.rcpt_tos
        self.encrypted.append(session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"


@contextmanager
def smtp_server(*, tls: ssl.SSLContext | None = None, login: bool = False, first: bool = False) -> Iterator[Server]:
    """`tls` offers STARTTLS, or with `first` speaks TLS from the start; `login` wants USER and PASSWORD."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult

    server = Server()

    def authenticate(_: Any, __: Any, ___: Any, ____: str, data: Any) -> Any:
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        server.users.append(data.login.decode())
        return AuthResult(success=right, handled=False)

    options: dict[str, Any] = {}
    if tls:
        options |= {"ssl_context": tls} if first else {"tls_context": tls, "require_starttls": True}
    if login:
        options |= {
            "authenticator": authenticate,
            "auth_required": True,
            "auth_require_tls": tls is not None and not first,
        }

    class OnAnyPort(Controller):  # type: ignore[misc, unused-ignore]
        def _trigger_server(self) -> None:
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

    controller = OnAnyPort(server, hostname="127.0.0.1", port=0, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        controller.start()
    try:
        server.port = controller.port
        yield server
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The contexts of a server with a fresh certificate for 127.0.0.1, and of a client that knows it."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not installed")
    key, made = folder / "key.pem", folder / "certificate.pem"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "2"]
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [openssl, "req", "-x509", *kind, *name, "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(made, key)
    return server, ssl.create_default_context(cafile=str(made))
