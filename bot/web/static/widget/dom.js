/* Building elements without markup: text is only ever text. Knows nothing of chats. */

/** An element with properties and children; strings among the children become text nodes. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const PATHS = {
  chat: ["M4 5.5h16v11H11l-4.5 3.5v-3.5H4z", "M8 9.5h8", "M8 12.5h5"],
  check: ["M5.5 12.5l4.5 4.5 8.5-10"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  down: ["M6 9.5l6 6 6-6"],
  send: ["M12 19V6", "M6.5 11L12 5.5l5.5 5.5"],
  stop: ["M8 8h8v8H8z"],
  plus: ["M12 5.5v13", "M5.5 12h13"],
  trash: ["M5 7.5h14", "M9.5 7.5V5h5v2.5", "M6.8 7.5l.9 12h8.6l.9-12", "M10.3 11v5", "M13.7 11v5"],
  up: ["M7 10.5v9H4v-9z", "M7 10.5l4-7c1.7 0 2.6 1.2 2.2 2.8l-.7 3.2h5.2c1.4 0 2.1 1 1.8 2.3l-1.3 5.9c-.3 1.1-1.1 1.8-2.3 1.8H7"],
  person: ["M12 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z", "M5 19.5c.6-3.4 3.3-5.5 7-5.5s6.4 2.1 7 5.5"],
  retry: ["M19 12a7 7 0 1 1-2.2-5.1", "M19.5 4v4h-4"],
};

/** One of the line icons above, hidden from screen readers. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  for (const d of PATHS[name]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** The address if it is http or https, else null: `javascript:` and its like never become links. */
export function safeUrl(value, base) {
  if (typeof value !== "string" || !value) return null;
  try {
    const url = new URL(value, base);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens in a new tab and tells the other side nothing. */
export function link(href, properties, ...children) {
  return h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow", ...properties }, ...children);
}
