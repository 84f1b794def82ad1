"""One turn from message to reply: perceive, route, act, compose, guard, record. Knows nothing of HTTP or the terminal.

`take_turn` yields events as they become known (`routed`, `delta`, `citations`, `quick_replies`, `awaiting`, `action`,
`handoff`, `done`); `done` carries the turn object of the contract. Each step is a module that can be read and tested by itself.
"""

from __future__ import annotations

import re
import secrets
import time
import unicodedata
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from bot.answer.question import Question
from bot.answer.search import answer_question, find
from bot.conversation import Conversation
from bot.encoder import Encoded
from bot.errors import BadInput
from bot.flows.caller import Caller
from bot.flows.machine import is_plain_answer, read_first, reminder, start
from bot.flows.patterns import asks_for_person
from bot.flows.replies import FlowReply
from bot.flows.state import FlowState
from bot.flows.words import unmarked
from bot.perceive.entities import find_entities
from bot.perceive.language import detect, foreign
from bot.prompts import render
from bot.route.followup import joined, leans_back
from bot.route.router import Route, route
from bot.services import Services
from bot.shop.clock import shop_now
from bot.shop.fields import pick

MAX_MESSAGE = 4000
SURE = 0.9  # a route at least this probable is not overruled by what the knowledge base holds
TIMINGS = ("perceive", "route", "retrieve", "generate", "guard", "total", "first_token")
Event = tuple[str, Any]
# A message of this form only makes sense after the one before it, whatever the router takes it for.
_ASKS_ON = re.compile(
    r"^(?:那么?.{1,16}呢|(?:what|how) about\b.*|and (?:for|to|in|on|if|with|from|what|how)\b.*)[?？]?$", re.IGNORECASE
)
# Fixed replies that need nothing but the shop's name; an intent of another name gets its command's general reply.
_SMALL_TALK = frozenset(
    "greeting thanks goodbye bot_identity capabilities praise small_talk acknowledge off_topic instruct_bot advice".split()
)


@dataclass
class Turn:
    """What is known of the turn so far; becomes the turn object."""

    text: str
    language: str
    started: float = field(default_factory=time.perf_counter)
    route: Route = field(default_factory=lambda: Route("Search", None, None, 0.0))
    reply: str = ""
    band: str = "template"
    citations: list[dict[str, Any]] = field(default_factory=list)
    quick_replies: list[str] = field(default_factory=list)
    awaiting: dict[str, Any] | None = None
    action: dict[str, Any] | None = None
    handoff: dict[str, Any] | None = None
    commands: list[dict[str, Any]] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    trace: dict[str, Any] = field(default_factory=dict)
    keeps: bool = False  # whether `state` replaces the running request at the end of the turn
    state: FlowState | None = None

    def lap(self, step: str, since: float) -> float:
        """Note how long a step took, in milliseconds; returns now."""
        now = time.perf_counter()
        self.timings[step] = self.timings.get(step, 0.0) + (now - since) * 1000
        return now

    def say(self, text: str, *, filler: bool = False) -> Event:
        """Add to the reply; the first words set `first_token`, a filler's do not."""
        if text.strip() and not filler:
            self.timings.setdefault("first_token", (time.perf_counter() - self.started) * 1000)
        self.reply += text
        return "delta", {"text": text}


def check_message(text: str) -> str:
    """The message without control characters, half characters and surrounding white space.

    Raises BadInput when it is empty, too long or holds nothing that can be seen.
    """
    lines = "\n".join(text.splitlines())
    kept = (" " if c.isspace() and c not in "\n\t" else c for c in lines)
    # Emoji are joined by U+200D, and new ones are not assigned yet in Python's tables.
    clean = "".join(
        c for c in kept if c in "\n\t\u200c\u200d" or c.isprintable() or unicodedata.category(c) in ("Co", "Cn")
    ).strip()
    if not clean.strip("\u200c\u200d"):
        raise BadInput("message: empty; write a question")
    if len(clean) > MAX_MESSAGE:
        raise BadInput(f"message: {len(clean)} characters; write at most {MAX_MESSAGE}")
    return clean


