"""Makes a model's folder of its fetched files and swaps it in in one step. Knows nothing of sources."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import Failure
from bot.models.installed import Manifest, adapter_of, file_sha256, folder_of
from bot.models.registry import ModelSpec
from bot.models.sources import CHUNK, Plan

Say = Callable[[str], None]


def install(spec: ModelSpec, plan: Plan, parts: Path, say: Say) -> None:
    """Builds the model's folder beside its place out of the files in `parts`, then swaps it in.

    Raises Failure, naming the file, when a hash is wrong; OSError when the disk is full. Either way nothing
    new is left and whatever was installed before stays. The caller holds the model's lock.
    """
    with _stage(folder_of(spec.name)) as stage:
        main = _payload(spec, plan, parts, stage)
        adapter = None if plan.format == "gguf" else adapter_of(spec)
        if plan.format != "gguf":
            _encoder(spec, plan, parts, stage, adapter, say)
        files = {p.relative_to(stage).as_posix(): (p.stat().st_size, file_sha256(p)) for p in _files_under(stage)}
        Manifest(
            name=spec.name,
            source=plan.label,
            sha256=main,
            bytes=sum(size for size, _ in files.values()),
            installed_at=datetime.now(UTC).isoformat(timespec="seconds"),
            adapter=file_sha256(adapter) if adapter else None,
            files=files,
        ).write(stage)
        for path in _files_under(stage):
            path.chmod(0o644)  # some writers make files that only their owner may read


def _payload(spec: ModelSpec, plan: Plan, parts: Path, stage: Path) -> str:
    """Puts the files into the stage, joining those that came in pieces; returns the main one's SHA-256.

    The packed e5 file stays where it is: it is converted, not installed.
    """
    hashes = []
    for file in plan.files:
        target = parts / file.path if plan.format == "e5-q4" else stage / file.path
        if plan.format != "e5-q4":
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as out:
                for piece in plan.joins.get(file.path, (file.path,)):
                    with (parts / piece).open("rb") as content:
                        shutil.copyfileobj(content, out, CHUNK)
        hashes.append(file_sha256(target))
        if file.sha256 not in (None, hashes[-1]):
            raise Failure(
                f"{spec.name}: {file.path} from {plan.label} has SHA-256 {hashes[-1]}, "
                f"{file.sha256} expected; not installed; delete {parts} and run the pull again"
            )
    return hashes[0]


def _encoder(spec: ModelSpec, plan: Plan, parts: Path, stage: Path, adapter: Path | None, say: Say) -> None:
    from bot.models.e5 import complete, convert
    from bot.models.onnx_export import export

    say(f"merging the adapter {adapter.name}" if adapter else "making the encoder's folder")
    if plan.format == "e5-q4":
        convert(parts / plan.files[0].path, stage, adapter)
    else:
        complete(stage, adapter)
    say("exporting to ONNX int8 (half a minute)")
    check = export(stage, spec.languages)
    say(f"checked against torch: worst sentence {check.mean_cosine:.4f}, tokens {check.token_cosine:.4f}")


def _files_under(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def recover(folder: Path) -> None:
    """Cleans up after a process that was killed: a swap cut off between its two renames is undone."""
    stage, old = _beside(folder)
    if old.exists() and not folder.exists():
        old.rename(folder)
    for left in (stage, old):
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _stage(folder: Path) -> Iterator[Path]:
    """A new folder beside `folder` that takes its place when the block ends well, and vanishes otherwise."""
    stage, old = _beside(folder)
    recover(folder)
    stage.mkdir(parents=True)
    try:
        yield stage
        if folder.exists():
            folder.rename(old)
        stage.rename(folder)
    finally:
        recover(folder)


def _beside(folder: Path) -> tuple[Path, Path]:
    return folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
