/* Which language the widget speaks, and the words of marked elements. Knows nothing of what the elements are for. */
import { strings } from "./strings.js";

/** "zh-Hant-TW" -> "zh", "en-GB" -> "en", anything else -> null. */
export function supported(tag) {
  const base = String(tag || "").toLowerCase().split(/[-_]/)[0];
  return base in strings ? base : null;
}

/** The page's language, else the browser's first that the widget speaks, else null. */
export function pageLanguage() {
  const tags = [document.documentElement.lang, ...(navigator.languages || [navigator.language])];
  return tags.map(supported).find(Boolean) || null;
}

export class Localizer {
  /** Names of the shop by language. */
  shop = {};
  onchange = () => {};
  #listeners = [];

  constructor(root, language) {
    this.root = root;
    this.language = language;
  }

  /** The words of `key`, with `{name}` replaced from `values`. `{shop}` is always known. */
  t(key, values = {}) {
    const all = { shop: this.shopName(), ...values };
    return strings[this.language][key].replace(/\{(\w+)\}/g, (_, name) => all[name] ?? "");
  }

  shopName() {
    const { shop, language } = this;
    return shop[language] || Object.values(shop)[0] || strings[language].theShop;
  }

  /** Mark an element: `text`, `label`, `title` and `placeholder` are keys; they follow the language from now on. */
  mark(element, keys, values = null) {
    for (const [part, key] of Object.entries(keys)) element.dataset["t" + part[0].toUpperCase() + part.slice(1)] = key;
    if (values) element.dataset.tValues = JSON.stringify(values);
    this.#apply(element);
    return element;
  }

  /** Speak another language, in everything that is marked. Also called when the shop's name becomes known. */
  set(language) {
    const changed = language !== this.language;
    this.language = language;
    const marked = "[data-t-text], [data-t-label], [data-t-title], [data-t-placeholder]";
    for (const element of this.root.querySelectorAll(marked)) this.#apply(element);
    for (const listener of this.#listeners) listener();
    if (changed) this.onchange(language);
  }

  /** Call `listener` after every change of language or shop name, and once now. */
  follow(listener) {
    this.#listeners.push(listener);
    listener();
  }

  #apply(element) {
    const { tText, tLabel, tTitle, tPlaceholder, tValues } = element.dataset;
    const values = tValues ? JSON.parse(tValues) : {};
    if (tText) element.textContent = this.t(tText, values);
    if (tLabel) element.setAttribute("aria-label", this.t(tLabel, values));
    if (tTitle) element.title = this.t(tTitle, values);
    if (tPlaceholder) element.placeholder = this.t(tPlaceholder, values);
  }
}
