/* One answer as elements: text with footnotes, sources, products, offers, thumbs. Knows nothing of requests. */
import { h, icon, link, safeUrl } from "./dom.js";

const MARK = /\[(\d{1,3})\]/g;
const OPEN_MARK = /\[\d{0,3}$/; // may become a mark with the next piece
let ids = 0;

/** Text that grows piece by piece; `[n]` becomes what `footnote(n)` gives, or stays as it is where that is null. */
export class GrowingText {
  raw = "";
  #pending = "";

  constructor(element, footnote) {
    this.element = element;
    this.footnote = footnote;
  }

  push(piece) {
    this.raw += piece;
    this.#pending += piece;
    const open = OPEN_MARK.exec(this.#pending);
    const ready = open ? this.#pending.slice(0, open.index) : this.#pending;
    this.#pending = this.#pending.slice(ready.length);
    this.#append(ready);
  }

  /** Replace everything. */
  set(text) {
    this.raw = text;
    this.#pending = "";
    this.element.replaceChildren();
    this.#append(text);
  }

  #append(text) {
    let from = 0;
    for (const found of text.matchAll(MARK)) {
      const button = this.footnote(Number(found[1]));
      if (!button) continue;
      this.#words(text.slice(from, found.index));
      this.element.append(button);
      from = found.index + found[0].length;
    }
    this.#words(text.slice(from));
  }

  #words(text) {
    const last = this.element.lastChild;
    if (last && last.nodeType === Node.TEXT_NODE) last.appendData(text);
    else if (text) this.element.append(text);
  }
}

export class Answer {
  #citations = new Map();
  #sources = h("div", { class: "sources", hidden: true });
  #products = h("div", { class: "products", hidden: true });
  #offers = h("div", { class: "offers", hidden: true });
  #foot = h("div", { class: "foot" });

  /** `rate(messageId, 1 | -1)` returns a promise; `speaker` is "assistant" or "person". */
  constructor(words, server, rate, speaker = "assistant") {
    this.words = words;
    this.server = server;
    this.rate = rate;
    const body = h("div", { class: "text" });
    this.text = new GrowingText(body, (n) => this.#footnote(n));
    const said = words.mark(h("span", { class: speaker === "person" ? "speaker" : "unseen" }), {
      text: speaker === "person" ? "personSays" : "assistant",
    });
    const bubble = h("div", { class: "bubble" }, said, body, this.#sources);
    this.element = h("div", { class: `message ${speaker}` }, bubble, this.#products, this.#offers, this.#foot);
    this.element.setAttribute("aria-busy", "true");
  }

  push(piece) {
    this.text.push(piece);
  }

  set(text) {
    this.text.set(text);
  }

  /** The list replaces an earlier one; marks in the text become buttons. */
  citations(list) {
    this.#citations = new Map();
    const rows = list.filter((c) => c && Number.isInteger(c.n)).map((citation) => this.#source(citation));
    const heading = this.words.mark(h("div", { class: "sources-title" }), { text: "sources" });
    this.#sources.replaceChildren(heading, h("ol", {}, ...rows));
    this.#sources.hidden = rows.length === 0;
    this.text.set(this.text.raw);
  }

  products(list) {
    const cards = list.map((product) => this.#product(product));
    this.#products.replaceChildren(...cards);
    this.#products.hidden = cards.length === 0;
  }

  offers(list) {
    const rows = list.map(({ title, code }) => {
      const tag = code ? this.words.mark(h("span", { class: "code" }), { text: "code" }, { code }) : null;
      return h("div", { class: "offer" }, h("span", {}, String(title ?? "")), tag);
    });
    this.#offers.replaceChildren(...rows);
    this.#offers.hidden = rows.length === 0;
  }

  /** Nothing more comes. With a message id the answer can be rated. */
  finish(messageId = null, rating = 0) {
    this.element.removeAttribute("aria-busy");
    if (messageId) this.#foot.replaceChildren(...this.#thumbs(messageId, rating));
  }

  #footnote(n) {
    const source = this.#citations.get(n);
    if (!source) return null;
    const button = h("button", { type: "button", class: "footnote", onclick: () => source.toggle(true) }, `[${n}]`);
    button.setAttribute("aria-controls", source.id);
    return this.words.mark(button, { label: "source" }, { n, title: source.title });
  }

  #source({ n, title, url, quote }) {
    const id = `source-${++ids}`;
    const address = safeUrl(url, this.server);
    const more = address ? link(address, { class: "source-link" }) : null;
    if (more) this.words.mark(more, { text: "openPage" });
    const detail = h("div", { id, class: "source-detail", hidden: true }, h("blockquote", {}, String(quote ?? "")), more);
    const number = h("span", { class: "source-n" }, `[${n}]`);
    const name = h("span", { class: "source-name" }, String(title ?? ""));
    const button = h("button", { type: "button", class: "source", onclick: () => toggle(false) }, number, name, icon("down"));
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", id);
    const toggle = (fromText) => {
      detail.hidden = !detail.hidden;
      button.setAttribute("aria-expanded", String(!detail.hidden));
      if (detail.hidden) return;
      if (fromText) button.focus({ preventScroll: true });
      detail.scrollIntoView({ block: "nearest" });
    };
    this.#citations.set(n, { id, title: String(title ?? ""), toggle });
    return h("li", {}, button, detail);
  }

  #product({ name, price, currency, url, image, reason }) {
    const address = safeUrl(url, this.server);
    const picture = safeUrl(image, this.server);
    const shown = picture && h("img", { src: picture, alt: "", loading: "lazy", onerror: (e) => e.target.remove() });
    const why = typeof reason === "string" ? reason : reason && reason[this.words.language];
    const parts = [
      shown,
      h(
        "span",
        { class: "product-words" },
        h("span", { class: "product-name" }, String(name ?? "")),
        price === null || price === undefined ? null : h("span", { class: "product-price" }, this.#money(price, currency)),
        why ? h("span", { class: "product-why" }, why) : null,
      ),
    ];
    return address ? link(address, { class: "product" }, ...parts) : h("div", { class: "product" }, ...parts);
  }

  #money(amount, currency) {
    try {
      return new Intl.NumberFormat(this.words.language, { style: "currency", currency }).format(amount);
    } catch {
      return `${amount} ${currency ?? ""}`.trim(); // not an ISO 4217 code
    }
  }

  #thumbs(messageId, rating) {
    const note = h("span", { class: "thanks", role: "status" });
    const buttons = [1, -1].map((value) => {
      const properties = { type: "button", class: value > 0 ? "thumb" : "thumb down", onclick: () => choose(value) };
      const button = h("button", properties, icon("up"));
      return this.words.mark(button, { label: value > 0 ? "helpful" : "unhelpful", title: value > 0 ? "helpful" : "unhelpful" });
    });
    const show = (value) => {
      buttons[0].setAttribute("aria-pressed", String(value === 1));
      buttons[1].setAttribute("aria-pressed", String(value === -1));
    };
    const choose = async (value) => {
      const before = rating;
      show((rating = value));
      try {
        await this.rate(messageId, value);
        this.words.mark(note, { text: "thanks" });
      } catch {
        show((rating = before));
        this.words.mark(note, { text: "rateFailed" });
      }
    };
    show(rating);
    return [...buttons, note];
  }
}
