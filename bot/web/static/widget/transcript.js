/* The list of messages: what `Session` reports becomes elements, and the list scrolls as a reader wants. */
import { Answer } from "./answer.js";
import { h, icon } from "./dom.js";

const STARTERS = ["starter1", "starter2", "starter3"];

export class Transcript {
  onhandoff = () => {};
  onstate = () => {};
  onask = () => {};
  onused = () => {}; // a button that goes away was used: somebody must take the focus
  #answers = new WeakMap();
  #elements = new WeakMap();
  #notices = new WeakMap();
  #extras = new WeakMap();
  #live = new Set();
  #pinned = true;
  #anchor = null;
  #placed = 0;
  #restoreNote = null;

  constructor(words, session) {
    this.words = words;
    this.session = session;
    this.items = words.mark(h("div", { class: "items", role: "log", "aria-live": "polite" }), { label: "log" });
    this.typing = this.#typingDots();
    this.chips = words.mark(h("div", { class: "chips", role: "group", hidden: true }), { label: "suggestions" });
    this.scroller = h("div", { class: "scroller", tabindex: "0" }, this.items, this.typing, this.chips);
    this.jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd() }, icon("down"));
    words.mark(this.jump, { label: "latest", title: "latest" });
    this.element = h("div", { class: "transcript" }, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    if (window.ResizeObserver) new ResizeObserver(() => this.#follow()).observe(this.scroller); // keyboard, banner, turning
    this.#greet();
    words.follow(() => this.#empty && this.#offer(STARTERS.map((key) => words.t(key))));
  }

  // ---- what the session tells

  added(exchange) {
    this.#elements.set(exchange, this.#userMessage(exchange.text));
  }

  changed(exchange, what, data) {
    const handlers = {
      waiting: () => this.#begins(exchange),
      delta: () => this.#answer(exchange).push(data),
      citations: () => this.#extra(exchange, { citations: list(data, "citations") }),
      products: () => this.#extra(exchange, { products: list(data, "products") }),
      offers: () => this.#extra(exchange, { offers: list(data, "offers") }),
      quick_replies: () => this.#offer(list(data, "quick_replies")),
      handoff: () => this.onhandoff(data),
      done: () => this.#done(exchange, data),
      merged: () => this.#live.delete(exchange),
      failed: () => this.#ends(exchange, ...problemWords(exchange)),
      stopped: () => this.#ends(exchange, "stopped"),
      dropped: () => this.#live.delete(exchange),
    };
    handlers[what]?.();
    this.typing.hidden = ![...this.#live].some((one) => !this.#answers.has(one));
    this.onstate();
    this.#follow();
  }

  restoring() {
    this.#offer([]);
    this.#restoreNote = this.#note(this.words.mark(h("span"), { text: "restoring" }));
    this.items.append(this.#restoreNote);
  }

  restored(messages, handoff) {
    this.#restoreNote?.remove();
    const before = [...this.items.children].find((child) => child.classList.contains("user")) || null;
    for (const message of messages) this.items.insertBefore(this.#oldMessage(message), before);
    this.onhandoff(handoff);
    this.onstate();
    if (this.#empty) return this.cleared();
    if (!this.session.busy) this.#offer(list(messages[messages.length - 1], "quick_replies"));
    this.toEnd();
  }

  restoreFailed() {
    const again = () => {
      this.#restoreNote.remove();
      this.session.restore();
      this.onused();
    };
    const note = this.#note(this.words.mark(h("span"), { text: "restoreFailed" }), again);
    this.#restoreNote.replaceWith(note);
    this.#restoreNote = note;
  }

  lost() {
    this.onhandoff(null);
    this.notice("lost");
  }

  cleared() {
    this.#live.clear();
    this.typing.hidden = true;
    this.items.replaceChildren();
    this.onhandoff(null);
    this.#greet();
    this.#offer(STARTERS.map((key) => this.words.t(key)));
    this.onstate();
  }

  /** A line in the list that nobody said. */
  notice(key) {
    this.items.append(this.#note(this.words.mark(h("span"), { text: key })));
    this.#follow();
  }

  toEnd() {
    this.#pinned = true;
    this.#anchor = null;
    this.#follow();
  }

  // ---- one exchange

  #begins(exchange) {
    this.#answers.get(exchange)?.element.remove();
    this.#answers.delete(exchange);
    this.#notices.get(exchange)?.remove();
    this.#extras.delete(exchange);
    this.items.append(this.#elements.get(exchange)); // a message sent again is the latest again
    this.#live.add(exchange);
    this.#offer([]);
    this.#pinned = true;
    this.#anchor = this.#elements.get(exchange);
  }

  #answer(exchange) {
    let answer = this.#answers.get(exchange);
    if (!answer) {
      answer = this.#newAnswer("assistant");
      this.#answers.set(exchange, answer);
      this.#fill(answer, this.#extras.get(exchange) || {});
      this.items.append(answer.element);
    }
    return answer;
  }

  /** What comes before the first words waits for them, so that no empty bubble stands there. */
  #extra(exchange, extra) {
    this.#extras.set(exchange, { ...this.#extras.get(exchange), ...extra });
    const answer = this.#answers.get(exchange);
    if (answer) this.#fill(answer, extra);
  }

  #fill(answer, { citations, products, offers }) {
    if (citations) answer.citations(citations);
    if (products) answer.products(products);
    if (offers) answer.offers(offers);
  }

  #done(exchange, turn) {
    this.#live.delete(exchange);
    this.onhandoff(turn.handoff || null);
    if (!turn.reply) {
      this.notice("delivered");
      return;
    }
    const answer = this.#answer(exchange);
    if (turn.reply !== exchange.reply) answer.set(turn.reply);
    this.#fill(answer, turn);
    answer.finish(turn.message_id);
    const options = (turn.awaiting?.options || []).map((option) => option.label);
    this.#offer([...new Set([...options, ...(turn.quick_replies || [])])]);
  }

  #ends(exchange, key, values) {
    this.#live.delete(exchange);
    this.#answers.get(exchange)?.finish();
    const words = key ? this.words.mark(h("span"), { text: key }, values) : h("span", {}, values);
    const note = this.#note(words, () => {
      this.session.retry(exchange);
      this.onused();
    });
    if (exchange.state === "stopped") note.classList.add("calm"); // the visitor's wish is no failure
    this.#notices.set(exchange, note);
    (this.#answers.get(exchange)?.element || this.#elements.get(exchange)).after(note);
  }

  // ---- elements

  get #empty() {
    return !this.items.querySelector(".user, .assistant:not(.welcome), .person");
  }

  #newAnswer(speaker) {
    return new Answer(this.words, this.session.api.server, (id, value) => this.session.rate(id, value), speaker);
  }

  #greet() {
    const said = this.words.mark(h("span", { class: "unseen" }), { text: "assistant" });
    const text = this.words.mark(h("div", { class: "text" }), { text: "welcome" });
    this.items.append(h("div", { class: "message assistant welcome" }, h("div", { class: "bubble" }, said, text)));
  }

  #userMessage(text) {
    const said = this.words.mark(h("span", { class: "unseen" }), { text: "you" });
    return h("div", { class: "message user" }, h("div", { class: "bubble" }, said, h("div", { class: "text" }, text)));
  }

  #oldMessage(message) {
    const { role, text, at } = message;
    let element;
    if (role === "user") {
      element = this.#userMessage(String(text ?? ""));
    } else {
      const answer = this.#newAnswer(role === "person" ? "person" : "assistant");
      answer.set(String(text ?? ""));
      this.#fill(answer, message);
      answer.finish(role === "person" ? null : message.message_id || message.id || null, message.rating || 0);
      ({ element } = answer);
    }
    const time = new Date(at);
    if (at && !Number.isNaN(time.getTime())) element.firstChild.title = time.toLocaleString(this.words.language);
    return element;
  }

  #note(words, again = null) {
    const button = again && h("button", { type: "button", class: "retry", onclick: again }, icon("retry"));
    if (button) button.append(this.words.mark(h("span"), { text: "retry" }));
    return h("div", { class: again ? "note problem" : "note" }, words, button);
  }

  #typingDots() {
    const text = this.words.mark(h("span", { class: "unseen" }), { text: "typing" });
    const dots = [1, 2, 3].map(() => h("i", { "aria-hidden": "true" }));
    return h("div", { class: "typing", role: "status", hidden: true }, text, ...dots);
  }

  #offer(texts) {
    const chip = (text) => {
      const send = () => {
        this.onask(text);
        this.onused();
      };
      return h("button", { type: "button", class: "chip", onclick: send }, text);
    };
    this.chips.replaceChildren(...texts.map((text) => chip(String(text))));
    this.chips.hidden = texts.length === 0;
  }

  // ---- scrolling

  /** Stay at the end while an answer grows, but never push the question it answers out of view. */
  #follow() {
    const { scroller } = this;
    if (this.#pinned) {
      const end = scroller.scrollHeight - scroller.clientHeight;
      const limit = this.#anchor?.isConnected ? this.#anchor.offsetTop - 14 : end;
      scroller.scrollTop = Math.min(end, limit);
      this.#placed = scroller.scrollTop;
    }
    this.#showJump();
  }

  #scrolled() {
    const { scrollHeight, clientHeight, scrollTop } = this.scroller;
    if (Math.abs(scrollTop - this.#placed) > 2) this.#pinned = scrollHeight - clientHeight - scrollTop < 4; // the reader's own
    if (this.#pinned && scrollTop > this.#placed + 2) this.#anchor = null;
    this.#showJump();
  }

  #showJump() {
    const { scrollHeight, clientHeight, scrollTop } = this.scroller;
    this.jump.hidden = scrollHeight - clientHeight - scrollTop < 60;
  }
}

function list(data, name) {
  if (Array.isArray(data)) return data;
  return Array.isArray(data?.[name]) ? data[name] : [];
}

/** What to tell of a failure: a key of the widget's words with values, or null and the server's own words. */
function problemWords({ error, reply }) {
  const { status, title, detail, retryAfter } = error;
  if (!status) return [title === "timeout" ? "timeout" : reply || title === "interrupted" ? "interrupted" : "unreachable"];
  if (status === 429) return retryAfter ? ["limitedFor", { seconds: retryAfter }] : ["limited"];
  const theirs = status < 500 ? detail || title : "";
  return theirs ? [null, theirs] : ["failed"];
}
