"""The catalogue, from YAML and from CSV."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.shop.fields import UTC, FieldContext
from bot.shop.problems import Problems
from bot.shop.products import read_products

from .helpers import PRODUCTS, write

CSV = """\
id,name_en,name_zh,description_en,description_zh,category,brand,tags,url,image,sku,price,stock,option:size,weight
mug,Mug,杯子,A mug.,杯。,kitchen,Tiny,gift;new，sale,/mug,/mug.jpg,mug-s,10.00,3,S,1 kg
mug,,,,,,,,,,mug-m,12.50,0,M,
lamp,Lamp,,,,lighting,,,,,,99,5,,
"""


def read(folder, files):
    problems = Problems()
    catalogue = read_products(write(folder, files), problems, FieldContext(("zh", "en"), "CNY", UTC))
    return catalogue, [str(problem) for problem in problems.ordered()]


def test_yaml(tmp_path) -> None:
    catalogue, problems = read(tmp_path, {"products.yaml": PRODUCTS})
    assert problems == []
    mug, lamp = catalogue.products
    assert [(v.sku, v.options, v.price, v.stock) for v in mug.variants] == [
        ("mug-s", {"size": "S"}, Decimal("10.00"), 3),
        ("mug-m", {"size": "M"}, Decimal("12.50"), 0),
    ]
    assert (mug.price, mug.stock, mug.line) == (Decimal("10.00"), 3, 1)
    assert [(v.sku, v.options, v.price, v.stock) for v in lamp.variants] == [("lamp", {}, Decimal("99.00"), 5)]
    assert lamp.name == {"zh": "Lamp", "en": "Lamp"}
    assert set(catalogue.ids) == {"mug", "lamp"} and set(catalogue.skus) == {"mug-s", "mug-m", "lamp"}


def test_csv_gives_the_same(tmp_path) -> None:
    catalogue, problems = read(tmp_path, {"products.csv": CSV})
    assert problems == []
    mug, lamp = catalogue.products
    assert (mug.name, mug.description) == ({"en": "Mug", "zh": "杯子"}, {"en": "A mug.", "zh": "杯。"})
    assert (mug.tags, mug.brand, mug.url, mug.weight) == (("gift", "new", "sale"), "Tiny", "/mug", "1 kg")
    assert [(v.sku, v.options, v.price, v.stock) for v in mug.variants] == [
        ("mug-s", {"size": "S"}, Decimal("10.00"), 3),
        ("mug-m", {"size": "M"}, Decimal("12.50"), 0),
    ]
    assert (lamp.name, lamp.category, lamp.variants[0].sku, lamp.price) == (
        {"en": "Lamp"},
        "lighting",
        "lamp",
        Decimal("99.00"),
    )


def test_a_price_of_the_product_counts_for_its_variants(tmp_path) -> None:
    variants = "[{sku: a1, options: {size: S}}, {sku: a2, options: {size: M}, price: 4}]"
    text = f"- {{id: a, name: A, price: 5, variants: {variants}}}"
    catalogue, problems = read(tmp_path, {"products.yaml": text})
    assert problems == []
    assert [variant.price for variant in catalogue.products[0].variants] == [5, 4]
    assert catalogue.products[0].price == 4 and catalogue.products[0].stock is None


def test_no_products(tmp_path) -> None:
    assert read(tmp_path, {})[0].found is False
    catalogue, problems = read(tmp_path, {"products.yaml": "# none yet\n"})
    assert catalogue.found and catalogue.products == [] and problems == []


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "- {id: a, name: A}\n- {id: a, name: B}",
            [
                "2: error: product id 'a' stands twice (first on line 1)",
                "2: error: sku 'a' stands twice (first on line 1)",
            ],
        ),
        (
            "- id: a\n  name: A\n  variants:\n    - {sku: s}\n    - {sku: s, options: {c: y}}",
            ["5: error: sku 's' stands twice (first on line 4)"],
        ),
        (
            "- id: a\n  name: A\n  variants:\n    - {sku: s}\n    - {sku: t}",
            ["5: warning: two variants of 'a' have the same options"],
        ),
        (
            "- id: a\n  name: A\n  variants:\n    - {sku: s, price: -3}",
            ["4: error: variants[1].price: -3 is negative"],
        ),
        (
            "- id: a\n  name: A\n  variants:\n    - {sku: s, stock: many}",
            ["4: error: variants[1].stock: should be a whole number, not 'many'"],
        ),
        ("- {id: a, name: A, price: 3}\n- {id: b, name: B}", ["2: warning: 'b' has no price"]),
        (
            "[{id: a, name: A}, {id: a, name: A, variants: [{sku: b}]}]",
            ["1: error: product id 'a' stands twice (first on line 1)"],
        ),
        ("- {id: a}", ["1: error: name is missing (for example {en: Lantern, zh: 灯笼铺})"]),
        ("id: a\nname: A", ["1: error: should be a list: each entry begins with '- '"]),
        ("- just text", ["1: error: should be a mapping (key: value)"]),
    ],
)
def test_what_is_wrong_in_yaml(tmp_path, text, problems) -> None:
    assert read(tmp_path, {"products.yaml": text})[1] == [f"products.yaml:{problem}" for problem in problems]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("12.50", "-12.50", "3: error: variants[2].price: -12.50 is negative"),
        ("mug,,,", "mug,Cup,,", "3: warning: name_en differs from line 2 of the same product, which counts"),
        ("mug-m", "mug-s", "3: error: sku 'mug-s' stands twice (first on line 2)"),
        ("lamp,Lamp", ",Lamp", "4: error: id is empty"),
        ("name_en,name_zh", "title_en,title_zh", "1: error: column name_en or name_zh is missing"),
        (",0,M,", ",0,S,", "3: warning: two variants of 'mug' have the same options"),
        (",0,M,", ",none,M,", "3: error: variants[2].stock: should be a whole number, not 'none'"),
    ],
)
def test_what_is_wrong_in_csv(tmp_path, old, new, problem) -> None:
    assert old in CSV
    assert read(tmp_path, {"products.csv": CSV.replace(old, new)})[1] == [f"products.csv:{problem}"]


def test_two_product_files(tmp_path) -> None:
    catalogue, problems = read(tmp_path, {"products.yaml": PRODUCTS, "products.csv": CSV})
    assert problems == ["products.csv:1: error: products.yaml is there too; keep one of them"]
    assert len(catalogue.products) == 2


def test_a_wrong_product_is_still_known_by_its_id(tmp_path) -> None:
    catalogue, _ = read(tmp_path, {"products.yaml": "- {id: a, name: A, price: -1}"})
    assert catalogue.products == [] and "a" in catalogue.ids and "a" in catalogue.skus
