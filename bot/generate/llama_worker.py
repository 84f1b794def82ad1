"""The process that holds the llama.cpp model and serves it on loopback. Knows nothing of its parent's work.

Run as `python llama_worker.py MODEL.gguf`. Prints `listening URL` when ready; ends when standard input
closes, so that it never outlives its parent. The key comes in ZHANGGUI_WRITER_PROCESS_KEY.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

CONTEXT = 4096
SLOTS = 2


def main(model: str) -> None:
    """Load, announce, and wait for the parent to go."""
    if hasattr(os, "nice"):
        os.nice(5)  # turns that need no model stay fast while it writes
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.n_ctx = CONTEXT * SLOTS
    params.n_parallel = SLOTS
    threads = min(8, os.cpu_count() or 2)
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = 256  # heads of prompts in both languages stay warm
    params.slot_prompt_similarity = 0.3
    params.verbosity = 1  # errors only: the parent shows the reason of a failed load
    params.ui = False
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [os.environ["ZHANGGUI_WRITER_PROCESS_KEY"]]
    try:
        server = xllamacpp.Server(params)
    except RuntimeError:
        time.sleep(0.2)  # llama.cpp logs from a thread of its own; what it has not written by the exit is lost
        sys.exit(_why(model))
    print(f"listening {server.listening_address}", flush=True)
    sys.stdin.read()


def _why(model: str) -> str:
    """Why the model cannot be loaded, as far as the file tells."""
    try:
        with Path(model).open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        return f"{model} cannot be read ({error.strerror})"
    if magic != b"GGUF":
        return f"{model} is no GGUF file"
    return f"{model} is damaged, of an architecture that llama.cpp does not know, or too large for the memory"


if __name__ == "__main__":
    main(sys.argv[1])
    os._exit(0)  # native threads need no farewell
