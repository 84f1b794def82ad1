"""A worker without a model: speaks the chat protocol as the real one does and writes what the schema forces.

Run as `python stub_worker.py BEHAVIOUR...`: `broken` ends at once with an error, `broken-if PATH` while PATH
exists, `mute` never listens, `log PATH` appends a line a start.
"""

import contextlib
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PIECE = 3
PACE = 0.003


def instance(schema):
    """The first value that satisfies a (simple) schema."""
    if schema is None:
        return None
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {name: instance(inner) for name, inner in schema["properties"].items()}
    return True


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = os.environ["ZHANGGUI_WRITER_PROCESS_KEY"]
        prompt = "".join(message["content"] for message in body["messages"])
        if self.headers["Authorization"] != f"Bearer {key}" or len(prompt) > 100_000:
            self.send_error(400)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
        text = json.dumps(instance(schema), ensure_ascii=False) if schema else "Hello! 你好！"
        text = text[: PIECE * body["max_tokens"]]
        for stop in sorted(body.get("stop", []), key=lambda s: text.find(s) + len(s)):
            text = text.split(stop)[0]
        for at in range(0, len(text), PIECE):
            if "crash" in prompt and at >= 4 * PIECE:
                os._exit(7)
            delta = {"choices": [{"delta": {"content": text[at : at + PIECE]}, "finish_reason": None}]}
            self.wfile.write(f"data: {json.dumps(delta)}\n\n".encode())
            time.sleep(PACE)
        self.wfile.write(b"data: [DONE]\n\n")

    def handle(self):
        with contextlib.suppress(OSError):  # the reader has gone: the reply is cancelled
            super().handle()


def main(arguments):
    if "log" in arguments:
        with Path(arguments[arguments.index("log") + 1]).open("a") as log:
            log.write("start\n")
    broken = "broken-if" in arguments and Path(arguments[arguments.index("broken-if") + 1]).exists()
    if broken or "broken" in arguments:
        print("0.00.004.1 E gguf_init: bad magic 掌柜", file=sys.stderr)
        print("0.00.004.2 E srv: exiting", file=sys.stderr)
        sys.exit("Failed to init server")
    if "mute" not in arguments:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"listening http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
