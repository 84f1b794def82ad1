"""The secret of this installation, and what is derived from it. Knows nothing of tokens or codes."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from bot.config import settings
from bot.errors import Failure


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


def keyed_hash(key: str, purpose: str, *parts: str) -> str:
    """HMAC-SHA256 (hex) of the parts for one purpose: who has the database alone can neither read nor guess them."""
    # Lengths go in, so that ("ab", "c") and ("a", "bc") differ.
    text = "".join(f"{len(part)}:{part}" for part in (purpose, *parts))
    return hmac.new(key.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
