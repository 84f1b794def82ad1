"""The present time of a shop, which samples and tests can freeze. Knows nothing of what it is used for."""

from __future__ import annotations

from datetime import datetime

from bot.config import settings
from bot.errors import BadInput
from bot.shop.moments import parse_moment
from bot.shop.types import ShopConfig


def shop_now(config: ShopConfig) -> datetime:
    """The shop's time, aware, in its timezone: ZHANGGUI_NOW, else `clock:` of shop.yaml, else the machine's.

    Raises BadInput when ZHANGGUI_NOW is not ISO 8601.
    """
    frozen = settings().now
    if frozen is not None:
        try:
            return parse_moment(frozen.strip(), config.zone)
        except ValueError as error:
            raise BadInput(f"ZHANGGUI_NOW: {error}") from None
    return (config.clock or datetime.now(config.zone)).astimezone(config.zone)
