"""The searchable form of a shop's knowledge: vectors, token vectors and FAISS, on disk and in memory. Knows nothing of ranking.

A folder holds `passages.jsonl`, `units.jsonl`, `vectors.npy` (units, d) float32, `tokens.npy` (all tokens, d) int8 of
unit vectors times 127, `starts.npy` (units + 1), `sentences.npy` (all tokens) the number of the sentence within the unit's
text (-1 in the heading), `centres.npy` (4, languages, d), and `manifest.json`. It is written beside its place and moved
there whole.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.errors import Failure
from bot.knowledge.centres import Centres, find_centres
from bot.knowledge.passages import Passage, Unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.encoder import Encoder

FORMAT = 3
LANGUAGES = ("zh", "en")
_SCALE = 127.0
Progress = Callable[[int, int], None]


@dataclass
class Index:
    """All arrays of one shop; immutable after it is built or loaded."""

    passages: list[Passage]
    units: list[Unit]
    vectors: NDArray[np.float32]
    tokens: NDArray[np.int8]
    starts: NDArray[np.int64]
    sentences: NDArray[np.int16]
    centres: Centres
    manifest: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def has_language(self) -> dict[str, set[str]]:
        """Document id -> the languages in which it exists. A policy's sections are named by their headings, which differ from
        language to language, so the document decides for all its sections."""
        found: dict[str, set[str]] = {}
        for passage in self.passages:
            found.setdefault(passage.document, set()).add(passage.language)
        return found

    @cached_property
    def unit_languages(self) -> NDArray[np.int64]:
        """(units,): each unit's language, by its place in LANGUAGES."""
        return np.asarray([LANGUAGES.index(self.passages[u.passage].language) for u in self.units], np.int64)

    @cached_property
    def eligible(self) -> dict[str, NDArray[np.int64]]:
        """For each language the units to search: its own, and those of passages that exist only in another language."""
        out = {}
        for language in LANGUAGES:
            keep = [
                n
                for n, unit in enumerate(self.units)
                if (p := self.passages[unit.passage]).language == language
                or language not in self.has_language[p.document]
            ]
            out[language] = np.asarray(keep, dtype=np.int64)
        return out

    @cached_property
    def _groups(self) -> dict[str, list[tuple[NDArray[np.int64], Any]]]:
        """For each language the eligible units by their own language, with a FAISS index over each group."""
        import faiss

        made: dict[str, list[tuple[NDArray[np.int64], Any]]] = {}
        for language, numbers in self.eligible.items():
            made[language] = []
            for own in range(len(LANGUAGES)):
                group = numbers[self.unit_languages[numbers] == own] if len(numbers) else numbers
                if not len(group):
                    continue
                flat = faiss.IndexFlatIP(self.vectors.shape[1])
                flat.add(np.ascontiguousarray(self.vectors[group]))
                made[language].append((group, flat))
        return made

    def nearest(
        self, vector: NDArray[np.float32], language: str, count: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Of the eligible units of each language the `count` nearest to a unit vector (d,): their numbers and cosines.

        Best first within a language. Each language has its own places, since a vector lies nearer to all texts of its own.
        """
        numbers: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
        cosines: list[NDArray[np.float32]] = [np.empty(0, np.float32)]
        for group, flat in self._groups[language]:
            scores, rows = flat.search(vector[None, :], min(count, len(group)))
            numbers.append(group[rows[0]])
            cosines.append(scores[0])
        return np.concatenate(numbers), np.concatenate(cosines)

    def token_vectors(self, unit: int) -> NDArray[np.float32]:
        """Unit rows (t, d) of one unit."""
        rows = self.tokens[self.starts[unit] : self.starts[unit + 1]].astype(np.float32)
        rows /= _SCALE
        return rows

    def token_sentences(self, unit: int) -> NDArray[np.int16]:
        """(t,): which sentence of the unit's text each token belongs to; -1 in the heading."""
        return self.sentences[self.starts[unit] : self.starts[unit + 1]]


def build_index(
    passages: list[Passage], units: list[Unit], encoder: Encoder, progress: Progress | None = None
) -> Index:
    """Embed every unit. `progress(done, all)` is called after each batch."""
    vectors = np.zeros((len(units), encoder.dim), np.float32)
    rows: list[NDArray[np.int8]] = []
    marks: list[NDArray[np.int16]] = []
    starts = [0]
    step = 64
    for begin in range(0, len(units), step):
        part = units[begin : begin + step]
        for number, (unit, encoded) in enumerate(
            zip(part, encoder.encode([u.embedded for u in part], "passage"), strict=True), begin
        ):
            vectors[number] = encoded.mean
            rows.append(np.round(encoded.tokens * _SCALE).astype(np.int8))
            marks.append(_sentence_numbers(unit, encoded.spans))
            starts.append(starts[-1] + len(encoded.tokens))
        if progress:
            progress(min(begin + step, len(units)), len(units))
    tokens = np.concatenate(rows) if rows else np.zeros((0, encoder.dim), np.int8)
    sentences = np.concatenate(marks) if marks else np.zeros(0, np.int16)
    bounds = np.asarray(starts, np.int64)
    return Index(
        passages, units, vectors, tokens, bounds, sentences, _centres(passages, units, encoder, vectors, tokens, bounds)
    )


def _centres(
    passages: list[Passage],
    units: list[Unit],
    encoder: Encoder,
    vectors: NDArray[np.float32],
    tokens: NDArray[np.int8],
    starts: NDArray[np.int64],
) -> Centres:
    """The languages' centres; questions are the passages' titles and curated questions."""
    languages = np.asarray([LANGUAGES.index(passages[u.passage].language) for u in units], np.int64)
    by_token = np.repeat(languages, np.diff(starts))
    asked = [
        list(dict.fromkeys(q for p in passages if p.language == name for q in (p.title, *p.questions)))
        for name in LANGUAGES
    ]
    rows = [(np.flatnonzero(languages == n), np.flatnonzero(by_token == n)) for n in range(len(LANGUAGES))]
    return find_centres(asked, encoder, vectors, tokens, rows)


def _sentence_numbers(unit: Unit, spans: NDArray[np.int32]) -> NDArray[np.int16]:
    """The sentence of each token, from its character span (t, 2) in the embedded text."""
    offset = len(unit.embedded) - len(unit.text)
    ends = np.asarray([b + offset for _, b in unit.spans] or [len(unit.embedded)])
    numbers = np.searchsorted(ends, spans[:, 1], side="left").clip(max=len(ends) - 1).astype(np.int16)
    numbers[spans[:, 1] <= offset] = -1
    return numbers


def save_index(index: Index, folder: Path, manifest: dict[str, Any]) -> None:
    """Write the index to `folder`, all or nothing; an older one there is replaced, and stays when writing fails.

    Raises Failure naming the folder.
    """
    fresh, old = (folder.with_name(f".{folder.name}.{kind}{os.getpid()}") for kind in ("", "old."))
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        _write(index, fresh, manifest)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    except OSError as error:
        if old.exists() and not folder.exists():
            old.rename(folder)
        reason = error.strerror or error
        raise Failure(f"{folder}: the index cannot be written ({reason}); free space or mend permissions") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)


