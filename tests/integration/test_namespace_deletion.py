"""A namespace that holds everything is deleted, and a deletion that AWS refuses: both end, and leave nothing."""

import json
from typing import Any

from devworld.environment import ACCOUNT, REGION
from tests.integration.test_guarded_rollouts import CANARY, alarms
from tests.integration.test_inputs import from_secret, store
from tests.integration.test_variants import given_two, variant, variants
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.kstatus import TERMINATING
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import count, field, version

AUTOSCALING = {"minCount": 1, "maxCount": 4, "invocationsPerInstance": 100}
DENIED = {"code": "AccessDeniedException", "message": "User: operator is not authorized to perform this", "status": 400}


def scalable(world: Scene) -> list[str]:
    """Variants of this test that Application Auto Scaling knows."""
    pages = world.boto3("application-autoscaling").get_paginator("describe_scalable_targets")
    targets = [each for page in pages.paginate(ServiceNamespace="sagemaker") for each in page["ScalableTargets"]]
    return [each["ResourceId"] for each in targets if world.namespace in each["ResourceId"]]


def all_alarms(world: Scene) -> list[str]:
    """Of rollouts and of target tracking."""
    pages = world.boto3("cloudwatch").get_paginator("describe_alarms").paginate()
    names = [alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]]
    return [name for name in names if world.namespace in name]


def nothing_is_left(world: Scene) -> None:
    assert world.sagemaker.everything() == []
    assert scalable(world) == []
    assert all_alarms(world) == []


def creations(world: Scene, audit: Any) -> list[str]:
    lines: list[str] = audit.writes_of_operator(namespace=world.namespace)
    return [line for line in lines if line.startswith("create ") and not line.startswith("create events")]


def test_rule_09_a_namespace_that_holds_everything_goes_and_leaves_nothing_in_aws(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "first"})
    split = given_two(world)
    split.edit(field(export={"configMapName": "split"}))
    scaled = world.given(field(autoscaling=AUTOSCALING), name="scaled")
    guarded = world.given(count(4), field(rollout={**CANARY, "waitSeconds": 3600}), name="guarded")
    secret = world.given(from_secret(), field(export={"configMapName": "secret"}), name="secret")
    stopped = world.given(field(stopped=True), version(3), name="stopped")
    for endpoint in (split, scaled, guarded, secret, stopped):
        endpoint.settles()
    world.until(lambda: scalable(world), "the scalable target")
    with world.unhurried():  # the canary is watched for an hour, and Kubernetes takes its time over a namespace
        guarded.edit(version(2)).is_in("Updating")
        assert alarms(world) != []
        audit = world.audit_from_now()
        world.objects.delete_namespace(world.namespace)
        guarded.reconciles("WaitingForSageMaker")
        assert guarded.kstatus() == TERMINATING
    world.simulator.advance(seconds=2 * 3600)
    world.until(lambda: not world.objects.has_namespace(world.namespace), "the namespace gone")
    nothing_is_left(world)
    assert creations(world, audit) == []


def test_a_namespace_that_goes_while_the_operator_is_dead_is_let_go_by_the_next_one(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "first"})
    scaled = world.given(field(autoscaling=AUTOSCALING), name="scaled").settles()
    secret = world.given(from_secret(), field(export={"configMapName": "secret"}), name="secret").settles()
    world.until(lambda: scalable(world), "the scalable target")
    world.operator.kill()
    world.objects.delete_namespace(world.namespace)
    world.until(lambda: world.kubectl.find("get", "secret", "database", "-n", world.namespace) is None, "no Secret")
    assert scaled.find() is not None
    assert secret.find() is not None
    world.operator.start()
    world.until(lambda: not world.objects.has_namespace(world.namespace), "the namespace gone")
    nothing_is_left(world)


