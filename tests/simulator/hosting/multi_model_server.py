"""The smallest server that keeps the contract of containers of many models; each model's own file says how it behaves.

A model is a JSON document `model.json`: `name` is what it answers with, `begins` a file that its loading makes,
`waits_for` one that must exist before it is loaded, `refuses` a status and a text with which it is not loaded. MEMORY
is how many models fit.
"""

import http.server
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

MEMORY = int(os.environ.get("MEMORY", "1000"))
loaded: dict[str, dict[str, Any]] = {}
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/ping":
            self.reply(200, b"")
        elif self.path == "/models" and os.environ.get("LISTS") != "no":
            models = [{"modelName": name, "modelUrl": model["url"]} for name, model in loaded.items()]
            self.reply(200, json.dumps({"models": models}).encode())
        else:
            self.reply(404, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path == "/models":
            self.load(json.loads(body))
            return
        name = self.path.split("/")[2]
        model = loaded.get(name)
        if model is None:
            self.reply(404, b"not loaded")
        elif body == b"headers":
            self.reply(200, json.dumps({name.lower(): value for name, value in self.headers.items()}).encode())
        elif body == b"environment":
            self.reply(200, json.dumps({**os.environ, "MODEL_URL": model["url"]}).encode())
        elif body == b"loaded":
            self.reply(200, json.dumps(sorted(each["name"] for each in loaded.values())).encode())
        elif body == b"fail":
            self.reply(500, b"broken")
        elif body.startswith(b"wait for "):
            wait_for(body.removeprefix(b"wait for ").decode())
            self.reply(200, model["name"].encode())
        else:
            self.reply(200, model["name"].encode() + b"(" + body + b")")

    def do_DELETE(self) -> None:
        name = self.path.split("/")[2]
        gone = loaded.pop(name, None)
        self.reply(404 if gone is None else 200, b"")

    def load(self, asked: dict[str, str]) -> None:
        name = asked["model_name"]
        model = json.loads(Path(asked["url"], "model.json").read_text())
        if "begins" in model:
            Path(model["begins"]).touch()
        if "waits_for" in model:
            wait_for(model["waits_for"])
        with lock:
            status, text = self.loaded(name, {**model, "url": asked["url"]})
        self.reply(status, text.encode())

    def loaded(self, name: str, model: dict[str, Any]) -> tuple[int, str]:
        if name in loaded:
            return 409, "already loaded"
        if "refuses" in model:
            status, text = model["refuses"]
            return int(status), str(text)
        if len(loaded) >= MEMORY:
            return 507, "no memory left"
        loaded[name] = model
        return 200, ""

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/x-contract")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def wait_for(path: str) -> None:
    while not Path(path).exists():
        time.sleep(0.01)


if __name__ == "__main__":
    port = int(os.environ["SAGEMAKER_BIND_TO_PORT"])
    try:
        http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
