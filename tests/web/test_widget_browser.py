"""The chat widget and the demo page in headless Chromium.

`Chat` drives the widget on any server: `Chat(page, base_url).visit()`. The tests that take `base_url` ask
nothing that a real server could not answer: `ZHANGGUI_BROWSER_URL=http://127.0.0.1:8000` runs them, and only
them, against one that is up.
`ZHANGGUI_SCREENSHOTS=DIR` keeps pictures of every look.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stub_server import ANSWER, ATTACK, QUOTE, Server, running

pytestmark = pytest.mark.browser

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
expect = sync_api.expect

CHROMIUM = Path(os.environ.get("ZHANGGUI_CHROMIUM", "/usr/bin/chromium"))
REAL = os.environ.get("ZHANGGUI_BROWSER_URL")
PICTURES = os.environ.get("ZHANGGUI_SCREENSHOTS")  # read here: a test sees no ZHANGGUI_ variables
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
QUESTION = {"en": "How long does delivery take?", "zh": "多久能送到？"}
WORDS = {
    "en": {
        "ai": "AI assistant",
        "person": "Talk to a person",
        "sentence": "I'd like to talk to a person",
        "input": "Your message",
    },
    "zh": {"ai": "AI 助手", "person": "转人工客服", "sentence": "我想找人工客服", "input": "您的消息"},
}


class Chat:
    """The widget on a page. Locators pierce the open shadow root."""

    def __init__(self, page: Any, base_url: str) -> None:
        self.page = page
        self.base_url = base_url.rstrip("/")
        self.panel = page.locator("zhanggui-chat .panel")
        self.launcher = page.locator("zhanggui-chat .launcher")
        self.input = self.panel.locator("textarea")
        self.users = self.panel.locator(".message.user .text")
        self.answers = self.panel.locator(".message.assistant:not(.welcome)")
        self.typing = self.panel.locator(".typing")
        self.stop = self.panel.locator(".round.stop")
        self.retry = self.panel.locator(".retry")
        self.chips = self.panel.locator(".chip")
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self._console(message))

    def _console(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)  # a violation of the content security policy arrives here too

    def visit(self, path: str = "/", *, opened: bool = True) -> Chat:
        """Load a page and have the panel open; `opened=False` leaves it as the page has it."""
        self.page.goto(self.base_url + path)
        self.page.wait_for_function("window.zhanggui && window.zhanggui.ready.then(() => true)")
        if opened and not self.panel.is_visible():
            self.launcher.click()
        return self

    def say(self, text: str) -> None:
        """Type a message and press Enter."""
        self.input.fill(text)
        self.input.press("Enter")

    def ask(self, text: str) -> Any:
        """Send a message and wait for the whole of its answer; returns the answer's locator."""
        before = self.answers.count()
        self.say(text)
        answer = self.answers.nth(before)
        self.settled(answer)
        return answer

    def settled(self, answer: Any) -> None:
        """Wait until an answer is complete."""
        expect(answer).to_be_visible(timeout=60_000)
        expect(answer).not_to_have_attribute("aria-busy", "true", timeout=60_000)
        expect(self.typing).to_be_hidden()

    def text(self, answer: Any) -> str:
        """The words of an answer, without its sources."""
        return answer.locator(".text").inner_text()

    def remembered(self) -> dict[str, Any]:
        """What the browser keeps of the conversation."""
        return self.page.evaluate(
            "JSON.parse(localStorage[Object.keys(localStorage).find(k => k.startsWith('zhanggui:'))] || '{}')"
        )

    def language(self, code: str) -> None:
        """Press the language button if the widget speaks the other language."""
        if not (self.panel.get_attribute("lang") or "").startswith(code):
            self.panel.locator(".language").click()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM}: not installed (apt-get install chromium), or set ZHANGGUI_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def stub() -> Iterator[Server]:
    if REAL:
        pytest.skip("scripted answers: not on a real server")
    with running() as server:
        yield server


@pytest.fixture
def base_url(request: pytest.FixtureRequest) -> str:
    """A server that can answer ordinary questions: the real one where one is named, else the stub."""
    return REAL or request.getfixturevalue("stub").url


