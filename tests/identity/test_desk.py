"""The desk hides what it counts, and takes a steady time."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.assemble import open_desk, open_mailer
from bot.config import settings
from bot.conversation import Conversation
from bot.errors import BadInput, Failure
from bot.identity.code import check_code, send_code
from bot.identity.desk import Desk, machine_time
from bot.identity.mail import Letter, Mailer, MailServer
from bot.identity.outcomes import CodeSent, Proved, Verified
from bot.identity.proof import prove
from bot.orders.scope import CustomerScope, OrderScope
from bot.shop.types import Shop
from bot.store.database import Database, open_database

from .helpers import actions, audit, make_desk
from .smtp_server import smtp_server


def test_keys_show_nothing_and_depend_on_the_secret(desk: Desk) -> None:
    key = desk.visitor_key("192.0.2.1")
    assert "192" not in key and key == desk.visitor_key("192.0.2.1") != desk.visitor_key("192.0.2.2")
    assert key != replace(desk, secret="another secret").visitor_key("192.0.2.1")
    assert desk.secret not in repr(desk)


def test_spellings_of_one_order_have_one_key(desk: Desk) -> None:
    assert len({desk.order_key(text) for text in ("A999", "#a999", " Ａ９９９ ")}) == 1
    assert desk.order_key("A999") != desk.order_key("A998")


def test_purposes_are_apart(desk: Desk) -> None:
    assert desk.hashed("order", "x") != desk.hashed("visitor", "x")
    assert desk.hashed("code", "ab", "c") != desk.hashed("code", "a", "bc")
    desk.hashed("code", "\ud800")


@pytest.mark.parametrize("work", [0.0, 0.03, 0.06])
def test_a_steady_time(desk: Desk, work: float) -> None:
    started = time.monotonic()
    with replace(desk, floor=0.05).steady():
        time.sleep(work)
    took = time.monotonic() - started
    assert took >= (0.1 if work > 0.05 else 0.05)


def test_an_error_takes_the_same_time(desk: Desk) -> None:
    started = time.monotonic()
    with pytest.raises(ValueError, match="x"), replace(desk, floor=0.05).steady():
        raise ValueError("x")
    assert time.monotonic() - started >= 0.05


def test_the_clock_is_the_machines() -> None:
    assert abs(machine_time().timestamp() - time.time()) < 5


def test_a_guest_without_an_address_is_told_apart(desk: Desk, guest: Conversation) -> None:
    with_address = desk.visitor_of(guest)
    guest.visitor = None
    assert desk.visitor_of(guest) != with_address


def test_it_ends_with_and_without_mail(desk: Desk) -> None:
    mailer = Mailer(MailServer("localhost", 1, "shop@example.com"))
    replace(desk, mailer=mailer).close()
    refused: list[Failure | None] = []
    mailer.post(Letter("lin@example.com", "code", "123456"), refused.append)
    assert "ending" in str(refused[0])
    replace(desk, mailer=None).close()
    assert desk.visitor_key("192.0.2.1")  # what needs no mail still works


# --- put together ---


def test_a_shops_desk_from_proof_to_mail_to_customer(database: Database, shop: Shop, guest: Conversation) -> None:
    """With the settings of a machine and a real mail server."""
    with smtp_server() as server:
        url = f"smtp://127.0.0.1:{server.port}?from=pens@example.com"
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("ZHANGGUI_SMTP_URL", url)
            settings.cache_clear()
            desk = replace(open_desk(shop, database), mailer=open_mailer(shop))
        assert prove(desk, guest, "a100", "17000000101") == Proved(OrderScope("A100"))
        assert send_code(desk, guest, "A100", "zh") == CodeSent()
        desk.close()
    (letter,) = server.letters
    assert letter["To"] == "lin@example.com" and "笔与灯" in letter["Subject"]
    code = re.search(r"^ {4}(\d{6})\r?$", letter.get_content(), re.MULTILINE)
    assert code is not None
    assert check_code(desk, guest, code[1]) == Verified(CustomerScope("C1", "code"))


def test_a_mail_that_was_refused_stands_in_the_audit(database: Database, shop: Shop, guest: Conversation) -> None:
    with smtp_server() as server:
        server.refuse = "550 <{address}>: unknown"
        desk = make_desk(database, shop, mailer=Mailer(MailServer("127.0.0.1", server.port, "pens@example.com")))
        prove(desk, guest, "A100", "17000000101")
        assert send_code(desk, guest, "A100", "en") == CodeSent()
        desk.close()
    assert actions(database) == ["proof_ok", "code_asked", "code_not_sent"]
    assert "lin@example.com" not in str(audit(database)) and "127.0.0.1" in audit(database)[-1]["data"]["error"]


def test_a_throwaway_copy_sends_no_mail(database: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_SMTP_URL", "smtp://127.0.0.1:1?from=pens@example.com")
    settings.cache_clear()
    assert open_desk(shop, database).mailer is None


def test_a_real_database_sends_mail_where_a_server_is_named(
    tmp_path: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = open_database(f"sqlite:///{tmp_path / 'shop.db'}")
    assert open_desk(shop, real).mailer is None and open_desk(shop, real).regions == ("CN",)
    monkeypatch.setenv("ZHANGGUI_SMTP_URL", "smtp://127.0.0.1:1?from=pens@example.com")
    settings.cache_clear()
    assert open_desk(shop, real).mailer is not None
    monkeypatch.setenv("ZHANGGUI_SMTP_URL", "smtp://127.0.0.1:1")
    settings.cache_clear()
    with pytest.raises(BadInput, match="no sender"):
        open_desk(shop, real)
    real.close()
