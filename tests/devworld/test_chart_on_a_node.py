"""From `make dev-up` to an answer through an operator in pods, by the lines that a user is told to type."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devworld import cluster, environment, prerequisites
from devworld.churn import ASKED_ABOUT, ChurnModel, as_csv
from devworld.demo import EXAMPLE
from devworld.images.recipes import OPERATOR, PACKER
from tests.devworld import nodes
from tests.devworld.command import DevWorld

pytestmark = pytest.mark.timeout(1800)
SOON = 300  # seconds
NAMESPACE, NAME = "demo", "churn"
OPERATORS = "app.kubernetes.io/instance=operator"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevWorld]:
    """The chart in a world without an operator of its own."""
    devworld = DevWorld(tmp_path_factory.mktemp("dev"))
    with nodes.running(devworld, OPERATOR="0", TIME_SCALE="600"):
        said = devworld.run("chart", within_seconds=nodes.UP_WITHIN_SECONDS)
        assert said.code == 0, said.output
        [line] = [line for line in said.output.splitlines() if line.lstrip().startswith("helm upgrade")]
        said = devworld.sourced(line, within_seconds=SOON)
        assert said.code == 0, said.output
        yield devworld


def test_two_replicas_are_ready_in_a_namespace_that_takes_restricted_pods_only(installed: DevWorld) -> None:
    kubectl = installed.world().kubectl
    namespace = kubectl.json("get", "namespace", cluster.OPERATOR_NAMESPACE)
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    pods = kubectl.json("get", "pods", "-n", cluster.OPERATOR_NAMESPACE, "-l", OPERATORS)["items"]
    assert [pod["status"]["containerStatuses"][0]["ready"] for pod in pods] == [True, True]
    assert {pod["spec"]["serviceAccountName"] for pod in pods} == {cluster.service_account()}
    holder = kubectl.json("get", "lease", "endpoint-operator", "-n", cluster.OPERATOR_NAMESPACE)["spec"][
        "holderIdentity"
    ]
    assert holder.split("_")[0] in {pod["metadata"]["name"] for pod in pods}


def test_an_example_becomes_ready_and_answers_where_the_env_file_says_aws_is(installed: DevWorld) -> None:
    world, model = installed.world(), ChurnModel.train()
    prerequisites.put_artifact(world, bucket="demo-models", key="churn/model.tar.gz", body=model.as_artifact())
    prerequisites.make_execution_role(world)
    said = installed.sourced(
        f"kubectl create namespace {NAMESPACE}\n"
        f"kubectl apply -f {EXAMPLE}\n"
        f"kubectl wait -n {NAMESPACE} --for=condition=Ready iep/{NAME} --timeout={SOON}s",
        within_seconds=SOON + 30,
    )
    assert said.code == 0, said.output
    reply = world.boto3("sagemaker-runtime").invoke_endpoint(
        EndpointName=f"{NAMESPACE}-{NAME}", ContentType="text/csv", Body=as_csv(ASKED_ABOUT).encode()
    )
    assert float(reply["Body"].read()) == pytest.approx(model.predict(ASKED_ABOUT), abs=1e-6)
    [made] = [row for row in world.simulator.calls() if row["operation"] == "CreateEndpoint"]
    assert made["accessKey"] == environment.OPERATOR_KEY
    assert not any(part.alive for part in world.operators)


def test_only_an_image_that_was_built_anew_is_loaded_again(installed: DevWorld) -> None:
    said = installed.run("chart", within_seconds=nodes.UP_WITHIN_SECONDS)
    assert said.code == 0, said.output
    assert "helm upgrade" in said.output
    for recipe in (OPERATOR, PACKER):  # somebody may be at work on the sources
        assert (f"loading {recipe.name}" in said.output) == (f"building {recipe.name}" in said.output), said.output


def test_without_a_world_it_says_what_to_start(tmp_path: Path) -> None:
    said = DevWorld(tmp_path / "none").run("chart")
    assert said.code == 1
    assert "make dev-up OPERATOR=0" in said.output
