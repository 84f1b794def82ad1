/* The window around the chat: launcher, header, opening and closing, focus, phone or desktop. */
import { Composer, MOST } from "./composer.js";
import { h, icon } from "./dom.js";
import { Transcript } from "./transcript.js";

const FOCUSABLE = "button:not([disabled]), a[href], textarea, [tabindex='0']";

export class Panel {
  onlanguage = () => {};
  onopenchange = () => {};
  #full = false;
  #overflow = "";

  /** `phone` is a media query: while it matches, the panel fills the screen and is modal. */
  constructor(root, session, words, phone) {
    Object.assign(this, { root, session, words, phone });
    this.transcript = new Transcript(words, session);
    session.view = this.transcript;
    this.composer = new Composer(words);
    this.banner = h("div", { class: "banner", role: "status", hidden: true });
    this.confirm = this.#confirmation();
    this.launcher = h("button", { type: "button", class: "launcher", onclick: () => this.open() }, icon("chat"));
    words.mark(this.launcher, { label: "open", title: "open" });
    const parts = [this.#header(), this.banner, this.confirm, this.transcript.element, this.composer.element];
    this.element = h("section", { class: "panel", role: "dialog", hidden: true }, ...parts);
    words.mark(this.element, { label: "panel" });
    words.follow(() => (this.element.lang = words.language === "zh" ? "zh-CN" : "en"));
    root.append(this.launcher, this.element);
    this.#connect();
  }

  get isOpen() {
    return !this.element.hidden;
  }

  open({ focus = true } = {}) {
    if (!this.isOpen) {
      this.element.hidden = false;
      this.launcher.hidden = true;
      this.#fit();
      this.session.restore();
      this.transcript.toEnd();
      this.onopenchange(true);
    }
    if (focus) this.#focus();
  }

  close() {
    if (!this.isOpen) return;
    this.element.hidden = true;
    this.launcher.hidden = false;
    this.#fit();
    this.launcher.focus({ preventScroll: true });
    this.onopenchange(false);
  }

  ask(text) {
    const clean = text.trim().slice(0, MOST);
    if (clean) this.session.send(clean);
  }

  // ---- parts

  #header() {
    const { words } = this;
    const button = (name, key, onclick) => {
      const element = h("button", { type: "button", class: `tool ${name}`, onclick }, icon(name));
      return words.mark(element, { label: key, title: key });
    };
    const name = h("h2", { class: "name" });
    words.follow(() => (name.textContent = words.shopName()));
    const label = h("span", { class: "ai" }, h("i", { "aria-hidden": "true" }), words.mark(h("span"), { text: "ai" }));
    const language = words.mark(h("button", { type: "button", class: "tool language" }), { text: "other", label: "switch" });
    language.addEventListener("click", () => this.onlanguage(words.language === "zh" ? "en" : "zh"));
    words.follow(() => (language.lang = words.language === "zh" ? "en" : "zh-CN"));
    this.trash = button("trash", "deleteChat", () => this.#ask(true));
    const tools = [language, button("plus", "newChat", () => this.#renew()), this.trash, button("close", "close", () => this.close())];
    return h("header", {}, h("div", { class: "who" }, name, label), h("div", { class: "tools" }, ...tools));
  }

  #confirmation() {
    const { words } = this;
    const question = words.mark(h("p", { id: "delete-question" }), { text: "deleteAsk" });
    const button = (key, onclick) => words.mark(h("button", { type: "button", class: `choice ${key}`, onclick }), { text: key });
    const choices = h("div", {}, button("keep", () => this.#ask(false)), button("delete", () => this.#remove()));
    const attributes = { class: "confirm", role: "alertdialog", "aria-labelledby": "delete-question", hidden: true };
    return h("div", attributes, question, choices);
  }

  #connect() {
    const { transcript, composer, session } = this;
    transcript.onask = (text) => this.ask(text);
    transcript.onused = () => this.#focus();
    transcript.onstate = () => {
      composer.busy = session.busy;
      this.trash.hidden = !session.begun;
    };
    transcript.onhandoff = (handoff) => this.#handoff(handoff);
    transcript.onstate();
    composer.onsend = (text) => this.ask(text);
    composer.onstop = () => session.stop();
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.phone.addEventListener("change", () => this.#fit());
    const viewport = window.visualViewport;
    if (viewport) for (const name of ["resize", "scroll"]) viewport.addEventListener(name, () => this.#fit());
  }

  // ---- the conversation as a whole

  #renew() {
    this.session.reset();
    this.#ask(false);
  }

  #ask(wanted) {
    this.confirm.hidden = !wanted;
    if (wanted) this.confirm.querySelector("button").focus();
    else if (this.isOpen) this.#focus();
  }

  async #remove() {
    this.#ask(false);
    try {
      await this.session.remove();
      this.transcript.notice("deleted");
    } catch {
      this.transcript.notice("deleteFailed");
    }
  }

  #handoff(handoff) {
    const state = handoff ? handoff.state : "closed";
    this.banner.hidden = state === "closed";
    if (state === "closed") return;
    const values = { ticket: handoff.ticket, minutes: handoff.wait_minutes };
    const waiting = Number.isFinite(handoff.wait_minutes) ? "waitingFor" : "waiting";
    this.words.mark(this.banner, { text: state === "assigned" ? "assigned" : waiting }, values);
  }

  // ---- focus and size

  /** The input; on a phone the list, because the input would bring up the keyboard. */
  #focus() {
    const target = this.phone.matches ? this.transcript.scroller : this.composer.input;
    target.focus({ preventScroll: true });
  }

  #key(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      if (this.confirm.hidden) this.close();
      else this.#ask(false);
    } else if (event.key === "Tab" && this.phone.matches) {
      this.#keepInside(event);
    }
  }

  #keepInside(event) {
    const all = [...this.element.querySelectorAll(FOCUSABLE)].filter((element) => element.getClientRects().length > 0);
    const [first, last] = [all[0], all[all.length - 1]];
    const { activeElement } = this.root;
    if (event.shiftKey ? activeElement !== first : activeElement !== last) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }

  /** On a phone, fill what the on-screen keyboard leaves, and hold the page behind still. */
  #fit() {
    const full = this.isOpen && this.phone.matches;
    const page = document.documentElement.style;
    if (full !== this.#full) {
      if (full) this.#overflow = page.overflow;
      page.overflow = full ? "hidden" : this.#overflow;
      this.element.setAttribute("aria-modal", String(full));
      this.#full = full;
    }
    const { style } = this.element;
    const viewport = window.visualViewport;
    style.height = full && viewport ? `${viewport.height}px` : "";
    style.transform = full && viewport && viewport.offsetTop ? `translateY(${viewport.offsetTop}px)` : "";
  }
}
