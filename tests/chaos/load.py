"""Work all the time: endpoints that are made, edited whenever they are Ready, and never left alone."""

import threading
from collections import Counter
from types import TracebackType

from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.kubernetes_objects import KubernetesObjects, Object
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import version

PAUSE_SECONDS = 0.4
# Then it makes room for a new endpoint, so that creations and deletions never end either.
EDITS_OF_ONE = 4


class Load:
    """So many endpoints at once, in a thread of its own for the length of a block."""

    def __init__(self, scene: Scene, *, endpoints: int) -> None:
        self._scene = scene
        self._objects = KubernetesObjects(scene.shared.world.kube_client())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load")
        self._wanted = endpoints
        self._made = 0
        self._failure: Exception | None = None
        self.edits: Counter[str] = Counter()
        """How often each endpoint (by its name in SageMaker) was given another revision."""

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._objects.close()
        if error is None and self._failure is not None:
            raise self._failure

    def endpoints(self) -> list[Endpoint]:
        """Those that are to stay."""
        left = self._scene.objects.all(self._scene.namespace)
        return [Endpoint(self._scene, each["metadata"]["name"]) for each in left if not _is_leaving(each)]

    def _run(self) -> None:
        try:
            while not self._stop.wait(PAUSE_SECONDS):
                self._once()
        except Exception as failure:  # noqa: BLE001 - the block that it runs in raises it
            self._failure = failure

    def _once(self) -> None:
        there = self._objects.all(self._scene.namespace)
        for each in there:
            if _is_ready(each) and not _is_leaving(each):
                self._change(each["metadata"]["name"], int(each["metadata"]["generation"]))
        for _ in range(self._wanted - len(there)):
            self._made += 1
            self._objects.create(self._scene.namespace, f"e{self._made}", self._spec(1))

    def _change(self, name: str, generation: int) -> None:
        if generation > EDITS_OF_ONE:
            self._objects.delete(self._scene.namespace, name)
            return
        self.edits[Endpoint(self._scene, name).sagemaker_name] += 1
        self._objects.merge(self._scene.namespace, name, {"spec": version(generation + 1)})

    def _spec(self, number: int) -> Object:
        return {"mode": "RealTime", "instance": {"type": "ml.m5.large", "count": 1}, **version(number)}


def _is_ready(thing: Object) -> bool:
    rows = thing.get("status", {}).get("conditions", [])
    generation = thing["metadata"]["generation"]
    return any(
        row["type"] == "Ready" and row["status"] == "True" and row.get("observedGeneration") == generation
        for row in rows
    )


def _is_leaving(thing: Object) -> bool:
    return "deletionTimestamp" in thing["metadata"]