def take_turn(
    services: Services, conversation: Conversation, text: str, language: str | None = None
) -> Generator[Event]:
    """Answer one message; events in order, `done` last. Raises BadInput for a message that cannot be read."""
    with conversation.lock:
        message = check_message(text)
        conversation.refresh()
        turn = perceive(services, conversation, message, language)
        conversation.record("message", {"text": turn.text})
        caller = _caller(services, conversation, turn)
        encoded = None if is_plain_answer(caller, turn.text) else _route(services, turn)
        yield from _act(services, conversation, turn, caller, encoded)
        result = _record(conversation, turn)
        # Kept last: what was not told leaves the old state, so that no yes counts for a summary nobody saw,
        # and a change that was made is told by the next turn.
        if turn.keeps:
            caller.keep(turn.state)
        yield "done", result


def _route(services: Services, turn: Turn) -> Encoded:
    """Embed the message and name its command; the words for a person count whatever the head takes them for."""
    encoded = services.encoder.encode([turn.text], "query")[0]
    since = turn.lap("perceive", turn.started)
    prediction = services.head.predict(encoded.mean)
    turn.route = route(prediction, services.intents)
    if turn.route.command != "Handoff" and asks_for_person(turn.text):
        turn.route = Route("Handoff", "human_agent", None, 1.0)
    turn.lap("route", since)
    turn.trace["intents"] = [[name, round(chance, 3)] for name, chance in prediction.ranked[:5]]
    turn.trace["in_scope"] = round(prediction.in_scope, 3)
    return encoded


def perceive(services: Services, conversation: Conversation, text: str, asked: str | None) -> Turn:
    """The message's own language, else what the caller says, else the conversation's, else the shop's first."""
    fallback = asked or conversation.language or services.shop.config.language
    turn = Turn(text, _language(conversation, text) or fallback, handoff=conversation.handoff)
    turn.trace["entities"] = [{"kind": e.kind, "value": e.value} for e in find_entities(text)]
    if foreign(text):
        turn.language = services.shop.config.language
        turn.trace["foreign"] = True
    return turn


_CJK = re.compile("[\u3400-\u9fff]")


def _language(conversation: Conversation, text: str) -> str | None:
    """The message's language; None for one that tells nothing: an e-mail address, or a name or two in a running request."""
    plain = unicodedata.normalize("NFKC", text)
    for entity in reversed(find_entities(text)):
        plain = plain[: entity.start] + " " + plain[entity.end :]
    if conversation.flow and conversation.language == "zh" and not _CJK.search(plain) and len(plain.split()) <= 2:
        return None
    return detect(plain) or (detect(text) if conversation.language is None else None)


def _act(
    services: Services, conversation: Conversation, turn: Turn, caller: Caller, encoded: Encoded | None
) -> Generator[Event]:
    """Carry out the command. Whatever is no clear request for something else is searched.

    A running request reads the message first; a question in between leaves it standing and is answered as always.
    """
    since = time.perf_counter()
    reply = None if _asks_on(turn) and caller.state is None else read_first(caller, turn.route, turn.text)
    question = None
    if reply is None and not _is_sure_request(turn):
        question = as_question(services, conversation, turn, encoded)
        turn.lap("retrieve", since)
        _settle(services, turn, question)
    if reply is None and turn.route.command == "StartFlow":
        reply = start(caller, turn.route, turn.text)
    if reply is not None:
        _take_over(turn, reply)
        turn.keeps, turn.state = True, reply.state
    yield "routed", {"command": turn.route.command, "intent": turn.route.intent, "language": turn.language}
    if turn.trace.get("foreign"):
        yield turn.say(_say(services, turn, "language_note") + "\n", filler=True)
    if reply is not None:
        yield from _flow(services, turn, reply)
        return
    if turn.route.command == "Handoff":
        turn.keeps = True
        yield from _hand_off(services, conversation, turn)
        return
    if turn.route.command in ("ChitChat", "CannotHandle"):
        yield from _small_talk(services, turn)
    elif turn.route.command == "Recommend":
        yield from _products(services, turn)
    else:
        yield from _search(services, turn, question)
    yield from _remind(caller, turn)


def _caller(services: Services, conversation: Conversation, turn: Turn) -> Caller:
    now = shop_now(services.shop.config)
    return Caller(services.shop, services.book, services.desk, conversation, turn.language, now)


