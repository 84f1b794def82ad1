"""Records for the operator: shown, loaded, handed out, forgotten; what is wrong is one line and exit code 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from orders.book_shop import FILES, write_book_shop

from .conftest import Run, is_one_line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_book_shop(tmp_path / "pens")


@pytest.mark.parametrize("number", ["A101", "#a101"])
def test_an_order_is_shown_as_json_alone(run: Run, folder: Path, number: str) -> None:
    ran = run("shop", "show", "order", number, "--json", "--shop", folder)
    assert ran.code == 0
    record = json.loads(ran.out)
    assert (record["id"], record["total"], record["status"]) == ("A101", 388.0, "delivered")


def test_a_customer_and_a_product_are_shown(run: Run, folder: Path) -> None:
    customer = json.loads(run("shop", "show", "customer", "C1", "--json", "--shop", folder).out)
    assert customer["payment_methods"][0]["balance"] == 300.0
    product = json.loads(run("shop", "show", "product", "lamp", "--json", "--shop", folder).out)
    assert (product["stock"], product["variants"][1]["price"]) == (6, 199.5)
    assert json.loads(run("shop", "show", "product", "LAMP-GRN", "--json", "--shop", folder).out) == product
    ran = run("shop", "show", "product", "PEN", "--shop", folder)
    assert (json.loads(ran.out)["stock"], json.loads(ran.out)["price"]) == (None, 12.5)


@pytest.mark.parametrize(
    "what", [("order", "A999"), ("customer", "C9"), ("product", "x"), ("invoice", "A101"), ("order", "' --")]
)
def test_what_is_not_there(run: Run, folder: Path, what: tuple[str, str]) -> None:
    assert is_one_line(run("shop", "show", *what, "--json", "--shop", folder), 2, "shop show", what[0])


def test_loading_again_needs_replace(run: Run, folder: Path) -> None:
    first = run("shop", "import", folder, "--json")
    assert first.code == 0 and json.loads(first.out)["orders"] == 7
    assert is_one_line(run("shop", "import", folder), 2, "--replace")
    ran = run("shop", "import", folder / "data", "--replace", "--shop", folder)
    assert ran.code == 0 and ran.out.startswith("pens: 3 customers, ")


def test_a_folder_of_data_is_loaded_into_another_shop(run: Run, folder: Path, tmp_path: Path) -> None:
    export = tmp_path / "export"
    (folder / "data").rename(tmp_path / "moved")
    export.mkdir()
    (tmp_path / "moved").rename(export / "data")
    assert run("shop", "import", export, "--shop", folder).code == 0
    assert run("shop", "show", "order", "A101", "--json", "--shop", folder).code == 0
    assert is_one_line(run("shop", "import", tmp_path / "nothing"), 2, "data/")


def test_every_bad_row_is_reported(run: Run, folder: Path) -> None:
    (folder / "data" / "ratings.csv").write_text("user,item,rating\nC1,lamp,x\nC1,lamp,y\n", encoding="utf-8")
    ran = run("shop", "import", folder)
    assert (ran.code, ran.out) == (2, "")
    assert "data/ratings.csv:2: error" in ran.err and "data/ratings.csv:3: error" in ran.err
    assert ran.err.splitlines()[-1].startswith("zhanggui: ") and "nothing was loaded" in ran.err.splitlines()[-1]
    (folder / "data" / "ratings.csv").write_text(FILES["data/ratings.csv"], encoding="utf-8")
    assert run("shop", "import", folder).code == 0


def test_the_first_use_of_a_shop_with_bad_data_says_so(run: Run, folder: Path) -> None:
    (folder / "data" / "ratings.csv").write_text("user,item,rating\nC1,lamp,x\n", encoding="utf-8")
    assert is_one_line(run("shop", "show", "order", "A101", "--shop", folder), 2, "ratings.csv:2")


def test_upgrade_can_be_repeated(run: Run, folder: Path) -> None:
    for _ in range(2):
        ran = run("db", "upgrade", "--json", "--shop", folder)
        assert ran.code == 0 and json.loads(ran.out)["version"]
    assert "up to date" in run("db", "upgrade", "--shop", folder).out


def test_export_and_forget(run: Run, folder: Path) -> None:
    found = json.loads(run("export", "--customer", "C1", "--shop", folder).out)
    assert found["customer"]["name"] == "林晓岚"
    counts = json.loads(run("forget", "--customer", "C1", "--json", "--shop", folder).out)
    assert (counts["customers"], counts["orders"]) == (1, 5)
    for command in ("export", "forget"):
        assert is_one_line(run(command, "--customer", "C1", "--shop", folder), 2, "--customer", "nothing is kept")
    assert run("forget", "--customer", "C2", "--shop", folder).out.startswith("forgotten: ")
    # The folder's data/ still names them; a database that is not empty is not loaded again by itself.
    assert is_one_line(run("shop", "show", "customer", "C1", "--shop", folder), 2, "no customer")
