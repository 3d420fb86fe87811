"""Endpoints that live while operators come and go, and what is written about them meanwhile."""

import copy
import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Any

from devworld.simulator_control import SimulatorControl
from tests.controlplane.deadlines import until
from tests.integration.vocabulary.audit import AuditLog
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import version
from tests.node.operators.release import NAMESPACE, OperatorRelease

OPERATORS = f"system:serviceaccount:{NAMESPACE}:"


class Fleet:
    """So many endpoints, Ready."""

    def __init__(self, scene: Scene, endpoints: list[Endpoint]) -> None:
        self.scene = scene
        self.endpoints = endpoints

    @classmethod
    def made(cls, release: OperatorRelease, *, namespace: str, size: int) -> "Fleet":
        return cls.grown(release, namespace=namespace, first=0, size=size)

    @classmethod
    def grown(cls, release: OperatorRelease, *, namespace: str, first: int, size: int) -> "Fleet":
        """Those that are new: numbered from `first` on, in a namespace that may have others."""
        scene = Scene(release.ground.shared, namespace=namespace)
        endpoints = [scene.given(version(1), name=f"e{number}") for number in range(first, first + size)]
        for endpoint in endpoints:
            endpoint.settles()
        return cls(scene, endpoints)

    def objects(self) -> dict[str, Any]:
        """By name, whole: equal means that nobody wrote to them."""
        return {each["metadata"]["name"]: each for each in self.scene.objects.all(self.scene.namespace)}

    def versions(self) -> dict[str, str]:
        """The same of the API server's version of each alone: another CRD may show an object otherwise."""
        return {name: each["metadata"]["resourceVersion"] for name, each in self.objects().items()}

    def ready_since(self) -> dict[str, tuple[str, str]]:
        """Of each: Ready's status, and since when it has it."""
        rows = {each.name: each.condition("Ready") for each in self.endpoints}
        return {name: (row["status"], row["lastTransitionTime"]) for name, row in rows.items()}


def in_aws(simulator: SimulatorControl) -> dict[str, Any]:
    """All of SageMaker as it is, tags too."""
    estate: dict[str, Any] = copy.deepcopy(simulator.state()["sagemaker"])
    return estate


@dataclass(frozen=True)
class Writes:
    """What operators wrote to the API server about a fleet from a moment on."""

    log: AuditLog
    namespace: str

    @classmethod
    def from_now(cls, release: OperatorRelease, fleet: Fleet) -> "Writes":
        log, mark = AuditLog(release.ground.node.audit_log), f"audit-mark-{secrets.token_hex(8)}"
        fleet.scene.objects.mark_audit_log(fleet.scene.namespace, mark)
        until(lambda: log.begin_behind(mark), what=f"the line of {mark} in the audit log", within_seconds=90)
        return cls(log, fleet.scene.namespace)

    def by_object(self) -> Counter[str]:
        """How often each was written to, its status and its Events included."""
        lines = [line for line in self.log.lines() if line["user"]["username"].startswith(OPERATORS)]
        things = [line["objectRef"] for line in lines]
        return Counter(
            f"{thing['resource']}/{thing.get('subresource', '')} {thing.get('name', '')}"
            for thing in things
            if thing.get("namespace") == self.namespace
        )
