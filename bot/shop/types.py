"""The records of a shop folder: settings, answers, policies, products, offers. Knows nothing of YAML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.shop.currency import decimals, is_currency
from bot.shop.fields import (
    NOT_EMPTY,
    SINGLE_TOO,
    Amount,
    Count,
    Day,
    Identifier,
    Language,
    LastMoment,
    Link,
    Localized,
    LocalizedTexts,
    Moment,
    Text,
    Texts,
    TimeOfDay,
    one_of,
)
from bot.shop.moments import parse_timezone
from bot.shop.problems import shown
from bot.shop.vocabulary import (
    COMMANDS,
    DISCOUNT_KINDS,
    FLOWS,
    LANGUAGES,
    ORDER_STATUSES,
    REFUND_TARGETS,
    WEEKDAYS,
)


def _currency(code: str) -> str:
    if not is_currency(code):
        raise ValueError(f"unknown currency {shown(code)} (ISO 4217, for example CNY)")
    return code


def _timezone(name: str) -> str:
    parse_timezone(name)
    return name


class Record(BaseModel):
    """Base: immutable, and strict about unknown keys so that a misspelt one is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


def _localize(value: Any, key: str) -> Any:
    """Moves `en` and `zh` that stand beside the other keys into the localised field `key`."""
    if not isinstance(value, dict) or key in value:
        return value
    texts = {language: value[language] for language in LANGUAGES if language in value}
    rest = {name: item for name, item in value.items() if name not in LANGUAGES}
    return {**rest, key: texts} if texts else rest


class Contact(Record):
    """How customers reach the shop; other channels may be added."""

    model_config = ConfigDict(frozen=True, extra="allow")

    email: Text | None = None
    phone: Text | None = None
    hours: Localized = Field(default_factory=dict)


class Opening(Record):
    """Hours in which people answer; an `end` not after `start` is on the next day (24:00 is midnight)."""

    days: Annotated[tuple[Annotated[Text, one_of("day", WEEKDAYS)], ...], SINGLE_TOO, NOT_EMPTY]
    start: TimeOfDay = Field(alias="from")
    end: TimeOfDay = Field(alias="to")


class Holiday(Record):
    """A day on which nobody answers, with its name by language."""

    date: Day
    name: Localized = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _inline(cls, value: Any) -> Any:
        return _localize(value, "name")


class Reason(Record):
    """A reason that customers may give; a plain string is its own id and label."""

    id: Text
    label: Localized

    @model_validator(mode="before")
    @classmethod
    def _inline(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"id": value, "label": value}
        return _localize(value, "label")


Statuses = Annotated[tuple[Annotated[Text, one_of("order status", ORDER_STATUSES)], ...], SINGLE_TOO, NOT_EMPTY]
RefundTargets = Annotated[tuple[Annotated[Text, one_of("refund target", REFUND_TARGETS)], ...], SINGLE_TOO, NOT_EMPTY]
Reasons = Annotated[tuple[Reason, ...], SINGLE_TOO]
FlowNames = Annotated[tuple[Annotated[Text, one_of("flow", FLOWS)], ...], SINGLE_TOO]


class Rule(Record):
    """A change that is allowed while an order (or its line) has one of `statuses`."""

    statuses: Statuses


class CancelRule(Rule):
    """Cancellation: within so many minutes of `placed_at`, for one of the reasons when there are any."""

    within_minutes: Count | None = None
    reasons: Reasons = ()


class ReturnRule(Rule):
    """Return: calendar days after `delivered_at`, never for products with an excluded tag."""

    within_days: Count | None = None
    excluded_tags: Texts = ()
    refund_to: RefundTargets = ("original",)
    reasons: Reasons = ()


class ExchangeRule(Rule):
    """Exchange of a delivered line for another variant, or with `same_product: false` for any product."""

    within_days: Count | None = None
    same_product: bool = True
    excluded_tags: Texts = ()
    reasons: Reasons = ()


class ModifyItemsRule(Rule):
    """Another variant before shipping; `final` forbids any further change or cancellation afterwards."""

    same_product: bool = True
    final: bool = False


class Limits(Record):
    """`once_per_order`: one of these flows, once for an order."""

    once_per_order: FlowNames = ()


class Rules(Record):
    """What the bot may change by itself; a rule that is None is off."""

    cancel: CancelRule | None = None
    return_: ReturnRule | None = Field(default=None, alias="return")
    exchange: ExchangeRule | None = None
    modify_items: ModifyItemsRule | None = None
    change_address: Rule | None = None
    change_payment: Rule | None = None
    limits: Limits = Limits()