@pytest.fixture
def open_chat(browser: Any) -> Iterator[Callable[..., Chat]]:
    """Makes a browser context and a `Chat` on a server; every page must end without a script error."""
    opened: list[Any] = []

    def make(url: str, *, size: dict[str, int] = DESKTOP, locale: str = "en-GB", **options: Any) -> Chat:
        context = browser.new_context(viewport=size, locale=locale, **options)
        chat = Chat(context.new_page(), url)
        opened.append((context, chat))
        return chat

    yield make
    for context, chat in opened:
        context.close()
        assert chat.errors == []


# ---- what any server must give


@pytest.mark.parametrize("language", ["en", "zh"])
def test_question_is_answered_with_an_openable_source(
    base_url: str, open_chat: Callable[..., Chat], language: str
) -> None:
    chat = open_chat(base_url).visit()
    chat.language(language)
    answer = chat.ask(QUESTION[language])
    chinese = re.search(r"[\u4e00-\u9fff]", chat.text(answer))
    assert (chinese is not None) == (language == "zh"), chat.text(answer)
    source = answer.locator(".source").first
    expect(source).to_have_attribute("aria-expanded", "false")
    source.click()
    expect(answer.locator(".source-detail").first).to_be_visible()
    assert answer.locator("blockquote").first.inner_text().strip()


