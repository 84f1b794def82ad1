"""Scripted parts of a shop: an encoder, a router, a judge of answers and a writer that do as the test says.

The scripted writer stands in for the model in unit tests only; tests of the model itself are marked `model`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from fakes import FakeEncoder

from bot.encoder import Encoded
from bot.errors import WriterUnavailable
from bot.generate.writer import WriterRequest, WriterStatus
from bot.knowledge.answerable import Confidence
from bot.knowledge.bands import Thresholds
from bot.knowledge.index import build_index
from bot.knowledge.load import passage_units, shop_passages
from bot.knowledge.search import Knowledge
from bot.route.head import Prediction
from bot.route.intents import catalogue
from bot.services import Services
from bot.shop.types import Shop
from bot.store.order_state import empty_book

SHOP = {
    "shop.yaml": """\
id: tiny
name: {en: Tiny Shop, zh: 小店}
currency: CNY
timezone: Asia/Shanghai
locales: [zh, en]
contact: {hours: {en: "9:00-18:00, every day", zh: "每天9:00-18:00"}}
""",
    "faq/faq.yaml": """\
- id: delivery
  q: {en: [How long does delivery take?], zh: [多久能送到？]}
  a:
    en: Standard delivery takes 2-4 days. Express delivery takes 1 day and costs ¥18.
    zh: 标准配送需要2-4天。特快配送需要1天，费用18元。
  url: https://shop.example/delivery
- id: gift-wrap
  q: {en: [How much is gift wrapping?], zh: [礼品包装多少钱？]}
  a:
    en: Gift wrapping costs ¥12 for small boxes. Ribbon is included.
    zh: 小盒礼品包装12元，含丝带。
- id: loyalty
  q: {zh: [会员积分怎么算？]}
  a: {zh: 会员每消费1元得1积分。积分在365天后失效。}
""",
    "policies/en/returns.md": """\
---
id: returns
title: Returns
---
# Window
Goods may be sent back within 30 days of arrival. The box must be whole.
# Refunds
A refund reaches the card within 5 days.
""",
    "policies/zh/returns.md": """\
---
id: returns
title: 退货
---
# Window
收货后30天内可以退货。包装须完好。
# Refunds
退款5天内到账。
""",
}


def write_shop(folder: Path, **changed: str) -> Path:
    """The two-language shop in `folder`; `changed` replaces whole files ("/", "." written "__", "_")."""
    names = {name.replace("/", "__").replace(".", "_"): name for name in SHOP}
    for name, text in {**SHOP, **{names[key]: text for key, text in changed.items()}}.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


class TinyEncoder(FakeEncoder):
    """The fake encoder, which also remembers what it was given."""

    name = "tiny"

    def __init__(self) -> None:
        super().__init__()
        self.fingerprint = "tiny-1"
        self._heard: dict[bytes, str] = {}

    def encode(self, texts: Sequence[str], kind: Any) -> list[Encoded]:
        found = super().encode(texts, kind)
        for text, encoded in zip(texts, found, strict=True):
            text.encode("utf-8")  # as a real tokenizer does: no lone surrogates
            self._heard[encoded.mean.tobytes()] = text
        return found

    def text_of(self, vector: np.ndarray) -> str:
        """The last text that gave this sentence vector."""
        return self._heard[vector.tobytes()]


@dataclass
class ScriptedHead:
    """Says what the test wrote down for a text: an intent and its probability; else `usual`."""

    encoder: TinyEncoder
    routes: dict[str, tuple[str, float]] = field(default_factory=dict)
    usual: tuple[str, float] = ("ask_delivery_time", 0.95)

    def predict(self, vector: np.ndarray) -> Prediction:
        name, chance = self.routes.get(self.encoder.text_of(vector), self.usual)
        rest = "ask_gift_wrap" if name != "ask_gift_wrap" else "ask_gift_card"
        return Prediction(((name, chance), (rest, 1 - chance)), 0.9)


@dataclass
class ScriptedJudge:
    """How sure the search is of its best passage and of any of the best three; or what it raises instead."""

    top: float = 0.9
    any: float = 0.9
    raises: Exception | None = None

    def judge(self, hits: object) -> Confidence:
        if self.raises:
            raise self.raises
        return Confidence(self.top, self.any)


Step = str | Exception | Callable[[], Any]


class ScriptedWriter:
    """Plays its replies in turn; a reply is a text, or steps: pieces, an exception to raise, a call to make.

    With no reply left it is down, as a dead model is. `requests` are those it got; `live` counts those open.
    """

    name = "scripted"

    def __init__(self, *replies: str | Iterable[Step]) -> None:
        self.replies: list[str | Iterable[Step]] = list(replies)
        self.requests: list[WriterRequest] = []
        self.written: list[str] = []
        self.live = 0
        self.starts = 0
        self.closes = 0
        self.closed_early = threading.Event()

    def start(self) -> None:
        self.starts += 1

    def wait_ready(self, timeout: float) -> bool:
        return True

    def stream(self, request: WriterRequest) -> Generator[str]:
        self.requests.append(request)
        if not self.replies:
            raise WriterUnavailable("the script is over")
        reply = self.replies.pop(0)
        self.live += 1
        finished = False
        try:
            for step in [reply] if isinstance(reply, str) else reply:
                if isinstance(step, Exception):
                    finished = True
                    raise step
                if callable(step):
                    step()
                    continue
                self.written.append(step)
                yield step
            finished = True
        finally:
            self.live -= 1
            if not finished:
                self.closed_early.set()

    def status(self) -> WriterStatus:
        return WriterStatus(self.name, ready=True)

    def close(self) -> None:
        self.closes += 1

    @property
    def asked(self) -> list[str]:
        """The last message of each request: notes and question."""
        return [request.messages[-1].content for request in self.requests]


def make_services(shop: Shop, writer: Any = None) -> Services:
    """Services over the tiny encoder; head, judge and writer do as the test sets them."""
    encoder = TinyEncoder()
    passages = shop_passages(shop)
    index = build_index(passages, passage_units(passages), encoder)
    return Services(
        shop=shop,
        encoder=encoder,
        knowledge=Knowledge(index, encoder),
        head=ScriptedHead(encoder),  # type: ignore[arg-type]
        intents=catalogue(shop.intents),
        answerable=ScriptedJudge(),  # type: ignore[arg-type]
        thresholds={language: Thresholds(0.6, 0.3, 0.5) for language in ("zh", "en")},
        writer=writer or ScriptedWriter(),
        book=empty_book(shop),
    )


def sure(services: Services, top: float, any: float | None = None) -> None:
    """Set how sure the search is."""
    services.answerable.top = top  # type: ignore[misc]
    services.answerable.any = top if any is None else any  # type: ignore[misc]


def says(services: Services, text: str, intent: str, chance: float = 0.95) -> None:
    """Set how a text is routed."""
    services.head.routes[text] = (intent, chance)  # type: ignore[attr-defined]


def script(services: Services, *replies: str | Iterable[Step]) -> ScriptedWriter:
    """Set what the writer says next, and return it."""
    writer: ScriptedWriter = services.writer  # type: ignore[assignment]
    writer.replies[:] = replies
    return writer
