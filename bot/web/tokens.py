"""Signed customer tokens (HS256): who a request speaks for. Knows nothing of routes or conversations."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

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
        if not path.exists():
            _make(path)
        kept = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path}: cannot be kept ({error}); set ZHANGGUI_SECRET") from error
    if len(kept) < 32:
        # An empty key would let anybody sign.
        raise Failure(f"{path}: too short to be a secret; remove the file, and a new one is made")
    return kept


def _make(path: Path) -> None:
    """Write a new secret, whole or not at all; of several processes the first one's counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".secret.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(secrets.token_urlsafe(48))
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


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
