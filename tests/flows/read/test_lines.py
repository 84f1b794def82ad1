import pytest
from hypothesis import given, settings

from bot.flows.read.lines import read_lines, read_products
from tests.flows.read.shop import CATALOGUE, ORDERS, PRODUCTS, TEXTS, line, order

ONE = {
    "return the watch": "WATCH-1",
    "the kettle please": "KETTLE-1",
    "my hiking boots": "BOOTS-1",
    "the t-shirt": "SHIRT-1",
    "the tee": "SHIRT-1",
    "exchange the keybord": "KEY-1",
    "boots": "BOOTS-1",
    "desk lamps": "LAMP-1",
    "the cheaper tablet": "TAB-2",
    "the more expensive tablet": "TAB-1",
    "the 8-inch tablet": "TAB-2",
    "KETTLE-1": "KETTLE-1",
    "the smartwatch": "WATCH-1",
    "the floor lamp": "FLOOR-1",
    "the black tablet": "TAB-2",
    "thermostats": "THERM-1",
    "I got two tablets. I want to return the less expensive one": "TAB-2",
    "退手表": "WATCH-1",
    "那个水壶": "KETTLE-1",
    "登山靴": "BOOTS-1",
    "T恤": "SHIRT-1",
    "短袖太大了": "SHIRT-1",
    "台灯": "LAMP-1",
    "落地灯": "FLOOR-1",
    "便宜的那个平板": "TAB-2",
    "贵的那台平板": "TAB-1",
    "机械键盘想换": "KEY-1",
    "温控器": "THERM-1",
    "相机": "CAM-1",
    "黑色的平板": "TAB-2",
    "智慧手錶，手錶": "WATCH-1",
}
OPEN = {
    "the lamp": {"LAMP-1", "FLOOR-1"},
    "return a tablet": {"TAB-1", "TAB-2"},
    "那个灯": {"LAMP-1", "FLOOR-1"},
    "退平板": {"TAB-1", "TAB-2"},
}


def read(text, orders=ORDERS, **more):
    return read_lines(text, orders, CATALOGUE, **more)


def skus(lines):
    return {entry.sku for entry in lines}


@pytest.mark.parametrize(("text", "sku"), ONE.items())
def test_finds_the_one_line(text, sku):
    assert skus(read(text).lines) == {sku}
    assert not read(text).open


@pytest.mark.parametrize(("text", "found"), OPEN.items())
def test_leaves_open_what_fits_several(text, found):
    assert [skus(mention.candidates) for mention in read(text).open] == [found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the keyboard and the thermostat", {"KEY-1", "THERM-1"}),
        ("both tablets", {"TAB-1", "TAB-2"}),
        ("the tablets", {"TAB-1", "TAB-2"}),
        ("watch, kettle", {"WATCH-1", "KETTLE-1"}),
        ("手表和水壶", {"WATCH-1", "KETTLE-1"}),
        ("两个平板都退", {"TAB-1", "TAB-2"}),
        ("键盘、温控器", {"KEY-1", "THERM-1"}),
        ("台灯跟相机一起", {"LAMP-1", "CAM-1"}),
    ],
)
def test_finds_several_lines(text, found):
    assert skus(read(text).lines) == found


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("return everything", set()),
        ("all of it", set()),
        ("everything but the kettle", {"KETTLE-1"}),
        ("all but the watch", {"WATCH-1"}),
        ("everything except the watch and the kettle", {"WATCH-1", "KETTLE-1"}),
        ("全部退", set()),
        ("除了手表都退", {"WATCH-1"}),
        ("除了水壶，全部退掉", {"KETTLE-1"}),
        ("整单都不要了", set()),
        ("手表留着，其他全部退", {"WATCH-1"}),
    ],
)
def test_everything_but(text, left):
    found = read(text, ORDERS[2:3])
    assert found.everything
    assert skus(found.lines) == {"KETTLE-1", "TAB-2", "WATCH-1"} - left


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("only the kettle", "KETTLE-1"),
        ("just the watch, nothing else", "WATCH-1"),
        ("not the watch, the kettle", "KETTLE-1"),
        ("只退水壶", "KETTLE-1"),
        ("不退手表，退水壶", "KETTLE-1"),
        ("仅手表", "WATCH-1"),
    ],
)
def test_only_and_not(text, sku):
    found = read(text, ORDERS[2:3])
    assert skus(found.lines) == {sku}
    assert found.only or found.excluded


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("two of the three desk lamps", 2),
        ("return 2 lamps", 2),
        ("one desk lamp", 1),
        ("退两个台灯", 2),
        ("只退一盏台灯", 1),
        ("the desk lamps", None),
        ("all three desk lamps", 3),
    ],
)
def test_reads_how_many(text, count):
    (mention,) = read(text, ORDERS[1:2]).mentions
    assert mention.one.sku == "LAMP-1"
    assert mention.quantity == count


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("the second one", "TAB-2"),
        ("第三个", "WATCH-1"),
        ("the first", "KETTLE-1"),
        ("最后一个", "WATCH-1"),
        ("2", "TAB-2"),
    ],
)
def test_reads_places_among_those_shown(text, sku):
    shown = [("LC50002", number) for number in (1, 2, 3)]
    assert skus(read(text, shown=shown).lines) == {sku}


def test_options_of_the_wish_do_not_choose_the_line():
    two = (order("X1", "delivered", "2026-10-01", "杭州市", line(1, "SHIRT-1"), line(2, "SHIRT-3")),)
    assert skus(read("exchange the blue shirt for a red one", two).lines) == {"SHIRT-1"}
    assert skus(read("把蓝色的T恤换成红色的", two).lines) == {"SHIRT-1"}


def test_a_thing_may_only_tell_the_order():
    found = read("return the order with the kettle")
    assert found.everything
    assert skus(found.lines) == {"KETTLE-1", "TAB-2", "WATCH-1"}
    assert skus(read("It's the order with the kettle").lines) == set()
    assert [m.text for m in read("带水壶的那单").of_order] == ["水壶"]


@pytest.mark.parametrize(
    "text",
    ["hello", "I am bird-watching", "yes", "working from home", "谢谢", "退货", "订单到哪了", "refund to my card"],
)
def test_names_nothing(text):
    assert read(text).mentions == ()


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("for the desk lamp", "lamp"),
        ("换成落地灯", "floor"),
        ("a smart watch instead", "watch"),
        ("智能手表", "watch"),
        ("kettle", "kettle"),
        ("水壶", "kettle"),
    ],
)
def test_finds_products(text, id):
    assert read_products(text, PRODUCTS)[0].product.id == id


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_never_raises_and_stays_among_the_lines(text):
    found = read(text, shown=[("LC50002", 1), ("LC50003", 2)])
    known = {(o.id, entry.line_no) for o in ORDERS for entry in o.lines}
    assert {(c.order_id, c.line_no) for m in found.mentions for c in m.candidates} <= known
    read_products(text, PRODUCTS)
