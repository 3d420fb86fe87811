"""From `helm install` to `helm uninstall` on a whole cluster: kind with `make test-kind`, the project's node else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.controlplane.deadlines import until
from tests.endtoend.cluster import chosen, must_be_there
from tests.endtoend.installation import FULL_NAME, SIMULATOR_NAME, TEAM, Installation
from tests.helm.conftest import a_helm
from tests.helm.helm import Helm
from tests.helm.programs import runs_here

pytestmark = pytest.mark.timeout(1800)  # the first one builds the images and makes the cluster
CRDS = {f"{kind}.inference.endpoint-operator.dev" for kind in ("inferenceendpoints", "inferencemodels")}


def some_helm(folder: Path) -> Helm:
    """The pinned one where that runs, else the user's."""
    own = shutil.which("helm")
    if runs_here() or own is None:
        return a_helm(4, folder)
    return Helm(program=Path(own), major=4, home=folder)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    source = chosen()
    reason = source.unavailable()
    if reason and must_be_there():
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    helm = some_helm(tmp_path_factory.mktemp("helm"))
    kubectl, down = source.up(tmp_path_factory.mktemp("cluster"))
    try:
        made = Installation(kubectl, helm)
        try:
            yield made
        finally:
            made.end_forwarding()
    finally:
        down()


@pytest.fixture
def installed(installation: Installation) -> Installation:
    """With all of it Ready, whatever the test before did."""
    installation.is_there()
    return installation


def test_two_replicas_and_the_simulator_run_under_the_restricted_standard(installed: Installation) -> None:
    counted = {
        name: installed.json("get", "deployment", name)["status"]["readyReplicas"]
        for name in (FULL_NAME, SIMULATOR_NAME)
    }
    assert counted == {FULL_NAME: 2, SIMULATOR_NAME: 1}
    labels = installed.json("get", "namespace", "operators")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_one_of_the_replicas_leads(installed: Installation) -> None:
    [lease] = installed.json("get", "lease")["items"]
    pods = {pod["metadata"]["name"] for pod in installed.json("get", "pods")["items"]}
    assert lease["spec"]["holderIdentity"].partition("_")[0] in pods


def test_the_example_becomes_ready_and_answers(installed: Installation) -> None:
    endpoint = installed.applies_the_example()["status"]["endpoint"]["name"]
    answer = installed.aws("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, ContentType="text/csv", Body=b"3,95.5,4"
    )
    assert b'"receivedBytes": 8' in answer["Body"].read()


def test_an_endpoint_that_is_deleted_is_gone_in_aws_too(installed: Installation) -> None:
    endpoint = installed.applies_the_example()["status"]["endpoint"]["name"]
    installed.kubectl("delete", "iep", "churn", "--timeout=170s", namespace=TEAM)
    listed = installed.aws("sagemaker").list_endpoints()["Endpoints"]
    assert endpoint not in [row["EndpointName"] for row in listed]


def test_an_uninstall_leaves_endpoints_and_says_so(installed: Installation) -> None:
    before = installed.applies_the_example()
    said = installed.uninstall()
    assert {name for name in CRDS if name in said} == CRDS, said
    until(lambda: not installed.json("get", "pods")["items"], what="the release's pods gone", within_seconds=120)
    after = installed.json("get", "iep", before["metadata"]["name"], namespace=TEAM)
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    assert after["metadata"]["finalizers"] == before["metadata"]["finalizers"]
    assert "deletionTimestamp" not in after["metadata"]
    installed.is_there()
    installed.applies_the_example()
