"""The node's API server, asked a hundred times while a node starts."""

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any

from devworld.node.control_plane import API_PORT
from devworld.node.keys import Keys
from tests.controlplane.expected import ExpectedError

WITHIN_SECONDS = 10


class NodeApiError(ExpectedError):
    """The API server refused what a node needs; the text holds what it said."""


class Api:
    """One client of one node's API server; kubectl does the same in a tenth of a second of CPU more each time."""

    def __init__(self, host: str, keys: Keys, *, user: str = "admin") -> None:
        """`user`: one of keys.CLIENTS."""
        self._host = host
        self._tls = ssl.create_default_context(cafile=str(keys.authority.certificate))
        pair = keys.pair(user)
        self._tls.load_cert_chain(pair.certificate, pair.key)

    def answers(self, path: str) -> bool:
        """Whether GET answers 200."""
        return self._ask("GET", path)[0] == http.HTTPStatus.OK

    def find(self, path: str) -> Any | None:
        """The object there; None when there is none, or no answer."""
        status, body = self._ask("GET", path)
        return json.loads(body) if status == http.HTTPStatus.OK else None

    def make(self, collection: str, manifest: Mapping[str, Any]) -> None:
        """POSTs the object. Raises NodeApiError when the API server does not take it."""
        status, body = self._ask("POST", collection, manifest)
        if status != http.HTTPStatus.CREATED:
            raise NodeApiError(f"the node's API server answered {status} to POST {collection}: {body.decode()}")

    def _ask(self, method: str, path: str, manifest: Mapping[str, Any] | None = None) -> tuple[int, bytes]:
        body = json.dumps(manifest) if manifest else None
        connection = http.client.HTTPSConnection(self._host, API_PORT, timeout=WITHIN_SECONDS, context=self._tls)
        try:
            connection.request(method, path, body=body, headers={"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()
