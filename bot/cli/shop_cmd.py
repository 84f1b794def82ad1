"""`zhanggui shop check` and `zhanggui init`: look over a shop folder, or write one. Knows no orders."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import orders_cmd
from bot.cli.options import JsonOption, ShopOption, emit
from bot.errors import BadInput, Failure

if TYPE_CHECKING:
    from bot.shop.problems import Problem

app = typer.Typer(name="shop", help="A shop folder and its records.", no_args_is_help=True)
app.command("show")(orders_cmd.show)
app.command("import")(orders_cmd.load)

_STARTER = Path(__file__).resolve().parent.parent / "shop" / "starter"


@app.callback()
def _shop() -> None:
    """A shop folder and its records."""


@app.command()
def check(
    directory: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="The shop folder.")] = None,
    shop: ShopOption = None,
    as_json: JsonOption = False,
) -> None:
    """Report every problem of a shop folder with file and line; exit code 2 when one is an error."""
    from bot.shop.folder import check_shop
    from bot.shop.locate import absolute, resolve_shop

    path = absolute(directory) if directory is not None else resolve_shop(shop)
    problems = check_shop(path)
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        emit(_report(path, problems, errors))
    else:
        typer.echo(_as_text(path, problems, errors))
    if errors:
        raise typer.Exit(2)


def _report(path: Path, problems: Sequence[Problem], errors: int) -> dict[str, Any]:
    return {
        "shop": str(path),
        "errors": errors,
        "warnings": len(problems) - errors,
        "problems": [vars(problem) for problem in problems],
    }


def _as_text(path: Path, problems: Sequence[Problem], errors: int) -> str:
    summary = f"{path}: {_counted(errors, 'error')}, {_counted(len(problems) - errors, 'warning')}"
    return "\n".join([*map(str, problems), summary])


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def init(directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")]) -> None:
    """Write a small, complete, commented shop folder to start from.

    Raises BadInput for a folder that is not empty, Failure when it cannot be written.
    """
    path = directory.expanduser()
    if path.exists() and not path.is_dir():
        raise BadInput(f"{path}: is a file; name a new or empty folder")
    try:
        if path.is_dir() and any(path.iterdir()):
            raise BadInput(f"{path}: the folder is not empty; name a new or empty one")
        shutil.copytree(
            _STARTER,
            path,
            dirs_exist_ok=True,
            copy_function=shutil.copyfile,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    except (OSError, shutil.Error) as error:
        raise Failure(f"{path}: cannot be written ({getattr(error, 'strerror', None) or error})") from None
    typer.echo(f"A shop to start from is in {path}. Next:")
    typer.echo("  1. edit shop.yaml, then faq/ and policies/ (each file says how)")
    typer.echo(f"  2. zhanggui shop check {path}")
    typer.echo(f"  3. zhanggui setup --shop {path}")
    typer.echo(f"  4. zhanggui chat --shop {path}")
