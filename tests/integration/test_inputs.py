"""Values from Secrets and ConfigMaps: read when a revision is made, in AWS alone afterwards, and never told."""

import json
from collections.abc import Mapping

from devworld.cluster import OPERATOR_NAMESPACE, operator_user
from tests.controlplane.kubectl import KubectlError
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import FAST_IMAGE, Spec, count, field

CLUSTER_ROLE = "sagemaker-endpoint-operator"
KEY_SECRET = "endpoint-operator-revision-key"


def store(world: Scene, kind: str, name: str, values: Mapping[str, str]) -> None:
    member = "stringData" if kind == "Secret" else "data"
    metadata = {"name": name, "namespace": world.namespace}
    world.kubectl.apply(json.dumps({"apiVersion": "v1", "kind": kind, "metadata": metadata, member: dict(values)}))


def from_secret(name: str = "database", key: str = "password") -> Spec:
    reference = {"secretKeyRef": {"name": name, "key": key}}
    return {"containers": [{"image": FAST_IMAGE, "environment": [{"name": "PASSWORD", "valueFrom": reference}]}]}


def requests(world: Scene, resource: str, verb: str) -> int:
    """How many the API server has answered, by its own count."""
    lines = world.kubectl("get", "--raw", "/metrics").splitlines()
    counted = [line for line in lines if line.startswith("apiserver_request_total{")]
    wanted = [line for line in counted if f'resource="{resource}"' in line and f'verb="{verb}"' in line]
    return sum(int(float(line.rpartition(" ")[2])) for line in wanted)


def referring(world: Scene) -> tuple[int, int]:
    """How many objects of the whole world refer to Secrets, and to how many: each test has one."""
    everything = world.kubectl.json("get", "inferenceendpoints", "-A")["items"]
    refer = [item["metadata"]["namespace"] for item in everything if "secretKeyRef" in json.dumps(item["spec"])]
    return len(refer), len(set(refer))


def operator_may_read_secrets(world: Scene) -> bool:
    """As the API server has it: it sees a changed role a moment after it has stored it."""
    try:
        world.kubectl("auth", "can-i", "get", "secrets", "--as", operator_user(), "-n", world.namespace)
    except KubectlError:  # that is how kubectl says no
        return False
    return True


def environment(world: Scene, endpoint: Endpoint) -> dict[str, str]:
    """Of the model that serves, as SageMaker shows it to everyone who may ask."""
    live = world.sagemaker.endpoint(endpoint.sagemaker_name)
    assert live is not None
    variant = world.sagemaker.config(live["EndpointConfigName"])["ProductionVariants"][0]
    found: dict[str, str] = world.sagemaker.model(variant["ModelName"])["PrimaryContainer"].get("Environment", {})
    return found


def test_values_of_secrets_and_config_maps_reach_the_container_and_nothing_else(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "hunter2-never-told"})
    store(world, "ConfigMap", "limits", {"rows": "4711-of-config-map"})
    variables = [
        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "database", "key": "password"}}},
        {"name": "ROWS", "valueFrom": {"configMapKeyRef": {"name": "limits", "key": "rows"}}},
        {"name": "PLAIN", "value": "as it stands"},
    ]
    container = {"image": FAST_IMAGE, "environment": variables}
    endpoint = world.given({"containers": [container]}, field(paused=True))
    world.until(lambda: endpoint.status.get("plannedCalls"), "the calls that are held back")
    held_back = json.dumps(endpoint.object)
    endpoint.edit(field(paused=False)).settles()
    assert environment(world, endpoint) == {
        "PASSWORD": "hunter2-never-told",
        "ROWS": "4711-of-config-map",
        "PLAIN": "as it stands",
    }
    story = endpoint.tells("EnvironmentIsReadable").message
    assert "Secret database" in story
    events = [f"{event.metadata.name} {event.message}" for event in endpoint.events()]
    told = "\n".join([held_back, json.dumps(endpoint.object), *events, *world.operator.log_lines()])
    names = "\n".join(world.sagemaker.everything())
    for value in ("hunter2-never-told", "4711-of-config-map"):
        assert value not in told
        assert value not in names


