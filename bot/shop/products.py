"""Reads the products of a shop from products.yaml or products.csv. Knows nothing of orders or search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.shop.csvfile import Row, read_csv
from bot.shop.fields import FieldContext
from bot.shop.problems import Problems, shown
from bot.shop.textfile import is_there
from bot.shop.types import Product, Variant
from bot.shop.validate import build
from bot.shop.vocabulary import LANGUAGES
from bot.shop.yamlfile import Node, read_yaml

_OF_VARIANT = ("sku", "price", "stock")
_LOCALIZED = tuple(f"{key}_{language}" for key in ("name", "description") for language in LANGUAGES)
_REQUIRED = ("id",)
_TAGS = re.compile(r"[;；|,，、]")


@dataclass
class Catalogue:
    """The valid products, and the lines of all ids and skus, valid or not: one mistake is reported once."""

    products: list[Product] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    skus: dict[str, int] = field(default_factory=dict)
    found: bool = False


def read_products(folder: Path, problems: Problems, context: FieldContext) -> Catalogue:
    """The catalogue of a shop folder; empty where it has no products file."""
    catalogue = Catalogue()
    files = [name for name in ("products.yaml", "products.yml", "products.csv") if is_there(folder / name)]
    for name in files[1:]:
        problems.error(name, 1, f"{files[0]} is there too; keep one of them")
    for name in files[:1]:
        catalogue.found = True
        entries = _csv_entries if name.endswith(".csv") else read_entries
        for node in entries(folder / name, name, problems):
            _add(catalogue, node, name, problems, context)
    _report_unpriced(catalogue, problems)
    return catalogue


def read_entries(path: Path, file: str, problems: Problems) -> list[Node]:
    """The elements of a YAML file that holds a list; an empty file is an empty list."""
    root = read_yaml(path, file, problems)
    if root is None or root.value is None:
        return []
    if not isinstance(root.value, list):
        problems.error(file, root.line, "should be a list: each entry begins with '- '")
        return []
    return root.items


def _add(catalogue: Catalogue, node: Node, file: str, problems: Problems, context: FieldContext) -> None:
    key = node.text("id")
    skus = [(child.text("sku"), child.line_at(("sku",))) for child in _children(node)] or [(key, node.line_at(("id",)))]
    if key:
        _note("product id", key, node.line_at(("id",)), catalogue.ids, file, problems)
    for sku, line in skus:
        if sku:
            _note("sku", sku, line, catalogue.skus, file, problems)
    product = build(Product, node, file, problems, context, {"file": file, "line": node.line})
    if product is not None:
        catalogue.products.append(_complete(product))
        _warn_twins(catalogue.products[-1], catalogue, problems)


def _note(what: str, value: str, line: int, lines: dict[str, int], file: str, problems: Problems) -> None:
    if value in lines:
        problems.error(file, line, f"{what} {shown(value)} stands twice (first on line {lines[value]})")
    lines.setdefault(value, line)


def _children(node: Node) -> list[Node]:
    variants = node.get("variants")
    return variants.items if variants else []


def _complete(product: Product) -> Product:
    """The product with at least one variant, prices filled in, price and stock summed up."""
    given = product.variants or (Variant(sku=product.id, stock=product.stock),)
    variants = tuple(v if v.price is not None else v.model_copy(update={"price": product.price}) for v in given)
    prices = [variant.price for variant in variants if variant.price is not None]
    stocks = [variant.stock for variant in variants if variant.stock is not None]
    return product.model_copy(
        update={
            "variants": variants,
            "price": min(prices) if prices else None,
            "stock": sum(stocks) if len(stocks) == len(variants) else None,
        }
    )


def _warn_twins(product: Product, catalogue: Catalogue, problems: Problems) -> None:
    seen: set[tuple[tuple[str, str], ...]] = set()
    for variant in product.variants:
        options = tuple(sorted(variant.options.items()))
        if options in seen:
            line = catalogue.skus[variant.sku]
            problems.warn(product.file, line, f"two variants of {shown(product.id)} have the same options")
        seen.add(options)


def _report_unpriced(catalogue: Catalogue, problems: Problems) -> None:
    """A missing price is fine for a catalogue without prices, and a slip where other products have one."""
    if not any(product.price is not None for product in catalogue.products):
        return
    for product in catalogue.products:
        for variant in product.variants:
            if variant.price is None:
                problems.warn(product.file, catalogue.skus[variant.sku], f"{shown(variant.sku)} has no price")


def _csv_entries(path: Path, file: str, problems: Problems) -> Iterator[Node]:
    """Rows with the same id, as the node that YAML would have given."""
    table = read_csv(path, file, problems)
    if table is None:
        return
    missing = [name for name in _REQUIRED if name not in table.columns]
    if not {"name_en", "name_zh"} & set(table.columns):
        missing.append("name_en or name_zh")
    if missing:
        problems.error(file, 1, f"column {', '.join(missing)} is missing")
        return
    groups: dict[str, list[Row]] = {}
    for row in table.rows:
        groups.setdefault(row["id"], []).append(row)
    for key, rows in groups.items():
        if not key:
            for row in rows:
                problems.error(file, row.line, "id is empty")
        else:
            yield _node(rows, file, problems)


def _node(rows: list[Row], file: str, problems: Problems) -> Node:
    """One product: common columns from its first row that has them, and a variant a row."""
    line = rows[0].line
    common: dict[str, tuple[str, int]] = {}
    for row in rows:
        for column, cell in zip(row.columns, row.cells, strict=True):
            if not cell or column in _OF_VARIANT or column.startswith("option:"):
                continue
            first = common.setdefault(column, (cell, row.line))
            if first[0] != cell:
                problems.warn(
                    file, row.line, f"{column} differs from line {first[1]} of the same product, which counts"
                )
    fields = {key: Node(*common[key]) for key in common if key not in _LOCALIZED and key != "tags"}
    if "tags" in common:
        text, at = common["tags"]
        fields["tags"] = Node([Node(tag.strip(), at) for tag in _TAGS.split(text) if tag.strip()], at)
    for key in ("name", "description"):
        texts = {lang: Node(*common[f"{key}_{lang}"]) for lang in LANGUAGES if f"{key}_{lang}" in common}
        if texts:
            fields[key] = Node(texts, line, {lang: text.line for lang, text in texts.items()})
    lone = rows[0]
    if len(rows) == 1 and lone["sku"] in ("", lone["id"]) and not _options(lone):
        fields |= {key: Node(lone[key], line) for key in ("price", "stock") if lone[key]}
    else:
        fields["variants"] = Node([_variant(row) for row in rows], line)
    return Node(fields, line, {key: node.line for key, node in fields.items()})


def _options(row: Row) -> dict[str, Node]:
    named = ((column.partition("option:"), row[column]) for column in row.columns)
    return {name.strip(): Node(cell, row.line) for (before, mark, name), cell in named if mark and not before and cell}


def _variant(row: Row) -> Node:
    fields = {key: Node(row[key], row.line) for key in _OF_VARIANT if row[key]}
    if options := _options(row):
        fields["options"] = Node(options, row.line)
    return Node(fields, row.line, dict.fromkeys(fields, row.line))
