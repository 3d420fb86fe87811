"""What an object's status told over simulated time: every version of it that the API server sent to a watch."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kubernetes import client, watch

from tests.integration.vocabulary.kubernetes_objects import GROUP, PLURAL, VERSION, Object

if TYPE_CHECKING:
    from tests.integration.vocabulary.endpoint import Endpoint
    from tests.integration.vocabulary.scene import Scene

# Far longer than any test looks; the API server then ends the watch by itself.
_WATCH_SECONDS = 600
_LAST = "last-to-be-watched"


@dataclass(frozen=True, kw_only=True)
class Told:
    """One version of the status, and the simulated time at which it was heard."""

    at: datetime
    ready: tuple[str, str]
    """Status and lastTransitionTime of Ready."""
    instances: int
    hourly_usd: Decimal


class StatusHistory:
    """Filled by a thread of its own while `told_by` lasts."""

    def __init__(self) -> None:
        self.versions: list[Told] = []

    def heard(self, thing: Object, at: datetime) -> None:
        status = thing["status"]
        [ready] = [row for row in status["conditions"] if row["type"] == "Ready"]
        told = Told(
            at=at,
            ready=(ready["status"], ready["lastTransitionTime"]),
            instances=status["instanceCount"],
            hourly_usd=Decimal(status["cost"]["hourlyUSD"]),
        )
        self.versions.append(told)

    def usd(self, *, until: datetime) -> Decimal:
        """What it cost from the first version on, by what each version told until the next one was heard."""
        ends = [*(each.at for each in self.versions[1:]), until]
        return sum(
            (told.hourly_usd * hours(told.at, end) for told, end in zip(self.versions, ends, strict=True)), Decimal(0)
        )


def hours(begin: datetime, end: datetime) -> Decimal:
    return Decimal((end - begin).total_seconds()) / 3600


@contextlib.contextmanager
def told_by(scene: "Scene", endpoint: "Endpoint") -> Iterator[StatusHistory]:
    """Begins with the status as it is; after the block the history has everything that was told in it."""
    history = StatusHistory()
    api_client = scene.shared.world.kube_client()
    begun = threading.Event()
    reader = threading.Thread(target=_read, args=(scene, api_client, endpoint.name, history, begun), daemon=True)
    reader.start()
    try:
        scene.until(begun.is_set, f"a watch of {endpoint.object_name}")
        yield history
    finally:
        scene.objects.merge(scene.namespace, endpoint.name, {"metadata": {"labels": {_LAST: "true"}}})
        reader.join(timeout=30)
        api_client.close()
    assert not reader.is_alive(), f"the watch of {endpoint.object_name} has not come to its end"


def _read(scene: "Scene", api_client: Any, name: str, history: StatusHistory, begun: threading.Event) -> None:
    events = watch.Watch().stream(
        client.CustomObjectsApi(api_client).list_namespaced_custom_object,
        *(GROUP, VERSION, scene.namespace, PLURAL),
        field_selector=f"metadata.name={name}",
        timeout_seconds=_WATCH_SECONDS,
    )
    for event in events:
        if _LAST in event["object"]["metadata"].get("labels", {}):
            return
        history.heard(event["object"], scene.simulator.now())
        begun.set()
