"""`zhanggui ask` and `chat`: the reply or pure JSON on stdout, one line for an error, the right exit code."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from scripted import SHOP

from bot.config import settings
from bot.knowledge.answerable import Confidence
from bot.services import Services

from .conftest import Ran, Run, is_one_line

ASKED = {"en": "How long does delivery take?", "zh": "多久能送到？"}


# --- one question ---


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_question_is_answered_as_a_person_reads_it(
    run: Run, served: list[Services], shop_folder: Path, language: str
) -> None:
    ran = run("ask", ASKED[language], "--shop", shop_folder)
    assert ran.code == 0 and "2-4" in ran.out and "[1]" in ran.out
    assert "{" not in ran.out
    assert served[0].writer.closes == 1  # type: ignore[attr-defined]


def test_json_is_one_object_and_nothing_else(run: Run, served: list[Services], shop_folder: Path) -> None:
    ran = run("ask", ASKED["zh"], "--json", "--shop", shop_folder)
    assert ran.code == 0 and ran.out.count("\n") == 1
    turn = json.loads(ran.out)
    assert (turn["band"], turn["language"]) == ("direct", "zh") and "trace" not in turn
    assert json.loads(run("ask", ASKED["zh"], "--json", "--trace", "--shop", shop_folder).out)["trace"]["hits"]


def test_a_refusal_is_no_error(
    run: Run, served: list[Services], shop_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripted.ScriptedJudge.judge", lambda self, hits: Confidence(0.0, 0.0))
    ran = run("ask", ASKED["en"], "--json", "--shop", shop_folder)
    assert ran.code == 0 and json.loads(ran.out)["band"] == "refused"


def test_a_question_from_standard_input(
    run: Run, served: list[Services], shop_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = ASKED["zh"].encode() + b"\xff\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="ascii"))
    assert json.loads(run("ask", "-", "--json", "--shop", shop_folder).out)["language"] == "zh"


def test_language_and_customer(run: Run, served: list[Services], shop_folder: Path) -> None:
    turn = json.loads(run("ask", "???", "--lang", "en", "--customer", "u1", "--json", "--shop", shop_folder).out)
    assert turn["language"] == "en" and "conversation_key" not in turn


def test_the_shop_of_the_environment(
    run: Run, served: list[Services], shop_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHANGGUI_SHOP", str(shop_folder))
    settings.cache_clear()
    assert run("ask", ASKED["en"]).code == 0
    assert served[0].shop.path == shop_folder


# --- mistakes ---


@pytest.mark.parametrize("text", ["", "  ", "\x01\x02", "x" * 100_000])
def test_a_message_that_cannot_be_read(run: Run, served: list[Services], shop_folder: Path, text: str) -> None:
    assert is_one_line(run("ask", text, "--json", "--shop", shop_folder), 2, "message")
    assert served == []


def test_neither_or_both(run: Run, tmp_path: Path) -> None:
    assert is_one_line(run("ask"), 2, "--batch")
    assert is_one_line(run("ask", "hi", "--batch", tmp_path / "x"), 2, "--batch")


@pytest.mark.parametrize("verb", [["ask", "hi"], ["chat"]])
def test_an_unknown_language(run: Run, served: list[Services], shop_folder: Path, verb: list[str]) -> None:
    assert is_one_line(run(*verb, "--lang", "fr", "--shop", shop_folder), 2, "--lang", "fr")
    assert served == []


@pytest.mark.parametrize(
    "verb", [["ask", "hi"], ["chat"], ["serve"], ["kb", "build"], ["kb", "search", "x"], ["setup"]]
)
def test_a_shop_that_is_not_there(run: Run, served: list[Services], tmp_path: Path, verb: list[str]) -> None:
    assert is_one_line(run(*verb, "--shop", tmp_path / "nope"), 2, "--shop", "nope")
    assert is_one_line(run(*verb, "--shop", tmp_path), 2, "shop.yaml")


@pytest.mark.parametrize("text", ["id: [", "id: tiny\n  name: x", "- a\n- b", "", "\t", "id: tiny", "\x00"])
@pytest.mark.parametrize("verb", [["ask", "hi"], ["serve"], ["kb", "build"]])
def test_a_broken_shop_yaml(run: Run, served: list[Services], shop_folder: Path, verb: list[str], text: str) -> None:
    (shop_folder / "shop.yaml").write_text(text, encoding="utf-8")
    assert is_one_line(run(*verb, "--shop", shop_folder), 2, "shop.yaml")


def test_a_broken_line_is_named(run: Run, served: list[Services], shop_folder: Path) -> None:
    (shop_folder / "shop.yaml").write_text(
        SHOP["shop.yaml"].replace("currency: CNY", "currency: GOLD"), encoding="utf-8"
    )
    assert is_one_line(run("ask", "hi", "--shop", shop_folder), 2, "shop.yaml:3", "GOLD")


@pytest.mark.parametrize("setting", ["gpt:4", "nonsense", "llamacpp:", ""])
def test_an_unknown_writer(run: Run, shop_folder: Path, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("ZHANGGUI_WRITER", setting or ":")
    settings.cache_clear()
    assert is_one_line(run("ask", "hi", "--shop", shop_folder), 2, "ZHANGGUI_WRITER", "none")


def test_a_model_that_is_not_installed(run: Run, shop_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_one_line(run("ask", "hi", "--shop", shop_folder), 1, "zhanggui models pull")


# --- batches ---


def write(folder: Path, *lines: object) -> Path:
    path = folder / "batch.jsonl"
    path.write_text(
        "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines),
        encoding="utf-8",
    )
    return path


def errors(ran: Ran) -> list[str]:
    """The errors on stderr, progress left out."""
    assert "Traceback" not in ran.err
    return [line for line in ran.err.splitlines() if line.startswith("zhanggui: ")]


def test_a_batch_is_lines_of_json_and_nothing_else(
    run: Run, served: list[Services], shop_folder: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, {"id": 1, "text": ASKED["en"]}, {"id": "二", "turns": [ASKED["zh"], ASKED["en"]]})
    ran = run("ask", "--batch", path, "--json", "--shop", shop_folder)
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert (ran.code, errors(ran)) == (0, [])
    assert [row["id"] for row in rows] == [1, "二"]
    assert [turn["language"] for turn in rows[1]["turns"]] == ["zh", "en"]
    assert len(served) == 1  # the models load once
    assert "trace" not in rows[0] and "trace" not in rows[1]["turns"][0]


def test_bad_lines_are_told_twice_and_the_rest_is_answered(
    run: Run, served: list[Services], shop_folder: Path, tmp_path: Path
) -> None:
    path = write(
        tmp_path,
        {"id": 1, "text": ASKED["en"]},
        "{broken",
        {"id": 3, "text": ""},
        {"id": 4, "text": ASKED["en"]},
    )
    ran = run("ask", "--batch", path, "--json", "--shop", shop_folder)
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 2
    assert [(row["id"], row.get("line"), "reply" in row) for row in rows] == [
        (1, None, True), (None, 2, False), (3, 3, False), (4, None, True),
    ]  # fmt: skip
    told = errors(ran)
    assert [line.split(": ")[1] for line in told] == [f"{path}:2", f"{path}:3"]
    assert rows[2]["error"]["message"] in told[1]


def test_odd_characters_survive(run: Run, served: list[Services], shop_folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path, '{"id": "\\ud800", "text": "hi there \\ud800"}')
    ran = run("ask", "--batch", path, "--json", "--shop", shop_folder)
    assert ran.code == 0 and json.loads(ran.out)["id"] == "\ud800"


@pytest.mark.parametrize("name", ["nope.jsonl", ".", "\udcff"])
def test_a_batch_file_that_is_not_there(
    run: Run, served: list[Services], shop_folder: Path, tmp_path: Path, name: str
) -> None:
    assert is_one_line(run("ask", "--batch", tmp_path / name, "--json", "--shop", shop_folder), 2, "--batch")
    assert served == []


def test_language_and_customer_of_a_batch(run: Run, served: list[Services], shop_folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path, {"id": 1, "text": "???"})
    row = json.loads(
        run("ask", "--batch", path, "--lang", "en", "--customer", "u1", "--json", "--shop", shop_folder).out
    )
    assert row["language"] == "en" and "conversation_key" not in row


# --- chat ---


def test_chat_reads_a_pipe(
    run: Run, served: list[Services], shop_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{ASKED['zh']}\n/quit\n".encode()), encoding="utf-8")
    )
    ran = run("chat", "--shop", shop_folder)
    assert ran.code == 0 and "2-4" in ran.out
    assert served[0].writer.closes == 1  # type: ignore[attr-defined]


def test_the_shop_folder_is_left_as_it_was(run: Run, served: list[Services], shop_folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in [shop_folder, *shop_folder.rglob("*")]}
    shop_folder.chmod(0o555)
    try:
        assert run("ask", ASKED["en"], "--shop", shop_folder).code == 0
        assert run("kb", "build", "--shop", shop_folder).code == 0
        assert run("kb", "search", "gift", "--json", "--shop", shop_folder).code == 0
    finally:
        shop_folder.chmod(0o755)
    assert {path: path.stat().st_mtime_ns for path in [shop_folder, *shop_folder.rglob("*")]} == before