class ShopConfig(Record):
    """shop.yaml."""

    id: Annotated[str, Field(pattern=r"^\w[\w-]{0,63}$")]
    name: Localized
    currency: Annotated[Text, AfterValidator(_currency)]
    timezone: Annotated[Text, AfterValidator(_timezone)]
    locales: Annotated[tuple[Language, ...], SINGLE_TOO, NOT_EMPTY]
    contact: Contact = Contact()
    opening: tuple[Opening, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    emergency: Localized = Field(default_factory=dict)
    clock: Moment | None = None
    rules: Rules = Rules()
    tone: Text | None = None
    thresholds: Text | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The shop's timezone."""
        return parse_timezone(self.timezone)

    @property
    def language(self) -> str:
        """The default language: the first of the locales."""
        return self.locales[0]

    @property
    def decimals(self) -> int:
        """Digits after the point of the shop's amounts."""
        return decimals(self.currency)


class FaqEntry(Record):
    """A curated answer with the questions it answers, by language."""

    id: Identifier
    q: LocalizedTexts
    a: Localized
    intent: Text | None = None
    tags: Texts = ()
    url: Link | None = None
    file: str = ""
    line: int = 1

    @model_validator(mode="before")
    @classmethod
    def _same_languages(cls, value: Any) -> Any:
        """Questions or an answer without languages count for the languages that the other side names."""
        if not isinstance(value, dict):
            return value
        q, a = value.get("q"), value.get("a")
        if isinstance(q, str | list) and isinstance(a, dict):
            return {**value, "q": dict.fromkeys(a, q)}
        if isinstance(a, str) and isinstance(q, dict):
            return {**value, "a": dict.fromkeys(q, a)}
        return value


@dataclass(frozen=True)
class PolicyDocument:
    """A policy in one language; the same id in another language is the same document.

    `body` is Markdown and begins on line `body_line` of `file`.
    """

    id: str
    title: str
    url: str | None
    updated: date | None
    language: str
    body: str
    file: str
    body_line: int


class ShopIntent(Record):
    """An intent of the shop's own: example messages and the command they mean."""

    name: Identifier
    command: Annotated[Text, one_of("command", COMMANDS)]
    flow: Annotated[Text, one_of("flow", FLOWS)] | None = None
    examples: LocalizedTexts
    file: str = ""
    line: int = 1

    @model_validator(mode="before")
    @classmethod
    def _flow(cls, value: Any) -> Any:
        if not isinstance(value, dict) or value.get("flow") is not None:
            return value
        if value.get("command") != "StartFlow":
            return value
        if value.get("name") not in FLOWS:
            raise ValueError("StartFlow needs `flow`: " + ", ".join(FLOWS))
        return {**value, "flow": value["name"]}


class Variant(Record):
    """What can be put into a basket; `price` is None when unknown, `stock` when it is not counted."""

    model_config = ConfigDict(frozen=True, extra="allow")

    sku: Identifier
    options: dict[Text, Text] = Field(default_factory=dict)
    price: Amount | None = None
    stock: Count | None = None


class Product(Record):
    """A product; further keys of the file are kept as attributes.

    A loaded one has at least one variant (its own id is the sku where the file has none); `price` is the
    lowest price and `stock` the sum, None where unknown.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    id: Identifier
    name: Localized
    description: Localized = Field(default_factory=dict)
    category: Text | None = None
    brand: Text | None = None
    tags: Texts = ()
    url: Link | None = None
    image: Link | None = None
    price: Amount | None = None
    stock: Count | None = None
    variants: tuple[Variant, ...] = ()
    file: str = ""
    line: int = 1


class Discount(Record):
    """A percentage (0-100) or an amount off."""

    kind: Annotated[Text, one_of("kind of discount", DISCOUNT_KINDS)]
    value: Annotated[Decimal, Field(gt=0, le=1_000_000_000)]

    @model_validator(mode="after")
    def _percent(self) -> Discount:
        if self.kind == "percent" and self.value > 100:
            raise ValueError(f"{self.value} percent is more than 100")
        return self


class Offer(Record):
    """A promotion of some products or categories, or of all; `holdout` is the share kept out, to measure."""

    id: Identifier
    title: Localized
    terms: Localized = Field(default_factory=dict)
    code: Text | None = None
    starts_at: Moment
    ends_at: LastMoment
    products: Texts = ()
    categories: Texts = ()
    audience: Texts = ()
    discount: Discount
    holdout: Annotated[float, Field(ge=0, le=1)] = 0.1
    file: str = ""
    line: int = 1

    @model_validator(mode="after")
    def _order(self) -> Offer:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at is not after starts_at")
        return self


@dataclass(frozen=True)
class Shop:
    """A whole shop folder, read and found in order."""

    path: Path
    config: ShopConfig
    faq: tuple[FaqEntry, ...] = ()
    policies: tuple[PolicyDocument, ...] = ()
    intents: tuple[ShopIntent, ...] = ()
    products: tuple[Product, ...] = ()
    offers: tuple[Offer, ...] = ()

    @cached_property
    def product_by_id(self) -> dict[str, Product]:
        """Products by id."""
        return {product.id: product for product in self.products}

    @cached_property
    def sku_owner(self) -> dict[str, tuple[Product, Variant]]:
        """Product and variant by sku."""
        return {variant.sku: (product, variant) for product in self.products for variant in product.variants}
