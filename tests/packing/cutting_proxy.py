"""A TCP proxy in front of S3 that cuts answers off in the middle, as a line that breaks does."""

import contextlib
import socket
import threading
from types import TracebackType
from urllib.parse import urlsplit

_CHUNK = 16 * 1024


class CuttingProxy:
    """Each of the first `cuts` connections that asks for an object gets so many bytes of an answer, and no more."""

    def __init__(self, url: str, *, cuts: int, after_bytes: int, path: str) -> None:
        split = urlsplit(url)
        self._target = (str(split.hostname), int(split.port or 80))
        self._left = cuts
        self._after = after_bytes
        self._asks = f"GET {path}".encode()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.cut = 0

    def __enter__(self) -> "CuttingProxy":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:  # closed: the test is over
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            budget = threading.Event()
            threading.Thread(target=self._upstream, args=(client, server, budget), daemon=True).start()
            passed = 0
            while data := _received(server):
                passed = passed + len(data) if budget.is_set() else 0
                if budget.is_set() and passed > self._after and self._left > 0:
                    self._left -= 1
                    self.cut += 1
                    break
                if not _passed_on(client, data):
                    break
            for side in (client, server):  # closing alone would not wake the thread that reads it
                with contextlib.suppress(OSError):
                    side.shutdown(socket.SHUT_RDWR)

    def _upstream(self, client: socket.socket, server: socket.socket, budget: threading.Event) -> None:
        """Requests; an object that is asked for sets the budget."""
        while data := _received(client):
            if data.startswith(self._asks):
                budget.set()
            else:
                budget.clear()
            if not _passed_on(server, data):
                return


def _passed_on(connection: socket.socket, data: bytes) -> bool:
    """Whether the other side was still there."""
    try:
        connection.sendall(data)
    except OSError:
        return False
    return True


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(_CHUNK)
    except OSError:
        return b""
