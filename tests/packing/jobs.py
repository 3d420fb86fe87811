"""The words of the tests of Jobs: one InferenceModel, the operator's hand on its Job, and what the cluster shows."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from devworld.recipes import PACKER_IMAGE
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.kube.packing_job import PackerSettings
from endpoint_operator.kube.packing_jobs import PackingJobs
from endpoint_operator.planning.models.facts import PackingSeen
from endpoint_operator.planning.models.steps import RunPacker
from tests.controlplane.kubectl import Kubectl
from tests.packing.packer import METADATA, SOURCE, TARGET, Bucket
from tests.simulator.world import REGION

DEADLINE_SECONDS = 60.0


class PackedModel:
    """An InferenceModel `churn` in a namespace of its own, whose directory is packed by a Job."""

    def __init__(self, kubectl: Kubectl, namespace: str, bucket: Bucket) -> None:
        self._kubectl = kubectl
        self.namespace = namespace
        self._bucket = bucket
        self.jobs: PackingJobs
        kubectl.apply(json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": _restricted(namespace)}))
        spec = {"endpointRef": {"name": "autocomplete"}, "source": {"s3Uri": SOURCE}}
        kubectl.apply(
            json.dumps(
                {
                    "apiVersion": "inference.endpoint-operator.dev/v1alpha1",
                    "kind": "InferenceModel",
                    "metadata": {"name": "churn", "namespace": namespace},
                    "spec": spec,
                }
            )
        )
        self.model = InferenceModel.parse(self.get("inferencemodel", "churn"))

    def step(self, **members: Any) -> RunPacker:
        """Asks for the bucket's directory as it is now."""
        given: dict[str, Any] = {
            "source_s3_uri": SOURCE,
            "source_digest": self._bucket.digest(),
            "s3_uri": TARGET,
            "layout": "AsIs",
            "metadata": {**METADATA, "endpoint-operator-uid": self.model.uid},
            "region": REGION,
        }
        return RunPacker(**(given | members))

    async def seen(self) -> PackingSeen:
        seen = await self.jobs.look(self.model, TARGET)
        assert isinstance(seen, PackingSeen), seen
        return seen

    async def becomes(self, state: str, *, saying: str = "", within_seconds: float = DEADLINE_SECONDS) -> PackingSeen:
        """Waits until the Job is so; fails at the deadline with what was seen last."""
        deadline = time.monotonic() + within_seconds
        while True:
            seen = await self.seen()
            if seen.state == state and saying in seen.message:
                return seen
            assert time.monotonic() < deadline, f"not {state} saying {saying!r} but {seen}; {self.evidence()}"
            await asyncio.sleep(0.1)

    async def until(self, fact: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not fact():
            assert time.monotonic() < deadline, f"{what}: not in time; {self.evidence()}"
            await asyncio.sleep(0.05)

    def get(self, kind: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._kubectl("get", kind, name, "-n", self.namespace, "-o", "json"))
        return found

    def all(self, kind: str) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(self._kubectl("get", kind, "-n", self.namespace, "-o", "json"))[
            "items"
        ]
        return listed

    def kubectl(self, *words: str) -> str:
        return self._kubectl(*words, "-n", self.namespace)

    def apply(self, body: dict[str, Any]) -> None:
        self._kubectl.apply(json.dumps({**body, "metadata": {**body["metadata"], "namespace": self.namespace}}))

    def evidence(self) -> str:
        return self._kubectl("get", "jobs,pods,events", "-n", self.namespace, "-o", "wide")


def settings(**members: Any) -> PackerSettings:
    return PackerSettings(**({"image": PACKER_IMAGE} | members))


def _restricted(namespace: str) -> dict[str, Any]:
    """The API server refuses Pods that ask for more."""
    return {"name": namespace, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}
