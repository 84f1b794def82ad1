"""A small invented shop, its customer's orders and texts for the readers' tests."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.orders.records import Address, Order, OrderLine, PaymentMethod
from bot.shop.types import Product, Reason, Variant

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 1, 12, tzinfo=ZONE)  # a Sunday


def _product(id: str, en: str, zh: str, *variants: tuple[str, str, dict[str, str]], **more: object) -> Product:
    return Product(
        id=id,
        name={"en": en, "zh": zh},
        variants=tuple(
            Variant(sku=sku, price=Decimal(price), stock=5, options=options) for sku, price, options in variants
        ),
        **more,
    )


LAMP = _product(
    "lamp",
    "Desk Lamp",
    "月湾台灯",
    ("LAMP-1", "60", {"color": "black", "brightness": "medium", "power source": "USB"}),
    ("LAMP-2", "70", {"color": "white", "brightness": "low", "power source": "battery"}),
    ("LAMP-3", "80", {"color": "black", "brightness": "high", "power source": "AC adapter"}),
    description={"en": "A slim aluminium lamp.", "zh": "铝合金细臂台灯。"},
)
FLOOR_LAMP = _product(
    "floor",
    "Tripod Floor Lamp",
    "三脚落地灯",
    ("FLOOR-1", "200", {"wood": "oak"}),
    ("FLOOR-2", "220", {"wood": "walnut"}),
)
BOOTS = _product(
    "boots",
    "Hiking Boots",
    "登山靴",
    ("BOOTS-1", "120", {"size": "9", "material": "leather", "waterproof": "yes"}),
    ("BOOTS-2", "110", {"size": "8", "material": "synthetic", "waterproof": "no"}),
    ("BOOTS-3", "130", {"size": "10", "material": "leather", "waterproof": "no"}),
)
SHIRT = _product(
    "shirt",
    "T-Shirt",
    "纯棉T恤",
    ("SHIRT-1", "30", {"color": "blue", "size": "XL", "material": "cotton"}),
    ("SHIRT-2", "32", {"color": "black", "size": "L", "material": "polyester"}),
    ("SHIRT-3", "32", {"color": "red", "size": "M", "material": "cotton"}),
)
TABLET = _product(
    "tablet",
    "Tablet",
    "平板电脑",
    ("TAB-1", "500", {"screen size": "10-inch", "storage": "64GB", "color": "silver"}),
    ("TAB-2", "400", {"screen size": "8-inch", "storage": "32GB", "color": "black"}),
    ("TAB-3", "450", {"screen size": "7-inch", "storage": "128GB", "color": "gold"}),
)
WATCH = _product(
    "watch",
    "Smart Watch",
    "智能手表",
    ("WATCH-1", "300", {"color": "gold", "band material": "leather"}),
    ("WATCH-2", "310", {"color": "silver", "band material": "metal"}),
)
KETTLE = _product(
    "kettle",
    "Electric Kettle",
    "松风电水壶",
    ("KETTLE-1", "90", {"color": "black", "capacity": "1L"}),
    ("KETTLE-2", "95", {"color": "white", "capacity": "1.5L"}),
)
KEYBOARD = _product(
    "keyboard",
    "Mechanical Keyboard",
    "机械键盘",
    ("KEY-1", "150", {"switch type": "linear", "backlight": "RGB", "size": "full size"}),
    ("KEY-2", "155", {"switch type": "clicky", "backlight": "none", "size": "full size"}),
    ("KEY-3", "160", {"switch type": "tactile", "backlight": "white", "size": "80%"}),
)
THERMOSTAT = _product(
    "thermostat",
    "Smart Thermostat",
    "智能温控器",
    ("THERM-1", "250", {"compatibility": "Apple HomeKit", "color": "black"}),
    ("THERM-2", "240", {"compatibility": "Google Assistant", "color": "black"}),
    ("THERM-3", "245", {"compatibility": "Amazon Alexa", "color": "white"}),
)
CAMERA = _product(
    "camera",
    "Digital Camera",
    "数码相机",
    ("CAM-1", "600", {"zoom": "3x", "resolution": "24MP"}),
    ("CAM-2", "700", {"zoom": "10x", "resolution": "30MP"}),
    ("CAM-3", "650", {"zoom": "5x", "resolution": "20MP"}),
)
PRODUCTS = (LAMP, FLOOR_LAMP, BOOTS, SHIRT, TABLET, WATCH, KETTLE, KEYBOARD, THERMOSTAT, CAMERA)
CATALOGUE = {variant.sku: (product, variant) for product in PRODUCTS for variant in product.variants}


def line(number: int, sku: str, quantity: int = 1) -> OrderLine:
    product, variant = CATALOGUE[sku]
    return OrderLine(number, sku, product.id, dict(variant.options), quantity, int((variant.price or 0) * 100))


def order(
    id: str, status: str, placed: str, city: str, *lines: OrderLine, region: str = "", delivered: str | None = None
) -> Order:
    total = sum(entry.unit_price * entry.quantity for entry in lines)
    at = datetime.fromisoformat(placed).replace(tzinfo=ZONE)
    arrived = datetime.fromisoformat(delivered).replace(tzinfo=ZONE) if delivered else None
    return Order(
        id,
        "C1",
        status,
        at,
        "CNY",
        total,
        "PM1",
        Address("林晓岚", "", "文三路268号", "", "", city, region, "CN", ""),
        lines,
        arrived,
    )


ORDERS = (
    order("LC50004", "paid", "2026-10-31T10:00", "杭州市", line(1, "SHIRT-1"), line(2, "BOOTS-1"), region="浙江省"),
    order("LC50003", "shipped", "2026-10-27T10:00", "Seattle", line(1, "TAB-1"), line(2, "LAMP-1", 3), region="WA"),
    order(
        "LC50002",
        "delivered",
        "2026-10-20T10:00",
        "上海市",
        line(1, "KETTLE-1"),
        line(2, "TAB-2"),
        line(3, "WATCH-1"),
        delivered="2026-10-23T10:00",
    ),
    order(
        "LC50001",
        "delivered",
        "2026-10-03T10:00",
        "杭州市",
        line(1, "KEY-1"),
        line(2, "THERM-1"),
        line(3, "FLOOR-1"),
        line(4, "CAM-1"),
        region="浙江省",
    ),
)
METHODS = (
    PaymentMethod("PM1", "C1", "card", "Visa ending in 6018"),
    PaymentMethod("PM2", "C1", "gift_card", "礼品卡 尾号 7721", 30000),
    PaymentMethod("PM3", "C1", "paypal", "PayPal"),
    PaymentMethod("PM4", "C1", "card", "Mastercard ending in 9513"),
    PaymentMethod("PM5", "C1", "alipay", "支付宝 lin***@example.com"),
)
REASONS = (
    Reason(id="no_longer_needed", label={"en": "No longer needed", "zh": "不想要了"}),
    Reason(id="ordered_by_mistake", label={"en": "Ordered by mistake", "zh": "拍错了"}),
    Reason(id="found_cheaper", label={"en": "Found it cheaper", "zh": "别处更便宜"}),
    Reason(id="too_slow", label={"en": "Delivery is too slow", "zh": "发货太慢"}),
)
_PIECES = st.sampled_from(
    "yes no not the order # LC50003 and , . ? ! lamp lamps both 2 two of size 8 - $ 5.5 "
    "for to from than if then 不 要 退 换 取消 第二 个 台灯 上周 10 月 3 号 杭州市 路 "
    "12 室 "
    "instead cheaper black 黑色 Suite NY 10001 street İ ß ﬁ ① ½ ㎡ 👍 \n \x00 \ud83d".split(" ")
)
# Any text, and heaps of the words that the readers look for.
TEXTS = st.one_of(
    st.text(max_size=80), st.lists(_PIECES, max_size=25).map(" ".join), st.lists(_PIECES, max_size=25).map("".join)
)
