"""The key that revision names are told from secret values by: a Secret in the operator's own namespace.

Made when it is first needed and never written over: another key gives the same value another digest.
"""

import asyncio
import base64
import binascii
import logging
import secrets
from collections.abc import Callable

from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.engine.ports import InputRefused
from endpoint_operator.kube.api import Body, KubeApi
from endpoint_operator.kube.input_objects import answered
from endpoint_operator.planning.faults import Blame, Fault

log = logging.getLogger(__name__)

NAME, MEMBER = "endpoint-operator-revision-key", "key"
LENGTH = 32  # of SHA-256, as RFC 2104 advises


class RevisionKey:
    """Read once; a process keeps the key that it began with."""

    def __init__(self, api: KubeApi, *, namespace: str, may_write: Callable[[], None]) -> None:
        """`may_write` raises NotLeading; it is asked before the key is made."""
        self._api = api
        self._namespace = namespace
        self._may_write = may_write
        self._key: bytes | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> bytes:
        """Raises InputRefused where there is no usable key, NotLeading, and ClusterUnavailable."""
        async with self._lock:
            if self._key is None:
                self._key = self._parsed(await self._find() or await self._make())
            return self._key

    async def _find(self) -> Body | None:
        try:
            async with answered():
                return await self._api.get(f"{self._secrets}/{NAME}")
        except ApiException as error:
            if error.status == 404:
                return None
            raise InputRefused(self._forbidden("get")) from error

    async def _make(self) -> Body:
        """Where two replicas make it, the first is the one that both use."""
        body = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": NAME, "namespace": self._namespace},
            "immutable": True,
            "data": {MEMBER: base64.b64encode(secrets.token_bytes(LENGTH)).decode()},
        }
        self._may_write()
        try:
            async with answered():
                made = await self._api.create(self._secrets, body)
        except ApiException as error:
            if error.status == 403:
                raise InputRefused(self._forbidden("create")) from error
            found = await self._find() if error.status == 409 else None
            if found is None:
                raise
            return found
        log.info("made Secret %s/%s, by which revisions are named after secret values", self._namespace, NAME)
        return made

    def _parsed(self, body: Body) -> bytes:
        try:
            key = base64.b64decode((body.get("data") or {}).get(MEMBER, ""), validate=True)
        except binascii.Error:
            key = b""
        if len(key) < LENGTH:
            message = (
                f"Secret {self._namespace}/{NAME} holds no key of {LENGTH} bytes or more under {MEMBER}; "
                "delete it, and the operator makes another"
            )
            raise InputRefused(Fault(blame=Blame.OPERATOR_SETUP, reason="RevisionKeyUnusable", message=message))
        return key

    @property
    def _secrets(self) -> str:
        return f"/api/v1/namespaces/{self._namespace}/secrets"

    def _forbidden(self, verb: str) -> Fault:
        message = (
            f"the operator may not {verb} Secret {self._namespace}/{NAME}, by which revisions are named after values; "
            f"grant its ServiceAccount {verb} on secrets in namespace {self._namespace}"
        )
        return Fault(blame=Blame.OPERATOR_SETUP, reason="RevisionKeyForbidden", message=message)
