"""A Lease is let go on the way out even when the answer to its last renewal was never heard."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from kubernetes.aio import client, config

from endpoint_operator.kube.api import KubeApi
from endpoint_operator.kube.lease import LEASE_NAME, Leadership, LeasePeriods
from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.kubectl import Kubectl

NAMESPACE = "leaserelease"
PERIODS = LeasePeriods.of(60)  # it does not run out while a test lasts


@pytest.fixture
def cluster(control_plane: ControlPlane) -> Kubectl:
    kubectl = control_plane.kubectl
    kubectl.apply(json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}))
    kubectl("delete", "lease", LEASE_NAME, "-n", NAMESPACE, "--ignore-not-found")
    return kubectl


@pytest.fixture
async def api(control_plane: ControlPlane) -> AsyncIterator[KubeApi]:
    configuration = client.Configuration()
    await config.load_kube_config(config_file=str(control_plane.kubeconfig), client_configuration=configuration)
    api_client = client.ApiClient(configuration)
    yield KubeApi(api_client)
    await api_client.close()


def holder(cluster: Kubectl) -> str:
    return str(cluster.json("get", "lease", LEASE_NAME, "-n", NAMESPACE)["spec"].get("holderIdentity") or "")


def written_unheard(cluster: Kubectl, **spec: object) -> None:
    """The Lease has another version than the one that its holder knows."""
    patch = json.dumps({"spec": {"leaseDurationSeconds": 61, **spec}})
    cluster("patch", "lease", LEASE_NAME, "-n", NAMESPACE, "--type=merge", "-p", patch)


async def test_a_lease_is_let_go_when_the_answer_to_its_last_renewal_was_lost(api: KubeApi, cluster: Kubectl) -> None:
    leadership = Leadership(api, namespace=NAMESPACE, periods=PERIODS)
    await leadership.acquire()
    await asyncio.to_thread(written_unheard, cluster)
    await leadership.release()
    assert not leadership.held
    assert await asyncio.to_thread(holder, cluster) == ""


async def test_a_lease_of_another_replica_is_left_to_it(api: KubeApi, cluster: Kubectl) -> None:
    leadership = Leadership(api, namespace=NAMESPACE, periods=PERIODS)
    await leadership.acquire()
    await asyncio.to_thread(written_unheard, cluster, holderIdentity="another")
    await leadership.release()
    assert not leadership.held
    assert await asyncio.to_thread(holder, cluster) == "another"
