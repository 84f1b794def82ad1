"""Writes data/*.csv from make_data.yaml, products.yaml and a seed. Knows nothing of the bot.

    python knowledge_base/make_data.py [--out DIR]

The same inputs give the same bytes on every machine and Python version: the only source of chance is
`random.Random.random()`, whose sequence Python promises to keep. Nothing lies after the shop's clock.

- customers, payment_methods, orders, order_lines: make_data.yaml lists them by hand, so that both sides of
  each rule's time window occur. Prices come from products.yaml, the shipping fee from the zone and the tier,
  and total = lines + shipping_fee - discount.
- shipments, shipment_events: follow from the orders; a parcel's status fixes how far its route has come.
- events: 1,000 in 90 days. Everyone likes two or three categories, comes mostly in the evening, and passes
  search -> view -> cart -> purchase, each step rarer than the one before; few products take most of the
  views; the pairs are bought together, and consumables again after 25 to 40 days. A paid order of these 90
  days that was not cancelled has one purchase event a line, with its time and value. Purchases without
  order_id are guests' orders, which the data does not hold.
- ratings: 150, of products that the user saw in events.csv, high in a liked category and low elsewhere.
  A rating event has its row here.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=timezone(timedelta(hours=8)))
SEED = 20261101
DAYS = 90
EVENTS = 1000
RATINGS = 150
VISITORS = 60

ADDRESS = ("recipient", "phone", "address1", "address2", "district", "city", "region", "country", "postcode")
CARRIERS = (("ZTO Express", "ZT"), ("SF Express", "SF"), ("YTO Express", "YT"))

Row = dict[str, str]


class Chance:
    """Draws made from `random.Random.random()` alone."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed).random

    def yes(self, probability: float) -> bool:
        return self._draw() < probability

    def real(self, low: float, high: float) -> float:
        return low + self._draw() * (high - low)

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._draw() * (high - low + 1))

    def one(self, values: Sequence[Any], weights: Sequence[int] | None = None) -> Any:
        left = self._draw() * (sum(weights) if weights else len(values))
        for value, weight in zip(values, weights or [1] * len(values), strict=True):
            left -= weight
            if left < 0:
                return value
        return values[-1]

    def some(self, values: Sequence[Any], count: int) -> list[Any]:
        """`count` of the values, none twice."""
        left = list(values)
        return [left.pop(self.whole(0, len(left) - 1)) for _ in range(count)]


@dataclass(frozen=True)
class Item:
    """A sku of the catalogue with what the tables need of its product."""

    product: str
    price: Decimal


@dataclass(frozen=True)
class Parcel:
    """One parcel of an order; `shipped` is when its label was printed if it has come no further."""

    status: str
    shipped: datetime
    delivered: datetime | None


@dataclass(frozen=True)
class Order:
    """One order of the plan; `lines` are (sku, quantity), `zone` is an entry of the plan's zones."""

    id: str
    customer: Row
    placed: datetime
    status: str
    payment: str
    lines: list[tuple[str, int]]
    delivered: datetime | None
    parcels: list[Parcel]
    zone: dict[str, Any]
    discount: Decimal
    note: str


@dataclass
class Shopper:
    """A customer or an anonymous visitor; `seen` is when each product was last looked at."""

    customer: str
    visitor: str
    locale: str
    likes: list[str]
    since: datetime
    seen: dict[str, datetime] = field(default_factory=dict)
    rated: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        return self.customer or self.visitor


