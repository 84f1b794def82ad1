/* How the widget looks. A page may set --zhanggui-accent, --zhanggui-on-accent and --zhanggui-font on :root. */

const css = `
:host {
  all: initial;
  --bg: #fffdfa; --soft: #f6eee4; --line: #e6d9ca; --ink: #2a211c; --dim: #6b5e55;
  --accent: var(--zhanggui-accent, #a8471f); --on-accent: var(--zhanggui-on-accent, #ffffff);
  --mine: var(--accent); --on-mine: var(--on-accent);
  --bad: #a32020; --bad-soft: #fbeae6; --good: #3d7a52;
  --shadow: 0 18px 50px rgba(66, 36, 16, .2), 0 3px 12px rgba(66, 36, 16, .1);
  --safe-top: env(safe-area-inset-top, 0px); --safe-bottom: env(safe-area-inset-bottom, 0px);
  --safe-left: env(safe-area-inset-left, 0px); --safe-right: env(safe-area-inset-right, 0px);
  color-scheme: light;
  font: 15px/1.55 var(--zhanggui-font, system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif);
  -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
}
@media (prefers-color-scheme: dark) {
  :host {
    --bg: #1e1916; --soft: #2d2622; --line: #44392f; --ink: #f4ece4; --dim: #bcada0;
    --accent: var(--zhanggui-accent-dark, #f2a272); --on-accent: var(--zhanggui-on-accent-dark, #2b1407);
    --mine: #7a3a1b; --on-mine: #fff3ea;
    --bad: #ff9d8f; --bad-soft: #3b221e; --good: #8fd0a5;
    --shadow: 0 18px 50px rgba(0, 0, 0, .55), 0 0 0 1px rgba(255, 255, 255, .06);
    color-scheme: dark;
  }
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button, textarea { font: inherit; color: inherit; margin: 0; }
button { background: none; border: 0; padding: 0; cursor: pointer; -webkit-tap-highlight-color: transparent; }
h2, p, ol, blockquote { margin: 0; padding: 0; }
ol { list-style: none; }
:focus { outline: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.icon {
  width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.7;
  stroke-linecap: round; stroke-linejoin: round;
}

.launcher {
  position: fixed; z-index: 2147483000; right: calc(20px + var(--safe-right)); bottom: calc(20px + var(--safe-bottom));
  width: 60px; height: 60px; border-radius: 50%; background: var(--accent); color: var(--on-accent);
  display: grid; place-items: center; box-shadow: var(--shadow); transition: transform .18s ease;
}
.launcher:hover { transform: translateY(-2px) scale(1.03); }
.launcher:focus-visible { outline-offset: 4px; }
.launcher .icon { width: 28px; height: 28px; }

.panel {
  position: fixed; z-index: 2147483000; right: calc(20px + var(--safe-right)); bottom: calc(20px + var(--safe-bottom));
  width: 390px; height: 620px; max-width: calc(100vw - 40px); max-height: calc(100vh - 40px);
  display: flex; flex-direction: column; overflow: hidden; color: var(--ink); background: var(--bg);
  border-radius: 20px; box-shadow: var(--shadow); animation: rise .22s cubic-bezier(.2, .8, .3, 1);
}
@supports (height: 100dvh) { .panel { max-height: calc(100dvh - 40px); } }
@keyframes rise { from { opacity: 0; transform: translateY(14px) scale(.985); } }

header {
  flex: none; display: flex; align-items: center; gap: 8px; padding: 14px 10px 13px 18px;
  border-bottom: 1px solid var(--line); background: var(--bg);
}
.who { flex: 1; min-width: 0; }
.name { font-size: 16px; line-height: 1.3; font-weight: 650; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.ai { display: inline-flex; align-items: center; gap: 6px; font-size: 12.5px; line-height: 1.4; color: var(--dim); }
.ai i { width: 7px; height: 7px; border-radius: 50%; background: var(--good); }
.tools { display: flex; align-items: center; gap: 2px; }
.tool { width: 36px; height: 36px; border-radius: 11px; display: grid; place-items: center; color: var(--dim); }
.tool:hover { background: var(--soft); color: var(--ink); }
.tool.trash .icon { width: 19px; height: 19px; }
.language { width: auto; padding: 0 9px; font-size: 13px; font-weight: 550; }

.banner { flex: none; padding: 8px 18px; font-size: 13px; background: var(--soft); border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.confirm { flex: none; padding: 13px 18px 14px; font-size: 14px; background: var(--soft); border-bottom: 1px solid var(--line); }
.confirm div { display: flex; gap: 8px; margin-top: 11px; }
.choice { padding: 6px 16px; border-radius: 99px; border: 1px solid var(--line); background: var(--bg); font-size: 14px; font-weight: 550; }
.choice.delete { color: var(--bad); border-color: currentColor; }

.transcript { position: relative; flex: 1; min-height: 0; display: flex; }
.scroller {
  position: relative; flex: 1; min-width: 0; overflow-y: auto; overscroll-behavior: contain; padding: 18px 16px 14px;
  scrollbar-width: thin; scrollbar-color: var(--line) transparent;
}
.scroller:focus-visible { outline-offset: -3px; border-radius: 6px; }
.items { display: flex; flex-direction: column; gap: 10px; }
.message { max-width: 88%; display: flex; flex-direction: column; align-items: flex-start; }
.message.user { align-self: flex-end; align-items: flex-end; max-width: 84%; }
.user + .assistant, .user + .note { margin-top: 2px; }
.assistant + .user, .person + .user { margin-top: 6px; }
.bubble { max-width: 100%; padding: 9px 14px 10px; border-radius: 18px; background: var(--soft); border-bottom-left-radius: 6px; }
.user .bubble { background: var(--mine); color: var(--on-mine); border-radius: 18px; border-bottom-right-radius: 6px; }
.person .bubble { background: var(--bg); border: 1px solid var(--line); }
.speaker { display: block; font-size: 12.5px; font-weight: 600; color: var(--dim); }
.text { white-space: pre-wrap; overflow-wrap: anywhere; word-break: break-word; }
.footnote {
  display: inline; padding: 0 2px; border-radius: 5px; font-size: 12px; font-weight: 650; color: var(--accent);
  vertical-align: 1px; font-variant-numeric: tabular-nums;
}
.footnote:hover { text-decoration: underline; }

.sources { margin-top: 9px; padding-top: 7px; border-top: 1px solid var(--line); font-size: 13px; line-height: 1.45; }
.sources-title { font-size: 12px; color: var(--dim); }
.source { display: flex; align-items: baseline; gap: 6px; width: 100%; min-height: 28px; padding: 4px 0; text-align: left; border-radius: 6px; }
.source .icon { width: 14px; height: 14px; margin-left: auto; align-self: center; color: var(--dim); transition: transform .15s ease; }
.source[aria-expanded="true"] .icon { transform: rotate(180deg); }
.source-n { color: var(--accent); font-weight: 650; font-size: 12px; }
.source-name { overflow-wrap: anywhere; }
.source:hover .source-name { text-decoration: underline; }
.source-detail { padding: 2px 0 6px; }
.source-detail blockquote { padding-left: 10px; border-left: 3px solid var(--accent); color: var(--dim); white-space: pre-wrap; overflow-wrap: anywhere; }
.source-link { display: inline-block; margin-top: 6px; color: var(--accent); font-weight: 550; }

.products { display: grid; gap: 8px; width: 100%; margin-top: 8px; }
.product {
  display: flex; gap: 12px; padding: 10px 12px; border: 1px solid var(--line); border-radius: 14px; color: inherit;
  text-decoration: none; background: var(--bg);
}
a.product:hover { border-color: var(--accent); }
.product img { width: 56px; height: 56px; flex: none; border-radius: 10px; object-fit: cover; background: var(--soft); }
.product-words { display: grid; gap: 1px; min-width: 0; align-content: center; font-size: 14px; line-height: 1.4; overflow-wrap: anywhere; }
.product-name { font-weight: 600; }
.product-price { color: var(--accent); font-weight: 600; font-variant-numeric: tabular-nums; }
.product-why { color: var(--dim); font-size: 13px; }
.offers { display: grid; gap: 6px; width: 100%; margin-top: 8px; }
.offer {
  display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; padding: 8px 12px; border-radius: 12px;
  border: 1px dashed var(--accent); font-size: 13.5px; overflow-wrap: anywhere;
}
.code { font-weight: 650; color: var(--accent); user-select: all; -webkit-user-select: all; }

.foot { display: flex; align-items: center; gap: 2px; margin: 2px 0 0 4px; }
.thumb { width: 30px; height: 28px; border-radius: 9px; display: grid; place-items: center; color: var(--dim); }
.thumb:hover { background: var(--soft); color: var(--ink); }
.thumb .icon { width: 16px; height: 16px; }
.thumb.down .icon { transform: rotate(180deg); }
.thumb[aria-pressed="true"] { color: var(--accent); }
.thumb[aria-pressed="true"] .icon { fill: currentColor; fill-opacity: .22; }
.thanks { margin-left: 4px; font-size: 12.5px; color: var(--dim); }

.note { align-self: center; max-width: 94%; font-size: 13px; line-height: 1.45; color: var(--dim); text-align: center; overflow-wrap: anywhere; }
.note.problem {
  align-self: stretch; max-width: none; display: flex; align-items: center; justify-content: space-between; gap: 10px;
  padding: 7px 8px 7px 14px; border-radius: 13px; text-align: left; color: var(--bad); background: var(--bad-soft);
}
.note.calm { color: var(--dim); background: var(--soft); }
.note.calm .retry { color: var(--ink); border-color: var(--line); background: var(--bg); }
.retry {
  flex: none; display: inline-flex; align-items: center; gap: 5px; min-height: 32px; padding: 3px 11px; border-radius: 99px;
  border: 1px solid currentColor; font-weight: 600;
}
.retry .icon { width: 15px; height: 15px; }
.chips { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 12px; }
.chip {
  max-width: 100%; padding: 6px 14px 7px; border-radius: 99px; border: 1px solid var(--accent); color: var(--accent);
  font-size: 14px; font-weight: 550; line-height: 1.4; text-align: left; overflow-wrap: anywhere;
}
.chip:hover { background: var(--accent); color: var(--on-accent); }
.typing {
  display: inline-flex; gap: 5px; margin-top: 10px; padding: 15px 16px; border-radius: 18px; border-bottom-left-radius: 6px;
  background: var(--soft);
}
.typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--dim); animation: dot 1.2s infinite ease-in-out; }
.typing i:nth-of-type(2) { animation-delay: .15s; }
.typing i:nth-of-type(3) { animation-delay: .3s; }
@keyframes dot { 0%, 60%, 100% { opacity: .35; } 30% { opacity: 1; transform: translateY(-3px); } }
.jump {
  position: absolute; right: 16px; bottom: 10px; width: 36px; height: 36px; border-radius: 50%; display: grid; place-items: center;
  color: var(--ink); background: var(--bg); border: 1px solid var(--line); box-shadow: 0 3px 12px rgba(40, 20, 8, .18);
}

.composer { flex: none; padding: 8px 14px 10px; border-top: 1px solid var(--line); background: var(--bg); }
.limit { padding: 0 4px 6px; font-size: 12.5px; color: var(--dim); text-align: right; }
.field {
  display: flex; align-items: flex-end; gap: 6px; padding: 4px 5px 4px 14px; border: 1px solid var(--line); border-radius: 22px;
  background: var(--bg); transition: border-color .15s ease;
}
.field:focus-within { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
textarea {
  flex: 1; min-width: 0; max-height: 132px; padding: 6px 0; border: 0; background: none; resize: none; font-size: 16px;
  line-height: 1.45; overflow-y: auto; overflow-wrap: anywhere;
}
textarea:focus-visible { outline: none; }
textarea::placeholder { color: var(--dim); opacity: 1; }
.round { flex: none; width: 34px; height: 34px; border-radius: 50%; display: grid; place-items: center; }
.round.send { background: var(--accent); color: var(--on-accent); }
.round.send:disabled { background: var(--soft); color: var(--dim); cursor: default; }
.round.stop { border: 1px solid var(--line); color: var(--ink); }
.round.stop .icon { fill: currentColor; }
.footer { display: flex; align-items: center; justify-content: space-between; gap: 6px; padding: 7px 2px 0; font-size: 12.5px; color: var(--dim); }
.person-button { display: inline-flex; align-items: center; gap: 5px; min-height: 28px; padding: 2px 8px 2px 4px; border-radius: 9px; color: var(--accent); font-size: 13px; font-weight: 600; white-space: nowrap; }
.disclaimer { text-align: right; }
.person-button:hover { background: var(--soft); }
.person-button .icon { width: 17px; height: 17px; }

@media (max-width: 519.98px) {
  .panel {
    top: 0; left: 0; right: 0; bottom: auto; width: 100%; height: 100vh; max-width: none; max-height: none; border-radius: 0;
    box-shadow: none; animation: none;
  }
  @supports (height: 100dvh) { .panel { height: 100dvh; } }
  header { padding: calc(10px + var(--safe-top)) calc(8px + var(--safe-right)) 10px calc(16px + var(--safe-left)); }
  .tool { width: 40px; height: 40px; }
  .tool.language { width: auto; }
  .scroller { padding-left: calc(14px + var(--safe-left)); padding-right: calc(14px + var(--safe-right)); }
  .composer { padding: 8px calc(12px + var(--safe-right)) calc(8px + var(--safe-bottom)) calc(12px + var(--safe-left)); }
  .person-button { min-height: 34px; }
  .thumb { width: 38px; height: 34px; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
  .typing i { opacity: .7; }
}
@media (forced-colors: active) {
  .bubble, .panel, .launcher, .typing { border: 1px solid CanvasText; }
}
@media print { .launcher, .panel { display: none; } }
`;

export const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
