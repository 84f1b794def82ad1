"""Sets the thresholds that ship, on shops that nothing was trained on. Knows nothing of a merchant's own thresholds."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.answerer import open_answerer
from bot.assemble import made_by
from bot.evaluation.calibrate import Observation, choose_all, observe_all, summary
from bot.knowledge.bands import save_thresholds
from bot.training.as_shop import write_shop
from bot.training.corpus import Corpus


def set_thresholds(
    sample: tuple[Path, Sequence[Path]],
    corpus: Corpus,
    wrong: float,
    out: Path,
    every: int,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """Choose on the sample shop's choosing suites and on each `every`-th question of the corpus' choosing shops; write `out`."""
    shop, suites = sample
    with open_answerer(shop, progress) as answerer:
        seen: list[Observation] = observe_all(answerer, suites, progress)
        about = answerer.describe()
    chosen_on = {"sample": len(seen)}
    for name in corpus.shops:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / name
            write_shop(corpus.of([name]), name, made)
            with open_answerer(made, progress) as answerer:
                own = observe_all(
                    answerer, [made / f"{name}.{language}.jsonl" for language in ("zh", "en")], progress, every=every
                )
        chosen_on[name] = len(own)
        seen += own
    thresholds = choose_all(seen, wrong)
    figures = summary(seen, thresholds)
    save_thresholds(
        out, thresholds, {"accepted_wrong": wrong, "questions": chosen_on, "seen": figures, **made_by(), **about}
    )
    return {"thresholds": {k: vars(v) for k, v in thresholds.items()}, "questions": chosen_on, "seen": figures}
