/* Puts the parts together: settings, session, panel. The only module that knows all the others. */
import { Api } from "./api.js";
import { Localizer, pageLanguage, supported } from "./i18n.js";
import { Panel } from "./panel.js";
import { Session } from "./session.js";
import { Store } from "./storage.js";
import { sheet } from "./styles.js";

const PHONE = "(max-width: 519.98px)";
const ROOMY = "(min-width: 900px)"; // there is a page to see beside the panel

/** Start the widget on this page. Resolves to what `window.zhanggui` offers. */
export async function start({ server, language, open }) {
  await bodyReady();
  const api = new Api(server);
  const store = new Store(server);
  const root = mount();
  const chosen = supported(store.language) || supported(language) || pageLanguage();
  const words = new Localizer(root, chosen || "en");
  let decided = chosen !== null;
  const session = new Session(api, store, () => words.language);
  const panel = new Panel(root, session, words, window.matchMedia(PHONE));

  words.onchange = (picked) => {
    decided = true;
    document.dispatchEvent(new CustomEvent("zhanggui:language", { detail: { language: picked } }));
  };
  panel.onlanguage = (picked) => {
    store.language = picked; // the visitor's own choice outlives the page
    words.set(picked);
  };
  panel.onopenchange = (isOpen) => (store.open = isOpen);

  api.shop().then(
    (shop) => {
      words.shop = shop.name || {};
      words.set(decided ? words.language : supported(shop.default_locale) || "en");
    },
    () => {}, // the chat works without the shop's name
  );
  const { matches: phone } = window.matchMedia(PHONE);
  const wanted = store.open === null ? open && window.matchMedia(ROOMY).matches : store.open && !phone;
  if (wanted) panel.open({ focus: false });
  return publicApi(panel, session, words);
}

function publicApi(panel, session, words) {
  return {
    open: () => panel.open(),
    close: () => panel.close(),
    ask: (text) => {
      panel.open();
      panel.ask(String(text));
    },
    setLanguage: (language) => {
      if (supported(language)) words.set(supported(language)); // the page's choice, so it is not remembered
    },
    identify: (token) => session.identify(token || null),
    setContext: (context) => (session.context = { ...context }),
  };
}

function mount() {
  const host = document.createElement("zhanggui-chat");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  document.body.append(host);
  return root;
}

function bodyReady() {
  if (document.readyState !== "loading") return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
}
