"""Who held the Lease from when to when: every version of it that the API server sent to a watch."""

import threading
import time
from dataclasses import dataclass
from types import TracebackType

from kubernetes import client, watch

from tests.chaos.replicas import LEASE
from tests.controlplane.deadlines import until
from tests.node.operators.release import NAMESPACE, OperatorRelease

ENDS_WITHIN_SECONDS = 30.0


@dataclass(frozen=True)
class Held:
    """From when on (monotonic seconds) the Lease named this holder; empty: nobody."""

    since: float
    holder: str


class LeaseWatch:
    """For the length of a block."""

    def __init__(self, release: OperatorRelease) -> None:
        self._api_client = release.ground.shared.world.kube_client()
        self._watch = watch.Watch()
        self._thread = threading.Thread(target=self._run, name="lease-watch", daemon=True)
        self._over = False
        self._failure: Exception | None = None
        self.seen: list[Held] = []

    def __enter__(self) -> "LeaseWatch":
        self._thread.start()
        until(lambda: self.seen or self._failure, what=f"a watch of the Lease {LEASE}", within_seconds=90)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self._watch.stop()
        self._thread.join(ENDS_WITHIN_SECONDS)
        self._api_client.close()
        if error is None and self._failure is not None:
            raise self._failure

    def holders(self) -> list[str]:
        """Each once for every time that it took the Lease."""
        return [each.holder for each in self.seen if each.holder]

    def unheld(self) -> list[float]:
        """Seconds of every time in which nobody was named, once that was over."""
        pairs = zip(self.seen, self.seen[1:], strict=False)
        return [after.since - before.since for before, after in pairs if not before.holder]

    def _run(self) -> None:
        leases = client.CoordinationV1Api(self._api_client)
        selector = f"metadata.name={LEASE}"
        try:
            for event in self._watch.stream(leases.list_namespaced_lease, NAMESPACE, field_selector=selector):
                holder = event["object"].spec.holder_identity or ""
                if not self.seen or self.seen[-1].holder != holder:
                    self.seen.append(Held(time.monotonic(), holder))
        except Exception as failure:  # noqa: BLE001 - the block that it runs in raises it
            if not self._over:  # the end cuts the connection
                self._failure = failure
