"""Training steps: the right entry by number, all of a shop's entries, every question about as often."""

from __future__ import annotations

from collections import Counter

from bot.training.corpus import Corpus, CorpusEntry, CorpusQuestion
from bot.training.steps import make_steps, unit_texts


def shop(name: str, size: int) -> list[CorpusEntry]:
    made = []
    for language in ("zh", "en"):
        for number in range(size):
            asked = tuple(CorpusQuestion(f"{name} {language} {number} q{n}") for n in range(3))
            made.append(CorpusEntry(name, f"e{number}", language, "faq", f"title {language} {number}", "Text.", asked))
    return made


CORPUS = Corpus([*shop("a", 4), *shop("b", 5)])


def test_gold_and_owner_point_at_the_questions_entry() -> None:
    for step in make_steps(CORPUS, rounds=1, questions=6, cross=0.0, seed=1):
        for question, gold in zip(step.questions, step.gold, strict=True):
            name, language, number, _ = question.split()
            own = [text for text, owner in zip(step.units, step.owner, strict=True) if owner == gold]
            assert own and all(f"title {language} {number}" in text for text in own)
            assert len(set(step.owner)) == {"a": 4, "b": 5}[name]


def test_every_question_is_used_once_a_round() -> None:
    steps = make_steps(CORPUS, rounds=3, questions=4, cross=0.5, seed=2)
    used = Counter(q for step in steps for q in step.questions)
    assert len(used) == 2 * (4 + 5) * 3
    assert set(used.values()) == {3}


def test_crossed_steps_read_the_other_language() -> None:
    for step in make_steps(CORPUS, rounds=1, questions=6, cross=1.0, seed=3):
        other = {"zh": "en", "en": "zh"}[step.questions[0].split()[1]]
        assert all(f"title {other}" in text for text in step.units)


def test_the_same_seed_gives_the_same_steps() -> None:
    again = [make_steps(CORPUS, rounds=1, questions=4, cross=0.3, seed=seed) for seed in (5, 5, 6)]
    assert again[0] == again[1] != again[2]


def test_a_table_is_read_row_by_row_with_its_title() -> None:
    table = "Fees:\n| Zone | Fee |\n|---|---|\n| Near | $4 |\n| Far | $9 |"
    texts = unit_texts(CorpusEntry("a", "t", "en", "table", "Delivery", table, ()))
    assert len(texts) == 3
    assert all(t.startswith("Delivery") for t in texts)
    assert any("Far" in t and "$9" in t and "$4" not in t for t in texts)
