"""Signed customer tokens (HS256): who a request speaks for. Knows nothing of routes or conversations."""

from __future__ import annotations

import time

from bot.config import settings
from bot.identity.secret import secret


class BadToken(Exception):
    """The token is missing a claim, expired, or not signed by this shop."""


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
    except (jwt.PyJWTError, ValueError) as error:  # ValueError: half a character, which no token holds
        raise BadToken(str(error)) from error
    subject = claims["sub"]
    if not isinstance(subject, str) or not subject:
        raise BadToken("the subject is empty")
    return subject
