"""`zhanggui serve`, `token` and `bench`. Knows nothing of routes."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import ShopOption


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Server processes.")] = 1,
    shop: ShopOption = None,
) -> None:
    """Serve the API, the widget and the demo page."""
    import uvicorn

    from bot.assemble import check_ready
    from bot.config import settings
    from bot.errors import BadInput, Failure
    from bot.shop.folder import load_shop
    from bot.shop.locate import resolve_shop
    from bot.web.visitor import trusted_proxies

    if not _loopback(host) and not settings().secret:
        raise BadInput(f"serve: {host} is open to others, so ZHANGGUI_SECRET must be set; or listen on 127.0.0.1")
    trusted_proxies(settings().trusted_proxies)
    path = resolve_shop(shop)
    check_ready(load_shop(path))
    os.environ["ZHANGGUI_SHOP"] = str(path)
    _check_free(host, port)
    print(
        f"Zhanggui serves {path.name} at http://{'localhost' if _loopback(host) else host}:{port} (Ctrl+C ends)",
        file=sys.stderr,
    )
    try:
        uvicorn.run(
            "bot.web.app:create_app", factory=True, host=host, port=port, workers=workers, log_level="warning",
            timeout_graceful_shutdown=5, server_header=False,
            proxy_headers=False,  # ZHANGGUI_TRUSTED_PROXIES says whose count; uvicorn would trust every local process
        )  # fmt: skip
    except OSError as error:
        raise Failure(f"serve: {error}") from error


def _check_free(host: str, port: int) -> None:
    """Fail before the models are loaded rather than after."""
    import socket

    from bot.errors import Failure

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Failure(f"serve: {host}:{port} cannot be used ({error.strerror}); choose another --port") from error


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def token(
    customer: Annotated[str, typer.Option(help="The customer's id.")],
    ttl: Annotated[int, typer.Option(min=1, help="Seconds it holds.")] = 3600,
    shop: ShopOption = None,
) -> None:
    """Print a signed customer token, for tests and integrations."""
    from bot.web.tokens import sign

    print(sign(customer, ttl))


def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Which; all when none is named.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the figures.")] = Path("benchmarks"),
    shop: ShopOption = None,
) -> None:
    """Measure speed and memory again and write `benchmarks/`."""
    from bot.bench.run import run

    run(names or [], shop, out)
