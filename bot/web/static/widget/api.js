/* The server's routes as functions. Knows nothing of the panel, and keeps nothing. */
import { readEvents } from "./sse.js";

/** What went wrong, in the shape of a problem object; `status` 0 means that no answer came. */
export class ApiError extends Error {
  constructor({ title = "", detail = "", status = 0, retryAfter = null } = {}) {
    super(detail || title || `HTTP ${status}`);
    this.title = title;
    this.detail = detail;
    this.status = Number(status) || 0;
    this.retryAfter = retryAfter;
  }
}

export class Api {
  /** `server` is the address under which `/v1` lives, with a slash at its end. */
  constructor(server) {
    this.server = server;
  }

  /** Events `{event, data}` of one turn, `data` parsed; `done` is the last of a good one. */
  async *chat(body, { key = null, signal, idempotencyKey, onbytes }) {
    const headers = { "Content-Type": "application/json", Accept: "text/event-stream" };
    if (key) headers["X-Conversation-Key"] = key;
    if (idempotencyKey) headers["Idempotency-Key"] = idempotencyKey;
    const response = await this.#fetch("v1/chat", { method: "POST", headers, body: JSON.stringify(body), signal });
    const type = response.headers.get("Content-Type") || "";
    if (!type.startsWith("text/event-stream")) {
      yield { event: "done", data: await response.json() };
      return;
    }
    for await (const { event, data } of readEvents(response.body, onbytes)) {
      const parsed = parse(data);
      if (event === "error") throw new ApiError({ status: 500, ...parsed });
      if (parsed !== undefined) yield { event, data: parsed };
    }
  }

  async transcript(id, credential) {
    const options = { headers: heads(credential), signal: credential.signal };
    return (await this.#fetch(`v1/conversations/${encodeURIComponent(id)}`, options)).json();
  }

  async remove(id, credential) {
    await this.#fetch(`v1/conversations/${encodeURIComponent(id)}`, { method: "DELETE", headers: heads(credential) });
  }

  async feedback(messageId, rating, credential) {
    const headers = { "Content-Type": "application/json", ...heads(credential) };
    await this.#fetch("v1/feedback", { method: "POST", headers, body: JSON.stringify({ message_id: messageId, rating }) });
  }

  async shop() {
    return (await this.#fetch("v1/shop", {})).json();
  }

  async #fetch(path, options) {
    let response;
    try {
      response = await fetch(new URL(path, this.server), { credentials: "omit", cache: "no-store", ...options });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new ApiError({ title: error.message });
    }
    if (!response.ok) throw await problem(response);
    return response;
  }
}

function heads({ key, token }) {
  return { ...(key && { "X-Conversation-Key": key }), ...(token && { "X-Customer-Token": token }) };
}

async function problem(response) {
  const told = parse(await response.text().catch(() => ""));
  const retryAfter = Number(response.headers.get("Retry-After")) || null;
  const { title, detail } = told && typeof told === "object" ? told : {};
  return new ApiError({ title: text(title), detail: text(detail), status: response.status, retryAfter });
}

function text(value) {
  return typeof value === "string" ? value : ""; // FastAPI's own validation puts a list into `detail`
}

function parse(data) {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
