"""`POST /v1/chat`: a turn as a stream of events or as one object. Knows nothing of how a turn works."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import BaseModel, Field

from bot.conversation import Conversation
from bot.turn import Event, check_message, take_turn
from bot.web.access import Key, State, Token, conversation_for, customer_of
from bot.web.state import WebState
from bot.web.stream import run_events
from bot.web.visitor import Visitor

router = APIRouter()


class ChatRequest(BaseModel):
    """The body of `POST /v1/chat`."""

    message: str
    conversation_id: Annotated[str, Field(max_length=100)] | None = None
    language: Literal["zh", "en"] | None = None
    customer_token: Annotated[str, Field(max_length=8192)] | None = None
    context: dict[str, Any] | None = None


@router.post("/v1/chat")
async def chat(
    body: ChatRequest,
    state: State,
    visitor: Visitor,
    key: Key = None,
    token: Token = None,
    accept: Annotated[str, Header()] = "*/*",
) -> Response:
    """Answer one message: `text/event-stream`, or the turn object for `Accept: application/json`."""
    text = check_message(body.message)
    customer = await run_in_threadpool(customer_of, state, body.customer_token or token, visitor)
    conversation = await run_in_threadpool(_conversation, state, body.conversation_id, key, customer)
    conversation.visitor = visitor
    events = run_events(lambda: take_turn(state.services, conversation, text, body.language))
    if "application/json" in accept and "text/event-stream" not in accept:
        return await _whole(events)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(_wire(events), headers=headers)


def _conversation(state: WebState, conversation_id: str | None, key: str | None, customer: str | None) -> Conversation:
    """The conversation to go on with, or a new one. Reads and writes the database, so it keeps off the event loop."""
    if conversation_id:
        return conversation_for(state, conversation_id, key, customer, live=True)
    return state.begin(customer)


async def _whole(events: AsyncIterator[Event]) -> JSONResponse:
    async for kind, data in events:
        if kind == "error":
            raise HTTPException(data["status"], data["detail"])
        if kind == "done":
            return JSONResponse(_public(data))
    raise HTTPException(500, "the turn ended without an answer; please try again")


async def _wire(events: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    number = 0
    async for kind, data in events:
        number += 1
        value = _public(data) if kind == "done" else data
        yield format_sse_event(event=kind, id=str(number), data_str=json.dumps(value, ensure_ascii=False))


def _public(turn: dict[str, Any]) -> dict[str, Any]:
    """The turn object without its trace, which names what the shop keeps to itself."""
    return {k: v for k, v in turn.items() if k != "trace"}
