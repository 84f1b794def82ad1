"""What is installed: where a model lies, whether it is whole and current. Knows nothing of sources."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from bot import __version__
from bot.config import settings
from bot.errors import BadInput, Failure, ModelMissing
from bot.models.registry import ModelSpec, load_registry

MANIFEST: Final = "manifest.json"
_ADAPTERS: Final = Path(__file__).resolve().parent / "adapters"


@dataclass(frozen=True)
class Manifest:
    """How an installed model came to be; `files` gives [bytes, SHA-256] by relative path."""

    name: str
    source: str
    sha256: str | None
    bytes: int
    installed_at: str
    version: str = __version__
    adapter: str | None = None
    files: dict[str, tuple[int, str]] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Writes `manifest.json` into `folder`."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest | None:
        """The folder's manifest; None where there is none or it cannot be read."""
        try:
            content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            files = {str(path): (int(size), str(sha)) for path, (size, sha) in content.pop("files").items()}
            return cls(**content, files=files)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex; raises OSError."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def folder_of(name: str) -> Path:
    """Where the model `name` is or will be installed."""
    return settings().models_dir / name


def adapter_of(spec: ModelSpec) -> Path | None:
    """The shipped adapter that is merged into this model; None where none is shipped."""
    path = _ADAPTERS / spec.adapter if spec.adapter else None
    return path if path is not None and path.is_file() else None


def path_of(name: str) -> Path:
    """The folder of the installed model `name`; a path to a folder or a .gguf file is accepted and returned.

    A model that is merely out of date still works and is returned (`is_ready` tells). Raises ModelMissing,
    naming the command that installs it.
    """
    spec = load_registry().get(name)
    if spec is None:
        return _own_path(name)
    folder = folder_of(name)
    manifest = Manifest.read(folder)
    if manifest is None or _damage(folder, manifest):
        state = "not installed" if manifest is None else "damaged"
        raise ModelMissing(f"{name}: {state} in {folder.parent}; run `zhanggui models pull {name}`")
    return folder


def file_of(name: str) -> Path:
    """The .gguf file of the installed writer `name`, or of a path to one; raises as `path_of` does."""
    path = path_of(name)
    if path.is_file():
        return path
    found = sorted(path.glob("*.gguf"))
    if not found:
        raise ModelMissing(f"{path}: holds no .gguf file; this model is no writer for llama.cpp")
    return path / "model.gguf" if path / "model.gguf" in found else found[0]


def problem(name: str) -> str | None:
    """Why the model is not ready, in a few words, or None. Looks at sizes, not hashes: milliseconds."""
    spec = load_registry().get(name)
    if spec is None:
        try:
            _own_path(name)
        except (ModelMissing, BadInput) as error:
            return str(error)
        return None
    manifest = Manifest.read(folder_of(name))
    if manifest is None:
        return "not installed"
    return next(iter(_damage(folder_of(name), manifest)), None) or _stale(spec, manifest)


def is_ready(name: str) -> bool:
    """Whether the model is installed, whole by its sizes, and made from what this version ships."""
    return problem(name) is None


def verify(name: str) -> list[str]:
    """All problems of an installed model, each naming its file; reads every byte. Empty when it is sound."""
    first = problem(name)
    if first == "not installed" or name not in load_registry():
        return [] if first is None else [first if name in first else f"{name}: {first}"]
    folder, manifest = folder_of(name), Manifest.read(folder_of(name))
    if manifest is None:
        return [f"{name}: not installed"]
    out = [f"{name}: {text}" for text in _damage(folder, manifest)]
    stale = _stale(load_registry()[name], manifest)
    out += [f"{name}: {stale}"] if stale else []
    for relative, (size, sha) in manifest.files.items():
        path = folder / relative
        try:
            if path.stat().st_size == size and file_sha256(path) != sha:
                out.append(f"{name}: {path} is damaged (its SHA-256 is not the one it was installed with)")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise Failure(f"{path}: cannot be read ({error.strerror})") from error
    return out


def fingerprint(name: str) -> str:
    """16 hex digits that change with the model's bytes: an index keeps them to know that it is stale."""
    folder = path_of(name)
    manifest = Manifest.read(folder) if folder.is_dir() else None
    if manifest is not None:
        facts = json.dumps(sorted(manifest.files.items()))
    else:
        inner = [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.is_file())
        facts = json.dumps([(str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in inner])
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def _own_path(name: str) -> Path:
    path = Path(name).expanduser()
    looks_like_path = "/" in name or "\\" in name or name.startswith((".", "~")) or name.endswith(".gguf")
    if path.is_dir() or (path.suffix == ".gguf" and path.is_file()):
        return path.absolute()
    if looks_like_path:
        raise ModelMissing(
            f"{name}: no such folder; give a model's folder, or a name that `zhanggui models list` shows"
        )
    raise BadInput(f"{name}: no such model; `zhanggui models list` shows the names, `zhanggui models add` adds one")


def _damage(folder: Path, manifest: Manifest) -> list[str]:
    out = []
    for relative, (size, _) in manifest.files.items():
        path = folder / relative
        found = path.stat().st_size if path.is_file() else None
        if found != size:
            out.append(f"{path} {'is missing' if found is None else f'has {found} bytes, {size} expected'}")
    return out


def _stale(spec: ModelSpec, manifest: Manifest) -> str | None:
    adapter = adapter_of(spec)
    if manifest.adapter != (file_sha256(adapter) if adapter else None):
        return "out of date: made with another adapter than the one this version ships"
    known = {file.sha256 for file in spec.files}
    for source in spec.sources:
        known |= {file.sha256 for file in (getattr(source, "files", None) or ())}
    if None not in known and manifest.sha256 not in known:
        return "out of date: this version ships another file of it"
    return None
