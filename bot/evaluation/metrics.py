"""The metrics of a run, each with its interval and number of cases. Knows nothing of files or reports.

Every metric is a pure function of what was played. docs/evaluation.md gives the same formulas in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from bot.evaluation.checks import reply_in
from bot.evaluation.intervals import Estimate, interval, mean, percentile, resampled, share
from bot.evaluation.overlap import overlap
from bot.evaluation.patterns import covers, first_hit, without_marks
from bot.evaluation.runner import DialogueResult, TurnResult
from bot.evaluation.suite import BANDS, EXPECTATIONS
from bot.guard.numbers import numbers

REFUSAL_TAGS = ("unanswerable", "near_miss")
"""Tags of questions to be refused that get their own precision and recall."""
SMALLER_IS_BETTER = {"wrong": "not_wrong", "refused": "answered", "wrong_language": "right_language"}
"""Shares of which less is better, with the name of one minus the share, which a threshold can hold."""
PERCENTILES = (50, 95, 99)


def metrics(dialogues: Sequence[DialogueResult]) -> dict[str, Estimate]:
    """All metrics of some dialogues by name. A metric without a case has no figures and n = 0."""
    turns = [turn for dialogue in dialogues for turn in dialogue.turns]
    wrong = wrong_language(turns)
    return {
        "dialogues_passed": share([bool(d.passed) for d in dialogues if d.passed is not None and _asks(d.turns)]),
        "turns_passed": share([t.passed for t in turns if t.expect.given]),
        **check_accuracy(turns),
        **intent_metrics([(t.expect.intent, _intent(t)) for t in turns if "intent" in t.expect.given]),
        **citation_metrics([(t.expect.cites, t.cited) for t in turns if t.expect.cites]),
        **answer_shares(turns),
        **refusal(turns),
        **{f"{name}:{tag}": value for tag in REFUSAL_TAGS for name, value in refusal(turns, tag).items()},
        "grounded_numbers": grounded_numbers(turns),
        "wrong_language": wrong,
        "right_language": wrong.complement(),
        "containment": containment(dialogues),
    }


def names() -> tuple[str, ...]:
    """The names of all metrics; a run has every one."""
    return tuple(metrics([]))


def _asks(turns: Iterable[TurnResult]) -> bool:
    return any(turn.expect.given for turn in turns)


def _intent(result: TurnResult) -> str | None:
    name: str | None = (result.turn.get("intent") or {}).get("name")
    return name


def check_accuracy(turns: Sequence[TurnResult]) -> dict[str, Estimate]:
    """`checks`, the share of single checks that passed, and `check:FIELD`, the same by field of `expect`."""
    outcomes = [outcome for turn in turns for outcome in turn.outcomes]
    each = {f"check:{name}": share([o.passed for o in outcomes if o.check == name]) for name in EXPECTATIONS}
    return {"checks": share([o.passed for o in outcomes]), **each}


def intent_metrics(pairs: Sequence[tuple[str | None, str | None]]) -> dict[str, Estimate]:
    """`intent_accuracy` and `intent_macro_f1` of (expected, found) intents."""
    return {
        "intent_accuracy": share([expected == found for expected, found in pairs]),
        "intent_macro_f1": macro_f1(pairs),
    }


def macro_f1(pairs: Sequence[tuple[str | None, str | None]]) -> Estimate:
    """The mean over the expected classes of F1 = 2 TP / (expected + found), with a bootstrap interval.

    The average of the classes' F1, not the F1 of their averages (J. Opitz, S. Burst, 2019, arXiv:1911.03347).
    A class that is only ever found, never expected, lowers the others' F1 and has none itself.
    """
    if not pairs:
        return Estimate()
    import numpy

    classes = list(dict.fromkeys(expected for expected, _ in pairs))
    expected = numpy.array([[e == c for c in classes] for e, _ in pairs], dtype=numpy.float64)
    found = numpy.array([[f == c for c in classes] for _, f in pairs], dtype=numpy.float64)
    n = len(pairs)
    samples = resampled(n)
    weights = numpy.zeros((len(samples) + 1, n))
    weights[0] = 1  # the run itself; the other rows count how often a resample drew each pair
    numpy.add.at(weights, (numpy.arange(1, len(samples) + 1)[:, None], samples), 1)
    wanted = weights @ expected
    with numpy.errstate(divide="ignore", invalid="ignore"):
        f1 = 2 * (weights @ (expected * found)) / (wanted + weights @ found)
    scores = numpy.nanmean(numpy.where(wanted > 0, f1, numpy.nan), axis=1)
    return Estimate(float(scores[0]), *interval(scores[1:]), n)


def citation_metrics(pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> dict[str, Estimate]:
    """Of (expected ids, cited ids in order): `recall@1`, `recall@3`, `recall@5`, `mrr`, `ndcg@3`, `ndcg@5`.

    A suite's ids are alternatives, any of which is the whole answer; so with r the rank of the first of them:
    recall@k is the share with r <= k; the reciprocal rank is 1/r, 0 without one (E. Voorhees, TREC-8, 1999);
    nDCG@k is 1 / log2(1 + r) for r <= k, else 0, since the ideal gain is 1 (K. Järvelin, J. Kekäläinen, TOIS
    20, 2002).
    """
    ranks = [first_hit(expected, cited) for expected, cited in pairs]
    recall = {f"recall@{k}": share([r is not None and r <= k for r in ranks]) for k in (1, 3, 5)}
    gain = {f"ndcg@{k}": mean([1 / math.log2(1 + r) if r and r <= k else 0.0 for r in ranks]) for k in (3, 5)}
    return {**recall, "mrr": mean([1 / r if r else 0.0 for r in ranks]), **gain}


def answer_shares(turns: Sequence[TurnResult]) -> dict[str, Estimate]:
    """`right`, `wrong`, `refused` of the answerable questions (their sum is 1), `not_wrong`, `answered`."""
    verdicts = [t.verdict for t in turns if t.verdict is not None]
    right, wrong, refused = (share([v == name for v in verdicts]) for name in ("right", "wrong", "refused"))
    return {
        "right": right,
        "wrong": wrong,
        "refused": refused,
        "not_wrong": wrong.complement(),
        "answered": refused.complement(),
    }


def refusal(turns: Sequence[TurnResult], tag: str | None = None) -> dict[str, Estimate]:
    """`refusal_precision` and `refusal_recall` of the questions that must be refused and that must not be.

    Precision: of the refused ones, how many had to be. Recall: of those that had to be, how many were. With a
    `tag` only questions with it count as those that must be refused: precision is then what it would be if
    they were the only kind. Turns that expect neither count for nothing.
    """
    must = [t for t in turns if t.expects_refusal and (tag is None or tag in t.tags)]
    must_not = [t for t in turns if t.expect.refused is False or t.expects_answer]
    refused = [True for t in must if t.refused] + [False for t in must_not if t.refused]
    return {"refusal_precision": share(refused), "refusal_recall": share([t.refused for t in must])}


def grounded_numbers(turns: Sequence[TurnResult]) -> Estimate:
    """Of the replies with numbers, codes or addresses that were looked at: those with ground for all."""
    looked = [t for t in turns if t.ungrounded is not None and (t.ungrounded or numbers(without_marks(t.reply)))]
    return share([not t.ungrounded for t in looked])


def wrong_language(turns: Sequence[TurnResult]) -> Estimate:
    """Of the replies with text: those that do not read as the language expected, by script."""
    return share([not reply_in(t.turn, t.expected_language) for t in turns if t.reply])


def containment(dialogues: Sequence[DialogueResult]) -> Estimate:
    """The share of dialogues in which no person was called."""
    return share([not d.handed_over for d in dialogues])


def band_shares(turns: Sequence[TurnResult]) -> dict[str, Estimate]:
    """The share of replies in each band."""
    bands = [t.turn.get("band") for t in turns if t.turn]
    return {band: share([b == band for b in bands]) for band in BANDS}


def question_overlap(turns: Sequence[TurnResult], texts: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """`{"median", "n"}`: the share of a question's content words that stand in the entry that it should cite.

    `texts` holds the passages by language and id. Of several expected entries the one that shares most
    counts; entries without a text in the question's language are left out. Near 1, a suite measures string
    matching.
    """
    found = []
    for turn in turns:
        own = texts.get(turn.language, {})
        named = [text for key, text in own.items() if any(covers(e, key) for e in turn.expect.cites)]
        if named:
            found.append(max(overlap(turn.user, text) for text in named))
    return {"median": round(median(found), 6) if found else None, "n": len(found)}


def latency(turns: Sequence[TurnResult]) -> dict[str, dict[str, dict[str, Any]]]:
    """Milliseconds by band, `all` first: `{band: {"total" | "first_token": {"n", "p50", "p95", "p99"}}}`.

    Each percentile is an `Estimate`. `total` is the whole turn, `first_token` the time until the first words
    of the answer; bands that no turn is in, and times that no turn gives, are left out.
    """
    groups = {"all": turns, **{band: [t for t in turns if t.turn.get("band") == band] for band in BANDS}}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for band, members in groups.items():
        for kind in ("total", "first_token"):
            times = [ms for t in members if (ms := (t.turn.get("timings_ms") or {}).get(kind)) is not None]
            if times:
                ranks = {f"p{q}": percentile(times, q) for q in PERCENTILES}
                found.setdefault(band, {})[kind] = {"n": len(times), **ranks}
    return found
