"""`zhanggui ask` and `zhanggui chat`: one turn, a batch, or a conversation. Knows nothing of how a turn works."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import JsonOption, LangOption, ShopOption, check_language, emit, read_stdin
from bot.progress import tell, tell_end

if TYPE_CHECKING:
    from bot.answerer import Answerer


def ask(
    text: Annotated[str | None, typer.Argument(help="The message; - reads it from standard input.")] = None,
    lang: LangOption = None,
    customer: Annotated[str | None, typer.Option(help="Ask as this customer.")] = None,
    batch: Annotated[Path | None, typer.Option(help='A JSON Lines file of {"id","text"} or {"id","turns"}.')] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Let a batch write to the shop's real database.")] = False,
    trace: Annotated[bool, typer.Option("--trace", help="With the turn's trace.")] = False,
    as_json: JsonOption = False,
    shop: ShopOption = None,
) -> None:
    """Answer one message, or every line of a batch file."""
    from bot.errors import BadInput

    check_language(lang)
    if (batch is None) == (text is None):
        raise BadInput("ask: give either a TEXT or --batch FILE; see `zhanggui ask --help`")
    if batch is not None:
        if not batch.is_file():
            raise BadInput(f"--batch: {batch} is not a file; name a JSON Lines file")
        raise typer.Exit(_batch(batch, shop, trace, customer, lang, keep))
    from bot.turn import check_message

    message = check_message(read_stdin() if text == "-" else text or "")
    with _answerer(shop, trace, wait=False) as answerer:
        conversation = answerer.new_conversation(customer, lang)
        turn = answerer.reply(conversation, message)
    if as_json:
        emit(turn)
    else:
        from bot.repl import show

        show(turn)


def _answerer(shop: Path | None, trace: bool, wait: bool = True) -> Answerer:
    """The answerer as a context."""
    from bot.answerer import open_answerer
    from bot.shop.locate import resolve_shop

    answerer = open_answerer(resolve_shop(shop), tell, trace=trace, wait=wait)
    tell_end()
    return answerer


def _batch(path: Path, shop: Path | None, trace: bool, customer: str | None, lang: str | None, keep: bool) -> int:
    from bot.batch import answer_lines

    bad = 0
    with _answerer(shop, trace) as answerer:
        for result in answer_lines(path, answerer, customer, lang, keep=keep):
            emit(result)
            if "error" in result:
                bad += 1
                error = result["error"]
                print(f"zhanggui: {path}:{result['line']}: {error['message']}", file=sys.stderr)
    return 2 if bad else 0


def chat(
    customer: Annotated[str | None, typer.Option(help="Chat as this customer.")] = None,
    lang: LangOption = None,
    shop: ShopOption = None,
) -> None:
    """Chat in the terminal."""
    check_language(lang)
    from bot.repl import run

    with _answerer(shop, True, wait=False) as answerer:
        run(answerer, customer, lang)
