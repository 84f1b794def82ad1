"""A whole shop folder: what loads, what the checker says, and that neither ever falls over."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.resources import shipped
from bot.shop.folder import check_shop, load_config, load_intents, load_shop

from .helpers import FAQ, FULL, MINIMAL, PRODUCTS, SHOP, found, may_read_anything, replaced, write

POLICY = "---\nid: returns\ntitle: Returns\n---\n# Returns\n\nSeven days.\n"


def test_a_settings_file_and_one_language_are_enough(tmp_path) -> None:
    faq = "- id: a\n  q: {zh: [几点开门]}\n  a: {zh: 九点}\n"
    shop = load_shop(write(tmp_path, {"shop.yaml": SHOP, "faq/门店.yaml": faq}))
    assert found(tmp_path) == []
    assert [(entry.id, entry.q, entry.a) for entry in shop.faq] == [("a", {"zh": ("几点开门",)}, {"zh": "九点"})]
    assert (shop.faq[0].file, shop.faq[0].line) == ("faq/门店.yaml", 1)
    assert shop.policies == shop.intents == shop.products == shop.offers == ()
    assert shop.path == tmp_path and shop.config.id == "tiny"


def test_a_full_folder(tmp_path) -> None:
    files = {
        **FULL,
        "faq/more.yml": "- {id: b, q: {en: [x]}, a: {en: y}}\n",
        "policies/en/returns.md": POLICY,
        "policies/zh/returns.md": POLICY.replace("Returns", "退货"),
        "intents.yaml": "- {name: engraving, command: Search, examples: {en: [engrave it], zh: [刻字]}}\n",
        "offers.yaml": "- {id: o, title: Sale, starts_at: 2026-11-01, ends_at: 2026-11-11, products: [mug], "
        "categories: [lighting], discount: {kind: amount, value: 5}}\n",
        "README.md": "Anything may lie beside.",
    }
    shop = load_shop(write(tmp_path, files))
    assert found(tmp_path) == []
    assert [entry.id for entry in shop.faq] == ["opening", "b"]
    assert [(doc.id, doc.language, doc.title) for doc in shop.policies] == [
        ("returns", "zh", "退货"),
        ("returns", "en", "Returns"),
    ]
    assert [intent.name for intent in shop.intents] == ["engraving"]
    assert shop.product_by_id["lamp"].price == 99
    assert shop.sku_owner["mug-m"][0].id == "mug" and shop.sku_owner["mug-m"][1].stock == 0
    assert shop.offers[0].starts_at.isoformat() == "2026-11-01T00:00:00+08:00"


def test_the_starter_is_a_whole_shop_without_a_finding() -> None:
    folder = Path(__file__).parents[2] / "bot/shop/starter"
    assert found(folder) == []
    shop = load_shop(folder)
    assert shop.config.locales == ("zh", "en") and len(shop.products) == 2 and len(shop.intents) == 1
    assert {language for entry in shop.faq for language in entry.a} == {"zh", "en"}
    assert {doc.language for doc in shop.policies} == {"zh", "en"}
    offers = (folder / "offers.yaml").read_text(encoding="utf-8").split("#\n", 1)[1]
    example = yaml.safe_load("\n".join(line.removeprefix("# ") for line in offers.splitlines()))
    with tempfile.TemporaryDirectory() as other:
        files = {name: (folder / name).read_bytes() for name in ("shop.yaml", "products.yaml", "faq/shipping.yaml")}
        write(Path(other), {**files, "offers.yaml": yaml.safe_dump(example)})
        assert found(Path(other)) == [] and load_shop(Path(other)).offers[0].id == "mug-week"


def test_the_sample_shop_has_no_error() -> None:
    folder = shipped("knowledge_base")
    if not (folder / "shop.yaml").is_file():
        pytest.skip("the sample shop is not there")
    assert [problem for problem in found(folder) if ": error: " in problem] == []


@pytest.mark.parametrize(
    ("files", "problems"),
    [
        ({"faq/faq.yaml": FAQ}, ["shop.yaml:1: error: missing in"]),
        (
            {**MINIMAL, "faq/b.yaml": FAQ},
            ["faq/faq.yaml:1: error: faq id 'opening' stands twice (first in faq/b.yaml:1)"],
        ),
        ({**MINIMAL, "faq/b.yaml": "- id: [\n"}, ["faq/b.yaml:1: error: not readable as YAML"]),
        ({**MINIMAL, "faq/b.yaml": "a: b"}, ["faq/b.yaml:1: error: should be a list"]),
        (
            {**MINIMAL, "faq/b.yaml": "- {id: b, q: {en: [x]}, a: {en: y, zh: 是}}"},
            ["faq/b.yaml:1: warning: 'b' has an answer in zh but no questions in it"],
        ),
        (
            {**MINIMAL, "faq/b.yaml": "- {id: b, q: {en: [x], zh: [是]}, a: {en: y}}"},
            ["faq/b.yaml:1: warning: 'b' has questions in zh but no answer in it"],
        ),
        ({**MINIMAL, "faq/b.txt": "x"}, ["faq/b.txt:1: warning: not read; only faq/*.yaml is"]),
        ({**MINIMAL, "faq/old/b.yaml": "x"}, ["faq/old:1: warning: not read; only faq/*.yaml is"]),
        (
            {**MINIMAL, "policies/returns.md": POLICY},
            ["policies/returns.md:1: warning: not read; only policies/{zh,en}/*.md is"],
        ),
        (
            {**MINIMAL, "policies/fr/returns.md": POLICY},
            ["policies/fr:1: error: unknown language 'fr'; known: zh, en"],
        ),
        (
            {**MINIMAL, "policies/en/a.md": POLICY, "policies/en/b.md": POLICY},
            ["policies/en/b.md:1: error: policy id (en) 'returns' stands twice (first in policies/en/a"],
        ),
        (
            {**MINIMAL, "policies/en/a.md": POLICY.replace("id: returns", "id: opening")},
            ["faq/faq.yaml:1: warning: faq id 'opening' is a policy's id too"],
        ),
        ({**MINIMAL, "policies/en/gbk.md": "退货".encode("gbk")}, ["policies/en/gbk.md:1: error: not UTF-8"]),
        (
            {
                **MINIMAL,
                "intents.yaml": "- &a {name: a, command: Search, examples: [x]}\n- *a",
            },
            ["intents.yaml:2: error: intent 'a' stands twice (first in intents.yaml:1)"],
        ),
        (
            {**MINIMAL, "intents.yaml": "- {name: a, command: Search, flow: cancel, examples: [x]}"},
            ["intents.yaml:1: warning: flow is ignored"],
        ),
        (
            {
                **MINIMAL,
                "products.yaml": PRODUCTS,
                "offers.yaml": (
                    "- id: o\n  title: Sale\n  starts_at: 2026-11-01\n  ends_at: 2026-11-11\n"
                    "  products:\n    - mug\n    - cup\n  categories: [toys]\n"
                    "  discount: {kind: percent, value: 5}"
                ),
            },
            [
                "offers.yaml:7: error: products: there is no product 'cup'",
                "offers.yaml:8: error: categories: no product has the category 'toys'",
            ],
        ),
        ({"shop.yaml": SHOP}, ["shop.yaml:1: warning: the shop has no answers"]),
        (
            {"shop.yaml": "", "faq/faq.yaml": FAQ},
            [f"shop.yaml:1: error: {key} is missing" for key in ("id", "name", "currency", "timezone", "locales")],
        ),
        (
            {**MINIMAL, "shop.yaml": SHOP + "thresholds: limits.json\n"},
            ["shop.yaml:6: error: thresholds: no file 'limits.json'"],
        ),
    ],
)
def test_what_the_checker_says(tmp_path, files, problems) -> None:
    says = found(write(tmp_path, files))
    assert len(says) == len(problems), says
    assert all(line.startswith(problem) for line, problem in zip(says, problems, strict=True)), says


def test_one_locale_needs_no_list(tmp_path) -> None:
    write(tmp_path, {"shop.yaml": SHOP.replace("[zh, en]", "en"), "faq/a.yaml": "- {id: a, q: x, a: y}"})
    shop = load_shop(tmp_path)
    assert shop.config.locales == ("en",) and shop.faq[0].a == {"en": "y"}


def test_thresholds_are_found_beside_shop_yaml(tmp_path) -> None:
    write(tmp_path, {**MINIMAL, "shop.yaml": SHOP + "thresholds: limits.json\n", "limits.json": "{}"})
    assert found(tmp_path) == []


def test_every_problem_is_reported_at_once(tmp_path) -> None:
    files = {
        **FULL,
        "shop.yaml": SHOP.replace("CNY", "RMB"),
        "faq/faq.yaml": FAQ + "- {id: x}\n",
        "products.yaml": PRODUCTS.replace("price: 99", "price: -99"),
        "data/order_lines.csv": FULL["data/order_lines.csv"] + "o9,1,mug-s,1,10.00\n",
        "policies/en/a.md": b"\xff\xff\xff",
        "offers.yaml": "- nothing",
    }
    files_with_errors = {problem.file for problem in check_shop(write(tmp_path, files)) if problem.severity == "error"}
    assert files_with_errors == set(files) - set(FULL) | {
        "shop.yaml",
        "faq/faq.yaml",
        "products.yaml",
        "data/order_lines.csv",
    }


@pytest.mark.parametrize("name", ["nowhere", "file", "x" * 5000, "nul\0"])
def test_what_is_no_folder(tmp_path, name) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / name
    assert len(found(path)) == 1 and f"{path} is no folder that can be read" in found(path)[0]
    with pytest.raises(BadInput, match="is no folder"):
        load_shop(path)


def test_loading_names_the_first_error_and_counts_the_others(tmp_path) -> None:
    write(tmp_path, {**MINIMAL, "faq/b.yaml": "- {id: b, q: {en: [x]}}\n- {id: c}\n"})
    with pytest.raises(BadInput) as raised:
        load_shop(tmp_path)
    assert str(raised.value).startswith(f"{tmp_path}/faq/b.yaml:1: a is missing")
    assert str(raised.value).endswith(f"(and 2 more: zhanggui shop check {tmp_path})")


def test_warnings_and_bad_data_do_not_keep_a_shop_from_loading(tmp_path) -> None:
    write(tmp_path, {**MINIMAL, "shop.yaml": SHOP + "colour: red\n", "data/orders.csv": "nonsense"})
    assert load_shop(tmp_path).config.id == "tiny"


def test_settings_and_intents_alone(tmp_path) -> None:
    write(
        tmp_path,
        {
            "shop.yaml": SHOP,
            "faq/broken.yaml": "- [",
            "my.yaml": "- {name: a, command: Search, examples: [x]}",
        },
    )
    assert load_config(tmp_path).currency == "CNY"
    assert [intent.name for intent in load_intents(tmp_path / "my.yaml")] == ["a"]
    with pytest.raises(BadInput, match=r"none\.yaml:1: not an ordinary file"):
        load_intents(tmp_path / "none.yaml")
    with pytest.raises(BadInput, match=r"shop\.yaml:3: currency"):
        load_config(write(tmp_path, {"shop.yaml": SHOP.replace("CNY", "X")}))


def test_a_file_name_that_is_no_unicode(tmp_path) -> None:
    write(tmp_path, MINIMAL)
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/faq/\xff.yaml")).write_text("- [")
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    assert found(tmp_path)[0].encode().startswith("faq/\ufffd.yaml:1: error:".encode())


def test_hidden_files_and_links_to_nowhere(tmp_path) -> None:
    write(
        tmp_path,
        {
            **MINIMAL,
            "faq/.DS_Store": b"\0",
            "faq/.x.yaml": "- [",
            "policies/.git/x": "",
            "policies/en/.a.md": "---",
        },
    )
    assert found(tmp_path) == []
    (tmp_path / "faq/gone.yaml").symlink_to(tmp_path / "nowhere")
    assert found(tmp_path) == ["faq/gone.yaml:1: error: not an ordinary file"]


@pytest.mark.skipif(may_read_anything(), reason="root may read every folder")
def test_a_folder_that_may_not_be_read(tmp_path) -> None:
    write(tmp_path, MINIMAL)
    (tmp_path / "faq").chmod(0)
    try:
        assert any(line.startswith("faq:1: error: cannot be read") for line in found(tmp_path))
    finally:
        (tmp_path / "faq").chmod(0o755)


def test_a_shop_of_ordinary_size_loads_quickly(tmp_path) -> None:
    faq = [
        {
            "id": f"f{n}",
            "q": {lang: [f"question {n} {i}" for i in range(5)] for lang in ("zh", "en")},
            "a": {"zh": "答" * 60, "en": "answer " * 30},
        }
        for n in range(100)
    ]
    products = [
        {
            "id": f"p{n}",
            "name": {"en": f"P {n}", "zh": f"品{n}"},
            "description": {"en": "d " * 40},
            "category": "c",
            "variants": [{"sku": f"p{n}-{v}", "options": {"size": str(v)}, "price": 9.5, "stock": 3} for v in range(6)],
        }
        for n in range(60)
    ]
    files = {
        "shop.yaml": SHOP,
        "faq/faq.yaml": yaml.safe_dump(faq),
        "products.yaml": yaml.safe_dump(products),
    }
    files |= {
        f"policies/{lang}/{n}.md": POLICY.replace("id: returns", f"id: p{n}") + "Text. " * 2000
        for lang in ("zh", "en")
        for n in range(6)
    }
    write(tmp_path, files)
    load_shop(tmp_path)
    begun = time.perf_counter()
    load_shop(tmp_path)
    assert time.perf_counter() - begun < 0.3


_PIECES = st.sampled_from(
    [
        "- ",
        "id: ",
        "q: ",
        "a: ",
        "en: ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "\n",
        "  ",
        "x",
        "&a ",
        "*a",
        "!!int ",
        "'",
        '"',
        "|\n",
        "<<: ",
        "灯",
        "---\n",
        "name: ",
        "command: ",
        "rules: ",
        "cancel: ",
        "statuses: ",
        "paid",
        "clock: ",
        "price: ",
        "-1",
        "variants: ",
        "sku: ",
        "locales: ",
        "zh",
        "\t",
        "\x07",
        "discount: ",
    ]
)
_ANY = st.lists(_PIECES, max_size=25).map("".join).map(str.encode) | st.binary(max_size=60)
_NAMES = st.sampled_from(
    [
        "shop.yaml",
        "faq/faq.yaml",
        "policies/en/a.md",
        "intents.yaml",
        "products.yaml",
        "products.csv",
        "offers.yaml",
        *sorted(n for n in FULL if n.startswith("data/")),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(_NAMES, _ANY, max_size=3))
def test_whatever_the_files_hold_only_bad_input_is_raised(files) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), {**FULL, **files})
        problems = check_shop(path)
        assert all(problem.line >= 1 and "\n" not in problem.message for problem in problems)
        broken = {
            problem.file for problem in problems if problem.severity == "error" and not problem.file.startswith("data/")
        }
        if broken:
            with pytest.raises(BadInput):
                load_shop(path)
        else:
            assert load_shop(path).config.id


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(n for n in FULL if n.startswith("data/"))), st.data())
def test_a_mangled_table_is_checked_without_falling_over(name, data) -> None:
    cells = FULL[name].split(",")
    at = data.draw(st.integers(0, len(cells) - 1))
    cells[at] = data.draw(
        st.sampled_from(["", "x", "-1", "9" * 5000, "1e999", "\n", '"', "2026-99-99", "灯", "#", "nan"])
    )
    with tempfile.TemporaryDirectory() as folder:
        check_shop(write(Path(folder), {**FULL, name: ",".join(cells)}))


def test_the_whole_example_of_the_tests_is_clean(tmp_path) -> None:
    assert found(write(tmp_path, FULL)) == []
    assert found(write(tmp_path, replaced(FULL, "data/orders.csv", "28.50", "28.00"))) != []
