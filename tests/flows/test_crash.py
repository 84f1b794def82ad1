"""A process that is killed between the yes and the reply: the change was made once, and the conversation says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from scripted import make_services
from turns import play

from bot.conversation import resume
from bot.resources import shipped
from bot.shop.folder import load_shop
from bot.store.database import open_database
from bot.store.order_book import SqlOrderBook
from bot.store.sql import SqlLog

TESTS = Path(__file__).resolve().parents[1]
CHILD = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from scripted import make_services, says
from bot.conversation import begin
from bot.shop.folder import load_shop
from bot.store.database import open_database
from bot.store.load import load_first_data
from bot.store.order_book import SqlOrderBook
from bot.store.sql import SqlLog
from bot.turn import take_turn

class Dying(SqlOrderBook):
    def apply(self, *args, **named):
        done = super().apply(*args, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return done

url, shop = sys.argv[1], load_shop(Path(sys.argv[2]))
database = open_database(url)
load_first_data(database, shop)
services = make_services(shop).throwaway(Dying(database, shop))
conversation = begin(SqlLog(url), "C1001")
print(conversation.id, flush=True)
says(services, "cancel LC46757, I no longer need it", "cancel")
for text in ("cancel LC46757, I no longer need it", "yes"):
    list(take_turn(services, conversation, text))
"""


def test_killed_between_yes_and_reply(tmp_path: Path) -> None:
    url, folder = f"sqlite:///{tmp_path / 'shop.db'}", tmp_path / "shop"
    folder.mkdir()
    for name in ("shop.yaml", "products.yaml", "data"):
        (folder / name).symlink_to(shipped("knowledge_base") / name)
    (folder / "faq").mkdir()
    (folder / "faq" / "a.yaml").write_text("- {id: a, q: {en: [Where are you?]}, a: {en: Here.}}\n", "utf-8")
    child = subprocess.run(
        [sys.executable, "-c", CHILD, url, str(folder)],
        capture_output=True, text=True, timeout=120, check=False, cwd=TESTS.parent,
        env={**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"},
    )  # fmt: skip
    assert child.returncode == -signal.SIGKILL, child.stderr
    shop = load_shop(folder)
    book, log = SqlOrderBook(open_database(url), shop), SqlLog(url)
    services = make_services(shop).throwaway(book)
    conversation = resume(log, child.stdout.split()[0], customer="C1001")
    assert conversation is not None
    turn = play(services, conversation, "hello? did that work?")
    assert turn["action"]["status"] == "done" and "LC46757" in turn["reply"]
    order = services.book.orders(
        __import__("bot.identity.identity", fromlist=["x"]).identity_of(conversation).scopes[0]
    )
    (cancelled,) = [o for o in order if o.id == "LC46757"]
    assert cancelled.status == "cancelled" and [c.action for c in cancelled.changes] == ["cancel"]
    assert sum(p.kind == "refund" for p in cancelled.payments) == 1
    assert play(services, conversation, "yes")["action"] is None
    book.close()
    log.close()
