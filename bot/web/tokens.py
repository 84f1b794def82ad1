"""Signed customer tokens (HS256): who a request speaks for. Knows nothing of routes or conversations."""

from __future__ import annotations

import os
import secrets
import time

from bot.config import settings
from bot.errors import Failure


class BadToken(Exception):
    """The token is missing a claim, expired, or not signed by this shop."""


def secret() -> str:
    """ZHANGGUI_SECRET, else one made once and kept in `$ZHANGGUI_HOME/secret` (mode 0600)."""
    configured = settings().secret
    if configured:
        return configured
    path = settings().home_dir / "secret"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="utf-8").strip()
        with os.fdopen(descriptor, "w") as handle:
            made = secrets.token_urlsafe(48)
            handle.write(made)
        return made
    except OSError as error:
        raise Failure(f"{path}: cannot be kept ({error.strerror}); set ZHANGGUI_SECRET") from error


def sign(customer: str, ttl: int) -> str:
    """A token for `customer` that holds for `ttl` seconds."""
    import jwt

    now = int(time.time())
    claims: dict[str, object] = {"sub": customer, "iat": now, "exp": now + ttl}
    if settings().audience:
        claims["aud"] = settings().audience
    return jwt.encode(claims, secret(), algorithm="HS256")


def verify(token: str) -> str:
    """The customer id of a valid token. Raises BadToken."""
    import jwt

    audience = settings().audience
    try:
        claims = jwt.decode(
            token, secret(), algorithms=["HS256"], audience=audience,
            options={"require": ["exp", "sub"], "verify_aud": audience is not None},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise BadToken(str(error)) from error
    subject = claims["sub"]
    if not isinstance(subject, str) or not subject:
        raise BadToken("the subject is empty")
    return subject
