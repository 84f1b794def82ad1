"""Who a request speaks for, and which conversation it may touch. Knows nothing of what is done with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request

from bot.conversation import Conversation
from bot.web.state import WebState
from bot.web.tokens import BadToken, verify
from bot.web.visitor import Visitor

_NONE_SUCH = "no such conversation"


def get_state(request: Request) -> WebState:
    """The process's state."""
    state: WebState = request.app.state.web
    return state


State = Annotated[WebState, Depends(get_state)]
Key = Annotated[str | None, Header(alias="X-Conversation-Key")]
Token = Annotated[str | None, Header(alias="X-Customer-Token")]


def customer_of(state: WebState, token: str | None, visitor: str) -> str | None:
    """The customer of a token, None for a guest; 401, alike for whatever is wrong with it, for a token that does not hold.

    Reads and writes files, so it keeps off the event loop.
    """
    if not token:
        return None
    try:
        return verify(token)
    except BadToken:
        if state.services.desk:
            state.services.desk.token_refused(visitor)
        raise HTTPException(401, "customer_token: it does not hold; get a new one from the shop's site") from None


def get_holder(state: State, visitor: Visitor, token: Token = None) -> str | None:
    """The customer of a request for a conversation that exists: a token that does not hold fits none, so 404 as for any other."""
    try:
        return customer_of(state, token, visitor)
    except HTTPException:
        raise HTTPException(404, _NONE_SUCH) from None


Holder = Annotated[str | None, Depends(get_holder)]


def conversation_for(
    state: WebState, conversation_id: str, key: str | None, customer: str | None, *, live: bool = False
) -> Conversation:
    """The conversation, or 404 alike for a wrong id and a wrong credential; `live` to take a turn in it."""
    found = state.resume(conversation_id, key, customer) if live else state.look(conversation_id, key, customer)
    if found is None:
        raise HTTPException(404, _NONE_SUCH)
    return found
