"""The records of a shop folder, as they come out of a file."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.shop.fields import UTC, FieldContext, pick
from bot.shop.problems import Problems
from bot.shop.types import FaqEntry, Offer, Product, Record, Rules, ShopConfig, ShopIntent
from bot.shop.validate import build
from bot.shop.yamlfile import parse_yaml

from .helpers import SHOP

CONTEXT = FieldContext(("zh", "en"), "CNY", UTC)


def read(model: type[Record], text: str, context: FieldContext = CONTEXT):
    """(record, problems) of YAML text."""
    problems = Problems()
    node = parse_yaml(text, "f.yaml", problems)
    return build(model, node, "f.yaml", problems, context), [str(problem) for problem in problems.ordered()]


def config(more: str = "") -> tuple[ShopConfig, list[str]]:
    return read(ShopConfig, SHOP + more, FieldContext(("zh", "en"), "CNY", ZoneInfo("Asia/Shanghai")))


def test_a_small_shop_has_defaults() -> None:
    shop, problems = config()
    assert problems == []
    assert (shop.language, shop.decimals, str(shop.zone)) == ("zh", 2, "Asia/Shanghai")
    assert shop.rules == Rules() and shop.clock is None and shop.opening == () and shop.tone is None


def test_every_key_of_the_contract() -> None:
    shop, problems = config("""\
contact: {email: a@b.example, phone: 1, hours: {en: all day, zh: 全天}, wechat: tiny}
opening: [{days: [mon, tue], from: "09:00", to: 24:00}, {days: sun, from: 9:30, to: 18:00}]
holidays: [{date: 2026-10-01, en: National Day, zh: 国庆}, {date: 2026-10-02}]
emergency: Call 120.
clock: 2026-11-01T12:00:00
tone: |
  Friendly,
  and brief.
rules:
  cancel:
    statuses: [pending_payment, paid]
    within_minutes: 30
    reasons: [{id: no_need, en: No need, zh: 不要了}, other]
  return: {statuses: delivered, within_days: 7, excluded_tags: underwear, refund_to: [original, gift_card]}
  exchange: {statuses: [delivered], within_days: 15, same_product: no}
  modify_items: {statuses: [paid], final: true}
  change_address: {statuses: [paid]}
  change_payment:
  limits: {once_per_order: [return, exchange]}
