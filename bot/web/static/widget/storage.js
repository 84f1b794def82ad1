/* What the browser remembers: the conversation and the language (for good), whether the panel is open (this tab).
   No cookies. Where storage is forbidden, memory does for as long as the page lives. */

export class Store {
  #name;
  #kept;
  #open;

  /** Names are kept apart by server, so that two shops on one origin do not share a chat. */
  constructor(server) {
    this.#name = `zhanggui:${server}`;
    this.#kept = read(() => localStorage, this.#name);
    this.#open = read(() => sessionStorage, this.#name);
  }

  /** `{id, key}` of the conversation, or null; `key` is null when a customer's token began it. */
  get conversation() {
    const { id, key } = this.#kept;
    return typeof id === "string" ? { id, key: typeof key === "string" ? key : null } : null;
  }

  set conversation(value) {
    this.#keep({ id: value ? value.id : undefined, key: value ? value.key : undefined });
  }

  get language() {
    return this.#kept.language || null;
  }

  set language(value) {
    this.#keep({ language: value });
  }

  /** true, false, or null when the visitor has neither opened nor closed the panel in this tab. */
  get open() {
    return typeof this.#open.open === "boolean" ? this.#open.open : null;
  }

  set open(value) {
    this.#open = { open: value };
    write(() => sessionStorage, this.#name, this.#open);
  }

  #keep(change) {
    const others = read(() => localStorage, this.#name); // another tab may have written since
    this.#kept = { ...this.#kept, ...others, ...change };
    write(() => localStorage, this.#name, this.#kept);
  }
}

function read(storage, name) {
  try {
    const kept = JSON.parse(storage().getItem(name));
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {}; // forbidden by the browser's settings, or written by something else
  }
}

function write(storage, name, value) {
  try {
    storage().setItem(name, JSON.stringify(value));
  } catch {
    // forbidden or full: the chat goes on, it is only not remembered
  }
}