def test_a_changed_secret_is_said_and_rolls_nothing_until_it_is_asked_for(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "first"})
    endpoint = world.given(from_secret()).settles()
    before = endpoint.revision
    store(world, "Secret", "database", {"password": "second"})
    with world.records_calls() as calls:
        endpoint.ask_to_look("is it the same?")
        sentence = endpoint.comes_to("InputsChanged")
        endpoint.settles()
    assert calls.that_change_anything() == []
    assert "Secret/database changed" in sentence
    assert "redeploy" in sentence
    assert environment(world, endpoint) == {"PASSWORD": "first"}
    endpoint.edit(field(redeploy="with the new password")).settles()
    assert endpoint.revision != before
    assert environment(world, endpoint) == {"PASSWORD": "second"}
    assert endpoint.condition("InputsChanged")["status"] == "False"


def test_with_rollout_on_input_change_a_new_value_rolls_out_and_an_old_one_comes_back(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "first"})
    endpoint = world.given(from_secret(), field(rolloutOnInputChange=True)).settles()
    before = endpoint.revision
    store(world, "Secret", "database", {"password": "second"})
    endpoint.ask_to_look("1")
    world.until(lambda: environment(world, endpoint) == {"PASSWORD": "second"}, "the new value serves")
    endpoint.settles()
    store(world, "Secret", "database", {"password": "first"})
    with world.records_calls() as calls:
        endpoint.ask_to_look("2")
        world.until(lambda: environment(world, endpoint) == {"PASSWORD": "first"}, "the old value serves")
        endpoint.settles()
    world.until(lambda: endpoint.revision == before, "the first revision serves")
    made = [row for row in calls.all() if row["operation"].startswith("Create") and row["status"] == 200]
    assert made == []


def test_another_version_of_a_secret_with_the_same_value_rolls_nothing(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "same"})
    endpoint = world.given(from_secret(), field(rolloutOnInputChange=True)).settles()
    world.kubectl("label", "secret", "database", "-n", world.namespace, "looked-at=yes")
    with world.records_calls() as calls:
        endpoint.ask_to_look("now")
        world.operator_looks(3)
        world.operator.restart()
        world.operator_looks(3)
    assert calls.that_change_anything() == []
    assert endpoint.condition("InputsChanged")["status"] == "False"


def test_a_missing_secret_stalls_with_its_field_until_it_appears(world: Scene) -> None:
    endpoint = world.given(from_secret())
    sentence = endpoint.stalls("InputNotFound")
    assert "spec.containers[0].environment[0].valueFrom.secretKeyRef" in sentence
    assert f"no Secret {world.namespace}/database" in sentence
    store(world, "Secret", "database", {"user": "nobody"})
    endpoint.ask_to_look("there is one now")
    world.until(
        lambda: "no key password in" in endpoint.condition("Stalled").get("message", ""), "the missing key is said"
    )
    store(world, "Secret", "database", {"password": "found"})
    endpoint.settles()
    assert environment(world, endpoint) == {"PASSWORD": "found"}


def test_a_secret_that_the_operator_may_not_read_is_said_with_the_right_to_grant(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "behind a wall"})
    role = world.kubectl.json("get", "clusterrole", CLUSTER_ROLE)
    walled = [rule for rule in role["rules"] if "secrets" not in rule["resources"]]
    patch = json.dumps({"rules": walled})
    world.kubectl("patch", "clusterrole", CLUSTER_ROLE, "--type=merge", "-p", patch)
    try:
        world.until(lambda: not operator_may_read_secrets(world), "the wall")
        sentence = world.given(from_secret()).stalls("InputForbidden")
    finally:
        rules = json.dumps({"rules": role["rules"]})
        world.kubectl("patch", "clusterrole", CLUSTER_ROLE, "--type=merge", "-p", rules)
    assert f"get on secrets in namespace {world.namespace}" in sentence
    world.applied("churn").settles()


