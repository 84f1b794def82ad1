"""Plays the scripted customers several times over HTTP, each round on a fresh database, and writes the table.

    python eval/tau2/bench.py --data DIR --out FILE.md [--runs 4]

`--data` holds db.json and scenarios_train.jsonl. No model is needed: the writer is off unless ZHANGGUI_WRITER says otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Converts the data once, plays all runs, compares them and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=4)
    args = parser.parse_args()
    scenarios = args.data / "scenarios_train.jsonl"
    if not scenarios.is_file():
        print(f"bench-tau2: {scenarios} is missing; set ZHANGGUI_DATA to the folder above it", file=sys.stderr)
        return 2
    command = os.environ.get("ZHANGGUI_CMD", str(Path(sys.executable).with_name("zhanggui")))
    env = {"ZHANGGUI_WRITER": "none", **os.environ, "ZHANGGUI_CMD": command}
    with tempfile.TemporaryDirectory(prefix="bench-tau2-") as scratch:
        shop = Path(scratch) / "retail"
        subprocess.run(
            [sys.executable, HERE / "convert.py", "--source", args.data, "--out", shop], check=True, stdout=2
        )
        runs, table = [], ""
        for number in range(1, args.runs + 1):
            out = Path(scratch) / f"run{number}.json"
            call = [
                sys.executable,
                HERE / "drive.py",
                "--shop",
                shop,
                "--scenarios",
                scenarios,
                "--spawn",
                "--out",
                out,
            ]
            done = subprocess.run([str(part) for part in call], env=env, text=True, stdout=subprocess.PIPE, check=False)
            if not out.is_file():
                print(done.stdout, file=sys.stderr)
                return 1
            table = table or _table(done.stdout)
            runs.append(_outcome(json.loads(out.read_text(encoding="utf-8"))))
            print(done.stdout)
    alike = sum(run == runs[0] for run in runs)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(_page(table, alike, len(runs)), encoding="utf-8")
    print(f"{alike} of {len(runs)} runs alike; written to {args.out}")
    return 0


def _table(text: str) -> str:
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if line.startswith("tier")), 0)
    return "\n".join(lines[start : start + 9])


def _outcome(result: dict[str, object]) -> str:
    """What must be the same in every run: which scenario was solved, and how each request ended."""
    rows = result.get("results") or result.get("scenarios") or []
    assert isinstance(rows, list)
    return json.dumps([[row["id"], row["solved"], row["outcomes"], row["differences"]] for row in rows])


def _page(table: str, alike: int, runs: int) -> str:
    return f"""# Scripted customers of the retail benchmark

Twenty scripted customers made from the training tasks of tau2-bench retail (MIT), judged by the shop's records
afterwards; see `eval/tau2/README.md`. *solved*: the records are as expected and nothing else was touched; *informed*:
what should be said was said.

    {table.replace(chr(10), chr(10) + "    ")}

{alike} of {runs} runs gave the same outcome. Measured on {datetime.now(UTC).date().isoformat()}, {os.cpu_count()} cores,
{platform.machine()}, Python {platform.python_version()}, over HTTP with a fresh database each
round and without a language model: `make bench-tau2`.
"""


if __name__ == "__main__":
    sys.exit(main())
