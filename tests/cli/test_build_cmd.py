"""`setup`, `kb` and `train`: what is derived from a shop is made, searched and reported."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scripted import TinyEncoder

from bot.services import Services
from bot.shop.derived import derived_dir

from .conftest import Run, is_one_line


def test_build_tells_what_it_made_on_stderr(run: Run, served: list[Services], shop_folder: Path) -> None:
    ran = run("kb", "build", "--shop", shop_folder)
    assert ran.code == 0 and ran.out == ""
    assert "tiny: 9 passages" in ran.err
    assert (derived_dir(shop_folder) / "index" / "manifest.json").is_file()


def test_search_prints_json_and_nothing_else(run: Run, served: list[Services], shop_folder: Path) -> None:
    ran = run("kb", "search", "gift wrapping", "-k", "3", "--json", "--shop", shop_folder)
    rows = json.loads(ran.out)
    assert ran.code == 0 and ran.out.count("\n") == 1 and len(rows) == 3
    assert rows[0]["id"] == "gift-wrap"
    assert set(rows[0]) == {"id", "title", "text", "language", "score", "source", "url"}
    assert len({row["id"] for row in rows}) == 3
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)


def test_search_as_a_person_reads_it(run: Run, served: list[Services], shop_folder: Path) -> None:
    ran = run("kb", "search", "礼品包装", "--shop", shop_folder)
    assert ran.code == 0 and "gift-wrap  礼品包装多少钱？" in ran.out


def test_search_in_a_language(run: Run, served: list[Services], shop_folder: Path) -> None:
    rows = json.loads(
        run("kb", "search", "gift wrapping", "--lang", "zh", "-k", "1", "--json", "--shop", shop_folder).out
    )
    assert rows[0]["language"] == "zh"


def test_search_batch(run: Run, served: list[Services], shop_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": 1, "text": "gift wrapping"}\nbroken\n{"id": 3, "text": "积分"}\n', encoding="utf-8")
    ran = run("kb", "search", "--batch", path, "-k", "2", "--json", "--shop", shop_folder)
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 2
    assert [row["id"] for row in rows] == [1, None, 3]
    assert rows[0]["results"][0]["id"] == "gift-wrap" and rows[2]["results"][0]["id"] == "loyalty"
    assert rows[1]["line"] == 2 and f"{path}:2" in ran.err


@pytest.mark.parametrize("text", ["", " "])
def test_nothing_to_search_for(run: Run, served: list[Services], shop_folder: Path, text: str) -> None:
    ran = run("kb", "search", text, "--json", "--shop", shop_folder)
    assert ran.code == 2 and ran.out == "" and "empty" in ran.err and "Traceback" not in ran.err


def test_search_for_neither_or_both(run: Run, served: list[Services], shop_folder: Path, tmp_path: Path) -> None:
    assert is_one_line(run("kb", "search", "--shop", shop_folder), 2, "--batch")
    assert is_one_line(run("kb", "search", "x", "--batch", "y", "--shop", shop_folder), 2, "--batch")
    assert run("kb", "search", "--batch", tmp_path / "nope", "--shop", shop_folder).code == 2


def test_setup_makes_everything_and_is_safe_to_repeat(
    run: Run, served: list[Services], shop_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulled: list[Any] = []
    monkeypatch.setattr("bot.models.pull.pull", lambda names: pulled.append(names))
    monkeypatch.setattr("bot.assemble.load_head", lambda *_, **__: None)
    for _ in range(2):
        ran = run("setup", "--shop", shop_folder)
        assert ran.code == 0 and ran.out == "" and "ready: tiny" in ran.err
    assert pulled == [["multilingual-e5-small", "qwen2.5-coder-1.5b"]] * 2
    assert (derived_dir(shop_folder) / "shop.db").is_file()


# --- train intents on any files ---


class Meaning(TinyEncoder):
    """Texts of one first word are near each other."""

    def encode(self, texts: Any, kind: str) -> Any:
        return super().encode([f"{text.split()[0]} " * 3 + text for text in texts], kind)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.setattr("bot.encoder.load_encoder", lambda name: Meaning())
    rng = np.random.default_rng(0)
    for name, count in (("train", 12), ("test", 4)):
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(["text", "intent"])
            for word in ("ship", "pay", "return"):
                writer.writerows([f"{word} {rng.integers(1000)}", word] for _ in range(count))
    return tmp_path / "train.csv", tmp_path / "test.csv"


def test_figures_and_predictions(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    train, test = files
    out = tmp_path / "said.csv"
    ran = run("train", "intents", "--data", train, "--test", test, "--predictions", out, "--json")
    figures = json.loads(ran.out)
    assert ran.code == 0 and ran.out.count("\n") == 1
    assert set(figures) == {
        "accuracy",
        "macro_f1",
        "in_scope_accuracy",
        "oos_recall",
        "oos_auroc",
        "n",
        "seconds",
    }
    assert figures["n"] == 12 and figures["accuracy"] > 0.9
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert list(rows[0]) == ["text", "intent", "predicted", "confidence"] and len(rows) == 12


def test_data_without_test(run: Run, files: tuple[Path, Path]) -> None:
    assert is_one_line(run("train", "intents", "--data", files[0]), 2, "--test")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "text,intent\n", "text,intent\nx,\n", "\xff"])
def test_a_file_that_is_no_training_data(run: Run, files: tuple[Path, Path], text: str) -> None:
    files[0].write_bytes(text.encode("latin-1"))
    assert is_one_line(run("train", "intents", "--data", files[0], "--test", files[1], "--json"), 2, "train.csv")


def test_files_that_are_not_there(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    assert is_one_line(run("train", "intents", "--data", tmp_path / "nope.csv", "--test", files[1]), 2, "nope.csv")
    ran = run("train", "intents", "--data", files[0], "--test", files[1], "--predictions", tmp_path / "no" / "p.csv")
    assert is_one_line(ran, 1, "p.csv")
