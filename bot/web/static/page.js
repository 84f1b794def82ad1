/* The demo page: its language, the shop's name, and buttons that ask the widget. Runs in the head, so that the first paint
   is in the right language. Knows nothing of how the widget works beyond `window.zhanggui`. */
(() => {
  "use strict";
  const MEMORY = "zhanggui-page-language";
  const root = document.documentElement;
  let names = {};

  const supported = (tag) => ["zh", "en"].find((l) => String(tag || "").toLowerCase().startsWith(l)) || null;
  const language = () => supported(root.lang);

  function remembered() {
    try {
      return supported(localStorage.getItem(MEMORY));
    } catch {
      return null;
    }
  }

  function show(picked) {
    root.lang = picked === "zh" ? "zh-CN" : "en";
    const name = names[picked] || Object.values(names)[0];
    if (!name) return;
    document.title = name;
    for (const element of document.querySelectorAll("[data-shop-name]")) element.textContent = name;
  }

  function choose(picked) {
    try {
      localStorage.setItem(MEMORY, picked);
    } catch {
      // forbidden by the browser's settings: the choice lasts as long as the page
    }
    show(picked);
  }

  /** Call `use` with the widget now, or as soon as its script has run. */
  function withChat(use) {
    if (window.zhanggui) use(window.zhanggui);
    else document.addEventListener("zhanggui:ready", () => use(window.zhanggui), { once: true });
  }

  const known = remembered() || (navigator.languages || []).map(supported).find(Boolean) || null;
  show(known || "en");
  withChat((chat) => chat.setLanguage(language()));
  document.addEventListener("zhanggui:language", (event) => {
    if (event.detail.language !== language()) choose(event.detail.language);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { dataset } = button;
    if ("ask" in dataset) withChat((chat) => chat.ask(button.textContent.trim()));
    else if ("openChat" in dataset) withChat((chat) => chat.open());
    else if (dataset.switch) {
      choose(dataset.switch);
      withChat((chat) => chat.setLanguage(dataset.switch));
      document.querySelector(`[data-in="${dataset.switch}"].switch`).focus();
    }
  });

  const shop = fetch("v1/shop").then((response) => (response.ok ? response.json() : Promise.reject(response.status)));
  const parsed = new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
  Promise.all([shop, parsed]).then(
    ([found]) => {
      names = found.name || {};
      const picked = known ? language() : supported(found.default_locale) || "en";
      show(picked);
      if (!known) withChat((chat) => chat.setLanguage(picked));
    },
    () => {}, // the page reads well without the shop's name
  );
})();
