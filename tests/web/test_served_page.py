"""The whole thing as a shopper meets it: `zhanggui serve`, the real models, a browser, a question, its answer and its source."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.model]

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")

from test_widget_browser import CHROMIUM, Chat  # noqa: E402

# Read at import: a test sees no ZHANGGUI_ variables.
HOME = os.environ.get("ZHANGGUI_HOME")
MODELS = os.environ.get("ZHANGGUI_MODELS")
QUESTIONS = {
    "en": ("Do you ship to Singapore?", "68"),
    "zh": ("人工客服几点上班？", "09:00"),
}


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    import httpx2

    from bot.bench.serving import server, wait_ready
    from bot.config import settings
    from bot.models.installed import is_ready
    from bot.resources import shipped

    kept = {k: v for k, v in {"ZHANGGUI_HOME": HOME, "ZHANGGUI_MODELS": MODELS}.items() if v}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in kept.items():
            patch.setenv(name, value)
        settings.cache_clear()
        missing = [n for n in ("multilingual-e5-small", "qwen2.5-coder-1.5b") if not is_ready(n)]
        if missing:
            pytest.skip(f"{missing[0]} is not installed: run `zhanggui models pull`")
        with server(Path(shipped("knowledge_base"))) as (base, _), httpx2.Client(timeout=10, trust_env=False) as client:
            wait_ready(client, base)
            yield base
    settings.cache_clear()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM}: not installed (apt-get install chromium), or set ZHANGGUI_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_question_is_answered_with_its_source(browser: Any, base_url: str, language: str) -> None:
    question, fact = QUESTIONS[language]
    context = browser.new_context(locale={"en": "en-GB", "zh": "zh-CN"}[language])
    try:
        chat = Chat(context.new_page(), base_url).visit()
        answer = chat.ask(question)
        assert fact in chat.text(answer)
        answer.locator(".footnote").first.click()
        assert fact in answer.inner_text()
        assert not chat.errors
    finally:
        context.close()
