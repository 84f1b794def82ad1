"""Puts the parts of a shop together: makes what is missing or stale, loads the rest. Knows nothing of HTTP or the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.config import settings
from bot.errors import BadInput
from bot.shop.types import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.encoder import Encoder
    from bot.identity.desk import Desk
    from bot.identity.mail import Mailer
    from bot.knowledge.search import Knowledge
    from bot.route.head import IntentHead
    from bot.services import Services
    from bot.store.database import Database
    from bot.store.order_book import SqlOrderBook

Progress = Callable[[str], None]


def silent(_: str) -> None:
    """Shows nothing."""


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time makes what is derived; the others wait and find it made."""
    import fcntl

    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def load_knowledge(shop: Shop, encoder: Encoder, progress: Progress = silent, *, rebuild: bool = False) -> Knowledge:
    """The shop's index, built first when it is missing, stale, or made by another encoder."""
    from bot.knowledge.index import load_index, read_manifest
    from bot.knowledge.search import Knowledge
    from bot.shop.derived import content_hash, derived_dir

    folder = derived_dir(shop.path)
    wanted = {"content": content_hash(shop), "encoder": encoder.fingerprint}

    def fits() -> bool:
        found = read_manifest(folder / "index") or {}
        return all(found.get(k) == v for k, v in wanted.items())

    if rebuild or not fits():
        with _locked(folder):
            if rebuild or not fits():
                _build(shop, encoder, folder / "index", wanted, progress)
    return Knowledge(load_index(folder / "index"), encoder)


def _build(shop: Shop, encoder: Encoder, folder: Path, wanted: dict[str, Any], progress: Progress) -> None:
    from bot.knowledge.index import build_index, save_index
    from bot.knowledge.load import passage_units, shop_passages

    passages = shop_passages(shop)
    units = passage_units(passages)
    progress(f"knowledge: embedding {len(passages)} passages")

    def each(done: int, total: int) -> None:
        progress(f"knowledge: {done}/{total} units")

    index = build_index(passages, units, encoder, each)
    save_index(index, folder, {**wanted, **made_by(), "passages": len(passages)})


