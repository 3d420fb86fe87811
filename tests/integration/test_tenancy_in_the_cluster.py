"""Two namespaces of one cluster: none reaches a Secret, a ConfigMap or a ServiceAccount of the other, by any field."""

import json
from typing import Any

import pytest
from kubernetes.client.exceptions import ApiException

from tests.controlplane.kubectl import KubectlError
from tests.integration.vocabulary.kubernetes_objects import GROUP
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import BUCKET
from tests.integration.vocabulary.specs import FAST_IMAGE, field


@pytest.fixture
def attacker(world: Scene) -> Scene:
    """The other namespace; `world` is the one that it wants something of."""
    return Scene(world.shared, namespace=f"x{world.namespace}")


SECRET = {"name": "SECRET", "valueFrom": {"secretKeyRef": {"name": "token", "key": "token"}}}


@pytest.mark.parametrize("name", ["other/token", "../../NAMESPACE/secrets/token", "..%2fother"])
@pytest.mark.parametrize("kind", ["secretKeyRef", "configMapKeyRef"])
def test_a_value_comes_from_the_own_namespace_alone(world: Scene, attacker: Scene, name: str, kind: str) -> None:
    """And where the own one has none of that name, another's is not taken."""
    world.kubectl("create", "secret", "generic", "token", "-n", world.namespace, "--from-literal=token=hush")
    reference = {"name": name.replace("NAMESPACE", world.namespace), "key": "token"}
    named = {"name": "SECRET", "valueFrom": {kind: reference}}
    with pytest.raises(ApiException, match=kind):
        attacker.given(field(containers=[{"image": FAST_IMAGE, "environment": [named]}]))
    thief = attacker.given(field(containers=[{"image": FAST_IMAGE, "environment": [SECRET]}]))
    thief.comes_to("Stalled")
    assert attacker.sagemaker.everything() == []


def test_a_namespace_in_a_reference_means_nothing(world: Scene, attacker: Scene) -> None:
    world.kubectl("create", "secret", "generic", "token", "-n", world.namespace, "--from-literal=token=hush")
    reference = {"name": "token", "key": "token", "namespace": world.namespace}
    named = {"name": "SECRET", "valueFrom": {"secretKeyRef": reference}}
    thief = attacker.given(field(containers=[{"image": FAST_IMAGE, "environment": [named]}]))
    thief.comes_to("Stalled")
    assert attacker.sagemaker.everything() == []


def test_an_export_writes_in_its_own_namespace_and_over_nobody(world: Scene, attacker: Scene) -> None:
    for scene in (world, attacker):
        scene.kubectl("create", "configmap", "settings", "-n", scene.namespace, "--from-literal=mine=yes")
    with pytest.raises(ApiException, match="configMapName"):
        attacker.given(field(export={"configMapName": f"../{world.namespace}/settings"}))
    thief = attacker.given(field(export={"configMapName": "settings"})).settles()
    attacker.until(lambda: thief.condition("Exported").get("status") == "False", "the export refused")
    for scene in (world, attacker):
        assert scene.objects.config_map(scene.namespace, "settings") == {"mine": "yes"}


def test_a_packing_job_is_nobody_of_another_namespace(attacker: Scene) -> None:
    """A Job runs as a ServiceAccount of its own namespace: another one's cannot be named."""
    with pytest.raises(KubectlError, match=r"spec\.source\.serviceAccountName"):
        packs(attacker, serviceAccountName="other:robot")


def packs(scene: Scene, **source: Any) -> None:
    """Applies a model whose source is a directory, with these members besides."""
    body = {
        "apiVersion": f"{GROUP}/v1alpha1",
        "kind": "InferenceModel",
        "metadata": {"name": "packs", "namespace": scene.namespace},
        "spec": {"endpointRef": {"name": "tenants"}, "source": {"s3Uri": f"s3://{BUCKET}/tree/", **source}},
    }
    scene.kubectl("apply", "-f", "-", stdin=json.dumps(body))


@pytest.mark.parametrize("name", ["other/template", "../../other/configmaps/template"])
def test_a_template_comes_from_the_own_namespace_alone(attacker: Scene, name: str) -> None:
    template = {"configMapKeyRef": {"name": name, "key": "config.pbtxt"}}
    with pytest.raises(KubectlError, match=r"spec\.source\.configTemplate\.configMapKeyRef\.name"):
        packs(attacker, layout="Triton", configTemplate=template)


HOST = {"name": "host", "hostPath": {"path": "/"}}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("podTemplate", {"spec": {"volumes": [HOST], "serviceAccountName": "robot"}}),
        ("volumes", [HOST]),
        ("securityContext", {"privileged": True}),
        ("env", [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "token", "key": "token"}}}]),
        ("image", "of-the-attacker:1"),
        ("args", ["--target=s3://theirs/"]),
    ],
)
def test_a_packing_pod_has_nothing_that_a_user_puts_into_it(attacker: Scene, member: str, value: Any) -> None:
    with pytest.raises(KubectlError, match=f'unknown field "spec.source.{member}"'):
        packs(attacker, **{member: value})