class Plan:
    """make_data.yaml and products.yaml, read."""

    def __init__(self) -> None:
        self.raw: dict[str, Any] = yaml.safe_load((HERE / "make_data.yaml").read_text(encoding="utf-8"))
        self.products: list[dict[str, Any]] = yaml.safe_load((HERE / "products.yaml").read_text(encoding="utf-8"))

    def rows(self, table: str, columns: str) -> list[Row]:
        return [dict(zip(self.raw[columns], row.split("|"), strict=True)) for row in self.raw[table]]

    @cached_property
    def customers(self) -> list[Row]:
        return self.rows("customers", "customer_columns")

    @cached_property
    def items(self) -> dict[str, Item]:
        """Every sku; a product without variants is its own."""
        found = {}
        for product in self.products:
            for variant in product.get("variants") or [product | {"sku": product["id"]}]:
                found[variant["sku"]] = Item(product["id"], Decimal(str(variant["price"])).quantize(Decimal("0.01")))
        return found

    @cached_property
    def orders(self) -> list[Order]:
        people = {row["id"]: row for row in self.customers}
        return [self._order(row, people[row["customer"]]) for row in self.rows("orders", "order_columns")]

    def _order(self, row: Row, customer: Row) -> Order:
        items = [part.partition("*") for part in row["items"].split()]
        delivered = moment(row["delivered"]) if row["delivered"] else None
        left = dispatch(row, abroad=customer["country"] != "CN")
        return Order(
            id=row["id"],
            customer=customer,
            placed=moment(row["placed"]),
            status=row["status"],
            payment=row["payment"],
            lines=[(sku, int(count or 1)) for sku, _, count in items],
            delivered=delivered,
            parcels=[parcel(text, left, delivered) for text in row["parcels"].split()],
            zone=self._zone(customer),
            discount=Decimal(row["discount"]),
            note=row["note"],
        )

    def _zone(self, customer: Row) -> dict[str, Any]:
        zones: dict[str, dict[str, Any]] = self.raw["zones"]
        if customer["country"] != "CN":
            return zones[customer["country"]] | {"abroad": True}
        if customer["region"] in zones["remote"]["regions"]:
            return zones["remote"]
        return zones["mainland"] | {"free_from": self.raw["free_from"][customer["tier"]]}

    def place(self, customer: Row) -> tuple[str, str]:
        """The city's Chinese and English names, whichever the address has."""
        cities: dict[str, str] = self.raw["cities"]
        written = customer["city"].removesuffix("市")
        return next(pair for pair in cities.items() if written in pair)


def moment(text: str) -> datetime:
    """`MM-DD HH:MM` (or with `_`) of 2026 in the shop's timezone."""
    return datetime.strptime(f"2026-{text.replace('_', ' ')}", "%Y-%m-%d %H:%M").replace(tzinfo=NOW.tzinfo)


def iso(when: datetime | None) -> str:
    return when.isoformat() if when else ""


def dispatch(row: Row, abroad: bool) -> datetime:
    """When an order leaves the warehouse by the shipping policy; its number gives the quarter of the hour."""
    placed = moment(row["placed"])
    later = abroad or placed.hour >= 13
    day = placed + timedelta(days=1 if later else 0)
    return day.replace(hour=17, minute=int(row["id"][-1]) % 4 * 15)


def parcel(text: str, left: datetime, order_delivered: datetime | None) -> Parcel:
    """`status[@shipped][>delivered]`."""
    head, _, delivered = text.partition(">")
    status, _, shipped = head.partition("@")
    end = moment(delivered) if delivered else order_delivered
    return Parcel(status, moment(shipped) if shipped else left, end if status == "delivered" else None)


def order_rows(plan: Plan) -> tuple[list[Row], list[Row]]:
    """The rows of orders.csv and order_lines.csv."""
    heads, lines = [], []
    for order in plan.orders:
        goods = Decimal(0)
        for number, (sku, quantity) in enumerate(order.lines, start=1):
            price = plan.items[sku].price
            goods += price * quantity
            line = {"order_id": order.id, "line_no": str(number), "sku": sku}
            lines.append(line | {"quantity": str(quantity), "unit_price": f"{price}"})
        free = goods - order.discount >= Decimal(order.zone["free_from"])
        fee = Decimal(0) if free else Decimal(order.zone["fee"])
        head = {"id": order.id, "customer_id": order.customer["id"], "placed_at": iso(order.placed)}
        head |= {"status": order.status, "payment_method_id": order.payment}
        head |= {name: order.customer[name] for name in ADDRESS}
        head |= {
            "delivered_at": iso(order.delivered),
            "shipping_fee": f"{fee:.2f}",
            "discount": f"{order.discount}",
        }
        heads.append(head | {"total": f"{goods + fee - order.discount}", "note": order.note})
    return heads, lines