def test_a_value_that_aws_repeats_in_its_refusal_is_told_nowhere_not_even_in_the_fullest_log(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "hunter2-repeated"})
    words = "Value '{PASSWORD=hunter2-repeated}' at 'primaryContainer.environment' failed to satisfy constraint"
    refusal = world.fault("CreateModel", error={"code": "ValidationException", "message": words, "status": 400})
    with world.operator.started_with({"--log-level": "DEBUG"}):
        endpoint = world.given(from_secret())
        message = endpoint.comes_to("Stalled")
        world.simulator.end_faults(refusal)
        endpoint.ask_to_look("again")
        endpoint.settles()
    assert "'{PASSWORD=[value]}'" in message
    events = [event.message for event in endpoint.events()]
    told = "\n".join([json.dumps(endpoint.object), *events, *world.operator.log_lines()])
    assert "hunter2-repeated" not in told


def test_the_resync_finds_a_change_with_one_request_for_each_secret_and_rest_needs_none(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "first"})
    endpoints = [world.given(from_secret(), name=name).settles() for name in ("one", "two", "three")]
    with world.operator.started_with({"--resync-seconds": "3600"}):  # or one might be due just now
        world.operator_looks(2)  # what a new process asks once is asked
        before = requests(world, "secrets", "GET")
        world.operator_looks(3)
        assert requests(world, "secrets", "GET") == before
    with world.operator.started_with({"--resync-seconds": "1"}):
        lists, asked = requests(world, "inferenceendpoints", "LIST"), requests(world, "secrets", "GET")
        store(world, "Secret", "database", {"password": "second"})
        for endpoint in endpoints:
            endpoint.comes_to("InputsChanged")
        enough = lists + 5
        world.until(lambda: requests(world, "inferenceendpoints", "LIST") >= enough, "five resyncs")
        asked = requests(world, "secrets", "GET") - asked
        lists = requests(world, "inferenceendpoints", "LIST") - lists
    objects, secrets = referring(world)
    assert asked <= objects + secrets * (lists + 1)  # one resync may have listed before, and asked after
    assert secrets < objects


def test_a_value_that_changes_between_intent_and_create_model_is_not_made_under_the_old_name(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "first"})
    refusal = world.fault("CreateModel", error={"code": "ThrottlingException", "message": "Rate exceeded"})
    endpoint = world.given(from_secret())
    endpoint.reconciles("Throttled")
    intended = list(endpoint.revisions())
    store(world, "Secret", "database", {"password": "second"})
    # A pass that has read the first value tries on for some seconds, and would make what it intends.
    world.until(lambda: list(endpoint.revisions()) != intended, "the second value is read")
    world.simulator.end_faults(refusal)
    endpoint.settles()
    assert environment(world, endpoint) == {"PASSWORD": "second"}
    assert endpoint.revision not in intended
    assert f"{endpoint.sagemaker_name}-{intended[0]}" not in world.sagemaker.models()


def test_what_serves_needs_no_secret_to_restart_to_change_counts_or_to_be_deleted(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "gone soon"})
    endpoint = world.given(from_secret()).settles()
    world.kubectl("delete", "secret", "database", "-n", world.namespace)
    world.operator.restart()
    endpoint.edit(count(2)).settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == []


def test_a_lost_key_rolls_nothing_and_a_new_one_is_made_when_it_is_needed(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "first"})
    endpoint = world.given(from_secret()).settles()
    before = endpoint.revision
    world.kubectl("delete", "secret", KEY_SECRET, "-n", OPERATOR_NAMESPACE)
    world.operator.restart()
    with world.records_calls() as calls:
        endpoint.ask_to_look("now")
        world.operator_looks(3)
    assert calls.that_change_anything() == []
    assert endpoint.revision == before
    endpoint.edit(field(redeploy="anew")).settles()
    assert world.kubectl.find("get", "secret", KEY_SECRET, "-n", OPERATOR_NAMESPACE) is not None