def _write(index: Index, fresh: Path, manifest: dict[str, Any]) -> None:
    for name in ("passages", "units"):
        lines = (json.dumps(asdict(row), ensure_ascii=False) for row in getattr(index, name))
        (fresh / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in ("vectors", "tokens", "starts", "sentences"):
        np.save(fresh / f"{name}.npy", getattr(index, name))
    np.save(fresh / "centres.npy", index.centres.stacked())
    built_at = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    index.manifest = {**manifest, "format": FORMAT, "units": len(index.units), "built_at": built_at}
    (fresh / "manifest.json").write_text(json.dumps(index.manifest, indent=1), encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a built index, or None when there is none that can be read."""
    try:
        loaded = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return loaded if isinstance(loaded, dict) and loaded.get("format") == FORMAT else None


def load_index(folder: Path) -> Index:
    """Read an index; the token vectors are memory-mapped. Raises Failure naming the folder when a part is broken."""
    try:
        rows = _read_lines(folder / "passages.jsonl")
        passages = [Passage(**{**row, "questions": tuple(row["questions"])}) for row in rows]
        units = [Unit(**row) for row in _read_lines(folder / "units.jsonl")]
        arrays = {n: np.load(folder / f"{n}.npy") for n in ("vectors", "starts", "sentences")}
        tokens = np.load(folder / "tokens.npy", mmap_mode="r")
        centres = Centres(*np.load(folder / "centres.npy"))
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise Failure(f"{folder}: the index is broken ({error}); run `zhanggui kb build`") from error
    if not _fits(passages, units, tokens, arrays) or centres.unit.shape != (len(LANGUAGES), tokens.shape[1]):
        raise Failure(f"{folder}: the index's parts do not fit together; run `zhanggui kb build`")
    return Index(passages, units, tokens=tokens, centres=centres, manifest=read_manifest(folder) or {}, **arrays)


def _read_lines(path: Path) -> list[Any]:
    """The rows of a JSON Lines file. Only a line feed ends a row: a text may hold U+2028, which `splitlines` cuts at."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def _fits(
    passages: list[Passage], units: list[Unit], tokens: NDArray[np.int8], arrays: dict[str, NDArray[Any]]
) -> bool:
    """Whether the parts are of one build."""
    starts, vectors = arrays["starts"], arrays["vectors"]
    return (
        len(vectors) == len(units)
        and starts.shape == (len(units) + 1,)
        and starts[0] == 0
        and bool((np.diff(starts) >= 0).all())
        and starts[-1] == len(tokens) == len(arrays["sentences"])
        and vectors.ndim == tokens.ndim == 2
        and vectors.shape[1] == tokens.shape[1]
        and all(0 <= unit.passage < len(passages) for unit in units)
    )
