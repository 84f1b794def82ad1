"""Asks the Hugging Face hub, imported only here and only when needed. Knows nothing of model specs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.errors import BadInput, Failure
from bot.models.meter import meter


class HubFailure(Failure):
    """The hub cannot be reached, or does not have what was asked for."""


def repository(repo: str, revision: str | None = None) -> Any:
    """huggingface_hub's ModelInfo, with sizes and SHA-256 of large files; raises BadInput or HubFailure."""
    with _failures(repo):
        from huggingface_hub import HfApi

        return HfApi().model_info(repo, revision=revision, files_metadata=True, timeout=15)


def download(repo: str, name: str, revision: str, into: Path, tick: Callable[[int], None]) -> Path:
    """Downloads one file below `into`, taking up a broken download there; raises HubFailure.

    `tick` hears of the bytes as they come.
    """
    repository(repo, revision)  # one short question first: the client retries downloads for half a minute
    with _failures(repo):
        from huggingface_hub import hf_hub_download
        from huggingface_hub.utils.tqdm import disable_progress_bars

        disable_progress_bars()
        with ThreadPoolExecutor(1) as one:
            running = one.submit(hf_hub_download, repo, name, revision=revision, local_dir=into)
            meter(lambda seconds: bool(wait([running], timeout=seconds).done), [into], tick)
            return Path(running.result())


@contextmanager
def _failures(repo: str) -> Iterator[None]:
    import huggingface_hub.errors as errors

    try:
        yield
    except errors.HFValidationError as error:
        raise BadInput(f"hub:{repo}: OWNER/REPO is expected") from error
    except errors.HfHubHTTPError as error:
        raise HubFailure(f"hub ({repo}): {_first_line(error)}") from error
    except (errors.HTTPError, OSError) as error:  # type: ignore[attr-defined]
        # HTTPError is that of whichever HTTP library this version of the hub's client uses.
        if isinstance(error, OSError) and error.errno is not None and error.filename is not None:
            raise  # the disk's, not the network's
        reason = _first_line(error)
        raise HubFailure(f"hub ({repo}): cannot be reached ({reason}); check the network and HF_ENDPOINT") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].split(": offline mode")[0][:300]
