"""Puts the verbs together, and turns errors into one line and an exit code. Knows nothing of any verb's work."""

from __future__ import annotations

import os
import sys

import typer

from bot.cli import answer_cmd, build_cmd, eval_cmd, models_cmd, serve_cmd, shop_cmd
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
app.command("bench")(serve_cmd.bench)


def main() -> None:
    """The console script. A user's mistake is one line on stderr; `--debug` anywhere shows the traceback instead."""
    debug = "--debug" in sys.argv
    if debug:
        sys.argv = [a for a in sys.argv if a != "--debug"]
    try:
        app()
    except ZhangguiError as error:
        if debug:
            raise
        print(f"zhanggui: {' '.join(str(error).split())}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); point stdout at nothing so that the exit is quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
