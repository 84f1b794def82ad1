"""What is derived from a shop is made when missing or stale, kept outside the shop's folder, and shared."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from orders.book_contract import LIN
from orders.book_shop import write_book_shop
from scripted import ScriptedWriter, TinyEncoder, write_shop

import bot.assemble as assemble
from bot.assemble import (
    check_ready,
    load_head,
    load_knowledge,
    load_services,
    load_thresholds_of,
    open_book,
    open_log,
)
from bot.config import settings
from bot.errors import BadInput, Failure, ModelMissing
from bot.route.head import IntentHead
from bot.services import Services
from bot.shop.derived import derived_dir
from bot.shop.folder import load_shop
from bot.store.log import ConversationRecord
from bot.store.order_state import copy_book

OWN_INTENTS = "- {name: knock, command: ChitChat, examples: {en: [knock knock], zh: [咚咚]}}\n"


class Counting(TinyEncoder):
    """Counts the passages it embeds."""

    def __init__(self, fingerprint: str = "tiny-1") -> None:
        super().__init__()
        self.fingerprint = fingerprint
        self.embedded = 0

    def encode(self, texts: Any, kind: str) -> Any:
        self.embedded += len(texts) if kind == "passage" else 0
        return super().encode(texts, kind)


def tiny_head() -> IntentHead:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(2, 48)).astype(np.float32)
    return IntentHead(
        ["a", "b"], rows, np.zeros(2, np.float32), np.zeros(48, np.float32), 1.0, rows, np.ones(4, np.float32)
    )


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of intents of each training; training itself takes too long here."""
    seen: list[int] = []

    def train(intents: Any, encoder: Any) -> IntentHead:
        seen.append(len(intents))
        return tiny_head()

    monkeypatch.setattr("bot.route.train.train_head", train)
    return seen


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.stat().st_mtime_ns, p.stat().st_size) for p in sorted([folder, *folder.rglob("*")])}


# --- knowledge ---


def test_the_index_is_built_once_and_then_loaded(shop_folder: Path) -> None:
    shop, told = load_shop(shop_folder), []
    first, second = Counting(), Counting()
    built = load_knowledge(shop, first, told.append)
    loaded = load_knowledge(shop, second)
    assert first.embedded > 0 and second.embedded == 0
    assert any(line.startswith("knowledge: ") for line in told)
    assert loaded.index.passages == built.index.passages and loaded.index.units == built.index.units
    assert [h.passage.id for h in loaded.search("gift wrapping", "en")] == [
        h.passage.id for h in built.search("gift wrapping", "en")
    ]


def test_the_shop_is_never_written_to(shop_folder: Path, trained: list[int]) -> None:
    (shop_folder / "intents.yaml").write_text(OWN_INTENTS, encoding="utf-8")
    shop, before = load_shop(shop_folder), snapshot(shop_folder)
    load_knowledge(shop, Counting())
    load_head(shop, TinyEncoder())
    open_log(shop).close()
    load_thresholds_of(shop)
    assert snapshot(shop_folder) == before
    assert derived_dir(shop_folder).is_relative_to(settings().home_dir)


