"""Health, the shop's public face, and knowledge search over HTTP. Knows nothing of conversations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from bot.knowledge.found import found_rows
from bot.web.access import State

router = APIRouter()


class SearchRequest(BaseModel):
    """The body of `POST /v1/kb/search`."""

    text: Annotated[str, Field(max_length=4000)]
    k: Annotated[int, Field(ge=1, le=50)] = 5
    language: Literal["zh", "en"] | None = None


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(state: State) -> JSONResponse:
    """Ready to answer. A missing writer degrades the answers and is told here; it does not make the shop unready."""
    status = state.services.writer.status()
    return JSONResponse(
        {"status": "ok", "writer": {"name": status.name, "ready": status.ready, "detail": status.detail}}
    )


@router.get("/v1/shop")
async def shop(state: State) -> dict[str, Any]:
    """What the widget shows of the shop."""
    config = state.services.shop.config
    return {"id": config.id, "name": config.name, "locales": list(config.locales), "default_locale": config.language}


@router.post("/v1/kb/search")
def kb_search(body: SearchRequest, state: State) -> dict[str, Any]:
    """Passages for a text, best first."""
    services = state.services
    rows = found_rows(services.knowledge, body.text, body.language, services.shop.config.language, body.k)
    return {"results": rows}
