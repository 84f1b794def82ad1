"""`shop show|import`, `db upgrade`, `export`, `forget`: records for the operator. Knows nothing of how they are kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.options import JsonOption, ShopOption, emit
from bot.errors import BadInput
from bot.progress import tell, tell_end

if TYPE_CHECKING:
    from bot.shop.types import Shop
    from bot.store.order_book import SqlOrderBook

db = typer.Typer(help="The shop's database.", no_args_is_help=True)
CustomerOption = Annotated[str, typer.Option("--customer", help="The customer's id.")]
_KINDS = ("order", "customer", "product")


@db.callback()
def _db() -> None:
    """The shop's database."""


@db.command("upgrade")
def upgrade(shop: ShopOption = None, as_json: JsonOption = False) -> None:
    """Bring the database to the form that this version needs; safe to repeat. Opening it does the same by itself."""
    from bot.assemble import database_url
    from bot.shop.folder import load_shop
    from bot.shop.locate import resolve_shop
    from bot.store.database import open_database
    from bot.store.migrate import version_of

    database = open_database(database_url(load_shop(resolve_shop(shop))))
    try:
        version = version_of(database)
    finally:
        database.close()
    if as_json:
        emit({"version": version})
    else:
        typer.echo(f"the database is up to date (version {version})")


def show(
    kind: Annotated[str, typer.Argument(metavar="order|customer|product", help="What to show.")],
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Its id; an order's with or without #.")],
    as_json: JsonOption = False,
    shop: ShopOption = None,
) -> None:
    """Show a record from the server's database."""
    if kind not in _KINDS:
        raise BadInput(f"shop show: {kind[:40]!r} is no kind of record; use order, customer or product")
    with _Opened(shop) as book:
        record = _record(book, kind, identifier)
    if record is None:
        raise BadInput(f"shop show: there is no {kind} {identifier[:60]!r} in {book.shop.config.id}")
    if as_json:
        emit(record)
    else:
        typer.echo(json.dumps(record, indent=2, ensure_ascii=False))


def load(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A shop folder, or a folder that holds data/.")],
    replace: Annotated[bool, typer.Option("--replace", help="Delete what is there first.")] = False,
    as_json: JsonOption = False,
    shop: ShopOption = None,
) -> None:
    """Load DIR/data into the database: all of it, or nothing when a row is wrong.

    A shop folder is loaded into its own database, any other folder, or any with --shop, into that shop's.
    """
    from bot.assemble import database_url
    from bot.shop.folder import load_shop
    from bot.store.database import open_database
    from bot.store.load import BadData, load_data

    folder = _data_folder(directory)
    target = load_shop(_target(folder, shop))
    database = open_database(database_url(target))
    try:
        counts = load_data(database, target, folder, replace=replace)
    except BadData as error:
        for problem in error.problems if len(error.problems) > 1 else ():
            print(problem, file=sys.stderr)
        raise
    finally:
        database.close()
    if as_json:
        emit(counts)
    else:
        typer.echo(f"{target.config.id}: " + ", ".join(f"{number} {name}" for name, number in counts.items()))


def export(customer: CustomerOption, shop: ShopOption = None) -> None:
    """Print everything that is kept of a customer as JSON."""
    from bot.store.privacy import export_customer

    with _Opened(shop) as book:
        found = export_customer(book, customer)
    if found is None:
        raise BadInput(f"--customer: nothing is kept of {customer[:60]!r} in {book.shop.config.id}")
    emit(found)


def forget(customer: CustomerOption, shop: ShopOption = None, as_json: JsonOption = False) -> None:
    """Remove a customer's personal data for good; orders' amounts stay for bookkeeping, under an anonymous id."""
    from bot.store.privacy import forget_customer

    with _Opened(shop) as book:
        counts = forget_customer(book, customer)
    if counts is None:
        raise BadInput(f"--customer: nothing is kept of {customer[:60]!r} in {book.shop.config.id}")
    if as_json:
        emit(counts)
    else:
        told = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.items() if number)
        typer.echo(f"forgotten: {told}")


class _Opened:
    """The order book of the shop of --shop, as a context."""

    def __init__(self, shop: Path | None) -> None:
        from bot.assemble import open_book
        from bot.shop.folder import load_shop
        from bot.shop.locate import resolve_shop

        self._book = open_book(load_shop(resolve_shop(shop)), tell)
        tell_end()

    def __enter__(self) -> SqlOrderBook:
        return self._book

    def __exit__(self, *_: object) -> None:
        self._book.close()


def _record(book: SqlOrderBook, kind: str, identifier: str) -> dict[str, Any] | None:
    """A record for the machine's owner, who may see all."""
    from bot.orders.record_json import customer_json, order_json
    from bot.orders.scope import CustomerScope

    if kind == "product":
        return _product(book, identifier)
    owner = book.owner(identifier) if kind == "order" else identifier
    scope = CustomerScope(owner or "", by="operator")
    if kind == "order":
        order = book.order(scope, identifier)
        return None if order is None else order_json(order)
    customer = book.customer(scope)
    return None if customer is None else customer_json(customer, book.shop.config.currency)


def _product(book: SqlOrderBook, identifier: str) -> dict[str, Any] | None:
    """A product with what is left of each variant now, found by its id or by a sku."""
    shop: Shop = book.shop
    product = shop.product_by_id.get(identifier) or shop.sku_owner.get(identifier, (None, None))[0]
    if product is None:
        return None
    left = book.stock([variant.sku for variant in product.variants])
    record: dict[str, Any] = json.loads(product.model_dump_json(exclude={"file", "line"}))
    record["price"] = None if product.price is None else float(product.price)
    for shown, variant in zip(record["variants"], product.variants, strict=True):
        shown["price"] = None if variant.price is None else float(variant.price)
        shown["stock"] = left[variant.sku]
    counted = [number for number in left.values() if number is not None]
    record["stock"] = sum(counted) if len(counted) == len(left) else None
    return record


def _data_folder(directory: Path) -> Path:
    """The folder that holds data/. Raises BadInput when there is none."""
    from bot.shop.locate import absolute
    from bot.store.load import has_data

    path = absolute(directory)
    for folder in (path, path.parent if path.name == "data" else path):
        if has_data(folder):
            return folder
    raise BadInput(f"{directory}: holds no table of a shop (data/orders.csv, ...); name a folder with data/ in it")


def _target(folder: Path, shop: Path | None) -> Path:
    """The shop whose database is loaded."""
    from bot.shop.locate import CONFIG, resolve_shop

    return folder if shop is None and (folder / CONFIG).is_file() else resolve_shop(shop)