def shipment_rows(plan: Plan) -> tuple[list[Row], list[Row]]:
    """The rows of shipments.csv and shipment_events.csv; a parcel only labelled has no shipped_at."""
    shipments, scans = [], []
    for order in plan.orders:
        number = int(order.id[2:])
        carrier, prefix = CARRIERS[1 if order.zone.get("abroad") else number % 3]
        for count, sent in enumerate(order.parcels):
            tracking = f"{prefix}{460_000_000_000 + number * 7_919_731 + count * 104_729}"
            due = (sent.shipped + timedelta(days=order.zone["days"])).replace(hour=21, minute=0)
            row = {"order_id": order.id, "carrier": carrier, "tracking_no": tracking, "status": sent.status}
            row |= {"shipped_at": "" if sent.status == "label_created" else iso(sent.shipped)}
            shipments.append(row | {"estimated_at": iso(due), "delivered_at": iso(sent.delivered)})
            scans += list(scan_rows(plan, order, sent, tracking))
    return shipments, scans


def scan_rows(plan: Plan, order: Order, sent: Parcel, tracking: str) -> Iterator[Row]:
    """The scans of one parcel, oldest first."""
    zh, en = plan.place(order.customer)
    route = plan.raw["routes"].get(sent.status) or {}
    if sent.delivered:
        hours = (sent.delivered - sent.shipped) / timedelta(hours=1)
        route = {"pick_up": 0, "leave": 5, "arrive": round(hours * 0.6)}
        route |= {"customs": round(hours * 0.75)} if order.zone.get("abroad") else {}
        route |= {"out": hours - 2.5, "deliver": hours}
    elif sent.status == "in_transit" and order.zone.get("abroad"):
        route = route | {"customs": 70}
    if en == "Hangzhou":
        route = {name: hours for name, hours in route.items() if name != "leave"}
    before = 0 if sent.status == "label_created" else -2
    for name, hours in {"label": before, **route}.items():
        scan = plan.raw["scans"][name]
        yield {
            "tracking_no": tracking,
            "at": iso(sent.shipped + timedelta(hours=hours)),
            "status": scan["status"],
            "location": "杭州 Hangzhou" if scan.get("home") else f"{zh} {en}",
            "text_en": scan["en"].format(zh=zh, en=en),
            "text_zh": scan["zh"].format(zh=zh, en=en),
        }


