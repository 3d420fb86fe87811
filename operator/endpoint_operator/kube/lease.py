"""Which replica acts: a Lease of coordination.k8s.io, held by one process at a time.

Clocks of two machines are never compared: a replica takes over when it has seen the Lease unchanged for a whole lease
on its own monotonic clock. A holder believes itself for less than that, counted from before its last renewal was sent,
so a process that was frozen stops writing before it knows why.
"""

import asyncio
import logging
import os
import secrets
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.kube.api import Body, KubeApi

log = logging.getLogger(__name__)

LEASE_NAME = "endpoint-operator"


@dataclass(frozen=True, kw_only=True)
class LeasePeriods:
    """In seconds. Takeover after a crash takes at most `lease` + `retry`."""

    lease: float = 15.0
    renew: float = 5.0
    """Between renewals; two may fail before the lease is lost."""
    retry: float = 1.0
    """Between looks at somebody else's lease, and between tries at a renewal that failed."""

    @classmethod
    def of(cls, lease: float) -> "LeasePeriods":
        """The periods that go with a lease of so many seconds."""
        return cls(lease=lease, renew=lease / 3, retry=min(1.0, lease / 5))

    @property
    def believed(self) -> float:
        """For how long a holder believes itself: less than others wait, by the time that a write may be on its way."""
        return self.lease * 0.7


class LeaseLost(Exception):
    """Another replica holds the Lease: this process must not act any more."""


class Leadership:
    """This process's side of the Lease."""

    def __init__(self, api: KubeApi, *, namespace: str, periods: LeasePeriods) -> None:
        self._api = api
        self._path = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"
        self._periods = periods
        self._believed_until = float("-inf")
        self._version: str | None = None
        self._acquired: datetime | None = None
        self._transitions = 0
        self.identity = f"{socket.gethostname()}_{os.getpid()}_{secrets.token_hex(4)}"

    @property
    def held(self) -> bool:
        """Whether this process may begin a write now."""
        return time.monotonic() < self._believed_until

    async def acquire(self) -> None:
        """Return when the Lease is ours."""
        seen: tuple[str, float] | None = None
        said: str | None = None
        while True:
            try:
                lease = await self._read()
                version = str(lease["metadata"]["resourceVersion"]) if lease is not None else ""
                if seen is None or seen[0] != version:
                    seen = (version, time.monotonic())
                if self._is_free(lease, seen[1]) and await self._take(lease):
                    log.info("this replica acts: it holds the Lease %s as %s", LEASE_NAME, self.identity)
                    return
                holder = _holder(lease)
                if holder and holder != said:
                    log.info("another replica acts: %s holds the Lease %s", holder, LEASE_NAME)
                    said = holder
            except (TimeoutError, ApiException, aiohttp.ClientError, OSError) as error:
                log.warning("the Lease %s cannot be had: %s", LEASE_NAME, _short(error))
            await asyncio.sleep(self._periods.retry)

    async def keep(self) -> None:
        """Renew until cancelled.

        Raises LeaseLost when somebody else took the Lease.
        """
        while True:
            renewed = await self._renew()
            await asyncio.sleep(self._periods.renew if renewed else self._periods.retry)

    async def release(self) -> None:
        """Let the next replica act at once. No write of ours may be under way any more."""
        if self._version is None:
            return
        self._believed_until = float("-inf")
        try:
            await self._let_go()
        except LeaseLost as lost:
            log.info("the Lease was not released: %s", lost)
        except (TimeoutError, ApiException, aiohttp.ClientError, OSError) as error:
            log.info("the Lease was not released, it runs out by itself: %s", _short(error))
        self._version = None

    async def _let_go(self) -> None:
        """A renewal that was cut off may have been done: then the Lease is ours at a version that we were not told."""
        try:
            await self._write(holder="", seconds=1)
        except ApiException as error:
            if error.status != 409:
                raise
            await self._find_out(error)
            await self._write(holder="", seconds=1)

    def _is_free(self, lease: Body | None, unchanged_since: float) -> bool:
        if not _holder(lease):
            return True
        waited = time.monotonic() - unchanged_since
        return waited >= max(self._periods.lease, _duration(lease))

    async def _take(self, lease: Body | None) -> bool:
        self._version = str(lease["metadata"]["resourceVersion"]) if lease is not None else None
        self._transitions = ((lease["spec"].get("leaseTransitions") or 0) + 1) if lease is not None else 0
        self._acquired = datetime.now(UTC)
        try:
            await self._write(holder=self.identity, seconds=self._periods.lease)
        except ApiException as error:
            self._version = None
            if error.status == 409:  # another replica was faster
                return False
            raise
        return True

    async def _renew(self) -> bool:
        try:
            await self._write(holder=self.identity, seconds=self._periods.lease)
        except ApiException as error:
            if error.status in (404, 409):
                await self._find_out(error)
            log.warning("the Lease was not renewed: %s", _short(error))
            return False
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("the Lease was not renewed: %s", _short(error))
            return False
        return True

    async def _find_out(self, error: ApiException) -> None:
        """A renewal was refused: ours still (its answer was lost), gone, or somebody else's?

        Where nobody can tell, the next renewal is refused too; until then we believe ourselves as long as before.
        """
        try:
            lease = await self._read()
        except (TimeoutError, ApiException, aiohttp.ClientError, OSError) as unread:
            log.warning("the Lease could not be read: %s", _short(unread))
            return
        holder = _holder(lease)
        if holder == self.identity and lease is not None:
            self._version = str(lease["metadata"]["resourceVersion"])
            return
        self._believed_until = float("-inf")
        self._version = None
        raise LeaseLost(f"the Lease {LEASE_NAME} is held by {holder or 'nobody'}") from error

    async def _write(self, *, holder: str, seconds: float) -> None:
        sent = time.monotonic()
        body = self._body(holder=holder, seconds=seconds)
        if self._version is None:
            written = await self._api.create(self._path, body, seconds=self._periods.renew)
        else:
            written = await self._api.replace(f"{self._path}/{LEASE_NAME}", body, seconds=self._periods.renew)
        self._version = str(written["metadata"]["resourceVersion"])
        if holder:
            self._believed_until = sent + self._periods.believed

    def _body(self, *, holder: str, seconds: float) -> Body:
        metadata = {"name": LEASE_NAME} | ({"resourceVersion": self._version} if self._version else {})
        spec = {
            "holderIdentity": holder,
            "leaseDurationSeconds": max(1, round(seconds)),
            "acquireTime": _micro_time(self._acquired or datetime.now(UTC)),
            "renewTime": _micro_time(datetime.now(UTC)),
            "leaseTransitions": self._transitions,
        }
        return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec}

    async def _read(self) -> Body | None:
        try:
            return await self._api.get(f"{self._path}/{LEASE_NAME}", seconds=self._periods.renew)
        except ApiException as error:
            if error.status == 404:
                return None
            raise


def _holder(lease: Body | None) -> str:
    return str(lease["spec"].get("holderIdentity") or "") if lease is not None else ""


def _duration(lease: Body | None) -> float:
    return float(lease["spec"].get("leaseDurationSeconds") or 0) if lease is not None else 0.0


def _micro_time(moment: datetime) -> str:
    """Kubernetes' MicroTime: six digits after the second, always."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _short(error: Exception) -> str:
    if isinstance(error, ApiException):
        return f"{error.status} {error.reason}"
    return f"{type(error).__name__} {error}".strip()
