from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.orders.variants import Candidate, Want, Wish, candidates_of, changed_options, choose
from bot.shop.types import Product, Variant


def shirt(sku, color, size, price=1000, stock: int | None = 5):
    return Candidate(sku, {"color": color, "size": size}, price, stock)


SHIRTS = [
    shirt("BS", "black", "S"),
    shirt("BM", "black", "M"),
    shirt("BL", "black", "L", 1100),
    shirt("BXL", "black", "XL", 1200, 0),
    shirt("WS", "white", "S", 900),
    shirt("WM", "white", "M", 900),
    shirt("WL", "white", "L", 900, 0),
    shirt("RXXL", "red", "XXL", 1500, None),
]


def lamp(sku, brightness, power, color, price=1000, stock: int | None = 5):
    return Candidate(sku, {"brightness": brightness, "power source": power, "color": color}, price, stock)


LAMPS = [
    lamp("L1", "high", "AC adapter", "black", 1500),
    lamp("L2", "medium", "AC adapter", "white", 1400),
    lamp("L3", "low", "battery", "black", 1300, 0),
    lamp("L4", "low", "USB", "white", 1450),
    lamp("L5", "medium", "USB", "black", 1350),
    lamp("L6", "medium", "AC adapter", "black", 1600, 0),
]


def wish(*wants, **rest):
    return Wish(tuple(Want(option, kind, tuple(values)) for option, kind, *values in wants), **rest)


def best(old, candidates, wished, quantity=1):
    found = choose(old, candidates, wished, quantity)
    return found.best.sku if found.best else None


@pytest.mark.parametrize(
    ("old", "wished", "expected"),
    [
        ("BM", wish(("color", "set", "white")), "WM"),  # the size stays when it can
        ("BM", wish(("Color", "set", "WHITE")), "WM"),
        ("BM", wish(("size", "set", "large")), "BL"),
        ("BM", Wish((Want("size", "less", steps=1),)), "BS"),
        ("BM", Wish((Want("size", "more", steps=1),)), "BL"),
        ("BS", Wish((Want("size", "more", steps=2),)), "BL"),
        ("BM", wish(("size", "more")), "BL"),  # XXL would change the colour too, XL is sold out
        ("BM", wish(("color", "set", "white"), ("size", "less")), "WS"),
        ("BM", wish(("color", "avoid", "black", "white")), "RXXL"),
        ("BM", wish(("size", "most")), "RXXL"),
        ("BM", wish(("size", "most"), ("color", "same")), "BL"),
        ("BM", wish(("size", "least"), ("color", "same")), "BS"),
        ("BM", wish(("size", "more", "L")), "RXXL"),  # bigger than L
        ("BM", wish(("color", "prefer", "green", "white", "red")), "WM"),
        ("BL", wish(("color", "prefer", "white", "red"), ("size", "same")), None),  # white L is sold out
        ("BM", wish(price="dearest"), "RXXL"),
        ("WM", wish(price="dearer", max_price=1000), "BM"),
        ("BM", wish(("size", "same"), price="cheaper"), "WM"),
        ("BM", wish(min_price=1300), "RXXL"),
    ],
)
def test_shirts(old, wished, expected):
    assert best(old, SHIRTS, wished) == expected


@pytest.mark.parametrize(
    ("old", "wished", "expected"),
    [
        ("L1", wish(("brightness", "less"), ("power source", "same")), "L2"),
        (
            "L1",
            wish(("power source", "prefer", "battery", "USB", "AC adapter"), ("brightness", "less"), ("color", "any")),
            None,  # USB, but low or medium?
        ),
        ("L2", wish(price="cheapest"), "L5"),
        ("L1", wish(("brightness", "less"), ("color", "same")), "L5"),
        ("L1", wish(("brightness", "least")), "L4"),
    ],
)
def test_lamps(old, wished, expected):
    assert best(old, LAMPS, wished) == expected


def test_a_preference_takes_the_first_that_is_in_stock():
    wished = wish(("power source", "prefer", "battery", "USB"), ("brightness", "set", "low"), ("color", "any"))
    found = choose("L1", LAMPS, wished)
    assert found.best.sku == "L4"
    assert [item.sku for item in found.sold_out] == ["L3"]


def test_sold_out_is_said_to_be_sold_out():
    found = choose("BM", SHIRTS, wish(("size", "set", "XL")))
    assert (found.best, found.open_option, found.choices, found.unmet) == (None, None, (), ())
    assert [item.sku for item in found.sold_out] == ["BXL"]


def test_what_no_variant_has_is_unmet():
    green = Want("color", "set", ("green",))
    assert choose("BM", SHIRTS, Wish((green,))).unmet == (green,)
    # Each is there, but not together.
    found = choose("BM", SHIRTS, wish(("color", "set", "red"), ("size", "set", "S")))
    assert (found.unmet, found.choices, found.sold_out) == ((), (), ())
    sleeve = Want("sleeve", "set", ("long",))
    assert choose("BM", SHIRTS, Wish((sleeve,))).unmet == (sleeve,)


def test_an_option_that_is_still_open_is_asked_about():
    found = choose("BM", SHIRTS, wish(("color", "avoid", "black"), ("size", "avoid", "M")))
    assert (found.best, found.open_option, found.open_values) == (None, "color", ("white", "red"))
    found = choose("BXL", SHIRTS, wish(("size", "less")))
    assert (found.open_option, found.open_values) == ("size", ("S", "M", "L"))
    assert best("BXL", SHIRTS, wish(("size", "less"), ("size", "set", "M"))) == "BM"


