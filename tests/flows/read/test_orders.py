import pytest
from hypothesis import given, settings

from bot.flows.read.orders import clean_number, read_orders
from tests.flows.read.shop import CATALOGUE, NOW, ORDERS, TEXTS

A, B, C, D = (order.id for order in ORDERS)  # newest first
ONE = {
    "order #LC50003": B,
    "lc50003": B,
    "LC 50003 please": B,
    "# lc-50003": B,
    "It's 50003": B,
    "the latest order": A,
    "my last order": A,
    "the order I placed most recently": A,
    "the one with the kettle": C,
    "the order with the desk lamp": B,
    "my pending order": A,
    "the one that goes to Seattle": B,
    "the order with the keyboard and the thermostat": D,
    "the one I ordered yesterday": A,
    "last week's order": None,
    "the one from October 3": D,
    "the oldest one": D,
    "the order that is on its way": B,
    "the order of $150": A,
    "where is my tablet that was delivered": C,
    "订单LC50003": B,
    "最近的一单": A,
    "带水壶的那单": C,
    "待发货的": A,
    "10月3号的那单": D,
    "昨天下的": A,
    "寄到上海的那单": C,
    "有台灯的那个订单": B,
    "尾号0002的订单": C,
    "刚下的那单": A,
    "最早的订单": D,
    "买手表的那单": C,
    "已发货的那单": B,
    "150元那单": A,
    "上周二买的": None,
}
MANY = {
    "both orders": 4,
    "all my orders": 4,
    "cancel all my pending orders": 1,
    "all delivered orders": 2,
    "#LC50003 and #LC50004": 2,
    "所有订单": 4,
    "LC50003和LC50001都要": 2,
    "全部订单": 4,
    "my pending orders": 1,
}


def read(text, **more):
    return read_orders(text, ORDERS, CATALOGUE, NOW, **more)


@pytest.mark.parametrize(("text", "id"), [(text, id) for text, id in ONE.items() if id])
def test_finds_the_one_order(text, id):
    assert read(text).one is not None, read(text)
    assert read(text).one.id == id


@pytest.mark.parametrize(("text", "count"), MANY.items())
def test_finds_several(text, count):
    found = read(text)
    assert len(found.candidates) == count
    assert found.many or count == 1


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("the delivered one", {C, D}),
        ("the one to Hangzhou", set()),
        ("收到的那单", {C, D}),
        ("the order with a tablet", {B, C}),
        ("寄到杭州的", {A, D}),
        ("平板那单", {B, C}),
    ],
)
def test_leaves_open_what_is_open(text, ids):
    found = read(text)
    assert {order.id for order in found.orders} == ids
    assert not found.many


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "how much is shipping?",
        "yes",
        "退货要多久",
        "你好",
        "change my address to 12 Main Street, Seattle, WA 98101",
        "谢谢",
        "no idea",
    ],
)
def test_names_no_order(text):
    assert read(text).candidates == ()
    assert read(text).unknown == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [("order #W123456", "W123456"), ("订单号 998877", "998877"), ("LC99999", "LC99999"), ("9502126", "9502126")],
)
def test_tells_an_unknown_number(text, number):
    assert read(text).unknown == (number,)
    assert read(text).one is None


@pytest.mark.parametrize(
    "text",
    ["item 4107812777", "101 Highway, New York, NY 10001", "邮编310012", "the card ending in 6018", "sku 1656367028"],
)
def test_other_numbers_are_no_orders(text):
    assert read(text).unknown == ()


@pytest.mark.parametrize(
    ("text", "id"), [("the second", C), ("第二个", C), ("the first one", D), ("最后一个", B), ("2", C), ("number 3", B)]
)
def test_reads_places_among_those_shown(text, id):
    assert read(text, shown=(D, C, B)).one.id == id


def test_the_other_one_is_not_the_one_just_done():
    assert {order.id for order in read("and the other delivered order", done=(C,)).orders} == {D}
    assert read("另外那单已收到的", done=(D,)).one.id == C


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (" # lc 50003", "LC50003"),
        ("order number: w123", "W123"),
        ("订单号是 lc50003。", "LC50003"),
        ("W 2378156", "W2378156"),
        ("＃ＬＣ５０００３", "LC50003"),
    ],
)
def test_cleans_a_number(text, clean):
    assert clean_number(text) == clean


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_never_raises_and_stays_among_the_own_orders(text):
    found = read(text, shown=(D, C), done=(A,))
    assert {order.id for order in found.orders} <= {A, B, C, D}
    clean_number(text)
