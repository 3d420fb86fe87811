"""The ConfigMap of `export`: there for programs that call the endpoint, ours alone, and gone with what asked for it."""

import json
from typing import Any

from tests.integration.vocabulary.kubernetes_objects import Object
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import field


def export(name: str | None) -> Object:
    return field(export={"configMapName": name} if name is not None else None)


def config_map(world: Scene, name: str) -> Any:
    return world.kubectl.find("get", "configmap", name, "-n", world.namespace)


def is_written(world: Scene, name: str) -> Any:
    return world.until(
        lambda: (config_map(world, name) or {}).get("data") and config_map(world, name), f"{name} filled"
    )


def test_the_config_map_says_what_a_caller_needs_and_belongs_to_the_object(world: Scene) -> None:
    endpoint = world.given(export("churn-endpoint")).settles()
    found = is_written(world, "churn-endpoint")
    url = endpoint.status["endpoint"]["invocationUrl"]
    assert found["data"] == {
        "endpointName": endpoint.sagemaker_name,
        "region": "us-east-1",
        "variants": "AllTraffic",
        "invocationUrl": url,
    }
    owners = [(owner["kind"], owner["name"], owner["uid"]) for owner in found["metadata"]["ownerReferences"]]
    assert owners == [("InferenceEndpoint", endpoint.name, endpoint.uid)]
    endpoint.comes_to("Exported")


def test_at_rest_it_is_neither_written_nor_put_back_until_somebody_asks(world: Scene) -> None:
    endpoint = world.given(export("churn-endpoint")).settles()
    is_written(world, "churn-endpoint")
    world.until(lambda: endpoint.condition("Exported").get("status") == "True", "the export in status")
    patch = json.dumps({"data": {"region": "changed by hand"}})
    world.kubectl("patch", "configmap", "churn-endpoint", "-n", world.namespace, "--type=merge", "-p", patch)
    audit = world.audit_from_now()
    world.operator_looks(3)
    assert [line for line in audit.writes_of_operator(namespace=world.namespace) if "configmaps" in line] == []
    endpoint.ask_to_look("put it right")
    world.until(lambda: config_map(world, "churn-endpoint")["data"]["region"] == "us-east-1", "the region put right")


def test_another_name_moves_it_and_no_name_removes_it(world: Scene) -> None:
    endpoint = world.given(export("first")).settles()
    is_written(world, "first")
    endpoint.edit(export("second"))
    is_written(world, "second")
    world.until(lambda: config_map(world, "first") is None, "the first ConfigMap gone")
    endpoint.edit(export(None))
    world.until(lambda: config_map(world, "second") is None, "the second ConfigMap gone")
    world.until(lambda: endpoint.condition("Exported") == {}, "no condition Exported")


def test_a_config_map_of_somebody_elses_is_never_taken_over(world: Scene) -> None:
    world.kubectl("create", "configmap", "theirs", "-n", world.namespace, "--from-literal=region=moon")
    before = config_map(world, "theirs")
    endpoint = world.given(export("theirs")).settles()
    world.until(lambda: endpoint.condition("Exported").get("reason") == "ExportConflict", "the conflict in status")
    message = endpoint.condition("Exported")["message"]
    assert f"ConfigMap {world.namespace}/theirs" in message
    assert endpoint.tells("ExportConflict")
    assert endpoint.condition("Ready")["status"] == "True"
    endpoint.edit(export(None))
    world.until(lambda: endpoint.condition("Exported") == {}, "no condition Exported")
    assert config_map(world, "theirs") == before


def test_a_deletion_and_a_namespace_that_goes_make_nothing(world: Scene) -> None:
    endpoint = world.given(export("churn-endpoint")).settles()
    is_written(world, "churn-endpoint")
    audit = world.audit_from_now()
    world.objects.delete_namespace(world.namespace)
    endpoint.is_gone()
    lines = audit.writes_of_operator(namespace=world.namespace)
    assert [line for line in lines if "configmaps" in line] == []
