"""Where derived data lives, and when it is stale."""

from __future__ import annotations

import hashlib

import pytest

from bot.config import settings
from bot.errors import BadInput, Failure
from bot.shop.derived import content_hash, derived_dir
from bot.shop.folder import load_shop

from .helpers import FAQ, FULL, MINIMAL, SHOP, write


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHANGGUI_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield tmp_path / "home"
    settings.cache_clear()


def test_the_folder_is_named_by_id_and_place(home, tmp_path, monkeypatch) -> None:
    shop = write(tmp_path / "店", MINIMAL)
    folder = derived_dir(shop)
    assert folder == home / "shops" / f"tiny-{hashlib.sha256(str(shop).encode()).hexdigest()[:8]}"
    assert folder.is_dir()
    monkeypatch.chdir(tmp_path)
    assert derived_dir(shop.relative_to(tmp_path)) == derived_dir(tmp_path / "x/.." / "店") == folder
    assert derived_dir(write(tmp_path / "other", MINIMAL)) != folder


def test_it_is_only_made_when_asked_and_the_shop_is_never_written(home, tmp_path) -> None:
    shop = write(tmp_path / "shop", MINIMAL)
    before = sorted(shop.rglob("*"))
    assert not derived_dir(shop, create=False).exists() and not home.exists()
    derived_dir(shop)
    assert sorted(shop.rglob("*")) == before


def test_errors(home, tmp_path) -> None:
    with pytest.raises(BadInput, match="is no folder"):
        derived_dir(tmp_path / "nowhere")
    home.write_text("a file is in the way")
    with pytest.raises(Failure, match="ZHANGGUI_HOME"):
        derived_dir(write(tmp_path / "shop", MINIMAL))


@pytest.mark.parametrize(
    ("files", "changes"),
    [
        ({}, False),
        ({"data/orders.csv": "x"}, False),
        ({"README.md": "x"}, False),
        ({"shop.yaml": SHOP + "tone: brief\n"}, True),
        ({"faq/faq.yaml": FAQ + "\n"}, True),
        ({"faq/more.yaml": "- {id: m, q: [x], a: {en: y}}"}, True),
        ({"policies/en/a.md": "# A"}, True),
        ({"intents.yaml": "- {name: a, command: Search, examples: [x]}"}, True),
        ({"products.yaml": "- {id: new, name: N}"}, True),
    ],
)
def test_what_makes_an_index_stale(tmp_path, files, changes) -> None:
    first = content_hash(load_shop(write(tmp_path / "a", FULL)))
    second = content_hash(load_shop(write(tmp_path / "b", {**FULL, **files})))
    assert (first != second) is changes


def test_a_renamed_file_counts(tmp_path) -> None:
    first = load_shop(write(tmp_path / "a", MINIMAL))
    second = load_shop(write(tmp_path / "b", {"shop.yaml": SHOP, "faq/other.yaml": FAQ}))
    assert content_hash(first) != content_hash(second)
    (tmp_path / "a/faq/faq.yaml").unlink()
    assert content_hash(first)
