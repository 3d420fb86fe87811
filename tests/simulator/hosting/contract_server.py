"""The smallest server that keeps SageMaker's container contract; the body of a request says what it shall do."""

import http.server
import json
import os
import signal
import subprocess
import sys
import time


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        time.sleep(float(os.environ.get("PING_DELAY", "0")))
        self.reply(int(os.environ.get("PING_STATUS", "200")), b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        match body:
            case b"environment":
                self.reply(200, json.dumps(dict(os.environ)).encode())
            case b"headers":
                self.reply(200, json.dumps({name.lower(): value for name, value in self.headers.items()}).encode())
            case b"model":
                folder = os.environ["SM_MODEL_DIR"]
                self.reply(200, json.dumps({"folder": folder, "files": sorted(os.listdir(folder))}).encode())
            case b"write to the model":
                self.reply(200, attempt_to_write().encode())
            case b"spawn":
                child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
                self.reply(200, str(child.pid).encode())
            case b"hang" if os.environ.get("HANG") != "never":
                time.sleep(600)
            case b"die":
                os._exit(7)
            case b"refuse":
                self.reply(418, b"no")
            case b"fail":
                self.reply(500, b"broken")
            case _:
                self.reply(200, os.environ.get("NAME", "").encode() + b"(" + body + b")")

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/x-contract")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def attempt_to_write() -> str:
    try:
        with open(os.path.join(os.environ["SM_MODEL_DIR"], "intruder"), "w") as file:
            file.write("x")
    except OSError as error:
        return f"refused: {error.strerror}"
    return "written"


def on_sigterm(_number: int, _frame: object) -> None:
    print("SIGTERM received", flush=True)
    if os.environ.get("IGNORE_SIGTERM") != "1":
        os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, on_sigterm)
    print("started", flush=True)
    port = int(os.environ["SAGEMAKER_BIND_TO_PORT"])
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
