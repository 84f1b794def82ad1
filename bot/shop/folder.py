"""Reads a shop folder into typed records, and says what is wrong with it. Knows nothing of databases."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.errors import BadInput
from bot.shop.fields import UTC, FieldContext
from bot.shop.locate import CONFIG, absolute
from bot.shop.markdown import read_policy
from bot.shop.moments import parse_timezone
from bot.shop.problems import Problem, Problems, shown, unknown
from bot.shop.products import Catalogue, read_entries, read_products
from bot.shop.textfile import is_folder, is_there
from bot.shop.types import FaqEntry, Offer, PolicyDocument, Record, Shop, ShopConfig, ShopIntent
from bot.shop.validate import build
from bot.shop.vocabulary import LANGUAGES
from bot.shop.yamlfile import Node, read_yaml

R = TypeVar("R", bound=Record)
INTENTS = "intents.yaml"
OFFERS = "offers.yaml"


def load_shop(path: Path) -> Shop:
    """The shop in folder `path`, without `data/`. Raises BadInput: the first error, and how many more."""
    reading = _read(path)
    _raise_first(path, reading.problems)
    assert reading.config is not None
    return Shop(
        absolute(path),
        reading.config,
        tuple(reading.faq),
        tuple(reading.policies),
        tuple(reading.intents),
        tuple(reading.catalogue.products),
        tuple(reading.offers),
    )


def load_config(path: Path) -> ShopConfig:
    """The settings of the shop in folder `path` alone. Raises BadInput."""
    problems = Problems()
    config, _ = _read_config(path, problems)
    _raise_first(path, problems)
    assert config is not None
    return config


def load_intents(path: Path) -> tuple[ShopIntent, ...]:
    """The intents in one file of the form of intents.yaml. Raises BadInput."""
    problems = Problems()
    intents = _read_intents(path, path.name, problems, FieldContext())
    _raise_first(path.parent, problems)
    return tuple(intents)


def check_shop(path: Path) -> list[Problem]:
    """Every problem of the folder, `data/` included, by file and line; nothing is raised for them."""
    from bot.shop.datacheck import check_data

    reading = _read(path)
    if is_folder(path):
        check_data(path, reading.problems, reading.catalogue, reading.context)
    return reading.problems.ordered()


def faq_files(path: Path) -> list[Path]:
    """The files of answers, in order of their names."""
    return _files(path / "faq", (".yaml", ".yml"))


def policy_files(path: Path) -> list[tuple[str, Path]]:
    """(language, file) of the policies, in order of languages and names."""
    return [(lang, file) for lang in LANGUAGES for file in _files(path / "policies" / lang, (".md",))]


@dataclass
class _Reading:
    problems: Problems
    context: FieldContext
    config: ShopConfig | None = None
    faq: list[FaqEntry] = field(default_factory=list)
    policies: list[PolicyDocument] = field(default_factory=list)
    intents: list[ShopIntent] = field(default_factory=list)
    catalogue: Catalogue = field(default_factory=Catalogue)
    offers: list[Offer] = field(default_factory=list)


def _read(path: Path) -> _Reading:
    problems = Problems()
    config, context = _read_config(path, problems)
    reading = _Reading(problems, context, config)
    if not is_folder(path):
        return reading
    reading.faq = _read_faq(path, problems, context)
    reading.policies = _read_policies(path, problems)
    if is_there(path / INTENTS):
        reading.intents = _read_intents(path / INTENTS, INTENTS, problems, context)
    reading.catalogue = read_products(path, problems, context)
    if is_there(path / OFFERS):
        reading.offers = _read_offers(path / OFFERS, problems, context, reading.catalogue)
    _warn_shared_ids(reading)
    if not reading.faq and not reading.policies and not problems.errors():
        problems.warn(CONFIG, 1, "the shop has no answers: neither faq/*.yaml nor policies/{zh,en}/*.md")
    return reading


def _raise_first(path: Path, problems: Problems) -> None:
    errors = problems.errors()
    if not errors:
        return
    first, more = errors[0], len(errors) - 1
    tail = f" (and {more} more: zhanggui shop check {path})" if more else ""
    raise BadInput(f"{path / first.file}:{first.line}: {first.message}{tail}")


def _read_config(path: Path, problems: Problems) -> tuple[ShopConfig | None, FieldContext]:
    neutral = FieldContext()
    if not is_folder(path):
        problems.error(CONFIG, 1, f"{path} is no folder that can be read; `zhanggui init DIR` writes one")
        return None, neutral
    if not is_there(path / CONFIG):
        problems.error(CONFIG, 1, f"missing in {path}; `zhanggui init DIR` writes a shop to start from")
        return None, neutral
    root = read_yaml(path / CONFIG, CONFIG, problems)
    if root is None:
        return None, neutral
    root = Node({}, 1) if root.value is None else root
    context = _context(root)
    config = build(ShopConfig, root, CONFIG, problems, context)
    if config and config.thresholds and not is_there(path / config.thresholds):
        problems.error(CONFIG, root.line_at(("thresholds",)), f"thresholds: no file {shown(config.thresholds)}")
    return config, context


def _context(root: Node) -> FieldContext:
    """Locales, currency and timezone as far as they are readable, so that one mistake is reported once."""
    locales = root.get("locales")
    named = [item.value for item in locales.items or [locales]] if locales else []
    found = tuple(lang for lang in named if isinstance(lang, str) and lang in LANGUAGES) or LANGUAGES
    try:
        timezone = parse_timezone(root.text("timezone") or "UTC")
    except ValueError:
        timezone = UTC
    return FieldContext(found, root.text("currency") or "", timezone)


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    try:
        found = [file for file in folder.iterdir() if file.suffix.lower() in suffixes and not file.name.startswith(".")]
    except OSError:
        return []
    return sorted(found, key=lambda file: file.name)


def _name(path: Path, file: Path) -> str:
    """The file's name in messages: relative, composed, printable even where its bytes are no UTF-8."""
    name = os.fsencode(file.relative_to(path).as_posix()).decode("utf-8", "replace")
    return unicodedata.normalize("NFC", name)


