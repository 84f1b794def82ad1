"""Errors as RFC 9457 problem objects. Knows nothing of what went wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.errors import BadInput, ZhangguiError


def problem(status: int, detail: str, **more: Any) -> dict[str, Any]:
    """The problem object for a status."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}


def respond(status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """A response that carries a problem object."""
    return JSONResponse(problem(status, detail, **more), status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem object."""

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        return respond(error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        details = [f"{'.'.join(str(p) for p in e['loc'][1:]) or 'body'}: {e['msg']}" for e in error.errors()]
        return respond(422, "; ".join(details))

    @app.exception_handler(ZhangguiError)
    async def _own(_: Request, error: ZhangguiError) -> JSONResponse:
        return respond(422 if isinstance(error, BadInput) else 503, str(error))

    @app.exception_handler(Exception)
    async def _unexpected(_: Request, __: Exception) -> JSONResponse:
        return respond(500, "something went wrong; please try again")
