"""A model server that answers in chunks; the body of a request says which, and what happens between them.

A body is a list of words in JSON: `go` waits until somebody writes the file GATE, `break` cuts the connection, `die`
ends the server, `hang` never goes on, `refuse` (first only) answers 418; every other word is a chunk.
"""

import http.server
import json
import os
import sys
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        words = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if words[0] == "refuse":
            self.refuse()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/x-chunks")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("X-Amzn-SageMaker-Custom-Attributes", f"accept={self.headers.get('Accept')}")
        self.end_headers()
        for word in words:
            self.do_word(word)
        self.wfile.write(b"0\r\n\r\n")

    def do_word(self, word: str) -> None:
        match word:
            case "go":
                while not os.path.exists(os.environ["GATE"]):
                    time.sleep(0.01)
            case "break":
                self.wfile.flush()
                self.connection.close()
                sys.exit()
            case "die":
                os._exit(7)
            case "hang":
                time.sleep(600)
            case _:
                self.chunk(word.encode())

    def chunk(self, body: bytes) -> None:
        try:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
        except OSError:
            with open(f"{os.environ['GATE']}.hung-up", "w"):
                sys.exit()

    def refuse(self) -> None:
        self.send_response(418)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"no")


if __name__ == "__main__":
    port = int(os.environ["SAGEMAKER_BIND_TO_PORT"])
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
