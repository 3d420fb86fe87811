"""`make dev-up` with a node: the operator beside it, packing Jobs in it, mended when it died, and nothing left."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devworld import cluster, environment, prerequisites
from devworld.node import slots
from devworld.node.slots import Slot
from devworld.world import World, node_folder
from tests.controlplane.deadlines import until
from tests.controlplane.httpcheck import connects
from tests.devworld import nodes
from tests.devworld.command import DevWorld, processes_of
from tests.devworld.nodes import node_of
from tests.node.conftest import quiet_machine
from tests.node.traces import Traces

pytestmark = pytest.mark.timeout(1800)
SOON = 180  # seconds
MODELS = "demo-models"
IMAGE = f"{environment.ACCOUNT}.dkr.ecr.{environment.REGION}.amazonaws.com/sim-null:1"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevWorld]:
    devworld = DevWorld(tmp_path_factory.mktemp("dev"))
    with nodes.running(devworld, TIME_SCALE="600"):
        prerequisites.make_execution_role(devworld.world())
        devworld.world().boto3("s3").create_bucket(Bucket=MODELS)
        yield devworld


def apply(world: World, kind: str, name: str, spec: dict[str, Any]) -> None:
    body = {"apiVersion": "inference.endpoint-operator.dev/v1alpha1", "kind": kind, "metadata": {"name": name}}
    world.kubectl.apply(json.dumps({**body, "spec": spec}))
    world.kubectl("wait", "--for=condition=Ready", f"{kind}/{name}", f"--timeout={SOON}s", within_seconds=SOON + 10)


def test_the_env_file_leads_to_the_node_and_the_operator_beside_it_is_not_admin(running: DevWorld) -> None:
    node = node_of(running)
    said = running.sourced(
        "echo \"$KUBECONFIG $AUDIT_LOG $AWS_ENDPOINT_URL\"\nkubectl get nodes -o jsonpath='{.items[*].metadata.name}'"
    )
    world = running.world()
    assert said.output.splitlines() == [
        f"{node.kubeconfig} {node.audit_log} {world.simulator_url}",
        "node",
    ]
    assert world.operator.alive
    operator = world.kubectl.using(world.operator_kubeconfig)
    assert operator.json("auth", "whoami")["status"]["userInfo"]["username"] == cluster.operator_user()


def test_a_directory_is_packed_by_a_pod_of_the_node(running: DevWorld) -> None:
    world = running.world()
    world.boto3("s3").put_object(Bucket=MODELS, Key="sources/churn/model.bin", Body=b"weights")
    endpoint = {
        "mode": "MultiModel",
        "containers": [{"image": IMAGE}],
        "multiModel": {"s3Prefix": f"s3://{MODELS}/published/"},
        "instance": {"type": "ml.m5.large", "count": 1},
    }
    apply(world, "InferenceEndpoint", "tenants", endpoint)
    source = {"endpointRef": {"name": "tenants"}, "source": {"s3Uri": f"s3://{MODELS}/sources/churn/"}}
    apply(world, "InferenceModel", "churn", source)
    keys = {
        row["accessKey"] for row in world.simulator.calls() if row["resource"] == f"{MODELS}/sources/churn/model.bin"
    }
    assert environment.PACKER_KEY in keys
    started = world.kubectl.json("get", "events", "--field-selector", "reason=Started")["items"]
    assert [row["source"]["component"] for row in started] == ["kubelet"]


def test_a_running_world_keeps_its_node_unless_told_otherwise(running: DevWorld) -> None:
    said = running.run("up", TIME_SCALE="600", NODE="")
    assert "nothing is missing" in said.output
    said = running.run("up", TIME_SCALE="600", NODE="0")
    assert said.code == 1
    assert "NODE is 1 there and 0 here" in said.output


def test_a_node_that_died_is_replaced_and_what_is_in_aws_stays(running: DevWorld) -> None:
    before, simulator = node_of(running), running.part("simulator")
    world = running.world()
    with quiet_machine():  # else its addresses may be another's before it is back
        os.kill(before.sandbox.init.pid, signal.SIGKILL)
        until(lambda: not before.alive, what="the node being gone", within_seconds=90)
        said = running.run("up", TIME_SCALE="600", NODE="", within_seconds=300)
    assert said.code == 0, said.output
    assert "starting again: node" in said.output
    assert "all that was in the cluster with it" in said.output
    after = node_of(running)
    assert after.alive
    assert after.slot == before.slot
    assert running.part("simulator") == simulator
    assert connects(str(after.machine_address), simulator["ports"][0])
    assert MODELS in [bucket["Name"] for bucket in world.boto3("s3").list_buckets()["Buckets"]]
    spec = {"mode": "RealTime", "containers": [{"image": IMAGE}], "instance": {"type": "ml.m5.large", "count": 1}}
    apply(running.world(), "InferenceEndpoint", "again", spec)


def test_the_addresses_that_are_asked_for_are_given_once(tmp_path: Path) -> None:
    nodes.skip_without_a_node()
    wanted = Slot(13)
    with quiet_machine():
        claims = [slots.claim(scratch=tmp_path / str(number), preferred=wanted) for number in range(2)]
        for claim in claims:
            claim.let_go()
            assert slots.clean(claim.slot)
    assert [claim.slot == wanted for claim in claims] == [True, False]


def test_ctrl_c_while_a_node_comes_up_leaves_nothing(tmp_path: Path) -> None:
    nodes.skip_without_a_node()
    devworld = DevWorld(tmp_path / "dev")
    with quiet_machine():
        before = Traces.now()
        with devworld.begun("up", NODE="1") as process:
            until(
                lambda: any("/kube-apiserver" in line for line in processes_of(node_folder(devworld.directory))),
                what="its API server started",
                within_seconds=SOON,
            )
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=120)
        assert process.returncode == 130, output
        assert processes_of(devworld.directory) == []
        assert Traces.now() == before
