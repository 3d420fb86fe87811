"""A door before the simulator: closed, nobody listens there; open, it is the simulator. What it holds is not lost."""

import contextlib
import shutil
import socket
import socketserver
import threading
from collections.abc import Iterator


class Gate:
    """Closed until `open`; connections that went through stay until they are closed by one side."""

    def __init__(self, *, to_port: int) -> None:
        class Pass(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(("127.0.0.1", to_port)) as there:
                    back = threading.Thread(target=_pump, args=(there, self.request), daemon=True)
                    back.start()
                    _pump(self.request, there)
                    back.join()

        # The port is its own while it is closed too: whoever connects is refused, and nobody else can listen there.
        self._server = _Server(("127.0.0.1", 0), Pass, bind_and_activate=False)
        self._server.server_bind()
        self._is_open = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def open(self) -> None:
        self._is_open = True
        self._server.server_activate()
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        if self._is_open:
            self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


@contextlib.contextmanager
def closed_gate(*, to_port: int) -> Iterator[Gate]:
    """A gate for the length of a block."""
    gate = Gate(to_port=to_port)
    try:
        yield gate
    finally:
        gate.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        with source.makefile("rb", buffering=0) as reader, sink.makefile("wb", buffering=0) as writer:
            shutil.copyfileobj(reader, writer)
        sink.shutdown(socket.SHUT_WR)
