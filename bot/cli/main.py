"""Puts the verbs together, and turns errors into one line and an exit code. Knows nothing of any verb's work."""

from __future__ import annotations

import os
import sys

import typer

from bot.cli import answer_cmd, build_cmd, eval_cmd, models_cmd, orders_cmd, serve_cmd, shop_cmd
from bot.errors import ZhangguiError

app = typer.Typer(
    name="zhanggui",
    help="Zhanggui 掌柜: a customer-service agent that answers from your shop's own knowledge, on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("setup")(build_cmd.setup)
app.command("init")(shop_cmd.init)
app.command("serve")(serve_cmd.serve)
app.command("chat")(answer_cmd.chat)
app.command("ask")(answer_cmd.ask)
app.add_typer(build_cmd.kb, name="kb")
app.add_typer(build_cmd.train, name="train")
app.command("calibrate")(build_cmd.calibrate)
app.command("eval")(eval_cmd.evaluate)
app.add_typer(shop_cmd.app, name="shop")
app.add_typer(models_cmd.app, name="models")
app.command("doctor")(models_cmd.doctor)
app.command("token")(serve_cmd.token)
app.command("export")(orders_cmd.export)
app.command("forget")(orders_cmd.forget)
app.add_typer(orders_cmd.db, name="db")
app.command("bench")(serve_cmd.bench)


def main() -> None:
    """The console script. An error is one line on stderr and an exit code; `--debug` anywhere shows the traceback instead."""
    debug = "--debug" in sys.argv
    if debug:
        sys.argv = [a for a in sys.argv if a != "--debug"]
    try:
        code = app(prog_name="zhanggui", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        raise SystemExit(130) from None
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); point stdout at nothing so that the exit is quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except Exception as error:  # the boundary of the process: what a person sees is a line, never a traceback
        if debug:
            raise
        raise SystemExit(_tell(error)) from None
    raise SystemExit(code if isinstance(code, int) else 0)


def _tell(error: Exception) -> int:
    """Print an error as one line on stderr; returns the exit code."""
    code = 1
    if isinstance(error, ZhangguiError):
        line, code = str(error), error.exit_code
    elif callable(usage := getattr(error, "format_message", None)):
        return _tell_usage(error, str(usage()))
    elif isinstance(error, OSError):
        named = f"{error.filename}: " if error.filename else ""
        line = f"{named}{error.strerror or error}; --debug shows where"
    else:
        line = f"unexpected {type(error).__name__}: {error}; this is a fault of the program, --debug shows where"
    print(f"zhanggui: {' '.join(line.split())}", file=sys.stderr)
    return code


def _tell_usage(error: Exception, message: str) -> int:
    """A mistake in the command line, as typer found it; a command given nothing at all shows its help."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        print(message, file=sys.stderr)
    else:
        path = context.command_path if context else "zhanggui"
        print(f"zhanggui: {' '.join(message.split()).rstrip('.')}; see `{path} --help`", file=sys.stderr)
    return int(getattr(error, "exit_code", 2))