""")
    assert problems == []
    assert (shop.opening[0].start, shop.opening[0].end, shop.opening[1].days) == (time(9), time(0), ("sun",))
    assert shop.holidays[0].date == date(2026, 10, 1) and shop.holidays[0].name == {
        "en": "National Day",
        "zh": "国庆",
    }
    assert shop.emergency == {"zh": "Call 120.", "en": "Call 120."}
    assert shop.clock.isoformat() == "2026-11-01T12:00:00+08:00"
    assert shop.tone == "Friendly,\nand brief."
    assert shop.contact.phone == "1"
    cancel, back, exchange = shop.rules.cancel, shop.rules.return_, shop.rules.exchange
    assert [(reason.id, reason.label["zh"]) for reason in cancel.reasons] == [
        ("no_need", "不要了"),
        ("other", "other"),
    ]
    assert (back.statuses, back.excluded_tags, back.refund_to) == (
        ("delivered",),
        ("underwear",),
        ("original", "gift_card"),
    )
    assert (exchange.same_product, exchange.within_days) == (False, 15)
    assert (shop.rules.modify_items.final, shop.rules.modify_items.same_product) == (True, True)
    assert shop.rules.change_payment is None
    assert shop.rules.limits.once_per_order == ("return", "exchange")


def test_records_are_immutable() -> None:
    shop, _ = config()
    with pytest.raises(ValidationError):
        shop.currency = "USD"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("id: tiny", "id: 'tiny shop/../x'", "1: error: id: should be letters, digits, '-' and '_' only"),
        ("id: tiny\n", "", "1: error: id is missing"),
        ("currency: CNY", "currency: RMB", "3: error: currency: unknown currency 'RMB' (ISO 4217"),
        ("currency: CNY\n", "", "1: error: currency is missing (ISO 4217, for example CNY)"),
        (
            "timezone: Asia/Shanghai",
            "timezone: Asia/Shangri-La",
            "4: error: timezone: unknown time zone 'Asia/Shangri-La'",
        ),
        (
            "locales: [zh, en]",
            "locales: [zh, fr]",
            "5: error: locales[2]: unknown language 'fr'; known: zh, en",
        ),
        ("locales: [zh, en]", "locales: []", "5: error: locales: is empty"),
        (
            "name: {en: Tiny, zh: 小店}",
            "name: {en: Tiny, fr: Petit}",
            "2: error: name.fr: unknown language 'fr'",
        ),
        ("name: {en: Tiny, zh: 小店}", "name: {en: }", "2: error: name: is empty"),
        ("name: {en: Tiny, zh: 小店}", "name: {en: [a]}", "2: error: name.en: should be text"),
    ],
)
def test_what_is_wrong_in_the_required_keys(old, new, problem) -> None:
    assert old in SHOP
    shop, problems = read(ShopConfig, SHOP.replace(old, new))
    assert shop is None and len(problems) == 1
    assert problems[0].startswith(f"f.yaml:{problem}")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("clock: yesterday", "6: error: clock: not a time: 'yesterday'"),
        (
            "opening: [{days: [mon], from: 9h, to: 18:00}]",
            "6: error: opening[1].from: not a time of day: '9h'",
        ),
        (
            "opening: [{days: [monday], from: 9:00, to: 18:00}]",
            "6: error: opening[1].days[1]: unknown day 'monday'",
        ),
        ("holidays:\n  - {date: 2026-02-30}", "7: error: holidays[1].date: not a date: '2026-02-30'"),
        (
            "rules:\n  cancel:\n    statuses: [payed]",
            "8: error: rules.cancel.statuses[1]: unknown order status 'payed'; did you mean paid?",
        ),
        ("rules:\n  cancel: {}", "7: error: rules.cancel.statuses is missing (for example [paid])"),
        (
            "rules:\n  cancel: {statuses: paid, within_minutes: soon}",
            "7: error: rules.cancel.within_minutes: should be a whole number, not 'soon'",
        ),
        (
            "rules:\n  cancel: {statuses: paid, within_minutes: -1}",
            "7: error: rules.cancel.within_minutes: '-1' is out of range",
        ),
        (
            "rules:\n  return: {statuses: paid, refund_to: cash}",
            "7: error: rules.return.refund_to[1]: unknown refund target 'cash'",
        ),
        (
            "rules:\n  exchange: {statuses: paid, same_product: maybe}",
            "7: error: rules.exchange.same_product: should be true or false, not 'maybe'",
        ),
        (
            "rules:\n  limits: {once_per_order: [refund]}",
            "7: error: rules.limits.once_per_order[1]: unknown flow 'refund'",
        ),
        ("rules: [cancel]", "6: error: rules: should be a mapping"),
        ("contact:\n  emial: a@b.example", "7: warning: unknown key 'emial'; did you mean email?"),
        ("rules:\n  cancle: {statuses: paid}", "7: warning: unknown key rules.cancle; it is ignored"),
        ("thresholds: [1]", "6: error: thresholds: should be text"),
    ],
)
def test_what_is_wrong_in_the_other_keys(more, problem) -> None:
    _, problems = config(more)
    assert len(problems) == 1 and problems[0].startswith(f"f.yaml:{problem}"), problems


def test_unknown_keys_hide_nothing_else() -> None:
    shop, problems = config("colour: red\nclock: never\nrules: {cancel: {statuses: paid, now: 1}}")
    assert shop is None
    assert [p.split(": ")[1] for p in problems] == ["warning", "error", "warning"]


def test_faq_languages_follow_the_other_side() -> None:
    entry, problems = read(FaqEntry, "id: x\nq: [one, two]\na: {en: yes}")
    assert problems == [] and entry.q == {"en": ("one", "two")} and entry.a == {"en": "yes"}
    entry, _ = read(FaqEntry, "id: x\nq: {zh: 一}\na: yes")
    assert entry.q == {"zh": ("一",)} and entry.a == {"zh": "yes"}
    entry, _ = read(FaqEntry, "id: x\nq: one\na: yes")
    assert entry.q == {"zh": ("one",), "en": ("one",)} and entry.a == {"zh": "yes", "en": "yes"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id: x\nq: {en: [a]}", "1: error: a is missing (the answer"),
        ("id: x\na: {en: b}", "1: error: q is missing (the questions"),
        ("id: x\nq: {en: []}\na: {en: b}", "2: error: q.en: is empty"),
        ("id: x\nq: {en: ['']}\na: {en: b}", "2: error: q.en[1]: is empty"),
        ("id: x\nq: {en: [a]}\na: {en: '  '}", "3: error: a.en: is empty"),
        ("id: x\nq: {}\na: {en: b}", "2: error: q: is empty"),
        ("id: x y\nq: {en: [a]}\na: {en: b}", "1: error: id: 'x y' is no id"),
        ("id: x#y\nq: {en: [a]}\na: {en: b}", "1: error: id: 'x#y' is no id"),
        (
            "id: x\nq: {en: [a]}\na: {en: b}\nurl: 'javascript:alert(1)'",
            "4: error: url: 'javascript:alert(1)' is no link",
        ),
        ("id: x\nq: {en: [a]}\na: {en: b}\nurl: 'https://x.example/ onload='", "4: error: url: "),
        ("id: x\nq: {en: [a]}\na: {jp: b}", "3: error: a.jp: unknown language 'jp'"),
    ],
)
def test_what_is_wrong_in_an_answer(text, problem) -> None:
    entry, problems = read(FaqEntry, text)
    assert entry is None and len(problems) == 1 and problems[0].startswith(f"f.yaml:{problem}"), problems


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/a?b=c#d",
        "http://x.example",
        "/help/returns",
        "help.html",
        "mailto:a@b.example",
        "tel:120",
    ],
)
def test_links(url) -> None:
    entry, problems = read(FaqEntry, f"id: x\nq: a\na: b\nurl: '{url}'")
    assert problems == [] and entry.url == url


def test_intents() -> None:
    intent, problems = read(ShopIntent, "name: cancel\ncommand: StartFlow\nexamples: {en: [stop it]}")
    assert problems == [] and intent.flow == "cancel" and intent.examples == {"en": ("stop it",)}
    for text, says in (
        ("name: x\ncommand: StartFlow\nexamples: {en: [a]}", "1: error: StartFlow needs `flow`"),
        (
            "name: x\ncommand: Serach\nexamples: {en: [a]}",
            "2: error: command: unknown command 'Serach'; did you mean Search?",
        ),
        (
            "name: x\ncommand: StartFlow\nflow: refund\nexamples: {en: [a]}",
            "3: error: flow: unknown flow 'refund'",
        ),
        ("name: x\ncommand: Search", "1: error: examples is missing"),
    ):
        intent, problems = read(ShopIntent, text)
        assert intent is None and [p.startswith(f"f.yaml:{says}") for p in problems] == [True], problems


def test_product_amounts_follow_the_currency() -> None:
    product, problems = read(Product, "id: a\nname: A\nprice: 12.5\nstock: 3\nweight: 2 kg")
    assert problems == [] and product.price == Decimal("12.50") and product.stock == 3
    assert product.weight == "2 kg"
    for text, says in (
        ("price: -1", "is negative"),
        ("price: 0.001", "decimals"),
        ("price: free", "not an amount"),
        ("stock: -2", "range"),
    ):
        product, problems = read(Product, f"id: a\nname: A\n{text}")
        assert product is None and problems[0].startswith("f.yaml:3: error: ") and says in problems[0]
    product, problems = read(Product, "id: a\nname: A\nprice: 12.5", FieldContext(currency="JPY"))
    assert product is None and "more than 0 decimals" in problems[0]


def test_a_nearly_right_key_of_a_product_is_warned_about() -> None:
    product, problems = read(Product, "id: a\nname: A\nprise: 3")
    assert product is not None and problems == ["f.yaml:3: warning: unknown key 'prise'; did you mean price?"]


OFFER = "id: o\ntitle: Sale\nstarts_at: 2026-11-01\nends_at: 2026-11-11\ndiscount: {kind: percent, value: 15}\n"


def test_offers() -> None:
    offer, problems = read(Offer, OFFER)
    assert problems == []
    assert offer.starts_at.isoformat() == "2026-11-01T00:00:00+00:00"
    assert offer.ends_at.isoformat() == "2026-11-11T23:59:59+00:00"
    assert offer.holdout == 0.1 and offer.discount.value == 15
    for old, new, says in (
        ("ends_at: 2026-11-11", "ends_at: 2026-10-31", "1: error: ends_at is not after starts_at"),
        ("value: 15", "value: 150", "5: error: discount: 150 percent is more than 100"),
        ("value: 15", "value: 0", "5: error: discount.value: '0' is out of range"),
        ("value: 15", "value: NaN", "5: error: discount.value: should be a number, not 'NaN'"),
        ("kind: percent", "kind: gift", "5: error: discount.kind: unknown kind of discount 'gift'"),
        ("starts_at: 2026-11-01", "starts_at: then", "3: error: starts_at: not a time: 'then'"),
    ):
        offer, problems = read(Offer, OFFER.replace(old, new))
        assert offer is None and [p.startswith(f"f.yaml:{says}") for p in problems] == [True], problems
    assert read(Offer, OFFER + "holdout: 2")[1][0].startswith("f.yaml:6: error: holdout: '2' is out of range")


def test_pick_falls_back_by_locale() -> None:
    assert pick({"en": "a", "zh": "b"}, "zh") == "b"
    assert pick({"en": "a"}, "zh", ["zh", "en"]) == "a"
    assert pick({"zh": "b"}, "en") == "b"
    assert pick({}, "en") == ""
