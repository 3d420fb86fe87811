"""One look at an address, for the question whether a program is ready or there at all."""

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from urllib.parse import urlsplit


def answers_ok(url: str, *, tls: ssl.SSLContext | None = None, within_seconds: float = 2) -> bool:
    """Whether GET answers 200; a refused or cut connection, a time-out and any other status are a no."""
    if urlsplit(url).hostname != "127.0.0.1":
        raise ValueError(f"{url}: only programs on this machine are asked")
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]  # a user's proxy has no say here
    if tls is not None:
        handlers.append(urllib.request.HTTPSHandler(context=tls))
    try:
        with urllib.request.build_opener(*handlers).open(url, timeout=within_seconds) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        return False


def connects(host: str, port: int, *, within_seconds: float = 2) -> bool:
    """Whether somebody takes a TCP connection there."""
    try:
        socket.create_connection((host, port), timeout=within_seconds).close()
    except OSError:
        return False
    return True
