import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flows.read.lines import read_lines
from bot.flows.read.wishes import read_option, read_sku, read_wish, read_wishes
from tests.flows.read.shop import (
    BOOTS,
    CAMERA,
    CATALOGUE,
    KETTLE,
    KEYBOARD,
    LAMP,
    ORDERS,
    PRODUCTS,
    SHIRT,
    TABLET,
    TEXTS,
    THERMOSTAT,
    WATCH,
)

# product, what is said -> (option, kind, values, steps, soft)
WANTS = [
    (SHIRT, "one size smaller", [("size", "less", (), 1, False)]),
    (SHIRT, "My T-shirt is too big", [("size", "less", (), None, False)]),
    (SHIRT, "the red one", [("color", "set", ("red",), None, False)]),
    (SHIRT, "black or red", [("color", "set", ("black", "red"), None, False)]),
    (
        SHIRT,
        "Black cotton, XL.",
        [
            ("color", "set", ("black",), None, False),
            ("material", "set", ("cotton",), None, False),
            ("size", "set", ("XL",), None, False),
        ],
    ),
    (
        SHIRT,
        "size M, I like the cotton",
        [("material", "prefer", ("cotton",), None, True), ("size", "set", ("M",), None, False)],
    ),
    (SHIRT, "poliester please", [("material", "set", ("polyester",), None, False)]),
    (SHIRT, "exchange the blue one for a black one", [("color", "set", ("black",), None, False)]),
    (SHIRT, "any colour in size L", [("color", "any", (), None, False), ("size", "set", ("L",), None, False)]),
    (SHIRT, "not the black", [("color", "avoid", ("black",), None, False)]),
    (BOOTS, "size 8", [("size", "set", ("8",), None, False)]),
    (
        BOOTS,
        "Size 8, the same material. Waterproof or not doesn't matter.",
        [
            ("material", "same", (), None, False),
            ("size", "set", ("8",), None, False),
            ("waterproof", "any", (), None, False),
        ],
    ),
    (BOOTS, "they need to be waterproof", [("waterproof", "set", ("yes",), None, False)]),
    (BOOTS, "not waterproof", [("waterproof", "set", ("no",), None, False)]),
    (
        BOOTS,
        "keeping the leather, size 10",
        [("material", "set", ("leather",), None, False), ("size", "set", ("10",), None, False)],
    ),
    (
        LAMP,
        "a less bright one. Battery if possible, otherwise USB, otherwise AC.",
        [
            ("brightness", "less", (), None, False),
            ("power source", "prefer", ("battery", "USB", "AC adapter"), None, False),
        ],
    ),
    (LAMP, "prefer AC adapter > battery", [("power source", "prefer", ("AC adapter", "battery"), None, False)]),
    (
        LAMP,
        "white, or a brighter one",
        [("brightness", "more", (), None, False), ("color", "set", ("white",), None, False)],
    ),
    (KETTLE, "1.5 liters", [("capacity", "set", ("1.5L",), None, False)]),
    (KETTLE, "a bigger one", [("capacity", "more", (), None, False)]),
    (KEYBOARD, "clicky switches", [("switch type", "set", ("clicky",), None, False)]),
    (KEYBOARD, "without backlight", [("backlight", "set", ("none",), None, False)]),
    (
        KEYBOARD,
        "If there is no clicky full-size one with RGB, then without backlight.",
        [
            ("backlight", "prefer", ("RGB", "none"), None, False),
            ("size", "set", ("full size",), None, False),
            ("switch type", "set", ("clicky",), None, False),
        ],
    ),
    (
        THERMOSTAT,
        "one that works with Google Home instead of Apple HomeKit",
        [("compatibility", "set", ("Google Assistant",), None, False)],
    ),
    (CAMERA, "maximum zoom", [("zoom", "most", (), None, False)]),
    (CAMERA, "a slightly lower resolution", [("resolution", "less", (), 1, False)]),
    (CAMERA, "at least 5x zoom", [("zoom", "set", ("5x", "10x"), None, False)]),
    (
        TABLET,
        "7 inch with more storage",
        [("screen size", "set", ("7-inch",), None, False), ("storage", "more", (), None, False)],
    ),
    (TABLET, "64 gigs or more", [("storage", "set", ("64GB", "128GB"), None, False)]),
    (SHIRT, "小一号", [("size", "less", (), 1, False)]),
    (SHIRT, "换成黑色的L码", [("color", "set", ("black",), None, False), ("size", "set", ("L",), None, False)]),
    (SHIRT, "把蓝色的换成红色", [("color", "set", ("red",), None, False)]),
    (SHIRT, "黑色大号", [("color", "set", ("black",), None, False), ("size", "set", ("L",), None, False)]),
    (SHIRT, "颜色不变，要中号", [("color", "same", (), None, False), ("size", "set", ("M",), None, False)]),
    (SHIRT, "不要黑色", [("color", "avoid", ("black",), None, False)]),
    (BOOTS, "要8码的", [("size", "set", ("8",), None, False)]),
    (BOOTS, "要防水的", [("waterproof", "set", ("yes",), None, False)]),
    (BOOTS, "防不防水无所谓，10码", [("size", "set", ("10",), None, False), ("waterproof", "any", (), None, False)]),
    (
        LAMP,
        "亮一点的，最好是电池供电，没有的话USB也行",
        [("brightness", "more", (), None, False), ("power source", "prefer", ("battery", "USB"), None, False)],
    ),
    (
        KEYBOARD,
        "青轴，不要背光",
        [("backlight", "set", ("none",), None, False), ("switch type", "set", ("clicky",), None, False)],
    ),
    (KETTLE, "容量大一点", [("capacity", "more", (), None, False)]),
    (TABLET, "8寸的，颜色随便", [("color", "any", (), None, False), ("screen size", "set", ("8-inch",), None, False)]),
    (CAMERA, "变焦最大的", [("zoom", "most", (), None, False)]),
    (
        WATCH,
        "銀色，金屬",
        [("band material", "set", ("metal",), None, False), ("color", "set", ("silver",), None, False)],
    ),
]
PRICES = [
    ("the cheapest one available", ("cheapest", None, None)),
    ("the most expensive variant", ("dearest", None, None)),
    ("something cheaper", ("cheaper", None, None)),
    ("under $300", (None, None, 30000)),
    ("the same price", ("same", None, None)),
    ("at least $100", (None, 10000, None)),
    ("less than 200 bucks", (None, None, 20000)),
    ("最便宜的", ("cheapest", None, None)),
    ("300元以内", (None, None, 30000)),
    ("贵一点没关系，贵一点的", ("dearer", None, None)),
    ("最贵的那款", ("dearest", None, None)),
    ("价格一样的", ("same", None, None)),
    ("不超过500元", (None, None, 50000)),
]