@pytest.mark.skipif(os.geteuid() == 0, reason="file modes do not bind root; run as another user")
def test_a_read_only_shop_works(shop_folder: Path) -> None:
    for path in [*shop_folder.rglob("*"), shop_folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert load_knowledge(load_shop(shop_folder), Counting()).search("delivery", "en")
    finally:
        for path in [shop_folder, *shop_folder.rglob("*")]:
            path.chmod(0o755)


@pytest.mark.parametrize("what", ["content", "encoder", "manifest", "asked"])
def test_a_stale_index_is_built_anew(shop_folder: Path, what: str) -> None:
    load_knowledge(load_shop(shop_folder), Counting())
    encoder = Counting("tiny-2") if what == "encoder" else Counting()
    if what == "content":
        faq = shop_folder / "faq" / "faq.yaml"
        faq.write_text(faq.read_text("utf-8").replace("¥12", "¥13"), encoding="utf-8")
    if what == "manifest":
        (derived_dir(shop_folder) / "index" / "manifest.json").write_text("{", encoding="utf-8")
    knowledge = load_knowledge(load_shop(shop_folder), encoder, rebuild=what == "asked")
    assert encoder.embedded > 0
    if what == "content":
        assert any("¥13" in p.text for p in knowledge.index.passages)


def test_two_that_start_at_once_build_once(shop_folder: Path) -> None:
    shop, encoders = load_shop(shop_folder), [Counting() for _ in range(4)]
    gate = threading.Barrier(4)

    def start(encoder: Counting) -> None:
        gate.wait()
        load_knowledge(shop, encoder)

    threads = [threading.Thread(target=start, args=(encoder,)) for encoder in encoders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(encoder.embedded > 0 for encoder in encoders) == 1


def test_two_shops_of_one_id_do_not_share(tmp_path: Path) -> None:
    one, two = write_shop(tmp_path / "one"), write_shop(tmp_path / "two")
    assert derived_dir(one) != derived_dir(two)


# --- intent head ---


def test_shops_without_intents_of_their_own_share_a_head(tmp_path: Path, trained: list[int], home: Path) -> None:
    for name in ("one", "two"):
        load_head(load_shop(write_shop(tmp_path / name)), TinyEncoder())
    assert len(trained) == 1
    assert len(list((home / "heads").iterdir())) == 1


def test_a_shops_own_intents_get_a_head_of_their_own(shop_folder: Path, trained: list[int]) -> None:
    load_head(load_shop(shop_folder), TinyEncoder())
    (shop_folder / "intents.yaml").write_text(OWN_INTENTS, encoding="utf-8")
    load_head(load_shop(shop_folder), TinyEncoder())
    load_head(load_shop(shop_folder), TinyEncoder())
    assert len(trained) == 2 and trained[1] == trained[0] + 1
    assert (derived_dir(shop_folder) / "intents.npz").is_file()


def test_a_head_is_trained_anew_when_its_examples_or_encoder_change(shop_folder: Path, trained: list[int]) -> None:
    (shop_folder / "intents.yaml").write_text(OWN_INTENTS, encoding="utf-8")
    load_head(load_shop(shop_folder), TinyEncoder())
    (shop_folder / "intents.yaml").write_text(OWN_INTENTS.replace("knock knock", "knock!"), encoding="utf-8")
    load_head(load_shop(shop_folder), TinyEncoder())
    load_head(load_shop(shop_folder), Counting("tiny-2"))
    load_head(load_shop(shop_folder), Counting("tiny-2"), retrain=True)
    assert len(trained) == 4


# --- thresholds ---

GOOD = {language: {"direct": 0.7, "generated": 0.2, "extractive": 0.6} for language in ("zh", "en")}


def test_thresholds_of_the_shop_then_the_kept_then_the_shipped(shop_folder: Path) -> None:
    shipped = load_thresholds_of(load_shop(shop_folder))
    assert set(shipped) == {"zh", "en"}
    kept = {"thresholds": {k: {**v, "direct": 0.71} for k, v in GOOD.items()}}
    (derived_dir(shop_folder) / "thresholds.json").write_text(json.dumps(kept), encoding="utf-8")
    assert load_thresholds_of(load_shop(shop_folder))["en"].direct == 0.71
    (shop_folder / "own.json").write_text(json.dumps({"thresholds": GOOD}), encoding="utf-8")
    with (shop_folder / "shop.yaml").open("a", encoding="utf-8") as handle:
        handle.write("thresholds: own.json\n")
    assert load_thresholds_of(load_shop(shop_folder))["zh"].direct == 0.7


@pytest.mark.parametrize("text", [None, "{", "[]", "{}", '{"thresholds": {"zh": {}, "en": {}}}', '{"thresholds": 5}'])
def test_thresholds_that_are_missing_or_broken(shop_folder: Path, text: str | None) -> None:
    with (shop_folder / "shop.yaml").open("a", encoding="utf-8") as handle:
        handle.write("thresholds: own.json\n")
    if text is not None:
        (shop_folder / "own.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"own\.json"):
        load_thresholds_of(load_shop(shop_folder))


# --- services, log ---


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch, trained: list[int]) -> ScriptedWriter:
    """`load_services` with a scripted writer and the tiny encoder."""
    writer = ScriptedWriter()
    monkeypatch.setattr("bot.generate.choose.make_writer", lambda setting: writer)
    monkeypatch.setattr("bot.encoder.load_encoder", lambda name: Counting())
    return writer


def test_services_are_put_together(shop_folder: Path, parts: ScriptedWriter) -> None:
    services = load_services(shop_folder)
    assert services.writer is parts and (parts.starts, parts.closes) == (1, 0)
    assert services.shop.config.id == "tiny"
    assert {"greeting", "cancel"} <= set(services.intents)


@pytest.mark.parametrize("step", ["load_knowledge", "load_head"])
def test_the_writer_is_stopped_when_a_later_part_fails(
    shop_folder: Path, parts: ScriptedWriter, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise Failure("disk full")

    monkeypatch.setattr(assemble, step, fail)
    with pytest.raises(Failure, match="disk full"):
        load_services(shop_folder)
    assert parts.closes == 1


def test_nothing_is_started_for_a_wrong_threshold_file(shop_folder: Path, parts: ScriptedWriter) -> None:
    with (shop_folder / "shop.yaml").open("a", encoding="utf-8") as handle:
        handle.write("thresholds: own.json\n")
    with pytest.raises(BadInput):
        load_services(shop_folder)
    assert parts.starts == 0


def test_the_log_lives_beside_the_index_or_where_the_setting_says(
    shop_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = load_shop(shop_folder)
    log = open_log(shop)
    log.create(ConversationRecord("c", "now"))
    log.close()
    assert (derived_dir(shop_folder) / "shop.db").is_file()
    monkeypatch.setenv("ZHANGGUI_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    settings.cache_clear()
    other = open_log(shop)
    assert other.get("c") is None
    other.close()
    assert (tmp_path / "elsewhere.db").is_file()


def test_the_book_is_loaded_with_the_shops_data_once(tmp_path: Path) -> None:
    shop, told = load_shop(write_book_shop(tmp_path / "pens")), []
    gate, errors = threading.Barrier(3), []

    def start() -> None:
        gate.wait()
        try:
            open_book(shop, told.append).close()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    told.clear()
    book = open_book(shop, told.append)
    assert told == [] and len(book.orders(LIN)) == 5
    book.close()
    (shop.path / "data" / "orders.csv").unlink()  # what is loaded does not depend on the folder any more
    open_book(shop).close()


def test_bad_data_are_told_before_a_server_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = load_shop(write_book_shop(tmp_path / "pens", ratings="user,item,rating\nC1,lamp,x\n"))
    monkeypatch.setenv("ZHANGGUI_WRITER", "none")
    monkeypatch.setenv("ZHANGGUI_EMBEDDER", str(tmp_path))
    settings.cache_clear()
    with pytest.raises(BadInput, match=r"ratings\.csv:2"):
        check_ready(shop)


def test_a_batch_works_on_another_book(services: Services) -> None:
    copy = copy_book(services.book)  # type: ignore[arg-type]
    other = services.throwaway(copy)
    assert other.book is copy and other.shop is services.shop and services.book is not copy
    copy.close()


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("ZHANGGUI_WRITER", "gpt:4", BadInput),
        ("ZHANGGUI_WRITER", "llamacpp:qwen2.5-coder-1.5b", ModelMissing),
        ("ZHANGGUI_EMBEDDER", "multilingual-e5-small", ModelMissing),
        ("ZHANGGUI_EMBEDDER", "no-such-model", BadInput),
        ("ZHANGGUI_DATABASE_URL", "nonsense", Failure),
    ],
)
def test_a_server_looks_before_it_starts(
    shop_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    error: type[Exception],
) -> None:
    monkeypatch.setenv("ZHANGGUI_WRITER", "none")
    monkeypatch.setenv("ZHANGGUI_EMBEDDER", str(tmp_path))
    settings.cache_clear()
    check_ready(load_shop(shop_folder))
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(error):
        check_ready(load_shop(shop_folder))
