"""A test's own namespace: a manifest, applied or not, and what became of it."""

import dataclasses
import json
import secrets
from pathlib import Path
from typing import Any

import yaml

from devworld import environment
from devworld.cluster import operator_user
from devworld.world import World
from tests.cli.program import Program, Said
from tests.controlplane.deadlines import until
from tests.integration.vocabulary.audit import AuditLog

ROLE = f"arn:aws:iam::{environment.ACCOUNT}:role/cli-execution"
# Answered in process: these tests are about what is called, not about what a model says.
IMAGE = f"{environment.ACCOUNT}.dkr.ecr.{environment.REGION}.amazonaws.com/sim-null:1"
GROUP = "inference.endpoint-operator.dev"
SETTLED_WITHIN_SECONDS = 60.0
KUBERNETES_OWN = "system:serviceaccount:kube-system:"
READS = ("Describe", "Get", "List", "Head")


@dataclasses.dataclass(frozen=True)
class Scene:
    """`endpoint` is the name in SageMaker of the object `churn`."""

    world: World
    program: Program
    namespace: str

    @property
    def endpoint(self) -> str:
        return f"{self.namespace}-churn"

    @property
    def object(self) -> str:
        return f"{self.namespace}/churn"

    def manifest(self, **spec: Any) -> dict[str, Any]:
        """Of the object `churn`, on two instances; `spec` replaces fields, None leaves one away."""
        container = {"image": IMAGE, "environment": [{"name": "LEVEL", "value": "20"}]}
        whole = {
            "mode": "RealTime",
            "executionRoleArn": ROLE,
            "containers": [container],
            "instance": {"type": "ml.m5.large", "count": 2},
            "tags": {"team": "growth"},
            **spec,
        }
        return {
            "apiVersion": f"{GROUP}/v1alpha1",
            "kind": "InferenceEndpoint",
            "metadata": {"name": "churn", "namespace": self.namespace},
            "spec": {key: value for key, value in whole.items() if value is not None},
        }

    def plan(self, manifest: Any, *flags: str) -> Said:
        """Of one object or of a list of them, as a file on standard input."""
        documents = manifest if isinstance(manifest, list) else [manifest]
        return self.program("plan", "-f", "-", *flags, stdin=yaml.safe_dump_all(documents))

    def apply(self, manifest: dict[str, Any]) -> None:
        """As `kubectl apply -f` does it."""
        self.world.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))

    def settles(self) -> dict[str, Any]:
        """The object once the operator has brought its last edit to Ready or Stalled."""
        return until(
            self._settled,
            what=f"{self.object} Ready or Stalled at its last generation",
            within_seconds=SETTLED_WITHIN_SECONDS,
            seen=self._live,
        )

    def condition(self, kind: str) -> dict[str, Any]:
        return _condition(self._live(), kind)

    def rollout(self) -> dict[str, Any]:
        """status.rollout; empty where there is none."""
        found: dict[str, Any] = self._live().get("status", {}).get("rollout") or {}
        return found

    def last_call(self) -> int:
        """The number of the newest call to AWS."""
        return max((int(call["n"]) for call in self.world.simulator.calls()), default=0)

    def calls(self, *, since: int, access_key: str) -> list[dict[str, Any]]:
        return [call for call in self.world.simulator.calls(since=since) if call["accessKey"] == access_key]

    def operators_writes(self, *, since: int) -> list[tuple[str, str]]:
        """(operation, resource) of what the operator changed of this object's in AWS."""
        return [
            (call["operation"], call["resource"])
            for call in self.calls(since=since, access_key=environment.OPERATOR_KEY)
            if not call["operation"].startswith(READS) and self.endpoint in str(call["resource"])
        ]

    def audit_from_now(self, path: Path) -> "Audit":
        """Behind the line of a write that is made now: the lines of earlier ones may still be on their way."""
        log, mark = AuditLog(path), f"audit-mark-{secrets.token_hex(8)}"
        self.world.kubectl("delete", "configmap", mark, "-n", self.namespace, "--ignore-not-found")
        until(lambda: log.begin_behind(mark), what=f"the line of {mark} in the audit log", within_seconds=90)
        return Audit(log, self.namespace)

    def _live(self) -> dict[str, Any]:
        live: dict[str, Any] = self.world.kubectl.json("get", "iep", "churn", "-n", self.namespace)
        return live

    def _settled(self) -> dict[str, Any]:
        """Empty until then."""
        live = self._live()
        if live.get("status", {}).get("observedGeneration") != live["metadata"]["generation"]:
            return {}
        ended = any(_condition(live, kind)["status"] == "True" for kind in ("Ready", "Stalled"))
        return live if ended else {}


@dataclasses.dataclass(frozen=True)
class Audit:
    """What people asked the API server to change in a namespace, from a moment on."""

    log: AuditLog
    namespace: str

    def requests(self) -> list[dict[str, Any]]:
        """Neither those of Kubernetes' own controllers, for a namespace that was just made gets its ServiceAccount and
        its ConfigMap of certificates now, nor the operator's, which tells a price when it has heard it."""
        return [
            line
            for line in self.log.lines()
            if line.get("objectRef", {}).get("namespace") == self.namespace
            and not line["user"]["username"].startswith(KUBERNETES_OWN)
            and line["user"]["username"] != operator_user()
        ]


def _condition(live: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(each for each in live["status"]["conditions"] if each["type"] == kind)
