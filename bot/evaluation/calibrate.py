"""Chooses the thresholds of the bands on labelled dialogues, and reports what they give on others. Knows nothing of the terminal.

Every question is answered in every band once; then thresholds are tried in code, which costs nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bot.answerer import Answerer, open_answerer
from bot.assemble import made_by
from bot.errors import BadInput
from bot.evaluation.intervals import share, wilson
from bot.evaluation.suite import Dialogue, load_suites
from bot.knowledge.bands import Thresholds, save_thresholds

if TYPE_CHECKING:
    from bot.answer.generated import Outcome
    from bot.answer.question import Question

Verdict = Literal["right", "wrong", "refused"]
Written = Literal[
    "right", "wrong", "refused", "rejected"
]  # rejected: the guard let nothing pass, so extracts are tried
Progress = Callable[[str], None]
_STEPS = 31
_ONE_IN_TEN = 1.2816  # the 90 % point of the normal distribution


@dataclass(frozen=True)
class Observation:
    """One question with the verdicts that each band would earn."""

    id: str
    language: str
    answerable: bool
    tags: tuple[str, ...]
    top: float
    any: float
    curated: bool
    verbatim: Verdict
    extractive: Verdict
    generated: Written


def observe(answerer: Answerer, dialogue: Dialogue) -> Observation | None:
    """Answer the dialogue's last turn in every band; None when it is no question to the knowledge base."""
    from bot.answer.verbatim import direct, extractive
    from bot.turn import as_question, check_message, perceive

    services = answerer.services
    conversation = answerer.new_conversation(dialogue.customer, dialogue.language)
    for turn in dialogue.turns[:-1]:
        answerer.reply(conversation, turn.user)
    last = dialogue.turns[-1]
    answerable = bool(last.expect.contains or last.expect.cites) and not last.expect.refused
    if not answerable and not last.expect.refused:
        return None
    state = perceive(services, conversation, check_message(last.user), dialogue.language)
    question = as_question(services, conversation, state, services.encoder.encode([state.text], "query")[0])
    if question is None:
        return None
    passage = question.best.passage
    curated = passage.kind == "faq" and passage.language == question.language

    def verdict(text: str) -> Verdict:
        right = all(p.found_in(text) for p in last.expect.contains) and not any(
            p.found_in(text) for p in last.expect.not_contains
        )
        return "right" if answerable and right else "wrong"

    written = _written(answerer, question)
    return Observation(
        dialogue.id,
        dialogue.language,
        answerable,
        dialogue.tags,
        question.confidence.top,
        question.confidence.any,
        curated,
        verdict(direct(services.knowledge, question).text),
        verdict(extractive(services.knowledge, question).text),
        verdict(written.answer.text) if written.answer else "refused" if written.not_found else "rejected",
    )


def _written(answerer: Answerer, question: Question) -> Outcome:
    """How the writer's attempt at the question ends."""
    from bot.answer.generated import Outcome, generated
    from bot.answer.search import task_for
    from bot.errors import WriterUnavailable

    attempt = generated(answerer.services.writer, task_for(answerer.services, question))
    try:
        while True:
            next(attempt)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
    except WriterUnavailable:
        return Outcome()


def outcome(seen: Observation, thresholds: Thresholds, *, writer: bool = True) -> Verdict:
    """The verdict that the bands of `thresholds` would give."""
    if seen.curated and seen.top >= thresholds.direct:
        return seen.verbatim
    if seen.any < thresholds.generated:
        return "refused"
    if writer and seen.generated != "rejected":
        return seen.generated
    return seen.extractive if seen.top >= thresholds.extractive else "refused"


def summary(seen: Sequence[Observation], thresholds: dict[str, Thresholds], *, writer: bool = True) -> dict[str, Any]:
    """Right, wrong and refused of the answerable; refused of the others, by tag; with 95 % intervals."""
    report: dict[str, Any] = {}
    for language in sorted({o.language for o in seen}):
        own = [(o, outcome(o, thresholds[language], writer=writer)) for o in seen if o.language == language]
        answerable = [v for o, v in own if o.answerable]
        part: dict[str, Any] = {v: share([x == v for x in answerable]).as_dict() for v in ("right", "wrong", "refused")}
        for tag in sorted({t for o, _ in own for t in o.tags}):
            tagged = [(o, v) for o, v in own if tag in o.tags]
            wanted = "right" if all(o.answerable for o, _ in tagged) else "refused"
            part[f"{tag}_{wanted}"] = share([v == wanted for _, v in tagged]).as_dict()
        report[language] = part
    return report


