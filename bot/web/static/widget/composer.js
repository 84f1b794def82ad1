/* Where the visitor writes: input, send, stop, and the way to a person. Knows nothing of answers. */
import { h, icon } from "./dom.js";

export const MOST = 4000; // the server's limit for a message
const NEAR = 3600;
const TALLEST = 132;

export class Composer {
  onsend = () => {};
  onstop = () => {};

  constructor(words) {
    this.words = words;
    this.input = h("textarea", { rows: 1, maxLength: MOST, autocomplete: "off", enterkeyhint: "send", id: "input" });
    words.mark(this.input, { placeholder: "placeholder", label: "input" });
    this.limit = h("div", { class: "limit", role: "status", hidden: true });
    this.stop = h("button", { type: "button", class: "round stop", hidden: true, onclick: () => this.onstop() }, icon("stop"));
    this.send = h("button", { type: "submit", class: "round send" }, icon("send"));
    words.mark(this.stop, { label: "stop", title: "stop" });
    words.mark(this.send, { label: "send", title: "send" });
    const field = h("div", { class: "field" }, this.input, this.stop, this.send);
    const form = h("form", { onsubmit: (event) => this.#submit(event) }, this.limit, field);
    this.element = h("div", { class: "composer" }, form, this.#footer());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("input", () => this.#changed());
    words.follow(() => this.#changed());
  }

  set busy(value) {
    if (!value && this.stop.matches(":focus")) this.input.focus();
    this.stop.hidden = !value;
  }

  #footer() {
    const say = () => this.onsend(this.words.t("personSentence"));
    const person = h("button", { type: "button", class: "person-button", onclick: say }, icon("person"));
    person.append(this.words.mark(h("span"), { text: "person" }));
    return h("div", { class: "footer" }, person, this.words.mark(h("span", { class: "disclaimer" }), { text: "disclaimer" }));
  }

  #key(event) {
    // While an input method composes, Enter picks a candidate; Safari reports that key as 229 after the composition.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    this.#submit(event);
  }

  #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.#changed();
    this.onsend(text);
  }

  #changed() {
    const { input, limit } = this;
    const { length } = input.value;
    input.style.height = "auto";
    if (input.scrollHeight) input.style.height = `${Math.min(input.scrollHeight, TALLEST)}px`;
    this.send.disabled = input.value.trim() === "";
    limit.hidden = length < NEAR;
    const number = (n) => n.toLocaleString(this.words.language);
    const words = length >= MOST ? this.words.t("tooLong", { most: number(MOST) }) : `${number(length)} / ${number(MOST)}`;
    if (!limit.hidden) limit.textContent = words;
  }
}