def test_a_deletion_in_the_middle_of_a_guarded_rollout_takes_the_alarms_with_it(world: Scene) -> None:
    endpoint = world.given(count(4), field(rollout={**CANARY, "waitSeconds": 3600})).settles()
    with world.unhurried():
        endpoint.edit(version(2)).is_in("Updating")
        assert alarms(world) != []
        endpoint.delete()
        endpoint.reconciles("WaitingForSageMaker")
    world.simulator.advance(seconds=2 * 3600)
    endpoint.is_gone()
    nothing_is_left(world)


def denied_throughout(world: Scene) -> str:
    """Every call about this test's things; its id."""
    match = {"resource": f"*{world.namespace}*"}
    return world.simulator.add_fault(match=match, error=DENIED)


def given_whole(world: Scene) -> Endpoint:
    two = variants(variant("blue", weight=1.0), variant("green", weight=1.0))
    spec = {"mode": "RealTime", **{name: value for name, value in two.items() if value is not None}}
    endpoint = world.given_spec(spec).settles()
    endpoint.edit(version_of_both(2)).settles()
    return endpoint


def version_of_both(tag: int) -> dict[str, Any]:
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/sim-null:{tag}"
    return variants(variant("blue", weight=1.0, image=image), variant("green", weight=1.0, image=image))


def test_rule_09_a_deletion_that_aws_denies_throughout_says_so_and_ends_when_the_right_is_back(world: Scene) -> None:
    endpoint = given_whole(world)
    before = world.sagemaker.everything()
    fault = denied_throughout(world)
    endpoint.delete()
    sentence = endpoint.stalls("OperatorNotAllowed")
    assert "add the action to its IAM policy" in sentence
    assert "deletionPolicy: Retain" in sentence
    assert endpoint.table_row() == ("False", "False", "True", "True")
    assert world.sagemaker.everything() == before
    world.operator.restart()
    endpoint.stalls("OperatorNotAllowed")
    world.simulator.end_faults(fault)
    endpoint.is_gone()
    nothing_is_left(world)


def test_a_deletion_that_aws_denies_throughout_lets_go_at_once_with_retain(world: Scene) -> None:
    endpoint = given_whole(world)
    before = world.sagemaker.everything()
    denied_throughout(world)
    endpoint.delete().stalls("OperatorNotAllowed")
    with world.records_calls() as calls:
        endpoint.edit(field(deletionPolicy="Retain"))
        endpoint.is_gone()
    assert calls.that_change_anything() == []
    assert world.sagemaker.everything() == before


def test_a_deletion_lets_go_with_retain_while_even_the_account_cannot_be_asked(world: Scene) -> None:
    endpoint = world.given().settles()
    fault = world.simulator.add_fault(match={}, error=DENIED)
    world.operator.restart()
    endpoint.delete().stalls("OperatorNotAllowed")
    endpoint.edit(field(deletionPolicy="Retain"))
    endpoint.is_gone()
    world.simulator.end_faults(fault)
    assert len(world.sagemaker.everything()) == 3


def test_a_right_that_is_missing_half_way_is_said_and_the_rest_follows(world: Scene) -> None:
    endpoint = given_whole(world)
    fault = world.fault("DeleteModel", error=DENIED)
    endpoint.delete()
    assert "sagemaker:DeleteModel" in endpoint.stalls("OperatorNotAllowed")
    assert world.sagemaker.endpoints() == []
    assert endpoint.table_row() == ("False", "False", "True", "False")
    world.simulator.end_faults(fault)
    endpoint.is_gone()
    nothing_is_left(world)


def test_a_namespace_that_aws_holds_up_goes_once_each_object_is_told_to_retain(world: Scene) -> None:
    first, second = (world.given(name=name).settles() for name in ("first", "second"))
    denied_throughout(world)
    world.objects.delete_namespace(world.namespace)
    for endpoint in (first, second):
        endpoint.stalls("OperatorNotAllowed")
    patch = json.dumps({"spec": {"deletionPolicy": "Retain"}})
    for endpoint in (first, second):
        world.kubectl("patch", "iep", endpoint.name, "-n", world.namespace, "--type=merge", "-p", patch)
    world.until(lambda: not world.objects.has_namespace(world.namespace), "the namespace gone")
    assert len(world.sagemaker.endpoints()) == 2