def test_a_soft_want_is_dropped_when_nothing_meets_it():
    soft = Want("color", "set", ("white",), soft=True)
    assert best("BS", SHIRTS, Wish((Want("size", "set", ("M",)), soft))) == "WM"
    assert best("BS", SHIRTS, Wish((Want("size", "set", ("L",)), soft))) == "BL"


def test_the_rest_stays_the_same_when_it_is_said():
    assert best("RXXL", SHIRTS, wish(("color", "set", "white"))) is None  # S or M
    found = choose("RXXL", SHIRTS, wish(("color", "set", "white"), rest_same=True))
    assert (found.best, found.open_option, found.choices) == (None, None, ())
    assert best("BM", SHIRTS, wish(("color", "set", "white"), rest_same=True)) == "WM"


def test_values_that_were_called_equal_are_not_asked_about():
    assert (
        best("BM", SHIRTS, wish(("size", "set", "S"), ("color", "any"))) == "BS"
    )  # the old colour where all are equal
    assert best("RXXL", SHIRTS, wish(("size", "set", "S"), ("color", "set", "white", "black"))) == "WS"  # the cheaper


def test_the_old_variant_may_be_what_is_wished():
    assert choose("BM", SHIRTS, wish(("color", "set", "black"))).already
    assert choose("BM", SHIRTS, wish(("color", "avoid", "white"))).already
    assert choose("WM", SHIRTS, wish(price="cheapest")).already
    assert choose("RXXL", SHIRTS, wish(("size", "most"))).already
    assert not choose("BM", SHIRTS, wish(("size", "most"))).already
    assert not choose("BM", SHIRTS, wish(("color", "same"))).already  # some other one is meant


def test_the_quantity_must_be_in_stock():
    few = [shirt("A", "black", "S"), shirt("B", "black", "M", stock=1), shirt("C", "white", "S", stock=2)]
    found = choose("A", few, wish(("size", "set", "M")), quantity=2)
    assert (found.best, [item.sku for item in found.sold_out]) == (None, ["B"])


def test_variants_that_differ_in_nothing_cannot_be_told_apart():
    twins = [shirt("A", "black", "S"), shirt("B", "black", "M"), shirt("C", "black", "M")]
    found = choose("A", twins, wish(("size", "set", "M")))
    assert (found.best, found.open_option) == (None, "")


def test_another_products_variants_have_no_old_one():
    assert best("OTHER", SHIRTS, wish(("size", "set", "XXL"))) == "RXXL"
    assert best("OTHER", SHIRTS, wish(("size", "more"))) is None
    assert best("OTHER", SHIRTS, wish(("size", "more", "L"))) == "RXXL"


def test_an_empty_wish_leaves_everything_open():
    found = choose("BM", SHIRTS, Wish())
    assert not Wish()
    assert (found.open_option, found.already) == ("color", False)
    assert len(found.choices) == 5


def test_candidates_come_from_the_catalogue_with_the_present_stock():
    variants = (Variant(sku="A", options={"size": "S"}, price=Decimal("9.90"), stock=7), Variant(sku="B"))
    product = Product(id="p", name={"en": "P"}, variants=variants)
    assert candidates_of(product, {"A": 3, "B": None}, "CNY") == (
        Candidate("A", {"size": "S"}, 990, 3),
        Candidate("B", {}, None, None),
    )


def test_options_that_differ():
    assert changed_options({"a": "1L", "b": "x"}, {"b": "y", "a": "1000ml", "c": "z"}) == ("b", "c")


_VALUES = {"color": ["black", "white", "red"], "size": ["S", "M", "L", "10"], "zoom": ["3x", "10x"]}
_WANTS = st.builds(
    Want,
    st.sampled_from([*_VALUES, "other"]),
    st.sampled_from(["set", "prefer", "avoid", "more", "less", "most", "least", "same", "any"]),
    st.lists(st.sampled_from([value for values in _VALUES.values() for value in values]), max_size=2).map(tuple),
    st.none() | st.integers(1, 2),
    st.booleans(),
)
_WISHES = st.builds(
    Wish,
    st.lists(_WANTS, max_size=3).map(tuple),
    st.sampled_from([None, "cheapest", "dearest", "cheaper", "dearer", "same"]),
    st.none() | st.integers(0, 3),
    st.none() | st.integers(0, 3),
    st.booleans(),
)
_CANDIDATES = st.lists(
    st.builds(
        lambda options, price, stock: (options, price, stock),
        st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in _VALUES.items()}),
        st.none() | st.integers(0, 3),
        st.none() | st.integers(0, 2),
    ),
    max_size=6,
).map(lambda rows: [Candidate(f"S{number}", *row) for number, row in enumerate(rows)])


@given(_CANDIDATES, _WISHES, st.integers(1, 2))
def test_any_wish_has_one_outcome(candidates, wished, quantity):
    assume(wished or not wished.rest_same)  # "the rest the same" says nothing until something is wished
    found = choose("S0", candidates, wished, quantity)
    outcomes = [found.best is not None, found.open_option is not None, found.already]
    assert sum(outcomes) == (1 if found.choices or found.already else 0)
    assert all(item.has(quantity) and item.sku != "S0" for item in found.choices)
    assert not any(item.has(quantity) for item in found.sold_out)
    if found.best:
        assert found.best == found.choices[0]
    for _ in range(8):  # whatever is answered to the questions leads to one variant
        if not found.open_option:
            break
        value = found.open_values[0]
        assert len(found.open_values) > 1
        answer = (
            Want(found.open_option, "set", (value,))
            if value
            else Want(found.open_option, "avoid", found.open_values[1:])
        )
        wished = Wish((*wished.wants, answer), wished.price, wished.min_price, wished.max_price, wished.rest_same)
        found = choose("S0", candidates, wished, quantity)
        assert found.choices or found.already
    assert not found.open_option