@pytest.mark.parametrize(("product", "text", "wants"), WANTS)
def test_reads_wants(product, text, wants):
    old = product.variants[0].sku
    found = sorted((w.option, w.kind, w.values, w.steps, w.soft) for w in read_wish(text, product, old).wants)
    assert found == wants


@pytest.mark.parametrize(("text", "price"), PRICES)
def test_reads_prices(text, price):
    wish = read_wish(text, TABLET)
    assert (wish.price, wish.min_price, wish.max_price) == price


@pytest.mark.parametrize(
    "text",
    [
        "gold, everything else the same",
        "the gold one, otherwise identical",
        "金色，其他不变",
        "要金色，其它都一样",
        "gold without changing anything else",
    ],
)
def test_all_else_the_same(text):
    wish = read_wish(text, TABLET, "TAB-1")
    assert wish.rest_same
    assert [(w.option, w.values) for w in wish.wants] == [("color", ("gold",))]


@pytest.mark.parametrize("text", ["", "hello", "how much is it?", "好的", "please exchange it", "我想换货"])
def test_says_nothing(text):
    assert not read_wish(text, SHIRT, "SHIRT-1")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "the keyboard for clicky switches, and the thermostat for one with Google Home",
            {"KEY-1": ("clicky",), "THERM-1": ("Google Assistant",)},
        ),
        ("a clicky keyboard and a white thermostat", {"KEY-1": ("clicky",), "THERM-1": ("white",)}),
        (
            "exchange the thermostat for a white one and the keyboard for a tactile one",
            {"KEY-1": ("tactile",), "THERM-1": ("white",)},
        ),
        ("键盘要青轴的，温控器换成白色", {"KEY-1": ("clicky",), "THERM-1": ("white",)}),
        ("温控器换白色的；键盘换茶轴", {"KEY-1": ("tactile",), "THERM-1": ("white",)}),
    ],
)
def test_each_product_has_its_own_clause(text, parts):
    lines = read_lines(text, ORDERS, CATALOGUE).lines
    wishes = read_wishes(text, lines, CATALOGUE)
    assert {w.line.sku: w.wish.wants[0].values for w in wishes} == parts
    assert all(len(w.wish.wants) == 1 for w in wishes)


def test_a_wish_at_the_end_counts_for_all():
    text = "exchange the keyboard and the thermostat to the cheapest version"
    wishes = read_wishes(text, read_lines(text, ORDERS, CATALOGUE).lines, CATALOGUE)
    assert [w.wish.price for w in wishes] == ["cheapest", "cheapest"]


@pytest.mark.parametrize(
    ("text", "product", "option", "values"),
    [
        ("8", TABLET, "screen size", ("8-inch",)),
        ("the black one", SHIRT, "color", ("black",)),
        ("L", SHIRT, "size", ("L",)),
        ("large", SHIRT, "size", ("L",)),
        ("the biggest", TABLET, "storage", ("128GB",)),
        ("Google", THERMOSTAT, "compatibility", ("Google Assistant",)),
        ("not black, white", LAMP, "color", ("white",)),
        ("10", BOOTS, "size", ("10",)),
        ("no", SHIRT, "color", ()),
        ("usb", LAMP, "power source", ("USB",)),
        ("蓝色", SHIRT, "color", ("blue",)),
        ("大号", SHIRT, "size", ("L",)),
        ("8寸", TABLET, "screen size", ("8-inch",)),
        ("要黑的", SHIRT, "color", ("black",)),
        ("皮的", BOOTS, "material", ("leather",)),
        ("最大的", TABLET, "storage", ("128GB",)),
    ],
)
def test_reads_an_answer_about_one_option(text, product, option, values):
    assert read_option(text, product, option) == values


def test_reads_a_sku():
    assert read_sku("change it from shirt-1 to shirt-2", SHIRT) == "SHIRT-2"
    assert read_sku("SHIRT-9", SHIRT) is None


@settings(deadline=None, max_examples=60)
@given(TEXTS, st.sampled_from(PRODUCTS))
def test_never_raises_and_wants_what_there_is(text, product):
    wish = read_wish(text, product, product.variants[0].sku)
    for want in wish.wants:
        known = {v.options.get(want.option) for v in product.variants}
        assert set(want.values) <= known
        read_option(text, product, want.option)
    lines = read_lines(text, ORDERS, CATALOGUE).lines
    assert len(read_wishes(text, lines, CATALOGUE)) == len(lines)
