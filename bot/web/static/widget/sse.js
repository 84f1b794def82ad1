/* Server-sent events from bytes, whatever the chunk boundaries. Knows nothing of what the events mean.
   Follows https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation, except that an event
   without its closing blank line at the very end of the stream is delivered too. */

export class EventParser {
  #rest = "";
  #data = [];
  #event = "";
  #id = "";
  #first = true;

  /** Take the next piece of text; returns the events `{event, data, id}` that it completes. */
  push(text) {
    this.#rest += text;
    if (this.#first && this.#rest) {
      this.#first = false;
      if (this.#rest.charCodeAt(0) === 0xfeff) this.#rest = this.#rest.slice(1);
    }
    const held = this.#rest.endsWith("\r") ? "\r" : ""; // its "\n" may be in the next piece
    const lines = this.#rest.slice(0, this.#rest.length - held.length).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() + held;
    return lines.map((line) => this.#line(line)).filter(Boolean);
  }

  /** The stream is over; returns what was still open. */
  end() {
    const events = this.#rest ? this.push("\n") : [];
    const last = this.#line("");
    return last ? [...events, last] : events;
  }

  #line(line) {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return null; // a comment, sent to keep the connection alive
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#event = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    return null;
  }

  #dispatch() {
    const data = this.#data;
    const event = this.#event || "message";
    this.#data = [];
    this.#event = "";
    return data.length ? { event, data: data.join("\n"), id: this.#id } : null;
  }
}

/** The events of a response body; `onbytes` is called for every chunk, heartbeats included. */
export async function* readEvents(body, onbytes = () => {}) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      onbytes();
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
    yield* parser.push(decoder.decode());
    yield* parser.end();
  } finally {
    reader.cancel().catch(() => {});
  }
}
