import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flows.read.quantities import read_number, read_places, read_quantities, read_quantity
from tests.flows.read.shop import TEXTS

NUMBERS = {
    "one": 1,
    "twelve": 12,
    "7": 7,
    "a couple": 2,
    "both": 2,
    "a pair": 2,
    "dozen": 12,
    "twenty": 20,
    "three": 3,
    "a": 1,
    "120": 120,
    "couple of": 2,
    "一": 1,
    "两": 2,
    "十二": 12,
    "二十": 20,
    "俩": 2,
    "三": 3,
    "十": 10,
    "一百二十三": 123,
    "五": 5,
    "二十五": 25,
    "仨": 3,
    "一百零五": 105,
}
COUNTS = {
    "return 2 lamps": [2],
    "two of the three": [2],
    "a couple of lamps": [2],
    "both lamps": [2],
    "three of them": [3],
    "I want 4": [4],
    "size 8": [],
    "8 hours": [],
    "order 12345": [],
    "$30": [],
    "the 10-inch one": [],
    "one of my tablets": [1],
    "#5": [],
    "10%": [],
    "两个": [2],
    "只退一个": [1],
    "3件": [3],
    "退两双鞋": [2],
    "五盒": [5],
    "第二个": [],
    "尾号6018": [],
    "三台": [3],
    "42码": [],
    "十二个": [12],
    "全部": [None],
    "退俩": [2],
    "8小时": [],
}
PLACES = {
    ("the second", 3): (1,),
    ("the last one", 3): (2,),
    ("1 and 3", 3): (0, 2),
    ("2", 3): (1,),
    ("first one please", 2): (0,),
    ("option 2", 2): (1,),
    ("both", 2): (0, 1),
    ("all of them", 3): (0, 1, 2),
    ("number three", 3): (2,),
    ("the 1st and the 2nd", 3): (0, 1),
    ("last week", 3): (),
    ("the fifth", 3): (),
    ("#2", 3): (1,),
    ("第二个", 3): (1,),
    ("最后一个", 3): (2,),
    ("第一单", 2): (0,),
    ("都要", 2): (0, 1),
    ("第二个和第三个", 3): (1, 2),
    ("全部", 2): (0, 1),
    ("第1个", 3): (0,),
    ("第二件", 2): (1,),
    ("两个都退", 2): (0, 1),
    ("1、3", 3): (0, 2),
    ("第五个", 3): (),
    ("选2", 3): (1,),
    ("第三笔", 3): (2,),
}


@pytest.mark.parametrize(("word", "number"), NUMBERS.items())
def test_reads_a_number(word, number):
    assert read_number(word) == number


@pytest.mark.parametrize(("text", "counts"), COUNTS.items())
def test_counts_things_but_no_sizes_prices_or_places(text, counts):
    assert [quantity.count for quantity in read_quantities(text)] == counts


@pytest.mark.parametrize(("said", "places"), PLACES.items())
def test_reads_places_in_a_list(said, places):
    assert read_places(*said) == places


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("2", 2),
        ("just one", 1),
        ("all", 3),
        ("两个", 2),
        ("只要1个", 1),
        ("全部", 3),
        ("9", None),
        ("three", 3),
        ("only two please", 2),
        ("hm", None),
    ],
)
def test_reads_the_answer_to_how_many(text, count):
    assert read_quantity(text, 3) == count


@settings(deadline=None, max_examples=60)
@given(TEXTS, st.integers(0, 9))
def test_never_raises_and_stays_in_the_list(text, length):
    read_number(text)
    read_quantities(text)
    assert all(0 <= place < length for place in read_places(text, length))
    count = read_quantity(text, length)
    assert count is None or 0 < count <= length