def load_head(shop: Shop, encoder: Encoder, progress: Progress = silent, *, retrain: bool = False) -> IntentHead:
    """The shop's intent head: the one all shops share, or, with an intents.yaml, one trained with the shop's examples."""
    from bot.route.head import IntentHead
    from bot.route.intents import catalogue, examples_hash
    from bot.shop.derived import derived_dir

    intents = catalogue(shop.intents)
    wanted = {"examples": examples_hash(intents), "encoder": encoder.fingerprint}
    shared = settings().home_dir / "heads" / wanted["examples"][:16]
    folder = derived_dir(shop.path) if shop.intents else shared
    folder.mkdir(parents=True, exist_ok=True)
    file, manifest = folder / "intents.npz", folder / "intents.json"

    def fits() -> bool:
        try:
            found = json.loads(manifest.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return file.exists() and all(found.get(k) == v for k, v in wanted.items())

    if retrain or not fits():
        with _locked(folder):
            if retrain or not fits():
                from bot.route.train import train_head

                progress(
                    f"intents: training on {sum(len(e) for i in intents.values() for e in i.examples.values())} examples"
                )
                head = train_head(intents, encoder)
                head.save(file)
                manifest.write_text(json.dumps({**wanted, **made_by()}), encoding="utf-8")
    return IntentHead.load(file)


def made_by() -> dict[str, str]:
    """The program's version and today's date, for the manifest of what was made."""
    from bot import __version__

    return {"zhanggui": __version__, "date": datetime.now(UTC).date().isoformat()}


def load_services(path: Path, progress: Progress = silent) -> Services:
    """Everything a turn needs for the shop in `path`; the writer begins to load in the background.

    Raises BadInput for a wrong folder or setting, ModelMissing when a model is not installed.
    """
    from bot.encoder import load_encoder
    from bot.generate.choose import make_writer
    from bot.knowledge.answerable import shipped_model
    from bot.route.intents import catalogue
    from bot.services import Services
    from bot.shop.folder import load_shop

    shop = load_shop(path)
    writer = make_writer(settings().writer)
    thresholds = load_thresholds_of(shop)
    encoder = load_encoder(settings().embedder)
    writer.start()
    try:
        knowledge = load_knowledge(shop, encoder, progress)
        knowledge.lexicon.unknown("热身 warm up")  # built now rather than in the first customer's turn
        head = load_head(shop, encoder, progress)
        book = open_book(shop, progress)
        return Services(
            shop=shop,
            encoder=encoder,
            knowledge=knowledge,
            head=head,
            intents=catalogue(shop.intents),
            answerable=shipped_model(),
            thresholds=thresholds,
            writer=writer,
            book=book,
            desk=open_desk(shop, book.database),
        )
    except BaseException:
        writer.close()
        raise


def check_ready(shop: Shop) -> None:
    """Load the first data, and raise what `load_services` and `open_log` would, as far as it can be seen without loading anything.

    A server looks before it starts its workers: in them an error would be a traceback, and they would be started again.
    """
    from bot.generate.choose import make_writer
    from bot.models.installed import path_of

    make_writer(settings().writer)
    path_of(settings().embedder)
    load_thresholds_of(shop)
    open_mailer(shop)
    open_book(shop).close()


def load_thresholds_of(shop: Shop) -> Any:
    """The thresholds that shop.yaml names, else those that `calibrate` kept for the shop, else the shipped ones."""
    from bot.knowledge.bands import load_thresholds
    from bot.shop.derived import derived_dir

    if shop.config.thresholds:
        named = shop.path / shop.config.thresholds
        if not named.is_file():
            raise BadInput(
                f"{shop.path / 'shop.yaml'}: thresholds: {named} does not exist; make it with `zhanggui calibrate`"
            )
        return load_thresholds(named)
    kept = derived_dir(shop.path) / "thresholds.json"
    return load_thresholds(kept if kept.is_file() else None)


def open_log(shop: Shop) -> Any:
    """The conversation log of a shop, in the shop's database."""
    from bot.store.sql import SqlLog

    return SqlLog(database_url(shop))


def open_book(shop: Shop, progress: Progress = silent) -> SqlOrderBook:
    """The customers and orders of a shop, in the shop's database; an empty one is loaded with the folder's `data/` first.

    Raises BadInput when a table of `data/` is wrong, Failure when the database cannot be opened.
    """
    from bot.shop.derived import derived_dir
    from bot.store.database import open_database
    from bot.store.load import has_data, is_empty, load_first_data
    from bot.store.order_book import SqlOrderBook

    database = open_database(database_url(shop))
    try:
        if has_data(shop.path) and is_empty(database):
            progress("orders: loading data/")
            with _locked(derived_dir(shop.path)):
                load_first_data(database, shop)
    except BaseException:
        database.close()
        raise
    return SqlOrderBook(database, shop)


def open_desk(shop: Shop, database: Database) -> Desk:
    """Where guests of a shop prove who they are, over the order book's database.

    Over a throw-away copy in memory no mail is sent, and answers take the time they take.
    """
    from bot.identity.contacts import shop_regions
    from bot.identity.desk import Desk
    from bot.identity.secret import secret
    from bot.store.proof_book import SqlProofBook

    config = shop.config
    regions = shop_regions(config.currency, config.contact.phone)
    book = SqlProofBook(database)
    if database.in_memory:
        return Desk(book, config, secret(), regions, floor=0.0)
    return Desk(book, config, secret(), regions, open_mailer(shop))


def open_mailer(shop: Shop) -> Mailer | None:
    """What sends codes; None where ZHANGGUI_SMTP_URL is not set. Raises BadInput for one that is wrong."""
    from bot.identity.mail import Mailer, parse_smtp_url

    url = settings().smtp_url
    return Mailer(parse_smtp_url(url, shop.config.contact.email)) if url else None


def database_url(shop: Shop) -> str:
    """Where a shop's database is: ZHANGGUI_DATABASE_URL, else SQLite in its derived folder."""
    from bot.shop.derived import derived_dir

    return settings().database_url or f"sqlite:///{derived_dir(shop.path) / 'shop.db'}"
