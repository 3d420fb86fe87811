"""The chart on a node: installed, changed, taken away, and the Pods that it makes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kubernetes import client
from kubernetes.client.exceptions import ApiException

from devworld.images.recipes import OPERATOR, TAG
from devworld.recipes import EXECUTION_ROLE
from tests.chaos.replicas import LEASE, PERIODS
from tests.controlplane.deadlines import until
from tests.helm.helm import CHART, Helm
from tests.node.operators.ground import Ground

NAMESPACE = "operators"
NAME = "operator"
REPLICAS = 2
SELECTOR = f"app.kubernetes.io/instance={NAME},app.kubernetes.io/component=operator"
SOON = 120.0  # seconds; a Pod takes four on a machine at rest
# The flags of PERIODS as the chart spells them.
SETTINGS = {
    "fleetSweepSeconds": float(PERIODS["--fleet-sweep-seconds"]),
    "transitionSeconds": float(PERIODS["--transition-seconds"]),
    "consistencyWindowSeconds": float(PERIODS["--consistency-window-seconds"]),
    "defaultExecutionRoleArn": EXECUTION_ROLE,
}


class OperatorRelease:
    """One release in one namespace of the ground; the Lease is as it ships."""

    def __init__(self, ground: Ground, helm: Helm) -> None:
        self.ground = ground
        self._helm = helm.against(ground.node.kubeconfig)
        self._api_client = ground.shared.world.kube_client()
        self.core = client.CoreV1Api(self._api_client)
        self._apps = client.AppsV1Api(self._api_client)
        self._leases = client.CoordinationV1Api(self._api_client)

    def close(self) -> None:
        self._api_client.close()

    def install(self, *, chart: Path = CHART, repository: str = OPERATOR.repository) -> str:
        """What Helm prints; returns when every Pod is Ready and one of them acts."""
        return self._change("install", "--create-namespace", chart=chart, repository=repository)

    def upgrade(
        self, *, chart: Path = CHART, repository: str = OPERATOR.repository, variables: dict[str, str] | None = None
    ) -> str:
        """The same; `variables` are further ones of the operator's container."""
        return self._change("upgrade", chart=chart, repository=repository, variables=variables)

    def rollback(self, revision: int) -> None:
        """Returns when every Pod is Ready and one of them acts."""
        self._helm("rollback", NAME, str(revision), "--namespace", NAMESPACE)
        self.is_whole()

    def uninstall(self) -> str:
        """What Helm prints on both streams; returns when no Pod is left."""
        said = self._helm.said("uninstall", NAME, "--namespace", NAMESPACE)
        until(lambda: not self.pods(), what="the Pods gone", within_seconds=SOON, seen=self.evidence)
        return "\n".join(said)

    def pods(self) -> list[Any]:
        """Those too that are on their way out."""
        found: list[Any] = self.core.list_namespaced_pod(NAMESPACE, label_selector=SELECTOR).items
        return found

    def pod_names(self) -> set[str]:
        return {pod.metadata.name for pod in self.pods()}

    def ready_pods(self) -> set[str]:
        """Names of those that stay."""
        return {pod.metadata.name for pod in self.pods() if is_ready(pod) and not pod.metadata.deletion_timestamp}

    def is_whole(self) -> None:
        """Waits until there are as many Pods as there should be, all of the newest template, and one of them acts."""
        until(
            lambda: self._is_rolled_out() and self.leader_or_none() is not None,
            what=f"{REPLICAS} Pods Ready and one of them holding the Lease",
            within_seconds=SOON,
            seen=self.evidence,
        )

    def holder(self) -> str:
        """Of the Lease; empty when nobody is, or there is none."""
        try:
            lease = self._leases.read_namespaced_lease(LEASE, NAMESPACE)
        except ApiException as error:
            if error.status == 404:
                return ""
            raise
        return lease.spec.holder_identity or ""

    def leader_or_none(self) -> str | None:
        """The Pod that holds the Lease: a holder begins with its host's name, which is the Pod's."""
        holder = self.holder().partition("_")[0]
        return holder if holder in self.pod_names() else None

    def leader(self) -> str:
        """Waits for one."""
        found = until(self.leader_or_none, what="a Pod that holds the Lease", within_seconds=SOON, seen=self.evidence)
        assert found is not None
        return found

    def evict(self, pod: str) -> int:
        """HTTP's status of what the API server says to it: 201, or 429 where the budget does not allow it now."""
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": NAMESPACE}}
        try:
            self.core.create_namespaced_pod_eviction(pod, NAMESPACE, body)
        except ApiException as error:
            return int(error.status)
        return 201

    def evidence(self) -> str:
        """Pods, their logs and the latest Events, for whoever reads why a wait was in vain."""
        kubectl = self.ground.node.kubectl
        pods = kubectl("get", "pods,deployments,pdb", "-n", NAMESPACE, "-o", "wide")
        events = kubectl("get", "events", "-n", NAMESPACE, "--sort-by=.lastTimestamp").splitlines()[-15:]
        logs = kubectl("logs", "-n", NAMESPACE, "-l", SELECTOR, "--tail=15", "--prefix", "--ignore-errors")
        return "\n".join(["", f"Lease: {self.holder()}", pods, *events, logs])

    def _change(
        self, verb: str, *more: str, chart: Path, repository: str, variables: dict[str, str] | None = None
    ) -> str:
        env = [*self.ground.aws_variables(), *({"name": key, "value": it} for key, it in (variables or {}).items())]
        values = {
            "fullnameOverride": NAME,  # else a Pod's name is longer than botocore likes it in a user agent
            "replicas": REPLICAS,
            "image": {"repository": repository, "tag": TAG, "pullPolicy": "Never"},
            "settings": SETTINGS,
            "extraEnv": env,
        }
        words = (verb, NAME, str(chart), "--namespace", NAMESPACE, *more, "--values", "-")
        said = self._helm(*words, stdin=json.dumps(values))
        self.is_whole()
        return said

    def _is_rolled_out(self) -> bool:
        deployment = self._apps.read_namespaced_deployment(NAME, NAMESPACE)
        status = deployment.status
        counts = (status.replicas, status.updated_replicas, status.ready_replicas, len(self.pods()))
        return status.observed_generation == deployment.metadata.generation and counts == (REPLICAS,) * 4


def is_ready(pod: Any) -> bool:
    rows = pod.status.conditions or []
    return any(row.type == "Ready" and row.status == "True" for row in rows)


Departure = Callable[[OperatorRelease, str], None]
"""How a Pod of that name goes."""
