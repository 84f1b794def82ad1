"""Plays the dialogues of suites against an answerer and keeps what came back. Knows nothing of metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, Protocol

from bot.errors import BadInput, ZhangguiError
from bot.evaluation.checks import Categories, Outcome, check_turn, cited_ids, is_refused
from bot.evaluation.patterns import without_marks
from bot.evaluation.records import differences
from bot.evaluation.suite import Dialogue, Expect, Suite

Verdict = Literal["right", "wrong", "refused"]
Ungrounded = Callable[[str, Iterable[str]], list[str]]
"""The claims of a reply that stand in none of the sources."""
Texts = Mapping[str, Mapping[str, str]]
"""The shop's passages by language and id."""


class Answerer(Protocol):
    """The turn pipeline as evaluation sees it.

    One that has `apart()` plays every dialogue over a throw-away copy of the shop's records, so that what a dialogue
    changed can be checked; see `bot.answerer.Answerer`.
    """

    def new_conversation(self, customer: str | None, language: str | None) -> Any:
        """A new conversation of a verified customer, or of a guest.

        `language` is used where a message does not tell its own.

        Raises BadInput for an unknown customer.
        """
        ...

    def reply(self, conversation: Any, text: str) -> dict[str, Any]:
        """The turn object for the customer's next message, with its trace where there is one."""
        ...

    def describe(self) -> dict[str, Any]:
        """What answers: `writer` and `encoder` by name, and what else is worth keeping with the figures."""
        ...


@dataclass(frozen=True)
class TurnResult:
    """One turn as it was played.

    `number` counts from 1 within the dialogue; `turn` is the turn object, empty where `error` says why there
    is none; `ungrounded` lists the claims without ground, None where nobody looked.
    """

    suite: str
    dialogue: str
    number: int
    language: str
    tags: tuple[str, ...]
    user: str
    expect: Expect
    turn: dict[str, Any]
    outcomes: tuple[Outcome, ...] = ()
    ungrounded: tuple[str, ...] | None = None
    error: str | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """What the same turn has in another run of the same suite."""
        return self.suite, self.dialogue, self.number

    @property
    def passed(self) -> bool:
        """Whether there was a reply and no check failed."""
        return self.error is None and all(o.passed for o in self.outcomes)

    @cached_property
    def refused(self) -> bool:
        """The contract's `refused`; a turn without a reply is not refused."""
        return is_refused(self.turn)

    @property
    def reply(self) -> str:
        """The reply; empty without one."""
        return str(self.turn.get("reply") or "")

    @property
    def expected_language(self) -> str:
        """The language that the reply must be in."""
        return self.expect.language or self.language

    @property
    def expects_answer(self) -> bool:
        """Whether this is an answerable question: text or a citation is expected, no refusal, no person."""
        answer = self.expect.contains or self.expect.cites
        return bool(answer) and not self.expect.refused and not self.expect.handoff

    @property
    def expects_refusal(self) -> bool:
        """Whether the turn is a question that must be refused."""
        return bool(self.expect.refused)

    @cached_property
    def verdict(self) -> Verdict | None:
        """How an answerable question was answered; None for other turns.

        Right: not refused, every `contains` found, no `not_contains` found; where only `cites` is given, one
        of them is cited. Refused: see `refused`. Wrong: the rest, no reply included.
        """
        if not self.expects_answer:
            return None
        if self.refused:
            return "refused"
        judges = {"contains", "not_contains"} if self.expect.contains else {"cites", "not_contains"}
        failed = any(o.check in judges and not o.passed for o in self.outcomes)
        return "wrong" if failed or self.error else "right"

    @property
    def confidence(self) -> float | None:
        """`trace.answerable`, how sure the bot was that its knowledge holds the answer (0..1), or None."""
        value = (self.turn.get("trace") or {}).get("answerable")
        return float(value) if isinstance(value, int | float) else None

    @property
    def cited(self) -> list[str]:
        """The ids cited, in order."""
        return cited_ids(self.turn)


@dataclass(frozen=True)
class DialogueResult:
    """A dialogue as it was played. `skipped` names what was asked and could not be checked."""

    suite: str
    id: str
    language: str
    tags: tuple[str, ...]
    turns: tuple[TurnResult, ...]
    skipped: tuple[str, ...] = ()

    @property
    def passed(self) -> bool | None:
        """Whether all its turns passed; None where something of it could not be checked."""
        return None if self.skipped else all(turn.passed for turn in self.turns)

    @property
    def handed_over(self) -> bool:
        """Whether a person was called at any turn."""
        return any(turn.turn.get("handoff") for turn in self.turns)


@dataclass(frozen=True)
class Judge:
    """What judging needs besides the suite.

    `categories` of the shop's products by id, its passages' `texts` by language and id, and the claims
    ledger.
    """

    categories: Categories | None = None
    texts: Texts = field(default_factory=dict)
    ungrounded: Ungrounded | None = None