def _records(model: type[R], path: Path, file: str, problems: Problems, context: FieldContext) -> list[tuple[R, Node]]:
    nodes = read_entries(path, file, problems)
    built = [(build(model, node, file, problems, context, {"file": file, "line": node.line}), node) for node in nodes]
    return [(record, node) for record, node in built if record is not None]


def _report_twice(what: str, keys: Iterable[tuple[str, str, int]], problems: Problems) -> None:
    """Notes a repeated key of (key, file, line)."""
    first: dict[str, tuple[str, int]] = {}
    for key, file, line in keys:
        if key in first:
            where = "{}:{}".format(*first[key])
            problems.error(file, line, f"{what} {shown(key)} stands twice (first in {where})")
        first.setdefault(key, (file, line))


def _read_faq(path: Path, problems: Problems, context: FieldContext) -> list[FaqEntry]:
    _warn_unread(path, "faq", lambda file: file.suffix.lower() in (".yaml", ".yml"), "faq/*.yaml", problems)
    entries: list[FaqEntry] = []
    for file in faq_files(path):
        found = _records(FaqEntry, file, _name(path, file), problems, context)
        for entry, node in found:
            for language in entry.a.keys() - entry.q.keys():
                line = node.line_at(("a", language))
                problems.warn(entry.file, line, f"{shown(entry.id)} has an answer in {language} but no questions in it")
            for language in entry.q.keys() - entry.a.keys():
                line = node.line_at(("q", language))
                problems.warn(entry.file, line, f"{shown(entry.id)} has questions in {language} but no answer in it")
        entries += [entry for entry, _ in found]
    _report_twice("faq id", ((entry.id, entry.file, entry.line) for entry in entries), problems)
    return entries


def _read_policies(path: Path, problems: Problems) -> list[PolicyDocument]:
    _warn_unread(path, "policies", lambda file: file.is_dir(), "policies/{zh,en}/*.md", problems)
    for folder in _folders(path / "policies"):
        file = _name(path, folder)
        if folder.name not in LANGUAGES:
            problems.error(file, 1, unknown("language", folder.name, LANGUAGES))
        _warn_unread(path, file, lambda file: file.suffix.lower() == ".md", "*.md", problems)
    found = (read_policy(file, _name(path, file), lang, problems) for lang, file in policy_files(path))
    documents = [document for document in found if document is not None]
    for language in LANGUAGES:
        ids = ((doc.id, doc.file, 1) for doc in documents if doc.language == language)
        _report_twice(f"policy id ({language})", ids, problems)
    return documents


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(child for child in folder.iterdir() if child.is_dir() and not child.name.startswith("."))
    except OSError:
        return []


def _warn_unread(path: Path, folder: str, is_read: Callable[[Path], bool], pattern: str, problems: Problems) -> None:
    """Notes what lies in a folder and is not read, so that nobody waits for answers from it."""
    try:
        strangers = [file for file in (path / folder).iterdir() if not file.name.startswith(".") and not is_read(file)]
    except FileNotFoundError:
        return
    except OSError as error:
        problems.error(folder, 1, f"cannot be read: {error.strerror or error}")
        return
    for file in strangers:
        problems.warn(_name(path, file), 1, f"not read; only {pattern} is")


def _read_intents(path: Path, file: str, problems: Problems, context: FieldContext) -> list[ShopIntent]:
    found = _records(ShopIntent, path, file, problems, context)
    for intent, node in found:
        if intent.flow and intent.command != "StartFlow":
            problems.warn(
                file,
                node.line_at(("flow",)),
                f"flow is ignored: the command is {intent.command}, not StartFlow",
            )
    intents = [intent for intent, _ in found]
    _report_twice("intent", ((intent.name, file, intent.line) for intent in intents), problems)
    return intents


def _read_offers(path: Path, problems: Problems, context: FieldContext, catalogue: Catalogue) -> list[Offer]:
    file = OFFERS
    found = _records(Offer, path, file, problems, context)
    categories = {product.category for product in catalogue.products}
    for offer, node in found:
        for n, key in enumerate(offer.products):
            if key not in catalogue.ids:
                problems.error(file, node.line_at(("products", n)), f"products: there is no product {shown(key)}")
        for n, name in enumerate(offer.categories):
            if name not in categories:
                problems.error(
                    file,
                    node.line_at(("categories", n)),
                    f"categories: no product has the category {shown(name)}",
                )
    offers = [offer for offer, _ in found]
    _report_twice("offer id", ((offer.id, file, offer.line) for offer in offers), problems)
    return offers


def _warn_shared_ids(reading: _Reading) -> None:
    policies = {document.id: document.file for document in reading.policies}
    for entry in reading.faq:
        if entry.id in policies:
            where = f"{shown(entry.id)} is a policy's id too ({policies[entry.id]})"
            message = f"faq id {where}; citations cannot tell them apart"
            reading.problems.warn(entry.file, entry.line, message)