class Traffic:
    """Makes the behaviour events, one session after the other, until there are EVENTS of them."""

    def __init__(self, plan: Plan, chance: Chance) -> None:
        self.plan = plan
        self.chance = chance
        self.skew: dict[str, list[int]] = plan.raw["skew"]
        self.category: dict[str, str] = {p["id"]: p["category"] for p in plan.products}
        self.consumables = {p["id"] for p in plan.products if "consumable" in p["tags"]}
        self.shelf = {name: [p for p, c in self.category.items() if c == name] for name in self.skew}
        self.skus: dict[str, list[str]] = {}
        for sku, item in plan.items.items():
            self.skus.setdefault(item.product, []).append(sku)
        self.rows: list[Row] = []
        self.shoppers: list[Shopper] = []

    def run(self) -> None:
        """The sessions behind the orders, then visits of customers, then visitors until there are enough."""
        self._invite()
        people = {who.customer: who for who in self.shoppers if who.customer}
        for order in self.plan.orders:
            if order.placed > NOW - timedelta(days=DAYS):
                self.order(people[order.customer["id"]], order)
        visitors = [who for who in self.shoppers if not who.customer]
        for who in people.values():
            for _ in range(self.chance.whole(3, 6)):
                self.session(who, buys=0.0)
        while len(self.rows) < EVENTS:
            self.session(self.chance.one(visitors), buys=0.5)
        self.rows.sort(key=lambda row: row["at"])

    def _invite(self) -> None:
        start = NOW - timedelta(days=DAYS)
        for number, row in enumerate(self.plan.customers, start=1):
            joined = datetime.fromisoformat(row["joined_at"]).replace(tzinfo=NOW.tzinfo)
            likes = self.plan.raw["likes"][row["id"]]
            self.shoppers.append(Shopper(row["id"], f"V{number:04d}", row["locale"], likes, max(start, joined)))
        for number in range(1, VISITORS + 1):
            likes = self.chance.some(list(self.skew), self.chance.whole(2, 3))
            locale = "zh" if self.chance.yes(0.75) else "en"
            self.shoppers.append(Shopper("", f"V{100 + number:04d}", locale, likes, start))

    def add(self, who: Shopper, when: datetime, kind: str, product: str = "", **more: str) -> None:
        """One event, unless there are enough or it would lie after the clock."""
        if len(self.rows) >= EVENTS or when > NOW:
            return
        if product:
            who.seen[product] = when
        row = {"at": iso(when), "customer_id": who.customer, "visitor_id": who.visitor, "type": kind}
        row |= {"product_id": product, "order_id": "", "query": "", "quantity": "", "value": ""}
        self.rows.append(row | more)

    def search(self, who: Shopper, when: datetime, category: str) -> datetime:
        """A query for the category, now and then for something that the shop does not have."""
        unmet = self.chance.yes(0.06)
        queries = self.plan.raw["unmet_queries"] if unmet else self.plan.raw["queries"][category]
        self.add(who, when, "search", query=self.chance.one(queries[who.locale]))
        return when + timedelta(seconds=self.chance.whole(8, 40))

    def stars(self, who: Shopper, product: str) -> int:
        """1 to 5: 4.3 on average in a liked category, 2.2 elsewhere."""
        mean = 4.3 if self.category[product] in who.likes else 2.2
        return max(1, min(5, round(mean + self.chance.real(-1.3, 1.3))))

    def rate(self, who: Shopper, product: str, when: datetime) -> None:
        """A rating event; nobody rates a product twice."""
        if product not in who.rated:
            who.rated.add(product)
            self.add(who, when, "rating", product, value=str(self.stars(who, product)))

    def order(self, who: Shopper, order: Order) -> None:
        """The session that led to an order; it ends in purchases if the order was paid and not cancelled."""
        products = [self.plan.items[sku].product for sku, _ in order.lines]
        category = self.category[products[0]]
        when = order.placed - timedelta(minutes=4 + 4 * len(products), seconds=self.chance.whole(0, 99))
        if self.chance.yes(0.5):
            when = self.search(who, when, category)
        other = self.chance.one(self.shelf[category], self.skew[category])
        if other not in products:
            self.add(who, when, "view", other)
        for product, (_, quantity) in zip(products, order.lines, strict=True):
            when += timedelta(seconds=self.chance.whole(40, 120))
            self.add(who, when, "view", product)
            when += timedelta(seconds=self.chance.whole(20, 90))
            self.add(who, when, "cart", product, quantity=str(quantity))
        if order.status in ("pending_payment", "cancelled"):
            return
        for product, (sku, quantity) in zip(products, order.lines, strict=True):
            value = f"{self.plan.items[sku].price * quantity}"
            more = {"order_id": order.id, "quantity": str(quantity), "value": value}
            self.add(who, order.placed, "purchase", product, **more)
        if order.delivered and self.chance.yes(0.7):
            self.rate(who, products[0], order.delivered + timedelta(hours=self.chance.whole(20, 150)))

    def session(self, who: Shopper, buys: float) -> None:
        """A visit: one category, up to three products, sometimes the cart, sometimes (`buys`) the till."""
        when = self._evening(who.since)
        category = self.chance.one(who.likes if self.chance.yes(0.8) else list(self.skew))
        if self.chance.yes(0.35):
            when = self.search(who, when, category)
        for _ in range(self.chance.whole(1, 3)):
            product = self.chance.one(self.shelf[category], self.skew[category])
            self.add(who, when, "view", product)
            when += timedelta(seconds=self.chance.whole(25, 200))
            if not self.chance.yes(0.4):
                continue
            self.add(who, when, "cart", product, quantity="1")
            when += timedelta(seconds=self.chance.whole(25, 120))
            if self.chance.yes(buys):
                when = self.buy(who, product, when)

    def _evening(self, since: datetime) -> datetime:
        """A moment between `since` and the clock, in the evening more often than in the morning."""
        day = NOW - timedelta(days=self.chance.whole(1, max(1, (NOW - since).days - 1)))
        hour = self.chance.one(range(7, 24), self.plan.raw["hours"])
        return day.replace(hour=hour, minute=self.chance.whole(0, 59), second=self.chance.whole(0, 59))

    def buy(self, who: Shopper, product: str, when: datetime) -> datetime:
        """A guest's purchase with its partner, a later rating and, for a consumable, the next purchases."""
        basket = [product]
        partner = self.plan.raw["pairs"].get(product)
        if partner and self.chance.yes(0.75):
            self.add(who, when, "view", partner)
            self.add(who, when + timedelta(seconds=45), "cart", partner, quantity="1")
            basket.append(partner)
        paid = when + timedelta(minutes=self.chance.whole(2, 9))
        for bought in basket:
            self._pay(who, bought, paid)
        if self.chance.yes(0.35):
            self.rate(who, product, paid + timedelta(hours=self.chance.whole(90, 300)))
        again = paid
        while product in self.consumables and self.chance.yes(0.6):
            again += timedelta(days=self.chance.whole(25, 40), minutes=self.chance.whole(-90, 90))
            self.add(who, again - timedelta(minutes=2), "cart", product, quantity="1")
            self._pay(who, product, again)
        return paid + timedelta(minutes=1)

    def _pay(self, who: Shopper, product: str, when: datetime) -> None:
        price = self.plan.items[self.chance.one(self.skus[product])].price
        quantity = self.chance.whole(1, 3) if product in self.consumables else 1
        self.add(who, when, "purchase", product, quantity=str(quantity), value=f"{price * quantity}")