def choose(seen: Sequence[Observation], wrong: float) -> Thresholds:
    """The thresholds with the most right answers among those that keep to the limit; where none does, those nearest to it.

    The limit: with nine chances in ten, at most `wrong` of the answerable are answered wrongly (see `upper`). Refused
    outsiders count too, four of them as much as a right answer, so that of two that answer alike the more careful one
    is taken.
    """
    tops = [*np.unique(np.quantile([o.top for o in seen], np.linspace(0, 1, _STEPS))), 1.01]
    anys = np.unique(np.quantile([o.any for o in seen], np.linspace(0, 1, _STEPS)))
    tried = (Thresholds(float(d), float(g), float(e)) for d in tops for g in anys for e in [*tops[:-1:4], 1.01])
    best = max(tried, key=lambda t: _worth(seen, t, wrong))
    return Thresholds(*(round(v, 4) for v in (best.direct, best.generated, best.extractive)))


def upper(hits: int, n: int) -> float:
    """The upper end of Wilson's interval, which the true share is above in one case of ten; 0 without a case.

    What was wrong in few questions by luck is wrong more often in the next ones, so the limit is held by this and not by
    the share seen.
    """
    return wilson(hits, n, _ONE_IN_TEN)[1] if n else 0.0


def _worth(seen: Sequence[Observation], thresholds: Thresholds, wrong: float) -> tuple[float, float]:
    verdicts = [(o.answerable, outcome(o, thresholds)) for o in seen]
    inside = [v for answerable, v in verdicts if answerable]
    outside = [v for answerable, v in verdicts if not answerable]
    missed = upper(inside.count("wrong"), len(inside))
    gained = inside.count("right") / max(1, len(inside))
    refused = outside.count("refused") / max(1, len(outside))
    return -max(0.0, missed - wrong), gained + refused / 4


def calibrate(
    shop: Path, suites: Sequence[Path], report: Sequence[Path], *, wrong: float, out: Path | None, progress: Progress
) -> dict[str, Any]:
    """Choose on `suites`, write the thresholds, and report on both parts. Raises BadInput when a language has too few questions."""
    from bot.shop.derived import derived_dir

    with open_answerer(shop, progress) as answerer:
        chosen_on = observe_all(answerer, suites, progress)
        reported_on = observe_all(answerer, report, progress) if report else []
        about = answerer.describe()
    thresholds = choose_all(chosen_on, wrong)
    path = out or derived_dir(shop) / "thresholds.json"
    result: dict[str, Any] = {
        "thresholds": {k: vars(v) for k, v in thresholds.items()},
        "written_to": str(path),
        "accepted_wrong": wrong,
        "chosen_on": summary(chosen_on, thresholds),
        "reported_on": summary(reported_on, thresholds),
        "reported_on_without_writer": summary(reported_on, thresholds, writer=False),
        **about,
    }
    data = hashlib.sha256(b"".join(p.read_bytes() for p in suites)).hexdigest()
    save_thresholds(
        path,
        thresholds,
        {"accepted_wrong": wrong, "chosen_on": result["chosen_on"], "data": data, **made_by(), **about},
    )
    return result


def choose_all(seen: Sequence[Observation], wrong: float) -> dict[str, Thresholds]:
    """Thresholds by language; a language without questions of its own takes those chosen on all."""
    if len(seen) < 20:
        raise BadInput(f"calibrate: {len(seen)} labelled questions are too few to choose on; give at least 20")
    found = {}
    for language in ("zh", "en"):
        own = [o for o in seen if o.language == language]
        found[language] = choose(own if len(own) >= 20 else seen, wrong)
    return found


def observe_all(answerer: Answerer, paths: Sequence[Path], progress: Progress, *, every: int = 1) -> list[Observation]:
    """Observations of the dialogues of suites, of each `every`-th one where there are many."""
    dialogues = [d for suite in load_suites(paths) for d in suite.dialogues[::every]]
    seen = []
    for number, dialogue in enumerate(dialogues, 1):
        progress(f"calibrate: {number}/{len(dialogues)} questions")
        observation = observe(answerer, dialogue)
        if observation:
            seen.append(observation)
    return seen