def run_suites(
    suites: Sequence[Suite],
    answerer: Answerer,
    judge: Judge | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[DialogueResult]:
    """Plays every dialogue in a conversation of its own, in order; `on_progress(done, total)` counts turns.

    The bot is told the dialogue's language as a page would tell it, for messages that do not show their own.
    A turn that ends in one of the project's errors fails all its checks, and the dialogue goes on. Raises
    BadInput (file:line) where a conversation cannot begin.
    """
    total = sum(len(d.turns) for suite in suites for d in suite.dialogues)
    done = 0
    results = []
    for suite in suites:
        for dialogue in suite.dialogues:
            results.append(_play(suite, dialogue, answerer, judge or Judge()))
            done += len(dialogue.turns)
            if on_progress is not None:
                on_progress(done, total)
    return results


def _play(suite: Suite, dialogue: Dialogue, answerer: Answerer, judge: Judge) -> DialogueResult:
    apart = getattr(answerer, "apart", None)
    if apart is None:
        asked = (("db", dialogue.db is not None), ("db_unchanged", dialogue.db_unchanged))
        turns = _turns(suite, dialogue, answerer, judge)
        skipped = tuple(name for name, wanted in asked if wanted)
        return DialogueResult(suite.name, dialogue.id, dialogue.language, dialogue.tags, turns, skipped)
    with apart() as copy:
        turns = _turns(suite, dialogue, copy.answerer, judge)
        outcomes = _records(dialogue, copy)
    last = replace(turns[-1], outcomes=(*turns[-1].outcomes, *outcomes))
    return DialogueResult(suite.name, dialogue.id, dialogue.language, dialogue.tags, (*turns[:-1], last))


def _records(dialogue: Dialogue, copy: Any) -> list[Outcome]:
    """Whether the records are as expected after the last turn."""
    outcomes = []
    if dialogue.db is not None:
        now = copy.answerer.records(dialogue.customer)
        after = {kind: now.get(kind, {}) | rows for kind, rows in copy.changed().items()}
        wrong = differences(dialogue.db, after)
        outcomes.append(Outcome("db", not wrong, "; ".join(wrong[:3])))
    if dialogue.db_unchanged:
        changed = [key for rows in copy.changed().values() for key in rows]
        outcomes.append(Outcome("db_unchanged", not changed, f"changed: {', '.join(changed)}" if changed else ""))
    return outcomes


def _turns(suite: Suite, dialogue: Dialogue, answerer: Answerer, judge: Judge) -> tuple[TurnResult, ...]:
    try:
        conversation = answerer.new_conversation(dialogue.customer, dialogue.language)
    except BadInput as error:
        raise BadInput(f"{suite.path}:{dialogue.line}: {error}") from error
    heard: list[str] = []
    turns = []
    for number, turn in enumerate(dialogue.turns, 1):
        heard.append(turn.user)
        answered, failure = _answer(answerer, conversation, turn.user)
        turns.append(
            TurnResult(
                suite=suite.name,
                dialogue=dialogue.id,
                number=number,
                language=dialogue.language,
                tags=dialogue.tags,
                user=turn.user,
                expect=turn.expect,
                turn=answered,
                outcomes=_outcomes(turn.expect, answered, failure, judge),
                ungrounded=_claims(answered, heard, judge),
                error=failure,
            )
        )
    return tuple(turns)


def _answer(answerer: Answerer, conversation: Any, text: str) -> tuple[dict[str, Any], str | None]:
    try:
        return answerer.reply(conversation, text), None
    except ZhangguiError as error:
        return {}, str(error)


def _outcomes(expect: Expect, turn: dict[str, Any], error: str | None, judge: Judge) -> tuple[Outcome, ...]:
    if error is not None:
        return tuple(Outcome(name, False, f"no reply: {error}") for name in expect.given)
    return check_turn(expect, turn, judge.categories)


def _claims(turn: dict[str, Any], heard: Sequence[str], judge: Judge) -> tuple[str, ...] | None:
    """The turn's own list where it has one; else, for replies that rest on passages, what the ledger says.

    Its sources are the passages cited and their quotes, the products shown, and the customer's own words.
    """
    own = (turn.get("trace") or {}).get("ungrounded")
    if own is not None:
        return tuple(map(str, own))
    if judge.ungrounded is None or not turn.get("citations"):
        return None
    cited = [f"{c.get('title') or ''}\n{c.get('quote') or ''}" for c in turn["citations"]]
    cited += [texts[key] for texts in judge.texts.values() for key in cited_ids(turn) if key in texts]
    products = [f"{p.get('name')} {p.get('price')} {p.get('reason') or ''}" for p in turn.get("products") or []]
    return tuple(judge.ungrounded(without_marks(turn.get("reply") or ""), [*cited, *products, *heard]))
