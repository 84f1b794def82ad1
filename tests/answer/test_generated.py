"""The grounded answer is shown sentence by sentence, each one checked before it is seen."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from scripted import ScriptedWriter, Step

from bot.answer.generated import Outcome, Task, generated
from bot.answer.notes import Note
from bot.errors import WriterUnavailable
from bot.guard.citations import Source

EN = (
    "Standard delivery takes 2-4 days.",
    "Express delivery costs ¥18.",
)
ZH = ("标准配送需要2-4天。", "特快配送费用18元。")


def note(language: str, id: str = "delivery") -> Note:
    sentences = EN if language == "en" else ZH
    title = "Delivery" if language == "en" else "配送"
    return Note(title, " ".join(sentences), Source(id, title, None, sentences), language)


def task(language: str = "en", question: str | None = None, *notes: Note) -> Task:
    asked = question or {"en": "how long is delivery", "zh": "多久能送到"}[language]
    return Task(asked, language, "Tiny", list(notes) or [note(language)])


def run(*replies: str | Iterable[Step], of: Task | None = None) -> tuple[list[str], Outcome, ScriptedWriter]:
    """The pieces shown, how it ended, and the writer."""
    writer = ScriptedWriter(*replies)
    shown: list[str] = []
    stream = generated(writer, of or task())
    while True:
        try:
            shown.append(next(stream))
        except StopIteration as end:
            return shown, end.value, writer


def letters(text: str) -> list[str]:
    """The smallest pieces a stream can come in."""
    return list(text)


def test_a_good_answer_in_both_languages() -> None:
    shown, outcome, _ = run("Standard delivery takes 2-4 days.")
    assert outcome.answer is not None
    assert outcome.answer.text == "".join(shown) == "Standard delivery takes 2-4 days. [1]"
    assert outcome.answer.band == "generated"
    assert [(c.n, c.id, c.quote) for c in outcome.answer.citations] == [(1, "delivery", EN[0])]
    shown, outcome, _ = run(letters("标准配送需要2-4天。特快配送费用18元。"), of=task("zh"))
    assert outcome.answer is not None
    assert outcome.answer.text == "标准配送需要2-4天。特快配送费用18元。 [1]"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sentences_come_one_by_one_before_the_next_is_written(language: str) -> None:
    sentences = {
        "en": ["Delivery takes 2-4 days. ", "Express costs ¥18."],
        "zh": ["配送需要2-4天。", "特快费用18元。"],
    }[language]
    writer = ScriptedWriter(letters("".join(sentences)))
    stream = generated(writer, task(language))
    first = next(stream)
    assert first.strip() == sentences[0].strip()
    assert len("".join(writer.written)) < len("".join(sentences))
    rest = list(stream)
    assert "".join([first, *rest]).startswith("".join(sentences).strip()[:10])


def test_a_number_is_never_cut_at_its_point() -> None:
    of = task(
        "en",
        "what does it cost",
        Note("Price", "It costs ¥3.50 a box.", Source("p", "Price", None, ("It costs ¥3.50 a box.",)), "en"),
    )
    shown, outcome, _ = run(letters("It costs ¥3.50 a box. Thank you."), of=of)
    assert shown[0] == "It costs ¥3.50 a box."
    assert outcome.rejected == []


@pytest.mark.parametrize(
    ("first", "language", "reason"),
    [
        ("Delivery takes 9 days.", "en", "ungrounded: 9"),
        ("配送需要九天。", "zh", "ungrounded: 9"),
        ("Use the code SAVE20.", "en", "ungrounded: SAVE20"),
        ("See https://evil.example/pay.", "en", "ungrounded: https://evil.example/pay"),
        ("标准配送需要2-4天。", "en", "language: "),
        ("Standard delivery takes 2-4 days for all orders.", "zh", "language: "),
        ("I have refunded your order.", "en", "promise: "),
        ("我已为您取消订单。", "zh", "promise: "),
        ("I will send you a new one.", "en", "promise: "),
    ],
)
def test_a_wrong_first_sentence_is_never_shown_and_asked_for_once_more(first: str, language: str, reason: str) -> None:
    good = {"en": "Standard delivery takes 2-4 days.", "zh": "标准配送需要2-4天。"}[language]
    notes = [note(language), note(language, "other")]
    shown, outcome, writer = run(f"{first} {good}", good, of=task(language, None, *notes))
    assert "".join(shown) == f"{good} [1]"
    assert any(problem.startswith(reason) for problem in outcome.rejected)
    assert len(writer.requests) == 2
    # The second time only the best note is given, and with some warmth, or the same words would come again.
    assert writer.asked[0].count("- ") == 2 and writer.asked[1].count("- ") == 1
    assert writer.requests[0].temperature < writer.requests[1].temperature
    assert writer.live == 0


def test_twice_wrong_shows_nothing() -> None:
    shown, outcome, writer = run("It takes 9 days.", "It takes 8 days.")
    assert shown == []
    assert outcome.answer is None and not outcome.not_found
    assert outcome.rejected == ["ungrounded: 9", "ungrounded: 8"]
    assert len(writer.requests) == 2


@pytest.mark.parametrize("later", ["It costs ¥99.", "I have cancelled your order.", "特快配送费用18元。"])
def test_a_wrong_later_sentence_ends_the_reply_before_it(later: str) -> None:
    shown, outcome, writer = run(letters(f"Standard delivery takes 2-4 days. {later} Goodbye now."))
    assert outcome.answer is not None
    assert outcome.answer.text == "".join(shown) == "Standard delivery takes 2-4 days. [1]"
    assert outcome.answer.rejected
    assert len(writer.requests) == 1
    assert writer.closed_early.is_set() and writer.live == 0


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("NOT_IN_NOTES", "en"),
        ("NOT_IN_NOTES", "zh"),
        ("资料未提及", "zh"),
        ("资料中没有提到这个问题。", "zh"),
        ("没有关于自行车包装的信息。", "zh"),
        ("The notes do not mention that.", "en"),
        ("This is not specified in the notes.", "en"),
        ("There is no information about bicycles.", "en"),
    ],
)
def test_what_is_not_in_the_notes_is_no_answer(said: str, language: str) -> None:
    shown, outcome, writer = run(said, of=task(language))
    assert shown == []
    assert outcome.not_found and outcome.answer is None
    assert len(writer.requests) == 1


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Please note that express delivery does not include islands.", "en"),
        ("Note that the price does not cover returns.", "en"),
        ("Water damage is not covered in the warranty.", "en"),
        ("特快配送没有包括岛屿。", "zh"),
    ],
)
def test_an_answer_that_says_no_is_an_answer(said: str, language: str) -> None:
    _, outcome, _ = run(
        said, of=task(language, None, Note("Terms", said, Source("terms", "Terms", None, (said,)), language))
    )
    assert outcome.answer is not None and not outcome.not_found


@pytest.mark.parametrize(("said", "language"), [("The website.", "en"), ("有机棉认证的睡衣。", "zh")])
def test_an_echo_of_the_question_is_thrown_out(said: str, language: str) -> None:
    shown, outcome, writer = run(said, said, of=task(language, said))
    assert shown == [] and outcome.answer is None
    assert any(r.startswith("unsupported") for r in outcome.rejected)
    assert len(writer.requests) == 2


def test_not_in_the_notes_after_an_answer_ends_it_there() -> None:
    shown, outcome, _ = run("Standard delivery takes 2-4 days. The notes do not mention islands.")
    assert "".join(shown) == "Standard delivery takes 2-4 days. [1]"
    assert outcome.answer is not None


@pytest.mark.parametrize("error", ["dead", "queue is full", "too slow"])
@pytest.mark.parametrize("before", [[], ["Standard deliv"], ["Standard delivery takes 2-4 days."]])
def test_a_writer_that_fails_before_a_sentence_is_whole_is_an_error(error: str, before: list[str]) -> None:
    with pytest.raises(WriterUnavailable, match=error):
        run([*before, WriterUnavailable(error)])


def test_half_a_stream_ends_at_its_last_whole_sentence() -> None:
    shown, outcome, writer = run(
        ["Standard delivery takes 2-4 days. ", "Express delivery co", WriterUnavailable("it died")]
    )
    assert "".join(shown) == "Standard delivery takes 2-4 days. [1]"
    assert outcome.answer is not None
    assert outcome.answer.text == "".join(shown)
    assert outcome.answer.rejected == ("writer: it died",)
    assert writer.live == 0


@pytest.mark.parametrize("nothing", ["", "  \n ", ["", "", ""], "[1]"])
def test_an_empty_reply_is_asked_for_once_more(nothing: str) -> None:
    shown, outcome, writer = run(nothing, "Standard delivery takes 2-4 days.")
    assert "".join(shown) == "Standard delivery takes 2-4 days. [1]"
    assert len(writer.requests) == 2
    assert outcome.answer is not None


def test_marks_of_the_models_own_are_taken_out() -> None:
    shown, outcome, _ = run("Standard delivery takes 2-4 days [3]. Express delivery costs ¥18 [2].")
    assert "".join(shown) == "Standard delivery takes 2-4 days. Express delivery costs ¥18. [1]"
    assert outcome.answer is not None and [c.n for c in outcome.answer.citations] == [1]


@pytest.mark.parametrize("lead", ["According to the notes, ", "Based on the notes: ", "As per the documents, "])
def test_the_notes_are_not_spoken_of(lead: str) -> None:
    shown, _, _ = run(f"{lead}standard delivery takes 2-4 days.")
    assert "notes" not in "".join(shown) and "documents" not in "".join(shown)


def test_closing_early_closes_the_writer() -> None:
    writer = ScriptedWriter(letters("Standard delivery takes 2-4 days. Express delivery costs ¥18. Goodbye."))
    stream = generated(writer, task())
    next(stream)
    assert writer.live == 1
    stream.close()
    assert writer.live == 0 and writer.closed_early.is_set()


def test_two_sources_are_marked_where_they_are_used() -> None:
    wrap = Note(
        "Wrap",
        "Gift wrapping costs ¥12.",
        Source("wrap", "Wrap", "https://shop.example/w", ("Gift wrapping costs ¥12.",)),
        "en",
    )
    _, outcome, _ = run(
        "Standard delivery takes 2-4 days. Gift wrapping costs ¥12.", of=task("en", None, note("en"), wrap)
    )
    assert outcome.answer is not None
    assert outcome.answer.text == "Standard delivery takes 2-4 days. [1] Gift wrapping costs ¥12. [2]"
    assert [(c.n, c.id, c.url) for c in outcome.answer.citations] == [
        (1, "delivery", None),
        (2, "wrap", "https://shop.example/w"),
    ]


def test_the_customers_own_numbers_may_be_repeated() -> None:
    _, outcome, _ = run("For 35 boxes standard delivery takes 2-4 days.", of=task("en", "I have 35 boxes, how long"))
    assert outcome.answer is not None
