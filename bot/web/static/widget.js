/* The loader: `<script src="/widget.js" async></script>` on any page. Reads the tag's attributes, offers `window.zhanggui`
   at once, and imports the widget. Knows nothing of chatting. */
(() => {
  "use strict";
  if (window.zhanggui) return; // a second tag changes nothing
  const script = document.currentScript || document.querySelector('script[src*="widget.js"]');
  const given = script.dataset.server;
  const server = given ? new URL(given.endsWith("/") ? given : given + "/", document.baseURI) : new URL(".", script.src);
  const options = {
    server: server.href,
    language: script.dataset.lang || null,
    open: "open" in script.dataset && script.dataset.open !== "false",
  };
  const ready = import(new URL("static/widget/main.js", server).href).then((main) => main.start(options));
  ready.catch((error) => console.error("zhanggui: the chat could not be loaded", error));
  const later = (name) => (...values) => ready.then((widget) => widget[name](...values));
  window.zhanggui = Object.freeze({
    ready,
    open: later("open"),
    close: later("close"),
    ask: later("ask"),
    setLanguage: later("setLanguage"),
    identify: later("identify"),
    setContext: later("setContext"),
  });
  document.dispatchEvent(new Event("zhanggui:ready"));
})();
