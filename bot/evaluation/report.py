"""Makes the JSON report of a run, writes and reads it. Knows nothing of terminals.

The keys are documented in docs/evaluation.md; they may grow and are never renamed.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.errors import BadInput, Failure
from bot.evaluation.curve import cases, risk_coverage
from bot.evaluation.intervals import Estimate
from bot.evaluation.metrics import band_shares, latency, metrics, question_overlap
from bot.evaluation.runner import DialogueResult, Texts, TurnResult
from bot.evaluation.slices import by_language, by_tag, turns_of
from bot.evaluation.suite import Suite
from bot.evaluation.thresholds import judge_thresholds

REPORT = "report.json"
Report = dict[str, Any]


@dataclass(frozen=True)
class Circumstances:
    """When, how long and with what a run was made; `about` is the answerer's description of itself."""

    started_at: datetime
    seconds: float
    about: Mapping[str, Any]


def make_report(
    suites: Sequence[Suite],
    dialogues: Sequence[DialogueResult],
    circumstances: Circumstances,
    texts: Texts | None = None,
) -> Report:
    """The report of a run over the suites, JSON values only. Without `texts` the overlap has no cases."""
    turns = turns_of(dialogues)

    def sliced(of_turns: Callable[[Sequence[TurnResult]], Any]) -> dict[str, Any]:
        return _sliced(dialogues, lambda members: of_turns(turns_of(members)))

    about = circumstances.about
    parts = _sliced(dialogues, metrics)
    report = {
        "suites": [_suite(suite, dialogues) for suite in suites],
        "n": {
            "dialogues": len(dialogues),
            "turns": len(turns),
            "checks": sum(len(t.outcomes) for t in turns),
        },
        "started_at": circumstances.started_at.isoformat(timespec="seconds"),
        "seconds": round(circumstances.seconds, 3),
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "platform": platform.platform(),
        },
        "writer": about.get("writer"),
        "encoder": about.get("encoder"),
        "about": dict(about),
        **parts,
        "bands": sliced(band_shares),
        "latency": sliced(latency),
        "curve": sliced(lambda members: risk_coverage(cases(members))),
        "overlap": sliced(lambda members: question_overlap(members, texts or {})),
        "skipped": _skipped(dialogues),
        "failures": [_failure(turn) for turn in turns if not turn.passed],
        "turns": [_turn(turn) for turn in turns],
    }
    plain: Report = _plain(report)
    return plain


def missed(report: Report) -> list[str]:
    """One line for each threshold that is not met."""
    return [
        f"{suite['name']}: {t['metric']} is {_measured(t['value'])}, below the minimum {t['minimum']:g}"
        for suite in report["suites"]
        for t in suite["thresholds"]
        if not t["met"]
    ]


def _measured(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.4f}"


def write_report(report: Report, folder: Path) -> Path:
    """Writes `report.json` into the folder, whole or not at all. Raises Failure when it cannot."""
    path, part = folder / REPORT, folder / (REPORT + ".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(to_json(report, indent=1) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise Failure(
            f"{path}: cannot be written ({error.strerror or error}); choose another folder with --out"
        ) from None
    return path


def to_json(report: Report, indent: int | None = None) -> str:
    """The report as JSON text, always valid UTF-8: half surrogates that a model may write are escaped."""
    text = json.dumps(report, ensure_ascii=False, allow_nan=False, indent=indent)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def read_report(path: Path) -> Report:
    """The report of an earlier run: the file, or the folder that holds it. Raises BadInput if it is none."""
    file = path / REPORT if path.is_dir() else path
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(
            f"{file}: cannot be read ({error.strerror or error}); name a run's folder or report.json"
        ) from None
    except (ValueError, RecursionError):
        raise BadInput(f"{file}: not JSON; name a run's folder or report.json") from None
    if not _is_report(report):
        raise BadInput(f"{file}: not the report of an evaluation; name a run's folder or report.json")
    found: Report = report
    return found


def _is_report(value: Any) -> bool:
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("turns"), list)
        or not isinstance(value.get("overall"), dict)
    ):
        return False
    needed = {"suite", "id", "turn", "question", "expected", "passed", "checks"}
    return all(isinstance(turn, dict) and needed <= turn.keys() for turn in value["turns"])


def new_run_folder(runs: Path, started_at: datetime) -> Path:
    """A folder below `runs` named after the time, which does not exist yet."""
    name = started_at.strftime("%Y%m%d-%H%M%S")
    candidates = (runs / (name if n == 1 else f"{name}-{n}") for n in range(1, 10_000))
    return next(folder for folder in candidates if not folder.exists())


def _sliced(dialogues: Sequence[DialogueResult], measure: Callable[[Sequence[DialogueResult]], Any]) -> dict[str, Any]:
    return {
        "overall": measure(dialogues),
        "by_language": {name: measure(members) for name, members in by_language(dialogues).items()},
        "by_tag": {name: measure(members) for name, members in by_tag(dialogues).items()},
    }


def _suite(suite: Suite, dialogues: Sequence[DialogueResult]) -> dict[str, Any]:
    return {
        "name": suite.name,
        "path": str(suite.path),
        "dialogues": len(suite.dialogues),
        "turns": sum(len(d.turns) for d in suite.dialogues),
        "thresholds": [
            {"metric": t.metric, "minimum": t.minimum, "value": t.value, "met": t.met}
            for t in judge_thresholds(suite, dialogues)
        ],
    }


def _skipped(dialogues: Sequence[DialogueResult]) -> list[dict[str, Any]]:
    reason = "not supported yet"
    return [{"suite": d.suite, "id": d.id, "check": name, "reason": reason} for d in dialogues for name in d.skipped]


def _head(turn: TurnResult) -> dict[str, Any]:
    return {
        "suite": turn.suite,
        "id": turn.dialogue,
        "turn": turn.number,
        "language": turn.language,
        "tags": list(turn.tags),
        "question": turn.user,
    }


def _failure(turn: TurnResult) -> dict[str, Any]:
    reasons = dict.fromkeys(o.reason for o in turn.outcomes if not o.passed)
    return {
        **_head(turn),
        "reply": turn.reply,
        "expected": turn.expect.raw,
        "reason": "; ".join(reasons) or f"no reply: {turn.error}",
        "checks": [o.check for o in turn.outcomes if not o.passed],
    }


def _turn(turn: TurnResult) -> dict[str, Any]:
    return {
        **_head(turn),
        "expected": turn.expect.raw,
        "passed": turn.passed,
        "checks": {o.check: o.passed for o in turn.outcomes},
        "verdict": turn.verdict,
        "refused": turn.refused,
        "confidence": turn.confidence,
        "ungrounded": turn.ungrounded,
        "error": turn.error,
        "answer": {key: value for key, value in turn.turn.items() if key != "trace"},
    }


def _plain(value: Any) -> Any:
    """`value` in JSON's own types; estimates become objects, and what JSON has not becomes text."""
    if isinstance(value, Estimate):
        return value.as_dict()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
