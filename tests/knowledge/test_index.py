"""The index: one contract for the built and the loaded one, and what happens on a bad disk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Failure
from bot.knowledge.index import FORMAT, Index, build_index, load_index, read_manifest, save_index
from bot.knowledge.passages import Passage, Unit

from .helpers import PASSAGES, build

PARTS = ["passages.jsonl", "units.jsonl", "vectors.npy", "tokens.npy", "starts.npy", "sentences.npy", "centres.npy"]


def saved(folder: Path, index: Index | None = None) -> Path:
    save_index(index or build(), folder, {"encoder": "fake"})
    return folder


class IndexContract:
    """What ranking and searching rely on; run against every way to get an index."""

    @pytest.fixture
    def index(self, tmp_path: Path) -> Index:
        raise NotImplementedError

    def test_passages_and_units_are_kept(self, index: Index) -> None:
        assert index.passages == PASSAGES
        assert {u.passage for u in index.units} == set(range(len(PASSAGES)))

    def test_arrays_fit_the_units(self, index: Index) -> None:
        assert index.vectors.shape == (len(index.units), FakeEncoder().dim)
        assert index.vectors.dtype == np.float32
        assert index.tokens.dtype == np.int8
        assert len(index.starts) == len(index.units) + 1
        assert index.starts[-1] == len(index.tokens) == len(index.sentences)

    def test_vectors_are_the_encoders(self, index: Index) -> None:
        for number, encoded in enumerate(FakeEncoder().encode([u.embedded for u in index.units], "passage")):
            np.testing.assert_allclose(index.vectors[number], encoded.mean, atol=1e-6)
            np.testing.assert_allclose(index.token_vectors(number), encoded.tokens, atol=0.5 / 127 + 1e-6)

    def test_a_language_searches_its_own_and_what_it_lacks(self, index: Index) -> None:
        def reached(language: str) -> set[tuple[str, str]]:
            own = (index.passages[index.units[int(n)].passage] for n in index.eligible[language])
            return {(p.id, p.language) for p in own}

        assert reached("en") == {
            ("delivery", "en"),
            ("wrap", "en"),
            ("points", "zh"),
            ("shipping#zones", "en"),
        }
        assert reached("zh") == {
            ("delivery", "zh"),
            ("wrap", "en"),
            ("points", "zh"),
            ("shipping#zones", "en"),
        }

    def test_a_translated_policy_is_not_searched_in_the_other_language(self) -> None:
        index = build(
            [
                Passage("returns#fees", "en", "policy", "Returns › Fees", "Free."),
                Passage("returns#费用", "zh", "policy", "退货 › 费用", "免费。"),
                Passage("privacy", "en", "policy", "Privacy", "None."),
            ]
        )
        assert {index.units[int(n)].passage for n in index.eligible["zh"]} == {1, 2}
        assert {index.units[int(n)].passage for n in index.eligible["en"]} == {0, 2}

    def test_nearest_gives_the_best_first(self, index: Index) -> None:
        vector = FakeEncoder().encode(["Gift wrapping costs how much"], "query")[0].mean
        numbers, scores = index.nearest(vector, "en", 3)
        languages = index.unit_languages[numbers]
        for language in (0, 1):  # each language has places of its own
            assert (languages == language).sum() == min(
                3, (index.unit_languages[index.eligible["en"]] == language).sum()
            )
            assert (np.diff(scores[languages == language]) <= 0).all()
        best = numbers[int(scores.argmax())]
        assert index.passages[index.units[int(best)].passage].id == "wrap"
        np.testing.assert_allclose(scores, index.vectors[numbers] @ vector, atol=1e-5)

    def test_nearest_is_every_eligible_unit_when_more_are_asked_for(self, index: Index) -> None:
        vector = index.vectors[0]
        numbers, _ = index.nearest(vector, "zh", 10_000)
        assert sorted(numbers.tolist()) == index.eligible["zh"].tolist()

    def test_tokens_know_their_sentence(self, index: Index) -> None:
        for number, unit in enumerate(index.units):
            marks = index.token_sentences(number)
            encoded = FakeEncoder().encode([unit.embedded], "passage")[0]
            assert len(marks) == len(encoded.pieces)
            offset = len(unit.embedded) - len(unit.text)
            for (start, end), mark in zip(encoded.spans, marks, strict=True):
                if mark < 0:
                    assert end <= offset
                else:
                    a, b = unit.spans[mark]
                    assert a + offset <= start and end <= b + offset

    def test_a_row_is_one_sentence(self, index: Index) -> None:
        rows = [n for n, u in enumerate(index.units) if u.kind == "row"]
        assert len(rows) == 2
        for number in rows:
            assert set(index.token_sentences(number).tolist()) == {-1, 0}


class TestBuilt(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> Index:
        return build()


class TestLoaded(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> Index:
        return load_index(saved(tmp_path / "shop" / "index"))


class TestSavedFromLoaded(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> Index:
        first = load_index(saved(tmp_path / "index"))
        save_index(first, tmp_path / "index", {})  # over the files that are memory-mapped
        return load_index(tmp_path / "index")


def test_progress_is_told_after_each_batch() -> None:
    seen: list[tuple[int, int]] = []
    passages = [Passage(f"p{n}", "en", "policy", f"P{n}", "Text.") for n in range(100)]
    units = [Unit(n, "body", "", "Text.") for n in range(100)]
    build_index(passages, units, FakeEncoder(), lambda done, total: seen.append((done, total)))
    assert seen == [(64, 100), (100, 100)]


def test_an_index_of_nothing_can_be_saved_loaded_and_searched(tmp_path: Path) -> None:
    loaded = load_index(saved(tmp_path / "index", build([])))
    assert loaded.passages == [] and loaded.units == []
    numbers, scores = loaded.nearest(np.zeros(FakeEncoder().dim, np.float32), "en", 5)
    assert len(numbers) == len(scores) == 0


@pytest.mark.parametrize("text", ["one\u2028two", "one\x85two", "a\x0cb", '引号"和\\反斜杠', "a\nb\r\nc", "😀"])
def test_any_character_survives_the_disk(tmp_path: Path, text: str) -> None:
    passages = [Passage("a", "en", "faq", text, text, (text,))]
    assert load_index(saved(tmp_path / "index", build(passages))).passages == passages


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_any_text_survives_the_disk(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("index") / "index"
    index = build([Passage("a", "en", "faq", text, f"x{text}")])
    loaded = load_index(saved(folder, index))
    assert loaded.passages == index.passages and loaded.units == index.units
    shutil.rmtree(folder.parent)


def test_the_manifest_tells_the_format(tmp_path: Path) -> None:
    folder = saved(tmp_path / "index")
    manifest = read_manifest(folder)
    assert manifest is not None
    assert (manifest["format"], manifest["encoder"], manifest["units"]) == (
        FORMAT,
        "fake",
        len(build().units),
    )
    assert load_index(folder).manifest == manifest


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"format": 0}', "\xff"])
def test_no_manifest_that_can_be_read_is_none(tmp_path: Path, content: str | None) -> None:
    folder = saved(tmp_path / "index")
    path = folder / "manifest.json"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content.encode("latin-1"))
    assert read_manifest(folder) is None


def test_nothing_is_left_beside_the_index(tmp_path: Path) -> None:
    for _ in range(2):
        saved(tmp_path / "index")
    assert [p.name for p in tmp_path.iterdir()] == ["index"]
    assert sorted(p.name for p in (tmp_path / "index").iterdir()) == sorted([*PARTS, "manifest.json"])


def test_a_failed_write_leaves_the_old_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = saved(tmp_path / "index")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(Failure, match=r"index: the index cannot be written \(No space left on device\)"):
        saved(folder, build([]))
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["index"]


def test_a_failed_move_brings_the_old_index_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = saved(tmp_path / "index")
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if target == folder and "old" not in self.name:
            raise OSError(5, "Input/output error")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(Failure, match="cannot be written"):
        saved(folder, build([]))
    monkeypatch.undo()
    assert load_index(folder).passages == PASSAGES
    assert [p.name for p in tmp_path.iterdir()] == ["index"]


def test_a_file_in_the_way_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure) as error:
        saved(tmp_path / "file" / "index")
    assert "\n" not in str(error.value)


class TestBroken:
    """Whatever is wrong with a part, the error names the folder and the command that mends it."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return saved(tmp_path / "index")

    @pytest.fixture(autouse=True)
    def _fails(self, folder: Path) -> object:
        yield
        with pytest.raises(Failure, match="run `zhanggui kb build`") as error:
            load_index(folder)
        assert str(folder) in str(error.value) and "\n" not in str(error.value)

    @pytest.mark.parametrize("name", PARTS)
    def test_missing(self, folder: Path, name: str) -> None:
        (folder / name).unlink()

    @pytest.mark.parametrize("name", PARTS)
    def test_empty(self, folder: Path, name: str) -> None:
        (folder / name).write_bytes(b"")

    @pytest.mark.parametrize("name", PARTS)
    def test_cut_off(self, folder: Path, name: str) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])

    @pytest.mark.parametrize("name", PARTS)
    def test_rubbish(self, folder: Path, name: str) -> None:
        (folder / name).write_bytes(b"\x00\xffrubbish")

    @pytest.mark.parametrize("line", ["null", "[]", "{}", '"text"', '{"questions": 3}', '{"id": "a"}'])
    @pytest.mark.parametrize("name", PARTS[:2])
    def test_a_row_of_another_shape(self, folder: Path, name: str, line: str) -> None:
        (folder / name).write_text(line + "\n", encoding="utf-8")

    @pytest.mark.parametrize("name", PARTS[2:-1])
    def test_a_part_of_another_build(self, folder: Path, name: str, tmp_path: Path) -> None:
        other = saved(tmp_path / "other", build(PASSAGES[:2]))
        shutil.copy(other / name, folder / name)

    def test_a_unit_of_no_passage(self, folder: Path) -> None:
        path = folder / "units.jsonl"
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        rows[0]["passage"] = 99
        path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")

    def test_the_whole_folder(self, folder: Path) -> None:
        shutil.rmtree(folder)
