"""Who a request speaks for, and which conversation it may touch. Knows nothing of what is done with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request

from bot.conversation import Conversation
from bot.web.state import WebState
from bot.web.tokens import BadToken, verify


def get_state(request: Request) -> WebState:
    """The process's state."""
    state: WebState = request.app.state.web
    return state


State = Annotated[WebState, Depends(get_state)]
Key = Annotated[str | None, Header(alias="X-Conversation-Key")]
Token = Annotated[str | None, Header(alias="X-Customer-Token")]


def customer_of(token: str | None) -> str | None:
    """The customer of a token, None for a guest; 401 for a token that does not hold."""
    if not token:
        return None
    try:
        return verify(token)
    except BadToken as error:
        raise HTTPException(401, f"customer_token: {error}") from error


def conversation_for(
    state: WebState, conversation_id: str, key: str | None, customer: str | None, *, live: bool = False
) -> Conversation:
    """The conversation, or 404 alike for a wrong id and a wrong credential; `live` to take a turn in it."""
    found = state.resume(conversation_id, key, customer) if live else state.look(conversation_id, key, customer)
    if found is None:
        raise HTTPException(404, "no such conversation")
    return found