def test_reload_restores_the_transcript_and_new_chat_forgets_it(base_url: str, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(base_url).visit()
    said = chat.text(chat.ask(QUESTION["en"]))
    kept = chat.remembered()
    assert kept["id"] and kept["key"]
    chat.visit()
    expect(chat.users).to_have_text([QUESTION["en"]])
    expect(chat.answers.first.locator(".text")).to_have_text(said, use_inner_text=True)
    assert chat.answers.first.locator(".source").count() > 0
    chat.ask(QUESTION["zh"])
    assert chat.remembered()["id"] == kept["id"]
    chat.panel.locator(".tool.plus").click()
    expect(chat.users).to_have_count(0)
    assert "id" not in chat.remembered()
    chat.visit()
    expect(chat.users).to_have_count(0)


def test_deleting_the_conversation_asks_first_and_is_final(base_url: str, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(base_url).visit()
    chat.ask(QUESTION["en"])
    kept = chat.remembered()
    chat.panel.locator(".tool.trash").click()
    chat.page.keyboard.press("Escape")
    expect(chat.panel.locator(".confirm")).to_be_hidden()
    expect(chat.users).to_have_count(1)
    chat.panel.locator(".tool.trash").click()
    chat.panel.locator(".choice.delete").click()
    expect(chat.users).to_have_count(0)
    url = f"{chat.base_url}/v1/conversations/{kept['id']}"
    assert chat.page.request.get(url, headers={"X-Conversation-Key": kept["key"]}).status == 404


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_person_is_one_press_away_and_the_ai_is_labelled(
    base_url: str, open_chat: Callable[..., Chat], language: str
) -> None:
    chat = open_chat(base_url).visit()
    chat.language(language)
    words = WORDS[language]
    expect(chat.panel.get_by_text(words["ai"], exact=True)).to_be_visible()
    chat.panel.get_by_role("button", name=words["person"], exact=True).click()
    expect(chat.users).to_have_text([words["sentence"]])
    chat.settled(chat.answers.first)
    expect(chat.panel.locator(".banner")).to_be_visible()


def test_demo_page_asks_its_examples_in_both_languages(base_url: str, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(base_url).visit(opened=False)
    expect(chat.panel).to_be_visible()
    chat.page.get_by_role("button", name=QUESTION["en"]).first.click()
    expect(chat.users).to_have_text([QUESTION["en"]])
    chat.settled(chat.answers.first)
    chat.page.locator(".switch:visible").click()
    expect(chat.page.get_by_text("欢迎光临")).to_be_visible()
    expect(chat.panel.get_by_text(WORDS["zh"]["ai"], exact=True)).to_be_visible()
    chat.panel.locator(".language").click()  # and the other way round: the page follows the widget
    expect(chat.page.get_by_text("Welcome to")).to_be_visible()


def test_rating_is_sent_once_per_press(base_url: str, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(base_url).visit()
    answer = chat.ask(QUESTION["en"])
    with chat.page.expect_response("**/v1/feedback") as sent:
        answer.get_by_role("button", name="Helpful", exact=True).click()
    assert sent.value.ok and sent.value.request.post_data_json["rating"] == 1
    expect(answer.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "true")
    with chat.page.expect_response("**/v1/feedback") as sent:
        answer.get_by_role("button", name="Not helpful").click()
    assert sent.value.request.post_data_json["rating"] == -1
    expect(answer.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "false")


# ---- the stream


def test_streamed_text_arrives_whole_with_footnotes(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit()
    answer = chat.ask("When?")
    expect(answer.locator(".text")).to_have_text(ANSWER["en"])
    expect(answer.locator(".footnote")).to_have_text(["[1]", "[2]"])
    answer.locator(".footnote").first.click()
    expect(answer.get_by_text(QUOTE["en"])).to_be_visible()
    link = answer.locator(".source-detail a")
    expect(link).to_have_count(1)  # the second source's address is a script
    expect(link).to_have_attribute("href", "https://shop.example/help")
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    expect(chat.chips).to_have_text(["Do you ship abroad?", "What does express cost?"])
    chat.chips.first.click()
    expect(chat.users.last).to_have_text("Do you ship abroad?")


def test_event_parser_at_every_cut(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit("/plain-en")
    results = chat.page.evaluate(
        """async () => {
          const { EventParser, readEvents } = await import("/static/widget/sse.js");
          const lines = ["\\ufeff: beat", "id: 7", "event: delta", 'data: {"a":', "data:  1}", "", "data", "",
            "event: x", "", "data:末😀"];
          const outcomes = new Set();
          for (const end of ["\\n", "\\r\\n", "\\r"]) {
            const bytes = new TextEncoder().encode(lines.join(end) + end + end);
            for (let cut = 0; cut <= bytes.length; cut++) for (const size of [1, 5, 999]) {
              const body = new ReadableStream({ start(c) {
                c.enqueue(bytes.slice(0, cut));
                for (let at = cut; at < bytes.length; at += size) c.enqueue(bytes.slice(at, at + size));
                c.close();
              } });
              const found = [];
              for await (const event of readEvents(body)) found.push(event);
              outcomes.add(JSON.stringify(found));
            }
          }
          const open = new EventParser();
          return { outcomes: [...outcomes], open: [...open.push("data: last"), ...open.end()] };
        }"""
    )
    assert [json.loads(outcome) for outcome in results["outcomes"]] == [
        [
            {"event": "delta", "data": '{"a":\n 1}', "id": "7"},
            {"event": "message", "data": "", "id": "7"},
            {"event": "message", "data": "末😀", "id": "7"},
        ]
    ]
    assert results["open"] == [{"event": "message", "data": "last", "id": ""}]


def test_typing_lives_as_long_as_the_request(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit()
    expect(chat.typing).to_be_hidden()
    chat.say("think")
    expect(chat.typing).to_be_visible()
    expect(chat.stop).to_be_visible()
    chat.settled(chat.answers.first)
    expect(chat.stop).to_be_hidden()


def test_stop_ends_the_request_and_keeps_what_was_shown(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit()
    chat.say("slow")
    expect(chat.answers.first).to_contain_text("delivery")
    chat.stop.click()
    expect(chat.stop).to_be_hidden()
    expect(chat.panel.locator(".note.problem")).to_contain_text("Stopped.")
    shown = chat.text(chat.answers.first)
    chat.page.wait_for_timeout(400)
    assert chat.text(chat.answers.first) == shown
    assert stub.state.cut == 1
    expect(chat.input).to_be_focused()


@pytest.mark.parametrize(
    ("text", "said"),
    [("fail", "Something went wrong"), ("break", "interrupted"), ("limit", "try again in 7 s")],
)
def test_retry_after_an_error(stub: Server, open_chat: Callable[..., Chat], text: str, said: str) -> None:
    chat = open_chat(stub.url).visit()
    chat.say(text)
    expect(chat.panel.locator(".note.problem")).to_contain_text(said)
    expect(chat.typing).to_be_hidden()
    chat.retry.click()
    expect(chat.answers.first.locator(".text")).to_have_text(ANSWER["en"])
    chat.settled(chat.answers.first)
    expect(chat.panel.locator(".note.problem")).to_have_count(0)
    expect(chat.users).to_have_text([text])
    expect(chat.answers).to_have_count(1)
    assert [post["message"] for post in stub.state.posts] == [text, text]
    keys = [headers["Idempotency-Key"] for headers in stub.state.headers]
    # Only an attempt whose outcome is unknown is made again as the same attempt.
    assert (keys[0] == keys[1]) == (text == "break")


def test_unreachable_server_is_told_and_can_be_retried(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit()
    chat.page.route("**/v1/chat", lambda route: route.abort())
    chat.say("hello")
    expect(chat.panel.locator(".note.problem")).to_contain_text("can't be reached")
    chat.page.unroute("**/v1/chat")
    chat.retry.click()
    chat.settled(chat.answers.first)


def test_a_silent_server_is_not_waited_for_forever(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url)
    chat.page.clock.install()
    chat.visit()
    chat.page.route("**/v1/chat", lambda route: None)
    chat.say("hello")
    expect(chat.typing).to_be_visible()
    chat.page.clock.fast_forward(61_000)
    expect(chat.panel.locator(".note.problem")).to_contain_text("too long")
    expect(chat.typing).to_be_hidden()


# ---- several messages, several visits


def test_burst_of_messages_is_one_conversation(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit()
    for text in ("one", "two", "three"):
        chat.say(text)
    expect(chat.answers).to_have_count(3)
    expect(chat.users).to_have_text(["one", "two", "three"])
    assert [post["message"] for post in stub.state.posts] == ["one", "two", "three"]
    assert [post.get("conversation_id") for post in stub.state.posts] == [None, "c0", "c0"]
    assert [headers.get("X-Conversation-Key") for headers in stub.state.headers] == [
        None,
        "key-of-c0",
        "key-of-c0",
    ]


def test_messages_read_together_get_one_answer(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit()
    chat.ask("hello")
    chat.say("burst one")
    chat.page.wait_for_function(
        "document.querySelector('zhanggui-chat').shadowRoot.querySelector('.typing:not([hidden])')"
    )
    chat.page.wait_for_timeout(200)  # the first is being read
    chat.say("burst two")
    chat.settled(chat.answers.nth(1))
    expect(chat.stop).to_be_hidden()
    expect(chat.answers).to_have_count(2)
    expect(chat.panel.locator(".note")).to_have_count(0)


def test_a_lost_conversation_is_replaced_and_the_question_answered(
    stub: Server, open_chat: Callable[..., Chat]
) -> None:
    chat = open_chat(stub.url).visit()
    chat.ask("hello")
    stub.state.conversations.clear()
    answer = chat.ask("When?")
    expect(answer.locator(".text")).to_have_text(ANSWER["en"])
    expect(chat.panel.get_by_text("no longer available")).to_be_visible()
    stub.state.conversations.clear()
    chat.visit()
    expect(chat.users).to_have_count(0)
    assert "id" not in chat.remembered()


def test_a_transcript_that_does_not_load_can_be_tried_again(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit()
    chat.ask("hello")
    chat.page.route("**/v1/conversations/*", lambda route: route.abort())
    chat.visit()
    expect(chat.panel.get_by_text("could not be loaded")).to_be_visible()
    chat.page.unroute("**/v1/conversations/*")
    chat.retry.click()
    expect(chat.users).to_have_text(["hello"])


def test_no_cookies_and_only_the_conversation_and_language_are_kept(
    stub: Server, open_chat: Callable[..., Chat]
) -> None:
    chat = open_chat(stub.url).visit("/plain-en")
    chat.ask("hello")
    chat.language("zh")
    assert chat.page.context.cookies() == []
    assert set(chat.remembered()) == {"id", "key", "language"}
    assert chat.page.evaluate("localStorage.length") == 1


def test_customer_token_travels_in_the_body(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit("/plain-en?secret=1")
    chat.page.evaluate("zhanggui.identify('a.b.c'); zhanggui.setContext({ product: 'lamp' })")
    chat.ask("hello")
    post = stub.state.posts[0]
    assert post["customer_token"] == "a.b.c"
    assert post["context"] == {"page": f"{stub.url}/plain-en", "product": "lamp"}
    assert post["language"] == "en"


# ---- text is text


def test_nothing_that_is_said_becomes_markup(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit()
    answer = chat.ask(f"attack {ATTACK}")
    answer.locator(".source").click()
    expect(chat.users).to_have_text([f"attack {ATTACK}"])
    assert chat.text(answer) == ATTACK
    expect(answer.locator("blockquote")).to_have_text(ATTACK)
    expect(answer.locator(".source-name")).to_have_text("<u>title</u>")
    expect(chat.chips).to_have_text(["<b>bold</b>"])
    for _ in range(2):
        assert chat.panel.locator("img, script, b, u, .text a").count() == 0
        assert chat.page.evaluate("window.hacked") is None
        chat.visit()  # and once more, restored
        expect(chat.answers).to_have_count(1)


def test_long_answers_and_long_words_stay_inside(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit()
    answer = chat.ask("long " + "w" * 300)
    assert chat.text(answer).count("\n") == 39
    assert chat.panel.evaluate(
        "e => [...e.querySelectorAll('.scroller, .bubble')].every(x => x.scrollWidth <= x.clientWidth)"
    )
    expect(chat.panel.locator(".jump")).to_be_visible()  # the answer's beginning stays in view
    chat.panel.locator(".jump").click()
    expect(chat.panel.locator(".jump")).to_be_hidden()


def test_products_and_offers_are_shown(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit()
    answer = chat.ask("a lamp")
    expect(answer.locator(".product")).to_contain_text("Yuewan Dimmable Desk Lamp")
    expect(answer.locator(".product-price")).to_have_text("CN¥189.00")
    expect(answer.locator(".offer")).to_contain_text("GLOW10")


# ---- writing


def test_enter_sends_shift_enter_breaks_the_line_composing_does_neither(
    stub: Server, open_chat: Callable[..., Chat]
) -> None:
    chat = open_chat(stub.url).visit()
    chat.input.press_sequentially("a")
    chat.input.press("Shift+Enter")
    chat.input.press_sequentially("b")
    expect(chat.input).to_have_value("a\nb")
    composing = "new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })"
    chat.input.evaluate(f"e => e.dispatchEvent({composing})")
    expect(chat.input).to_have_value("a\nb")
    chat.input.press("Enter")
    expect(chat.input).to_have_value("")
    expect(chat.users).to_have_text(["a\nb"], use_inner_text=True)
    chat.input.fill("  \n ")
    chat.input.press("Enter")
    expect(chat.users).to_have_count(1)


def test_message_length_is_limited_with_a_notice(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit()
    limit = chat.panel.locator(".limit")
    expect(limit).to_be_hidden()
    chat.input.fill("x" * 3700)
    expect(limit).to_have_text("3,700 / 4,000")
    chat.input.focus()
    chat.page.keyboard.insert_text("y" * 500)
    assert len(chat.input.input_value()) == 4000
    expect(limit).to_have_text("A message can have at most 4,000 characters.")


# ---- language, window, keyboard


@pytest.mark.parametrize(
    ("path", "locale", "heard"),
    [
        ("/plain-zh-CN", "en-GB", "zh"),
        ("/plain-en", "zh-CN", "en"),
        ("/plain-", "zh-TW", "zh"),
        ("/plain-fr", "de-DE", "zh"),
    ],
)
def test_language_from_page_then_browser_then_shop(
    stub: Server, open_chat: Callable[..., Chat], path: str, locale: str, heard: str
) -> None:
    chat = open_chat(stub.url, locale=locale).visit(path)
    expect(chat.panel.get_by_text(WORDS[heard]["ai"], exact=True)).to_be_visible()
    expect(chat.input).to_have_attribute("aria-label", WORDS[heard]["input"])
    other = "en" if heard == "zh" else "zh"
    chat.language(other)
    expect(chat.input).to_have_attribute("aria-label", WORDS[other]["input"])
    chat.visit(path)  # the visitor's choice is remembered
    expect(chat.panel.get_by_text(WORDS[other]["ai"], exact=True)).to_be_visible()


def test_both_languages_have_the_same_words(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit("/plain-en")
    strings = chat.page.evaluate("import('/static/widget/strings.js').then(m => m.strings)")
    assert set(strings["en"]) == set(strings["zh"])
    for key, words in strings["en"].items():
        assert sorted(re.findall(r"{\w+}", words)) == sorted(re.findall(r"{\w+}", strings["zh"][key])), key


def test_panel_opens_and_closes_with_the_focus_in_the_right_place(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url, reduced_motion="reduce").visit("/plain-en", opened=False)
    expect(chat.panel).to_be_hidden()
    chat.launcher.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.panel).to_be_visible()
    expect(chat.input).to_be_focused()
    box = chat.panel.bounding_box()
    assert (box["width"], box["height"]) == (390, 620)
    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()
    chat.visit("/", opened=False)  # closed in this tab: a page that opens it by itself does not
    expect(chat.panel).to_be_hidden()


def test_opening_by_the_page_does_not_take_the_focus(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url).visit(opened=False)
    expect(chat.panel).to_be_visible()
    assert chat.page.evaluate("document.activeElement === document.body")


def test_phone_fills_the_screen_and_keeps_the_focus_inside(stub: Server, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(stub.url, size=PHONE, has_touch=True, is_mobile=True).visit(opened=False)
    expect(chat.panel).to_be_hidden()  # the page opens it by itself only where there is room beside it
    chat.launcher.tap()
    box = chat.panel.bounding_box()
    assert box == {"x": 0, "y": 0, **PHONE}
    expect(chat.panel).to_have_attribute("aria-modal", "true")
    for key in ("Tab", "Shift+Tab"):
        for _ in range(15):
            chat.page.keyboard.press(key)
            assert chat.page.evaluate("document.activeElement.tagName") == "ZHANGGUI-CHAT"
    chat.ask("When?")
    assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    chat.panel.locator(".tool.close").tap()
    expect(chat.panel).to_be_hidden()
    assert chat.page.evaluate("document.documentElement.style.overflow") == ""


CONTRAST = """() => {
  const root = document.querySelector("zhanggui-chat").shadowRoot;
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
  };
  return [...root.querySelectorAll("*")]
    .filter((e) => e.getClientRects().length && !e.classList.contains("unseen")
      && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => {
      const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
      return [e.className, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_at_least_aa(stub: Server, open_chat: Callable[..., Chat], scheme: str) -> None:
    chat = open_chat(stub.url, color_scheme=scheme, reduced_motion="reduce").visit()
    chat.say("fail")
    expect(chat.retry).to_be_visible()
    chat.ask("a lamp")
    chat.ask("a person")
    chat.ask("When?").locator(".source").first.click()
    chat.panel.locator(".tool.trash").click()
    chat.page.mouse.move(5, 5)
    measured = chat.page.evaluate(CONTRAST)
    assert len(measured) > 20
    assert [row for row in measured if row[1] < 4.5] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_looks(
    stub: Server, open_chat: Callable[..., Chat], tmp_path: Path, scheme: str, language: str, device: str
) -> None:
    """Every look renders without a script error; the pictures are for people."""
    folder = Path(PICTURES or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    phone = {"size": PHONE, "is_mobile": True, "has_touch": True, "device_scale_factor": 2} if device == "phone" else {}
    chat = open_chat(stub.url, locale={"en": "en-GB", "zh": "zh-CN"}[language], color_scheme=scheme, **phone)
    chat.visit(opened=False)
    chat.page.wait_for_load_state("networkidle")
    name = f"{device}-{scheme}-{language}"
    chat.page.screenshot(path=folder / f"{name}-1.png", animations="disabled")
    if device == "phone":
        chat.page.screenshot(path=folder / f"{name}-page.png", full_page=True, animations="disabled")
    chat.visit()
    chat.ask(QUESTION[language]).locator(".source").first.click()
    chat.page.screenshot(path=folder / f"{name}-2.png", animations="disabled")
    chat.ask({"en": "Which lamp?", "zh": "什么灯好？"}[language])
    chat.say("fail")
    expect(chat.retry).to_be_visible()
    chat.say("slow")
    expect(chat.answers.nth(2)).to_be_visible()
    chat.page.screenshot(path=folder / f"{name}-3.png", animations="disabled")
    chat.stop.click()
    chat.panel.get_by_role("button", name=WORDS[language]["person"], exact=True).click()
    expect(chat.panel.locator(".banner")).to_be_visible()
    chat.say("think")
    expect(chat.typing).to_be_visible()
    chat.panel.locator(".tool.trash").click()
    chat.page.screenshot(path=folder / f"{name}-4.png", animations="disabled")
    assert len(list(folder.glob(f"{name}-*.png"))) >= 4
