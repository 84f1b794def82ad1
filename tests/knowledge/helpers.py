"""A small knowledge base in two languages, built with the encoder that needs no model."""

from __future__ import annotations

from fakes import FakeEncoder

from bot.knowledge.index import Index, build_index
from bot.knowledge.load import passage_units
from bot.knowledge.passages import Passage
from bot.knowledge.search import Knowledge

TABLE = """\
Delivery times by zone.

| Zone | Time | Fee |
|---|---|---|
| Tibet | 7-10 days. Ask first. | ¥18 |
| Beijing | 1 day | free |
"""
PASSAGES = [
    Passage("delivery", "en", "faq", "How long does delivery take?", "Delivery takes 2-4 days. Express takes 1 day.",
            ("How long does delivery take?", "When will it arrive?")),
    Passage("delivery", "zh", "faq", "多久能送到？", "标准配送需要2-4天。特快需要1天。", ("多久能送到？",)),
    Passage("wrap", "en", "faq", "Do you wrap gifts?", "Gift wrapping costs ¥12.", ("Do you wrap gifts?",)),
    Passage("points", "zh", "faq", "会员积分怎么算？", "每消费1元得1积分。", ("会员积分怎么算？",)),
    Passage("shipping#zones", "en", "policy", "Shipping › Zones", TABLE.strip(), url="https://x.example/zones"),
]  # fmt: skip


def build(passages: list[Passage] | None = None) -> Index:
    """The index of `passages`."""
    chosen = PASSAGES if passages is None else passages
    return build_index(chosen, passage_units(chosen), FakeEncoder())


def knowledge(passages: list[Passage] | None = None) -> Knowledge:
    """Ready to search."""
    return Knowledge(build(passages), FakeEncoder())
