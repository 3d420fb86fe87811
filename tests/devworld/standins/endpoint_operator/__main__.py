"""Answers every GET on the address it is told."""

import http.server
import sys


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


host, port = sys.argv[sys.argv.index("--http-address") + 1].split(":")
http.server.ThreadingHTTPServer((host, int(port)), Answer).serve_forever()
