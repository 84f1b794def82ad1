"""Training and measuring on CSV files, with an encoder that needs no model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeEncoder

from bot.errors import BadInput
from bot.route.head import fit_head
from bot.route.intents import Intent, builtin_intents
from bot.route.train import cross_measure, examples, measure, read_rows, train_and_test, train_head, vectors

TRAIN = [
    *((f"how long does delivery take to {c}", "time") for c in ("paris", "rome", "oslo", "bern", "kyiv", "riga")),
    *((f"what is the price of the {c}", "price") for c in ("lamp", "mug", "sofa", "bag", "hat", "pen")),
    *((f"i want to cancel order {n}", "cancel") for n in range(11, 17)),
]
TEST = [
    ("how long does delivery take to rome please", "time"),
    ("price of the lamp", "price"),
    ("cancel order 12", "cancel"),
]
OUTSIDERS = [("tell me a joke about cats", "oos"), ("weather tomorrow", "NO_NODES_DETECTED")]


def csv_file(path: Path, rows: list[tuple[str, str]]) -> Path:
    path.write_text("text,intent\n" + "".join(f'"{t}",{i}\n' for t, i in rows), encoding="utf-8")
    return path


def test_vectors_are_one_row_a_text() -> None:
    assert vectors(FakeEncoder(), ["a", "b c"]).shape == (2, FakeEncoder().dim)


def test_examples_are_all_languages() -> None:
    intents = {"x": Intent("x", "Search", None, {"en": ("a", "b"), "zh": ("丙",)})}
    assert examples(intents) == [("a", "x"), ("b", "x"), ("丙", "x")]


def test_a_head_over_a_catalogue() -> None:
    intents = {i.name: replace(i, examples={k: v[:5] for k, v in i.examples.items()}) for i in builtin_intents()[:2]}
    head = train_head(intents, FakeEncoder())
    assert head.labels == sorted(intents)
    example = next(iter(intents.values())).examples["en"][0]
    assert head.predict(FakeEncoder().encode([example], "query")[0].mean).label == next(iter(intents))


def test_reading_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('\ufeffintent,note,text\na,,"one, two"\nb,x, 三 \n'.encode())
    assert read_rows(path) == [("one, two", "a"), ("三", "b")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a.csv:1: no column intent, text"),
        (b"text\nhello\n", "a.csv:1: no column intent"),
        (b"text,intent\n", "no lines below the header"),
        (b"text,intent\nhello,a\n,b\n", "a.csv:3: text and intent must not be empty"),
        (b"text,intent\nhello,a\nalone\n", "a.csv:3: text and intent must not be empty"),
        (b"text,intent\n\xff\xfe,a\n", "not a UTF-8 CSV file"),
        (b'text,intent\n"open,a\n', "not a UTF-8 CSV file"),
    ],
)
def test_a_bad_file_is_told_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput) as error:
        read_rows(path)
    assert message in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_what_is_no_file_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_rows(tmp_path / name)


def test_figures_without_outsiders(tmp_path: Path) -> None:
    measured = train_and_test(
        csv_file(tmp_path / "train.csv", TRAIN), csv_file(tmp_path / "test.csv", TEST), FakeEncoder()
    )
    assert list(measured.figures) == [
        "accuracy", "macro_f1", "in_scope_accuracy", "oos_recall", "oos_auroc", "n", "seconds",
    ]  # fmt: skip
    assert measured.figures["accuracy"] == measured.figures["in_scope_accuracy"] == measured.figures["macro_f1"] == 1
    assert measured.figures["oos_recall"] is None and measured.figures["oos_auroc"] is None
    assert measured.figures["n"] == 3
    assert [p[:3] for p in measured.predictions] == [(t, i, i) for t, i in TEST]
    assert all(0 <= p[3] <= 1 for p in measured.predictions)


def test_figures_with_outsiders() -> None:
    head = fit_head(vectors(FakeEncoder(), [t for t, _ in TRAIN]), [i for _, i in TRAIN])
    measured = measure(head, FakeEncoder(), TEST + OUTSIDERS)
    assert measured.figures["n"] == 5
    assert measured.figures["oos_auroc"] == 1
    assert [gold for _, gold, _, _ in measured.predictions[3:]] == ["oos", "NO_NODES_DETECTED"]
    everything = measure(head, FakeEncoder(), TEST + OUTSIDERS, scope=1.1)
    assert everything.figures["oos_recall"] == 1
    assert everything.figures["accuracy"] == 0.4
    nothing = measure(head, FakeEncoder(), TEST + OUTSIDERS, scope=0.0)
    assert nothing.figures["oos_recall"] == 0
    assert nothing.figures["in_scope_accuracy"] == 1


def test_only_outsiders_can_be_measured() -> None:
    head = fit_head(vectors(FakeEncoder(), [t for t, _ in TRAIN]), [i for _, i in TRAIN])
    measured = measure(head, FakeEncoder(), OUTSIDERS)
    assert measured.figures["in_scope_accuracy"] is None and measured.figures["oos_auroc"] is None


def test_a_label_that_was_never_trained_is_a_miss() -> None:
    head = fit_head(vectors(FakeEncoder(), [t for t, _ in TRAIN]), [i for _, i in TRAIN])
    assert measure(head, FakeEncoder(), [*TEST, ("something else", "new")]).figures["accuracy"] == 0.75


def test_the_test_file_is_not_read_before_the_head_is_fitted(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"train\.csv"):
        train_and_test(csv_file(tmp_path / "train.csv", []), tmp_path / "none.csv", FakeEncoder())


def test_held_out_figures_of_a_catalogue() -> None:
    intents = {
        name: Intent(name, command, None, {"en": tuple(t for t, i in TRAIN if i == name)})
        for name, command in (("time", "Search"), ("price", "Search"), ("cancel", "StartFlow"))
    }
    figures = cross_measure(intents, FakeEncoder(), folds=3)
    assert figures["n"] == len(TRAIN) and figures["intents"] == 3
    assert figures["accuracy"] == figures["command_accuracy"] == 1
