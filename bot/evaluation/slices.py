"""Cuts a run into all of it, its languages and its tags. Knows nothing of metrics."""

from __future__ import annotations

from collections.abc import Sequence

from bot.evaluation.runner import DialogueResult, TurnResult


def by_language(dialogues: Sequence[DialogueResult]) -> dict[str, list[DialogueResult]]:
    """The dialogues of each language, by the language that the suite gives them."""
    return {name: [d for d in dialogues if d.language == name] for name in sorted({d.language for d in dialogues})}


def by_tag(dialogues: Sequence[DialogueResult]) -> dict[str, list[DialogueResult]]:
    """The dialogues with each tag; one with two tags is in both."""
    tags = sorted({tag for d in dialogues for tag in d.tags})
    return {tag: [d for d in dialogues if tag in d.tags] for tag in tags}


def turns_of(dialogues: Sequence[DialogueResult]) -> list[TurnResult]:
    """All turns, in order."""
    return [turn for dialogue in dialogues for turn in dialogue.turns]