def rating_rows(traffic: Traffic, chance: Chance) -> list[Row]:
    """The rows of ratings.csv: every rating event, then ratings of other products that the user looked at."""
    rows: dict[tuple[str, str], Row] = {}
    for row in traffic.rows:
        if row["type"] == "rating":
            user = row["customer_id"] or row["visitor_id"]
            rows[user, row["product_id"]] = {"rating": row["value"], "timestamp": row["at"]}
    seen = [(who, item, when) for who in traffic.shoppers for item, when in who.seen.items()]
    unrated = [visit for visit in seen if (visit[0].id, visit[1]) not in rows]
    for who, item, when in chance.some(unrated, RATINGS - len(rows)):
        later = min(NOW, when + timedelta(minutes=chance.whole(5, 600)))
        rows[who.id, item] = {"rating": str(traffic.stars(who, item)), "timestamp": iso(later)}
    return [{"user": user, "item": item, **rows[user, item]} for user, item in sorted(rows)]


def table(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Rows as CSV: UTF-8, a header, line feeds."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def build() -> dict[str, bytes]:
    """File name -> content of every file in data/."""
    plan, chance = Plan(), Chance(SEED)
    traffic = Traffic(plan, chance)
    traffic.run()
    orders, lines = order_rows(plan)
    shipments, scans = shipment_rows(plan)
    rows = {
        "customers": plan.customers,
        "payment_methods": plan.rows("payment_methods", "payment_method_columns"),
        "orders": orders,
        "order_lines": lines,
        "shipments": shipments,
        "shipment_events": scans,
        "events": traffic.rows,
        "ratings": rating_rows(traffic, chance),
    }
    return {f"{name}.csv": table(content) for name, content in rows.items()}


def main() -> None:
    """Writes the files."""
    parser = argparse.ArgumentParser(description="Write the sample shop's data files.")
    parser.add_argument("--out", type=Path, default=HERE / "data", help="default: data/ beside this file")
    folder: Path = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in build().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
