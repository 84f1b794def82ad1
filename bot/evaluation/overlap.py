"""How much of a question's wording stands in the text that answers it. Knows nothing of files.

A suite whose questions repeat the entry's words measures string matching; the suites and the corpus print
this figure.
"""

from __future__ import annotations

from bot.words import content_words


def overlap(question: str, text: str) -> float:
    """Share (0..1) of the question's content words that also stand in `text`; 0 when it has none."""
    words = content_words(question)
    return len(words & content_words(text)) / len(words) if words else 0.0
