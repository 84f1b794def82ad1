/* One visitor's conversation: sending, bursts, stop, retry, restoring, forgetting. Knows nothing of elements: `view` is told
   what happened. An exchange is `{text, state, reply, citations, turn, error}`; its states are
   waiting -> sending -> done | merged | failed | stopped, and dropped when the conversation is left. */
import { ApiError } from "./api.js";

const SILENCE_MS = 60_000; // a server that works sends something, if only a heartbeat, well within this
const RESTORE_MS = 15_000;

export class Session {
  view = null;
  /** What the page tells about itself: product, cart. */
  context = {};
  #token = null;
  #waiting = [];
  #running = new Set();
  #restoring = null;
  #restored = false;

  constructor(api, store, language) {
    this.api = api;
    this.store = store;
    this.language = language;
  }

  get busy() {
    return this.#running.size + this.#waiting.length > 0;
  }

  get begun() {
    return this.store.conversation !== null;
  }

  /** The shop's signed token of the customer, or null for a guest. */
  identify(token) {
    this.#token = token;
    if (this.#restored === null) this.restore();
  }

  send(text) {
    const exchange = { text };
    this.view.added(exchange);
    this.#enqueue(exchange);
  }

  retry(exchange) {
    if (exchange.state === "failed" || exchange.state === "stopped") this.#enqueue(exchange);
  }

  /** End every request that is under way or waits. What was shown stays. */
  stop() {
    this.#abandon("stopped");
  }

  rate(messageId, rating) {
    return this.api.feedback(messageId, rating, this.#credential());
  }

  /** Show the messages of the remembered conversation, once. Sending waits for it, so that nothing is shown twice. */
  restore() {
    if (this.#restored || this.#restoring) return;
    if (!this.begun) {
      this.#restored = true;
    } else if (!this.store.conversation.key && !this.#token) {
      this.#restored = null; // a customer's: needs the token, which the page may give later
    } else {
      this.#restoring = this.#loadTranscript().finally(() => {
        this.#restoring = null;
        this.#pump();
      });
    }
  }

  async #loadTranscript() {
    const { id } = this.store.conversation;
    this.view.restoring();
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), RESTORE_MS);
    try {
      const found = await this.api.transcript(id, { ...this.#credential(), signal: controller.signal });
      if (this.store.conversation?.id !== id) return; // left in the meantime
      this.#restored = true;
      this.view.restored(found.messages || [], found.handoff || null);
    } catch (error) {
      if (error.status === 404) {
        this.#restored = true;
        this.store.conversation = null;
        this.view.restored([], null);
      } else {
        this.view.restoreFailed();
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Begin anew; the old conversation stays with the shop. */
  reset() {
    this.#abandon("dropped");
    this.store.conversation = null;
    this.#restored = true;
    this.view.cleared();
  }

  /** Delete the conversation from the shop's records, then begin anew. Rejects when the server did not do it. */
  async remove() {
    const conversation = this.store.conversation;
    this.#abandon("stopped");
    if (conversation) {
      await this.api.remove(conversation.id, this.#credential()).catch((error) => {
        if (error.status !== 404) throw error; // already gone is as good
      });
    }
    this.reset();
  }

  #credential() {
    return { key: this.store.conversation?.key, token: this.#token };
  }

  #enqueue(exchange) {
    Object.assign(exchange, { state: "waiting", reply: "", citations: [], turn: null, error: null });
    this.#waiting.push(exchange);
    this.view.changed(exchange, "waiting");
    this.#pump();
  }

  /** A guest's first message makes the conversation, so the next ones wait for its id; later ones go at once. */
  #pump() {
    if (this.#restoring) return;
    while (this.#waiting.length && (this.begun || this.#running.size === 0)) this.#run(this.#waiting.shift());
  }

  async #run(exchange) {
    this.#running.add(exchange);
    exchange.state = "sending";
    exchange.controller = new AbortController();
    this.view.changed(exchange, "sending");
    try {
      await this.#read(exchange);
    } catch (error) {
      if (exchange.state === "sending") this.#failed(exchange, error);
    } finally {
      this.#running.delete(exchange);
      this.view.changed(exchange, "ended");
      this.#pump();
    }
  }

  async #read(exchange) {
    const { controller } = exchange;
    let timer;
    const stir = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        exchange.silent = true;
        controller.abort();
      }, SILENCE_MS);
    };
    stir();
    exchange.silent = false;
    const body = this.#body(exchange.text);
    const sending = { key: this.store.conversation?.key, signal: controller.signal, onbytes: stir };
    sending.idempotencyKey = idempotencyKey(exchange, body);
    try {
      for await (const { event, data } of this.api.chat(body, sending)) {
        if (exchange.state !== "sending") return;
        this.#take(exchange, event, data);
        if (event === "done") return;
      }
    } finally {
      clearTimeout(timer);
    }
    throw new ApiError({ title: "interrupted" });
  }

  #body(text) {
    const { origin, pathname } = window.location; // not the query: it may hold what is nobody's business
    return {
      message: text,
      language: this.language(),
      ...(this.begun && { conversation_id: this.store.conversation.id }),
      ...(this.#token && { customer_token: this.#token }),
      context: { page: origin + pathname, ...this.context },
    };
  }

  #take(exchange, event, data) {
    if (data && data.conversation_id) this.#remember(data);
    if (event === "delta") {
      exchange.reply += data.text;
      this.view.changed(exchange, "delta", data.text);
    } else if (event === "done") {
      if (!data.reply && !data.merged_into && data.speaker !== "person") throw new ApiError({ title: "empty", status: 500 });
      exchange.turn = data;
      exchange.attempt = null;
      exchange.state = data.merged_into ? "merged" : "done";
      this.view.changed(exchange, exchange.state, data);
    } else {
      this.view.changed(exchange, event, data);
    }
  }

  #remember({ conversation_id: id, conversation_key: key }) {
    const known = this.store.conversation;
    if (known && known.id === id && !key) return;
    this.store.conversation = { id, key: key || (known && known.id === id ? known.key : null) };
    this.#restored = true;
    this.#pump();
  }

  #failed(exchange, error) {
    if (error.status) exchange.attempt = exchange.attempt && { ...exchange.attempt, answered: true };
    const gone = error.status === 404 && exchange.attempt?.conversation;
    if (gone && !exchange.rescued) {
      exchange.rescued = true; // once: the conversation was deleted or has expired, the question still stands
      if (this.store.conversation?.id === gone) {
        this.store.conversation = null;
        this.view.lost();
      }
      exchange.state = "waiting";
      this.#waiting.unshift(exchange);
      return;
    }
    exchange.state = "failed";
    exchange.error = exchange.silent ? new ApiError({ title: "timeout" }) : error;
    this.view.changed(exchange, "failed");
  }

  #abandon(state) {
    const exchanges = [...this.#running, ...this.#waiting];
    this.#waiting = [];
    for (const exchange of exchanges) {
      exchange.state = state;
      if (exchange.attempt) exchange.attempt.answered = true;
      exchange.controller?.abort();
      this.view.changed(exchange, state);
    }
  }
}

/** The key of an attempt whose outcome is unknown is used again, so that the shop does not do the same thing twice. */
function idempotencyKey(exchange, body) {
  const text = JSON.stringify(body);
  const before = exchange.attempt;
  const again = before && !before.answered && before.text === text;
  const key = again ? before.key : randomKey();
  exchange.attempt = { key, text, answered: false, conversation: body.conversation_id };
  return key;
}

function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID needs https
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
