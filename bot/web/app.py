"""The FastAPI application: builds the state, mounts the routes and the static files. Knows nothing of turns."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from bot import __version__
from bot.web import chat, conversations, problems, shop
from bot.web.state import WebState

STATIC = Path(__file__).resolve().parent / "static"
MAX_BODY = 64 * 1024
_CSP = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


def create_app(state: WebState | None = None) -> FastAPI:
    """The application; without a state it is loaded at start-up for ZHANGGUI_SHOP or the sample shop."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.web = state or load_state()
        yield
        app.state.web.services.writer.close()
        app.state.web.log.close()
        if app.state.web.services.desk:
            app.state.web.services.desk.close()
        app.state.web.services.book.close()

    app = FastAPI(title="Zhanggui", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    problems.install(app)
    for part in (chat, conversations, shop):
        app.include_router(part.router)

    @app.middleware("http")
    async def _guard(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        length = request.headers.get("content-length")
        if request.method in ("POST", "PUT", "PATCH") and (length is None or not _fits(length)):
            return problems.respond(
                413 if length else 411, f"the body must have a Content-Length of at most {MAX_BODY} bytes"
            )
        response = await call(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Content-Security-Policy", _CSP)
        if request.url.path.startswith("/v1/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(STATIC / "page.html", headers={"Cache-Control": "no-cache"})

    @app.get("/widget.js", include_in_schema=False)
    async def widget() -> FileResponse:
        return FileResponse(STATIC / "widget.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _fits(length: str) -> bool:
    return length.isascii() and length.isdigit() and len(length) < 12 and int(length) <= MAX_BODY


def load_state() -> WebState:
    """The state of a server process for the configured shop."""
    from bot.answer.warm import warm_in_background
    from bot.assemble import load_services, open_log
    from bot.progress import tell
    from bot.shop.locate import resolve_shop

    path = os.environ.get("ZHANGGUI_SHOP")
    services = load_services(resolve_shop(Path(path) if path else None), tell)
    warm_in_background(services)
    return WebState(services, open_log(services.shop))
