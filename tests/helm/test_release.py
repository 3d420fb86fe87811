"""A release's life on a real API server: installed, upgraded, rolled back, uninstalled, installed again.

No Pod runs there. What counts is which objects there are, and that those of users are never touched.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from devworld.settings import PROJECT
from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.deadlines import until
from tests.controlplane.kubectl import Kubectl
from tests.helm.conftest import a_helm
from tests.helm.earlier_chart import EARLIER, earlier_chart
from tests.helm.helm import CHART, Helm, HelmError, Manifest, named_image

NAMESPACE = "operators"
RELEASE = "operator"
IMAGE = ("--set", "image.repository=registry.test/operator")
CRDS = sorted(yaml.safe_load(file.read_text("utf-8"))["metadata"]["name"] for file in (PROJECT / "crds").glob("*.yaml"))
FINALIZER = "inference.endpoint-operator.dev/aws"
ENDPOINT = {
    "apiVersion": "inference.endpoint-operator.dev/v1alpha1",
    "kind": "InferenceEndpoint",
    "metadata": {"name": "churn", "namespace": "default", "finalizers": [FINALIZER]},
    "spec": {
        "mode": "RealTime",
        "containers": [{"image": "registry.test/churn:1"}],
        "instance": {"type": "ml.m5.large", "count": 1},
    },
}


@pytest.fixture
def cluster(bare_plane: ControlPlane) -> Kubectl:
    return bare_plane.kubectl


@pytest.fixture
def installer(helm: Helm, cluster: Kubectl) -> Helm:
    return helm.against(cluster.kubeconfig)


def install(helm: Helm, *more: str, chart: Path = CHART) -> str:
    return helm("install", RELEASE, str(chart), "-n", NAMESPACE, "--create-namespace", *IMAGE, *more)


def uninstall(helm: Helm) -> str:
    return "\n".join(helm.said("uninstall", RELEASE, "-n", NAMESPACE))


def make_endpoint(cluster: Kubectl) -> dict[str, Any]:
    served = "the API server serving InferenceEndpoints"
    until(lambda: "inferenceendpoints" in cluster("api-resources", "-o", "name"), what=served, within_seconds=90)
    cluster("create", "-f", "-", stdin=json.dumps(ENDPOINT))
    return the_endpoint(cluster)


def the_endpoint(cluster: Kubectl) -> dict[str, Any]:
    """All of it, its resourceVersion too: equal means that nobody wrote to it."""
    found: dict[str, Any] = cluster.json("get", "inferenceendpoint", "churn", "-n", "default")
    return found


def there(cluster: Kubectl) -> set[str]:
    """What there is of the release, CRDs apart."""
    kinds = "deployments,services,serviceaccounts,roles,rolebindings,networkpolicies,poddisruptionbudgets"
    mine = ("-l", f"app.kubernetes.io/instance={RELEASE}", "-o", "name")
    return {
        *cluster("get", kinds, "-n", NAMESPACE, *mine).split(),
        *cluster("get", "clusterroles,clusterrolebindings", *mine).split(),
    }


def rendered(helm: Helm) -> set[str]:
    """What there should be, as `there` names it."""
    manifests = helm.template(named_image(crds={"enabled": False}), release=RELEASE, namespace=NAMESPACE)
    return {kubectl_name(manifest) for manifest in manifests}


def kubectl_name(manifest: Manifest) -> str:
    group, slash, _ = manifest["apiVersion"].partition("/")
    kind = manifest["kind"].lower()
    return f"{kind}.{group}/{manifest['metadata']['name']}" if slash else f"{kind}/{manifest['metadata']['name']}"


def crds(cluster: Kubectl) -> list[str]:
    return sorted(crd["metadata"]["name"] for crd in cluster.json("get", "crds")["items"])


def image_of(cluster: Kubectl) -> str:
    deployment = cluster.json("get", "deployment", "-n", NAMESPACE, "-l", f"app.kubernetes.io/instance={RELEASE}")
    [container] = deployment["items"][0]["spec"]["template"]["spec"]["containers"]
    return str(container["image"])


def knows_the_newest_field(cluster: Kubectl) -> bool:
    return EARLIER.lacks in json.dumps(cluster.json("get", "crd", EARLIER.of_kind)["spec"])


def test_an_install_makes_everything_and_says_what_an_uninstall_leaves(installer: Helm, cluster: Kubectl) -> None:
    said = install(installer)
    assert crds(cluster) == CRDS
    assert there(cluster) == rendered(installer)
    assert "everything in AWS stay and cost as before" in " ".join(said.split())
    assert "pod-security.kubernetes.io/enforce=restricted" in said
    make_endpoint(cluster)


def test_an_uninstall_leaves_users_their_endpoints_and_says_so(installer: Helm, cluster: Kubectl) -> None:
    install(installer)
    before = make_endpoint(cluster)
    said = uninstall(installer)
    assert there(cluster) == set()
    assert the_endpoint(cluster) == before
    assert [name for name in CRDS if name not in said] == [], said


def test_what_is_installed_again_has_the_same_endpoints(installer: Helm, cluster: Kubectl) -> None:
    install(installer)
    before = make_endpoint(cluster)
    uninstall(installer)
    install(installer)
    assert the_endpoint(cluster) == before
    assert there(cluster) == rendered(installer)


def test_an_upgrade_brings_new_crds_and_a_rollback_takes_them_back(
    installer: Helm, cluster: Kubectl, tmp_path: Path
) -> None:
    install(installer, chart=earlier_chart(tmp_path))
    before = make_endpoint(cluster)
    assert (image_of(cluster), knows_the_newest_field(cluster)) == (
        f"registry.test/operator:{EARLIER.version}",
        False,
    )
    installer("upgrade", RELEASE, str(CHART), "-n", NAMESPACE, "--reset-then-reuse-values")
    assert not image_of(cluster).endswith(EARLIER.version)
    assert knows_the_newest_field(cluster)
    assert the_endpoint(cluster) == before
    installer("rollback", RELEASE, "1", "-n", NAMESPACE)
    assert image_of(cluster).endswith(EARLIER.version)
    assert not knows_the_newest_field(cluster)
    assert the_endpoint(cluster) == before


def test_an_upgrade_that_brings_no_crds_any_more_leaves_them(installer: Helm, cluster: Kubectl) -> None:
    install(installer)
    before = make_endpoint(cluster)
    installer("upgrade", RELEASE, str(CHART), "-n", NAMESPACE, *IMAGE, "--set", "crds.enabled=false")
    assert crds(cluster) == CRDS
    assert the_endpoint(cluster) == before


def test_crds_that_were_applied_by_hand_are_taken_over_when_that_is_asked_for(
    installer: Helm, cluster: Kubectl
) -> None:
    cluster("apply", "--server-side", "-f", str(PROJECT / "crds"))
    before = make_endpoint(cluster)
    with pytest.raises(HelmError, match=CRDS[0].replace(".", r"\.")):
        install(installer)
    install(installer, "--take-ownership")
    assert the_endpoint(cluster) == before
    installer("upgrade", RELEASE, str(CHART), "-n", NAMESPACE, *IMAGE, "--set", "replicas=3")
    assert the_endpoint(cluster) == before


def test_a_release_of_helm_3_goes_on_with_helm_4(
    cluster: Kubectl, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    three, four = (a_helm(major, tmp_path_factory.mktemp("helm")).against(cluster.kubeconfig) for major in (3, 4))
    install(three, chart=earlier_chart(tmp_path))
    before = make_endpoint(cluster)
    four("upgrade", RELEASE, str(CHART), "-n", NAMESPACE, *IMAGE)
    assert knows_the_newest_field(cluster)
    four("rollback", RELEASE, "1", "-n", NAMESPACE)
    assert not knows_the_newest_field(cluster)
    three("upgrade", RELEASE, str(CHART), "-n", NAMESPACE, *IMAGE)
    assert knows_the_newest_field(cluster)
    assert the_endpoint(cluster) == before


def test_a_release_takes_a_fraction_of_what_a_secret_holds(installer: Helm, cluster: Kubectl) -> None:
    """Helm keeps templates, files and manifest of each release in one Secret, of 1 MiB at most."""
    install(installer)
    [secret] = cluster.json("get", "secrets", "-n", NAMESPACE, "-l", "owner=helm")["items"]
    assert len(base64.b64decode(secret["data"]["release"])) < 256 * 1024
