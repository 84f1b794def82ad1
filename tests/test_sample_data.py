"""The sample shop's products, offers and data are complete, consistent, reproducible and as they claim."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path

import pytest
import yaml

SHOP = Path(__file__).resolve().parent.parent / "knowledge_base"
NOW = datetime.fromisoformat("2026-11-01T12:00:00+08:00")
ADDRESS = "address1,address2,district,city,region,country,postcode"
FILES = {
    "customers": f"id,name,email,phone,locale,joined_at,tier,recipient,{ADDRESS},marketing_consent",
    "payment_methods": "id,customer_id,kind,label,balance",
    "orders": f"id,customer_id,placed_at,status,payment_method_id,recipient,phone,{ADDRESS},delivered_at,"
    "shipping_fee,discount,total,note",
    "order_lines": "order_id,line_no,sku,quantity,unit_price",
    "shipments": "order_id,carrier,tracking_no,status,shipped_at,estimated_at,delivered_at",
    "shipment_events": "tracking_no,at,status,location,text_en,text_zh",
    "events": "at,customer_id,visitor_id,type,product_id,order_id,query,quantity,value",
    "ratings": "user,item,rating,timestamp",
}
ORDER_STATUSES = {
    "pending_payment",
    "paid",
    "shipped",
    "delivered",
    "cancelled",
    "return_requested",
    "returned",
    "exchange_requested",
    "exchanged",
}
ARRIVED = {"delivered", "return_requested", "returned", "exchange_requested", "exchanged"}
PAIRS = [
    ("songfeng-kettle", "wuyu-tea-set"),
    ("yuewan-desk-lamp", "muxi-dot-notebook"),
    ("yuanxing-suitcase", "chengnan-packing-cubes"),
    ("yunmian-duvet-cover", "ruanyu-latex-pillow"),
    ("moyun-fountain-pen", "moyun-ink-cartridges"),
]


def rows(name):
    with (SHOP / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(name):
    return yaml.safe_load((SHOP / name).read_text(encoding="utf-8"))


def at(text):
    return datetime.fromisoformat(text)


def by_id(name):
    return {row["id"]: row for row in rows(name)}


def skus():
    """sku -> (product, variant)."""
    found = {}
    for product in load("products.yaml"):
        for variant in product.get("variants") or [product | {"sku": product["id"]}]:
            assert variant["sku"] not in found
            found[variant["sku"]] = (product, variant)
    return found


def lines_of():
    lines = defaultdict(list)
    for line in rows("order_lines"):
        lines[line["order_id"]].append(line)
    return lines


def days_since_delivery(order):
    return (NOW.date() - at(order["delivered_at"]).date()).days


def user(event):
    return event["customer_id"] or event["visitor_id"]


# ------------------------------------------------------------------------------------------------ catalogue


def test_thirty_products_five_a_category_in_both_languages():
    products = load("products.yaml")
    assert Counter(p["category"] for p in products) == dict.fromkeys(
        ("lighting", "kitchen", "bedding", "bags", "stationery", "loungewear"), 5
    )
    for product in products:
        assert set(product["name"]) == set(product["description"]) == {"en", "zh"}
        assert any(c.isdigit() for c in product["description"]["en"])
        assert any("一" <= c <= "鿿" for c in product["description"]["zh"])
    for language in ("en", "zh"):
        assert len({p["name"][language] for p in products}) == 30


def test_both_languages_of_a_description_state_the_same_numbers():
    def figures(text):
        return {float(number) for number in re.findall(r"\d+(?:\.\d+)?", text.replace(",", ""))}

    for product in load("products.yaml"):
        en, zh = (figures(product["description"][lang]) for lang in ("en", "zh"))
        # English prose spells small numbers out.
        assert {n for n in en ^ zh if n > 12} == set(), product["id"]


def test_variants_have_plain_options_and_some_are_sold_out():
    products = load("products.yaml")
    with_variants = [p for p in products if "variants" in p]
    assert len(with_variants) >= 20
    assert all(2 <= len(p["variants"]) <= 6 for p in with_variants)
    for product in with_variants:
        names = {tuple(v["options"]) for v in product["variants"]}
        assert len(names) == 1
        assert len({tuple(v["options"].values()) for v in product["variants"]}) == len(product["variants"])
        values = [value for v in product["variants"] for value in v["options"].values()]
        assert all(isinstance(value, str) and value == value.lower() and value.isascii() for value in values)
    assert any(len({v["price"] for v in p["variants"]}) > 1 for p in with_variants)
    assert sum(variant["stock"] == 0 for _, variant in skus().values()) >= 5
    assert all(Decimal(str(v["price"])) > 0 and v["stock"] >= 0 for _, v in skus().values())


@pytest.mark.parametrize("tag", ["underwear", "final_sale", "consumable"])
def test_the_tags_that_rules_and_recommendations_need_occur(tag):
    assert sum(tag in p["tags"] for p in load("products.yaml")) >= 3


def test_offers_are_valid_at_the_clock_and_point_at_the_catalogue():
    offers, products = load("offers.yaml"), load("products.yaml")
    assert 2 <= len(offers) <= 3
    for offer in offers:
        starts, ends = (at(str(offer[key])) for key in ("starts_at", "ends_at"))
        assert starts < NOW < ends
        assert set(offer["title"]) == set(offer["terms"]) == {"en", "zh"}
        assert offer["code"] in offer["terms"]["en"] and offer["code"] in offer["terms"]["zh"]
        assert set(offer.get("products", [])) <= {p["id"] for p in products}
        assert set(offer.get("categories", [])) <= {p["category"] for p in products}


# ------------------------------------------------------------------------------------------------ the files


@pytest.mark.parametrize("name", FILES)
def test_columns_are_those_of_the_format(name):
    assert ",".join(rows(name)[0]) == FILES[name]


@pytest.mark.parametrize(("name", "count"), [("customers", 15), ("orders", 40), ("events", 1000), ("ratings", 150)])
def test_counts(name, count):
    assert len(rows(name)) == count


def test_generating_again_gives_the_same_bytes(tmp_path):
    command = [sys.executable, str(SHOP / "make_data.py"), "--out", str(tmp_path / "data")]
    subprocess.run(command, check=True, cwd=tmp_path)
    made = {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()}
    kept = {path.name: path.read_bytes() for path in (SHOP / "data").glob("*.csv")}
    assert set(made) == set(kept) == {f"{name}.csv" for name in FILES}
    assert [name for name in kept if made[name] != kept[name]] == []


# ------------------------------------------------------------------------------------------------ customers


def test_customers_of_both_locales_all_tiers_and_several_places():
    customers = rows("customers")
    assert {c["locale"] for c in customers} == {"zh", "en"}
    assert {c["tier"] for c in customers} == {"regular", "silver", "gold"}
    assert {c["country"] for c in customers} == {"CN", "HK", "SG"}
    assert len({c["city"] for c in customers}) >= 8
    assert len({c["email"] for c in customers}) == len({c["phone"] for c in customers}) == 15
    for customer in customers:
        assert customer["email"].rsplit("@")[1] in {"example.com", "example.org", "example.net"}
        prefix, digits = {"CN": ("+861", 14), "HK": ("+852", 12), "SG": ("+65", 11)}[customer["country"]]
        assert customer["phone"].startswith(prefix) and len(customer["phone"]) == digits


def test_each_customer_has_one_to_three_payment_methods_and_gift_cards_a_balance():
    methods = rows("payment_methods")
    assert set(Counter(m["customer_id"] for m in methods)) == set(by_id("customers"))
    assert set(Counter(m["customer_id"] for m in methods).values()) <= {1, 2, 3}
    assert {m["kind"] for m in methods} == {"card", "paypal", "alipay", "wechat", "gift_card", "store_credit"}
    for method in methods:
        assert bool(method["balance"]) == (method["kind"] in ("gift_card", "store_credit"))
    balances = {Decimal(m["balance"]) for m in methods if m["kind"] == "gift_card"}
    assert min(balances) == 0 < max(balances)


# ------------------------------------------------------------------------------------------------ orders


def test_every_order_status_occurs_and_nothing_is_older_than_120_days():
    orders = rows("orders")
    assert {o["status"] for o in orders} == ORDER_STATUSES
    assert all(NOW - timedelta(days=120) <= at(o["placed_at"]) <= NOW for o in orders)
    for order in orders:
        assert bool(order["delivered_at"]) == (order["status"] in ARRIVED), order["id"]
        if order["delivered_at"]:
            assert at(order["placed_at"]) < at(order["delivered_at"]) <= NOW
    assert [o["id"] for o in orders] == [o["id"] for o in sorted(orders, key=lambda o: at(o["placed_at"]))]


def test_totals_add_up_exactly():
    lines = lines_of()
    for order in rows("orders"):
        goods = sum(Decimal(line["unit_price"]) * int(line["quantity"]) for line in lines[order["id"]])
        assert goods + Decimal(order["shipping_fee"]) - Decimal(order["discount"]) == Decimal(order["total"])
        assert all(len(order[name].split(".")[1]) == 2 for name in ("shipping_fee", "discount", "total"))
        assert Decimal(order["total"]) > 0


def test_orders_customers_lines_and_skus_refer_to_each_other():
    customers, methods, catalogue = by_id("customers"), by_id("payment_methods"), skus()
    lines, orders = lines_of(), by_id("orders")
    assert set(lines) == set(orders)
    for order in orders.values():
        assert order["customer_id"] in customers
        assert at(customers[order["customer_id"]]["joined_at"]).date() <= at(order["placed_at"]).date()
        assert methods[order["payment_method_id"]]["customer_id"] == order["customer_id"]
        assert [int(line["line_no"]) for line in lines[order["id"]]] == list(range(1, len(lines[order["id"]]) + 1))
        for line in lines[order["id"]]:
            assert Decimal(line["unit_price"]) == Decimal(str(catalogue[line["sku"]][1]["price"]))
    assert set(customers) - {o["customer_id"] for o in orders.values()}, "a customer without orders is needed"
    assert max(Counter(o["customer_id"] for o in orders.values()).values()) >= 4


@pytest.mark.parametrize(
    ("order_id", "fee"),
    [
        ("LC46512", "8.00"),  # regular member, 63.00: below 99
        ("LC46570", "0.00"),  # regular member, 129.00
        ("LC46750", "8.00"),  # silver member, 36.00: below 59
        ("LC42671", "0.00"),  # silver member, 81.00
        ("LC43408", "0.00"),  # gold member
        ("LC45226", "20.00"),  # Xinjiang, 149.00: below 299
        ("LC45796", "0.00"),  # Xinjiang, 899.00
        ("LC46359", "35.00"),  # Hong Kong, 149.00: below 499
        ("LC44871", "0.00"),  # Hong Kong, 508.00
        ("LC45301", "35.00"),  # Hong Kong, a gold member pays it too
        ("LC45810", "68.00"),  # Singapore
    ],
)
def test_shipping_fees_follow_the_shops_delivery_prices(order_id, fee):
    assert by_id("orders")[order_id]["shipping_fee"] == fee


def test_both_sides_of_the_cancellation_window_occur():
    minutes = defaultdict(list)
    for order in rows("orders"):
        minutes[order["status"]].append((NOW - at(order["placed_at"])) / timedelta(minutes=1))
    assert {10, 29, 31, 180} <= set(minutes["paid"])
    assert any(m <= 30 for m in minutes["pending_payment"]) and any(m > 30 for m in minutes["pending_payment"])


def test_both_sides_of_the_return_and_exchange_windows_occur():
    delivered = [o for o in rows("orders") if o["status"] == "delivered"]
    days = {days_since_delivery(o) for o in delivered}
    assert {0, 3, 7, 8, 14, 15, 16} <= days
    # Counting 7 times 24 hours instead of calendar days gets one of these wrong.
    elapsed = {o["id"]: NOW - at(o["delivered_at"]) for o in delivered}
    assert any(days_since_delivery(o) == 7 and elapsed[o["id"]] > timedelta(days=7) for o in delivered)
    assert any(days_since_delivery(o) == 15 and elapsed[o["id"]] > timedelta(days=15) for o in delivered)


def test_excluded_goods_lie_inside_the_return_window():
    catalogue, lines = skus(), lines_of()

    def excluded(order):
        tags = [set(catalogue[line["sku"]][0]["tags"]) for line in lines[order["id"]]]
        return [bool(found & {"underwear", "final_sale"}) for found in tags]

    open_orders = [o for o in rows("orders") if o["status"] == "delivered" and days_since_delivery(o) <= 7]
    assert any(all(excluded(o)) for o in open_orders)
    assert any(any(excluded(o)) and not all(excluded(o)) for o in open_orders)
    assert any(not any(excluded(o)) for o in open_orders)


# ------------------------------------------------------------------------------------------------ parcels


def test_parcels_in_every_status_belong_to_orders_that_have_left():
    orders, shipments = by_id("orders"), rows("shipments")
    assert {s["status"] for s in shipments} == {
        "label_created",
        "in_transit",
        "out_for_delivery",
        "delivery_failed",
        "delivered",
        "delayed",
        "returned",
        "lost",
    }
    left = {o["id"] for o in orders.values() if o["status"] in ARRIVED | {"shipped"}}
    assert {s["order_id"] for s in shipments} == left
    assert max(Counter(s["order_id"] for s in shipments).values()) == 2
    arrival = defaultdict(list)
    for shipment in shipments:
        assert bool(shipment["delivered_at"]) == (shipment["status"] == "delivered")
        assert bool(shipment["shipped_at"]) == (shipment["status"] != "label_created")
        if shipment["shipped_at"]:
            placed = at(orders[shipment["order_id"]]["placed_at"])
            assert placed < at(shipment["shipped_at"]) < at(shipment["estimated_at"])
        arrival[shipment["order_id"]].append(shipment["delivered_at"])
    for order_id, times in arrival.items():
        if orders[order_id]["delivered_at"]:
            assert max(times) == orders[order_id]["delivered_at"]


def test_the_last_scan_agrees_with_the_parcel():
    scans = defaultdict(list)
    for scan in rows("shipment_events"):
        scans[scan["tracking_no"]].append(scan)
    shipments = {s["tracking_no"]: s for s in rows("shipments")}
    assert len(shipments) == len(rows("shipments")) and set(scans) == set(shipments)
    for number, shipment in shipments.items():
        times = [at(scan["at"]) for scan in scans[number]]
        assert all(a < b for a, b in pairwise(times)), number
        assert times[-1] <= NOW
        assert scans[number][-1]["status"] == shipment["status"]
        if shipment["status"] == "delivered":
            assert scans[number][-1]["at"] == shipment["delivered_at"]
        assert all(scan["text_en"].isascii() and not scan["text_zh"].isascii() for scan in scans[number])


# ------------------------------------------------------------------------------------------------ behaviour


def test_events_refer_to_known_things_and_lie_in_the_90_days():
    events, customers, orders = rows("events"), by_id("customers"), by_id("orders")
    products = {p["id"] for p in load("products.yaml")}
    assert [e["at"] for e in events] == sorted(e["at"] for e in events)
    visitor_of = defaultdict(set)
    for event in events:
        assert NOW - timedelta(days=91) <= at(event["at"]) <= NOW
        assert event["visitor_id"]
        assert event["customer_id"] in customers or not event["customer_id"]
        assert event["order_id"] in orders or not event["order_id"]
        assert bool(event["query"]) == (event["type"] == "search")
        assert event["product_id"] in products or event["type"] == "search"
        assert bool(event["quantity"]) == (event["type"] in ("cart", "purchase"))
        assert bool(event["value"]) == (event["type"] in ("purchase", "rating"))
        visitor_of[event["customer_id"]].add(event["visitor_id"])
        if event["customer_id"]:
            assert at(event["at"]).date() >= date.fromisoformat(customers[event["customer_id"]]["joined_at"])
    visitor_of.pop("")
    assert all(len(visitors) == 1 for visitors in visitor_of.values())


def test_purchases_of_customers_are_exactly_their_orders():
    catalogue, lines = skus(), lines_of()
    expected = Counter()
    for order in rows("orders"):
        if at(order["placed_at"]) < NOW - timedelta(days=90) or order["status"] in (
            "pending_payment",
            "cancelled",
        ):
            continue
        for line in lines[order["id"]]:
            value = Decimal(line["unit_price"]) * int(line["quantity"])
            product = catalogue[line["sku"]][0]["id"]
            expected[order["customer_id"], order["id"], order["placed_at"], product, line["quantity"], str(value)] += 1
    keys = ("customer_id", "order_id", "at", "product_id", "quantity", "value")
    purchases = [e for e in rows("events") if e["type"] == "purchase"]
    assert Counter(tuple(e[k] for k in keys) for e in purchases if e["customer_id"]) == expected
    assert all(not e["order_id"] for e in purchases if not e["customer_id"])


def test_the_funnel_narrows_and_a_few_products_take_most_views():
    kinds = Counter(e["type"] for e in rows("events"))
    assert set(kinds) == {"view", "search", "cart", "purchase", "rating"}
    assert kinds["view"] > 1.5 * kinds["cart"] > 1.5 * kinds["purchase"] > 100
    views = [n for _, n in Counter(e["product_id"] for e in rows("events") if e["type"] == "view").most_common()]
    assert sum(views[:6]) > 0.35 * sum(views)
    assert len(views) >= 28


def test_searches_are_in_both_languages():
    queries = [e["query"] for e in rows("events") if e["type"] == "search"]
    english = sum(q.isascii() for q in queries)
    assert english >= 10 and len(queries) - english >= 30


def test_users_keep_to_their_interests():
    category = {p["id"]: p["category"] for p in load("products.yaml")}
    seen = defaultdict(Counter)
    for event in rows("events"):
        if event["type"] == "view":
            seen[user(event)][category[event["product_id"]]] += 1
    busy = [counts for counts in seen.values() if counts.total() >= 8]
    share = sum(sum(n for _, n in c.most_common(3)) for c in busy) / sum(c.total() for c in busy)
    assert len(busy) >= 15
    assert share > 0.8


def test_consumables_are_bought_again():
    tags = {p["id"]: p["tags"] for p in load("products.yaml")}
    bought = Counter((user(e), e["product_id"]) for e in rows("events") if e["type"] == "purchase")
    again = [product for (_, product), count in bought.items() if count > 1 and "consumable" in tags[product]]
    assert len(again) >= 5
    assert len(set(again)) >= 3


@pytest.mark.parametrize("basket_of", ["user", "visit"])
def test_planted_pairs_are_bought_together(basket_of):
    """Lift = P(a and b) / (P(a) P(b)) over users who bought something, and over single purchases."""
    baskets = defaultdict(set)
    for event in rows("events"):
        if event["type"] == "purchase":
            baskets[user(event), event["at"] if basket_of == "visit" else ""].add(event["product_id"])
    single, both = Counter(), Counter()
    for basket in baskets.values():
        single.update(basket)
        both.update(combinations(sorted(basket), 2))
    for a, b in PAIRS:
        together = both[tuple(sorted((a, b)))]
        assert together >= 2, (a, b)
        assert together * len(baskets) / (single[a] * single[b]) > 2, (a, b)


def test_ratings_are_of_seen_products_and_follow_taste():
    events, ratings = rows("events"), rows("ratings")
    category = {p["id"]: p["category"] for p in load("products.yaml")}
    first_seen, views = {}, defaultdict(Counter)
    for event in events:
        if event["product_id"]:
            first_seen.setdefault((user(event), event["product_id"]), event["at"])
            views[user(event)][category[event["product_id"]]] += 1
    assert len({(r["user"], r["item"]) for r in ratings}) == len(ratings)
    for rating in ratings:
        assert rating["rating"] in set("12345")
        assert at(first_seen[rating["user"], rating["item"]]) <= at(rating["timestamp"]) <= NOW
    known = {(r["user"], r["item"], r["rating"], r["timestamp"]) for r in ratings}
    rated = [e for e in events if e["type"] == "rating"]
    assert {(user(e), e["product_id"], e["value"], e["at"]) for e in rated} <= known
    liked, other = [], []
    for rating in ratings:
        counts = views[rating["user"]]
        often = counts[category[rating["item"]]] / counts.total() >= 0.25
        (liked if often else other).append(int(rating["rating"]))
    assert len(other) >= 10
    assert sum(liked) / len(liked) > sum(other) / len(other) + 0.3