def _is_sure_request(turn: Turn) -> bool:
    """A request about one's own orders that nothing in the knowledge base could overrule."""
    return turn.route.command == "StartFlow" and turn.route.confidence >= SURE and not _asks_on(turn)


def _asks_on(turn: Turn) -> bool:
    return bool(_ASKS_ON.match(turn.text))


_FLOW_COMMANDS = ("StartFlow", "SetSlot", "CorrectSlot", "CancelFlow")


def _take_over(turn: Turn, reply: FlowReply) -> None:
    """The commands of a flow's reply are the turn's."""
    turn.commands = reply.commands
    first = next((c for c in reply.commands if c["command"] in _FLOW_COMMANDS), reply.commands[0])
    intent = turn.route.intent if first["intent"] is None and turn.route.command == "StartFlow" else first["intent"]
    if first["command"] != "StartFlow":
        intent = None
    turn.route = Route(first["command"], intent, first.get("flow"), turn.route.confidence)


def _flow(services: Services, turn: Turn, reply: FlowReply) -> Generator[Event]:
    """A flow's reply: its text, the shop's rule behind a denial, what is asked and what is proposed or done."""
    turn.band = "flow"
    yield turn.say(unmarked(reply.text))
    rule = _rule(services, turn, reply.query) if reply.query else ""
    for more in filter(None, (rule, unmarked(reply.tail))):
        yield turn.say(f"\n{more}")
    if turn.citations:
        yield "citations", turn.citations
    turn.awaiting, turn.action = reply.awaiting, reply.action
    turn.quick_replies += reply.quick if reply.awaiting else []
    if reply.offer_person:
        turn.quick_replies.append(_say(services, turn, "quick_person"))
    if turn.quick_replies:
        yield "quick_replies", turn.quick_replies
    if turn.awaiting:
        yield "awaiting", turn.awaiting
    if turn.action:
        yield "action", turn.action


def _rule(services: Services, turn: Turn, query: str) -> str:
    """What the shop's own texts say of the rule, with its citation, where the search is confident."""
    from bot.answer.verbatim import extractive

    question = find(services, query, turn.language)
    if question is None or question.confidence.top < services.thresholds[turn.language].extractive:
        return ""
    answer = extractive(services.knowledge, question)
    turn.citations = [citation.as_dict() for citation in answer.citations]
    return render("flows", turn.language, "citation", text=answer.text) if turn.citations else ""


def _remind(caller: Caller, turn: Turn) -> Generator[Event]:
    """After a question in between: the open question or the summary again, and what is waited for."""
    text, turn.awaiting = reminder(caller)
    if text:
        yield turn.say(f"\n\n{unmarked(text)}")
        yield "awaiting", turn.awaiting


def as_question(services: Services, conversation: Conversation, turn: Turn, encoded: Encoded | None) -> Question | None:
    """The message as a question to the knowledge base, joined with the one before it where it leans on that."""
    earlier = conversation.last_question()
    if earlier and not _stands_alone(turn) and leans_back(turn.text, earlier):
        turn.trace["earlier"] = earlier
        text = joined(turn.text, earlier)
        return find(services, text, turn.language, earlier=earlier, asked=turn.text)
    return find(services, turn.text, turn.language, encoded=encoded)


def _stands_alone(turn: Turn) -> bool:
    """Whether the message is what the router takes it for however short it is: "Thanks!", "a person, please"."""
    if turn.route.command in ("Search", "Handoff"):
        return turn.route.command == "Handoff"
    sure = turn.route.command == "StartFlow" or turn.route.confidence >= SURE
    return sure and not _ASKS_ON.match(turn.text)


def _settle(services: Services, turn: Turn, question: Question | None) -> None:
    """Let the knowledge base overrule the router where it clearly has the answer, and note what it found."""
    if question is None:
        return
    confidence = question.confidence
    turn.trace["answerable"] = round(confidence.any, 4)
    turn.trace["top"] = round(confidence.top, 4)
    turn.trace["hits"] = [[h.passage.id, round(h.score, 3), round(h.scored.late, 3)] for h in question.hits[:5]]
    known = confidence.top >= services.thresholds[turn.language].direct
    unsure = turn.route.command not in ("Search", "Handoff") and turn.route.confidence < SURE
    if turn.trace.get("earlier") or (known and unsure):
        intent = turn.route.intent if turn.route.command == "Search" else None
        turn.route = Route("Search", intent, None, turn.route.confidence)


