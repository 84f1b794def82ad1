"""Where what is made from a shop folder lives, and whether it is stale. Knows nothing of what is made."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bot.config import settings
from bot.errors import BadInput, Failure
from bot.shop.folder import faq_files, load_config, policy_files
from bot.shop.locate import absolute
from bot.shop.types import Shop

_INDEXED = ("shop.yaml", "intents.yaml", "products.yaml", "products.yml", "products.csv")


def derived_dir(shop_path: Path, *, create: bool = True) -> Path:
    """`$ZHANGGUI_HOME/shops/<id>-<8 hex of the absolute path's SHA-256>`, made unless `create` is false.

    Raises BadInput for a wrong shop.yaml, Failure where it cannot be made.
    """
    path = absolute(shop_path)
    digest = hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    folder = settings().home_dir / "shops" / f"{load_config(path).id}-{digest}"
    if create:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Failure(
                f"{folder}: cannot be made ({error.strerror}); set ZHANGGUI_HOME to a folder you may write"
            ) from None
    return folder


def content_hash(shop: Shop) -> str:
    """SHA-256 (hex) of the files that an index depends on: shop.yaml, answers, policies, intents, products.

    Names count as well as contents. Raises BadInput when a file has vanished or cannot be read.
    """
    files = [shop.path / name for name in _INDEXED if (shop.path / name).is_file()]
    files += faq_files(shop.path) + [file for _, file in policy_files(shop.path)]
    total = hashlib.sha256()
    for file in files:
        name = file.relative_to(shop.path).as_posix()
        try:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            raise BadInput(f"{file}: cannot be read: {error.strerror}") from None
        total.update(f"{content} {name}\n".encode("utf-8", "surrogateescape"))
    return total.hexdigest()
