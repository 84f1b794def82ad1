"""`/v1/conversations` and `/v1/feedback`: transcript, deletion, export, ratings. Knows nothing of how a turn works."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, Field

from bot.conversation import Conversation
from bot.store.log import Feedback
from bot.web.access import Holder, Key, State, conversation_for

router = APIRouter()


class FeedbackRequest(BaseModel):
    """The body of `POST /v1/feedback`."""

    message_id: Annotated[str, Field(max_length=100)]
    rating: Literal[1, -1]
    comment: Annotated[str, Field(max_length=2000)] | None = None


def transcript(conversation: Conversation) -> list[dict[str, Any]]:
    """The messages of both sides, in order."""
    messages: list[dict[str, Any]] = []
    for event in conversation.log.events(conversation.id):
        if event.type == "message":
            messages.append({"role": "user", "text": event.data["text"], "at": event.at})
        elif event.type == "turn":
            data = event.data
            shown = ("message_id", "band", "language", "citations", "quick_replies", "products", "offers", "handoff")
            messages.append(
                {"role": "assistant", "text": data["reply"], "at": event.at, **{k: data.get(k) for k in shown}}
            )
    return messages


@router.get("/v1/conversations/{conversation_id}")
def read(conversation_id: str, state: State, holder: Holder, key: Key = None) -> dict[str, Any]:
    """The transcript, for whoever holds the conversation's credential."""
    conversation = conversation_for(state, conversation_id, key, holder)
    return {"conversation_id": conversation.id, "handoff": conversation.handoff, "messages": transcript(conversation)}


@router.get("/v1/conversations/{conversation_id}/export")
def export(conversation_id: str, state: State, response: Response, holder: Holder, key: Key = None) -> dict[str, Any]:
    """The transcript as a file; replies are marked as written by an AI assistant."""
    conversation = conversation_for(state, conversation_id, key, holder)
    response.headers["Content-Disposition"] = f'attachment; filename="{conversation.id}.json"'
    messages = [
        {**m, "speaker": "customer" if m["role"] == "user" else "AI assistant"} for m in transcript(conversation)
    ]
    return {"conversation_id": conversation.id, "messages": messages}


@router.delete("/v1/conversations/{conversation_id}", status_code=204)
def delete(conversation_id: str, state: State, holder: Holder, key: Key = None) -> None:
    """Remove the conversation and everything said in it."""
    state.forget(conversation_for(state, conversation_id, key, holder).id)


@router.post("/v1/feedback", status_code=204)
def feedback(body: FeedbackRequest, state: State) -> None:
    """Rate a reply; message ids are random, so knowing one is having seen it."""
    conversation_id = state.log.find_message(body.message_id)
    if conversation_id is None:
        raise HTTPException(404, "no such message")
    state.log.add_feedback(Feedback(body.message_id, conversation_id, body.rating, body.comment))