def _say(services: Services, turn: Turn, block: str, **variables: Any) -> str:
    config = services.shop.config
    return render("replies", turn.language, block, shop=pick(config.name, turn.language, config.locales), **variables)


def _search(services: Services, turn: Turn, question: Question | None) -> Generator[Event]:
    since = time.perf_counter()
    if question is not None:
        with closing(answer_question(services, question)) as stream:
            while True:
                try:
                    piece = next(stream)
                except StopIteration as end:
                    answer = end.value
                    break
                yield turn.say(piece)
        turn.band = answer.band
        turn.lap("compose" if answer.band == "direct" else "generate", since)
        turn.citations = [c.as_dict() for c in answer.citations]
        turn.timings["guard"] = answer.guard_ms
        turn.trace["rejected"] = list(answer.rejected)
        if turn.citations:
            yield "citations", turn.citations
    if question is None or turn.band == "refused":
        turn.band = "refused"
        yield turn.say(_say(services, turn, "refused"))
        yield _offer_person(services, turn)


def _offer_person(services: Services, turn: Turn) -> Event:
    turn.quick_replies.append(_say(services, turn, "quick_person"))
    return "quick_replies", turn.quick_replies


def _small_talk(services: Services, turn: Turn) -> Generator[Event]:
    """The fixed reply of the intent; a shop's own intent without one gets the general reply of its command."""
    general = {"ChitChat": "small_talk", "CannotHandle": "off_topic"}[turn.route.command]
    block = turn.route.intent if turn.route.intent in _SMALL_TALK else general
    turn.band = "template" if turn.route.command == "ChitChat" else "refused"
    yield turn.say(_say(services, turn, block or general))


def _products(services: Services, turn: Turn) -> Generator[Event]:
    """Say honestly that products cannot be picked out here, and offer a person."""
    turn.band = "template"
    yield turn.say(_say(services, turn, "recommend_help"))
    yield _offer_person(services, turn)


def _hand_off(services: Services, conversation: Conversation, turn: Turn) -> Generator[Event]:
    """Open one ticket a conversation; asking again names the same one."""
    config = services.shop.config
    hours = pick(config.contact.hours, turn.language, config.locales) if config.contact.hours else None
    complaint = turn.route.intent == "complaint"
    block = "handoff_again"
    if turn.handoff is None:
        turn.handoff = {
            "reason": "complaint" if complaint else "requested",
            "ticket": "T-" + secrets.token_hex(4).upper(),
            "state": "waiting",
            "wait_minutes": None,
        }
        conversation.record("handoff", {"handoff": turn.handoff})
        block = "complaint" if complaint else "handoff"
    yield "handoff", turn.handoff
    yield turn.say(_say(services, turn, block, ticket=turn.handoff["ticket"], hours=hours))


def _record(conversation: Conversation, turn: Turn) -> dict[str, Any]:
    """The turn object; it is in the log before the customer has all of it."""
    turn.lap("total", turn.started)
    intent = {"name": turn.route.intent, "confidence": round(turn.route.confidence, 4)}
    command: dict[str, Any] = {"command": turn.route.command, "intent": turn.route.intent}
    if turn.route.flow:
        command["flow"] = turn.route.flow
    result: dict[str, Any] = {
        "reply": turn.reply, "language": turn.language, "command": turn.route.command,
        "commands": turn.commands or [command], "intent": intent,
        "band": turn.band, "citations": turn.citations, "products": [], "offers": [], "quick_replies": turn.quick_replies,
        "awaiting": turn.awaiting, "action": turn.action, "handoff": turn.handoff,
        "speaker": "assistant", "conversation_id": conversation.id,
        "message_id": "m_" + secrets.token_urlsafe(12),
        "timings_ms": {k: round(v, 1) for k, v in (dict.fromkeys(TIMINGS, 0.0) | turn.timings).items()},
        "trace": turn.trace,
    }  # fmt: skip
    if not conversation.exchanges and conversation.key:
        result["conversation_key"] = conversation.key
    kept = {k: v for k, v in result.items() if k not in ("conversation_key", "conversation_id")}
    conversation.record("turn", {"text": turn.text, **kept})
    return result
