"""A small made-up shop, a customer and an order for the tests of bot/orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.orders.records import Address, Customer, Order, OrderLine, Payment, PaymentMethod
from bot.shop.types import Product, Rules, Variant

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=ZONE)


def at(text: str) -> datetime:
    """A local time of the shop."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def _product(name: str, prices: dict[str, str], tags: tuple[str, ...] = ()) -> Product:
    variants = tuple(
        Variant(sku=sku, options={"color": sku.split("-")[1].lower()}, price=Decimal(price))
        for sku, price in prices.items()
    )
    return Product(id=name, name={"en": name.title()}, tags=tags, variants=variants)


PRODUCTS = {
    variant.sku: (product, variant)
    for product in (
        _product("mug", {"MUG-RED": "10.00", "MUG-BLUE": "12.50", "MUG-GOLD": "99.00", "MUG-GREY": "4.00"}),
        _product("pan", {"PAN-RED": "80.00", "PAN-BLUE": "70.00"}),
        _product("sock", {"SOCK-RED": "5.00", "SOCK-BLUE": "5.00"}, ("underwear",)),
    )
    for variant in product.variants
}
STOCK: dict[str, int | None] = dict.fromkeys(PRODUCTS, 9) | {"MUG-GREY": 0, "PAN-BLUE": None}
RULES = Rules.model_validate(
    {
        "cancel": {
            "statuses": ["pending_payment", "paid"],
            "within_minutes": 30,
            "reasons": [{"id": "mistake", "en": "Ordered by mistake", "zh": "拍错了"}, "too slow"],
        },
        "return": {
            "statuses": ["delivered"],
            "within_days": 7,
            "excluded_tags": ["underwear"],
            "refund_to": ["original", "gift_card"],
        },
        "exchange": {"statuses": ["delivered"], "within_days": 15},
        "modify_items": {"statuses": ["paid", "pending_payment"]},
        "change_address": {"statuses": ["paid"]},
        "change_payment": {"statuses": ["paid", "pending_payment"]},
    }
)
HOME = Address("Lin", "170", "1 Lane", "2", "West", "Hangzhou", "Zhejiang", "CN", "310012")
AWAY = Address("Lin", "170", "9 Road", "", "", "Shanghai", "Shanghai", "CN", "200000")
CUSTOMER = Customer(
    id="C1",
    name="Lin",
    email="lin@example.com",
    phone="170",
    locale="en",
    joined_at="2025-01-01",
    tier="gold",
    address=HOME,
    payment_methods=(
        PaymentMethod("CARD", "C1", "card", "Card 6018"),
        PaymentMethod("GIFT", "C1", "gift_card", "Gift card", 5000),
        PaymentMethod("PAY", "C1", "paypal", "PayPal"),
        PaymentMethod("CREDIT", "C1", "store_credit", "Store credit"),
    ),
)
LINES = (
    OrderLine(1, "MUG-RED", "mug", {"color": "red"}, 3, 1000),
    OrderLine(2, "PAN-RED", "pan", {"color": "red"}, 1, 8000),
    OrderLine(3, "SOCK-RED", "sock", {"color": "red"}, 2, 500),
)
# 30.00 + 80.00 + 10.00 of goods, 8.00 for shipping, 7.00 off.
PAID = Order(
    id="LC1",
    customer_id="C1",
    status="paid",
    placed_at=at("2026-11-01T11:45"),
    currency="CNY",
    total=12100,
    payment_method_id="CARD",
    address=HOME,
    lines=LINES,
    shipping_fee=800,
    discount=700,
    payments=(Payment("payment", 12100, "CARD"),),
)
UNPAID = replace(PAID, status="pending_payment", payments=())
DELIVERED = replace(PAID, status="delivered", placed_at=at("2026-10-20T09:00"), delivered_at=at("2026-10-27T18:00"))
