"""The rules of behaviour, by number: `pytest -k rule_07` runs every test of one of them.

Here are those that go across the subjects of other files; the rest stands beside its kin under the same numbers. What
rules 2, 4, 13 and 14 say of autoscaling is proved in test_autoscaling*.py; rule 6 between any two calls in tests/chaos.
"""

import time
from typing import Any

import pytest

from devworld.cluster import OPERATOR_NAMESPACE
from endpoint_operator.api.identity import MANAGED_BY, TAG_MANAGED_BY
from tests.integration.test_guarded_rollouts import CANARY
from tests.integration.test_inputs import KEY_SECRET, from_secret, store
from tests.integration.test_variants import given_two, variant, variants, weights
from tests.integration.vocabulary.back_off import WOKEN, tries
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scaling_truth import pages_of_scaling
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import BUCKET
from tests.integration.vocabulary.specs import FAST_IMAGE, count, field, tags, version

REPLACES_A_FLEET = {"CreateModel", "CreateEndpointConfig", "CreateEndpoint", "UpdateEndpoint", "DeleteEndpoint"}


def capture(world: Scene, *, percent: int) -> dict[str, Any]:
    uri = f"s3://{BUCKET}/{world.namespace}"
    return field(dataCapture={"s3Uri": uri, "samplingPercent": percent, "capture": ["Input", "Output"]})


def capturing(world: Scene, endpoint: Endpoint) -> int | None:
    """The percentage that SageMaker captures; None where it captures nothing."""
    live = world.sagemaker.endpoint(endpoint.sagemaker_name) or {}
    config = live.get("DataCaptureConfig", {})
    return int(config["CurrentSamplingPercentage"]) if config.get("EnableCapture") else None


def test_rule_02_weights_counts_tags_and_rollout_settings_in_one_edit_replace_no_fleet(world: Scene) -> None:
    endpoint = given_two(world, blue=0.9, green=0.1).settles()
    revision, before = endpoint.revision, endpoint.is_in("InService")
    changed = variants(variant("blue", weight=0.25, count=2), variant("green", weight=0.75, count=3))
    with world.records_calls() as calls:
        endpoint.edit(changed, tags(team="growth"), field(rollout={**CANARY, "maxExecutionSeconds": 7200})).settles()
        world.until(lambda: world.sagemaker.tags(endpoint.sagemaker_name).get("team") == "growth", "the tag")
    assert set(calls.that_change_anything()) == {"UpdateEndpointWeightsAndCapacities", "AddTags"}
    assert weights(world, endpoint.sagemaker_name) == {"blue": 0.25, "green": 0.75}
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"blue": 2, "green": 3}
    after = endpoint.is_in("InService")
    assert (endpoint.revision, after["CreationTime"]) == (revision, before["CreationTime"])
    assert after["EndpointConfigName"] == before["EndpointConfigName"]


def test_rule_04_data_capture_is_what_the_new_config_says_and_weights_follow_in_place(world: Scene) -> None:
    endpoint = given_two(world, blue=0.9, green=0.1)
    endpoint.edit(capture(world, percent=20)).settles()
    assert capturing(world, endpoint) == 20
    other = variants(variant("blue", weight=0.5, count=2), variant("green", weight=0.5))
    with world.records_calls() as calls:
        endpoint.edit(capture(world, percent=70), other).settles()
    assert capturing(world, endpoint) == 70
    assert calls.count("UpdateEndpoint") == 1
    assert calls.count("UpdateEndpointWeightsAndCapacities") >= 1
    assert weights(world, endpoint.sagemaker_name) == {"blue": 0.5, "green": 0.5}
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"blue": 2, "green": 1}
    endpoint.edit(field(dataCapture=None)).settles()
    assert capturing(world, endpoint) is None
    assert weights(world, endpoint.sagemaker_name) == {"blue": 0.5, "green": 0.5}


@pytest.mark.parametrize("kind", ["model", "endpoint-config"])
def test_rule_05_what_lost_our_tags_is_not_deleted_with_the_object(world: Scene, kind: str) -> None:
    endpoint = world.given().settles()
    name = f"{endpoint.sagemaker_name}-{endpoint.revision}"
    arn = f"arn:aws:sagemaker:us-east-1:123456789012:{kind}/{name}"
    keys = list(world.sagemaker.tags(name, kind=kind))
    world.boto3("sagemaker").delete_tags(ResourceArn=arn, TagKeys=keys)
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == [name]


def test_rule_07_the_hourly_look_makes_one_call_for_each_list_and_none_for_an_object(world: Scene) -> None:
    autoscaling = field(autoscaling={"minCount": 1, "maxCount": 2, "invocationsPerInstance": 100})
    endpoints = [world.given(autoscaling, name=f"resting-{number}") for number in range(4)]
    for endpoint in endpoints:
        endpoint.settles()
        world.until(lambda: endpoint.condition("AutoscalingReady").get("status") == "True", "autoscaling")  # noqa: B023
    with world.operator.started_with({"--inventory-seconds": "1"}):
        world.operator_looks(2)  # what a new process asks once is asked
        pages = {"GetResources": tag_pages(world), **pages_of_scaling(world)}
        audit, since, began = world.audit_from_now(), world.calls_from_now(), time.monotonic()
        world.until(lambda: since.lists()["GetResources"] >= 4 * pages["GetResources"], "four looks at the tags")
        since.end()
        most_rounds = 2 + (time.monotonic() - began)  # one a second, and those under way at both ends
    assert since.all() == []
    assert audit.writes_of_operator(namespace=world.namespace) == []
    asked = {name: times for name, times in since.lists().items() if name != "ListEndpoints"}
    too_often = [name for name, times in asked.items() if times > most_rounds * pages.get(name, 1)]
    assert too_often == [], f"{asked} in {most_rounds:.1f} rounds at most, pages of a list {pages}"


def tag_pages(world: Scene) -> int:
    """Calls that a list of all that carries our tags takes, for what all tests of the worker left."""
    pages = world.boto3("resourcegroupstaggingapi").get_paginator("get_resources")
    ours = [{"Key": TAG_MANAGED_BY, "Values": [MANAGED_BY]}]
    return sum(1 for _ in pages.paginate(TagFilters=ours, ResourcesPerPage=100))


def test_rule_08_a_throttle_that_lasts_is_retried_with_back_off_and_said(world: Scene) -> None:
    throttled = {"code": "ThrottlingException", "message": "Rate exceeded", "status": 400}
    fault = world.fault("CreateEndpointConfig", error=throttled)
    began = time.monotonic()
    endpoint = world.given()
    with world.records_calls() as calls:
        sentence = endpoint.reconciles("Throttled")
        world.operator_looks(3)
    at_most = 3 * (tries(since=began) + WOKEN)
    assert "CreateEndpointConfig" in sentence
    assert endpoint.table_row() == ("False", "True", "False", "False")
    assert calls.count("CreateEndpointConfig") <= at_most, "three tries of each pass at most"
    world.simulator.end_faults(fault)
    endpoint.settles()


def test_rule_12_the_value_of_a_secret_enters_the_revision_only_with_the_operators_key(world: Scene) -> None:
    """The same object with the same value has another revision under another key: a name gives nothing away."""
    store(world, "Secret", "database", {"password": "guessable"})
    with_one_key, digest = revision_and_digest(world)
    assert revision_and_digest(world) == (with_one_key, digest), "one key, one value: one name"
    world.kubectl("delete", "secret", KEY_SECRET, "-n", OPERATOR_NAMESPACE)
    world.operator.restart()
    with_another, other_digest = revision_and_digest(world)
    assert with_another != with_one_key
    assert other_digest != digest


def revision_and_digest(world: Scene) -> tuple[str, str]:
    """Of an endpoint that is made for this and deleted again."""
    endpoint = world.given(from_secret()).settles()
    (read,) = endpoint.status["revisions"][-1]["resolved"]["inputs"]
    told = endpoint.revision, str(read["digest"])
    endpoint.delete().is_gone()
    return told


def test_rule_13_made_again_it_has_the_weights_and_counts_that_are_wanted_now(world: Scene) -> None:
    endpoint = given_two(world, blue=0.9, green=0.1).settles()
    revision = endpoint.revision
    endpoint.edit(variants(variant("blue", weight=0.2, count=2), variant("green", weight=0.8))).settles()
    endpoint.edit(field(stopped=True)).settles()
    with world.records_calls() as calls:
        endpoint.edit(field(stopped=False)).settles()
    assert endpoint.revision == revision, "the same revision under another config"
    assert "UpdateEndpointWeightsAndCapacities" not in calls.that_change_anything()
    begins = world.sagemaker.config(str(endpoint.status["endpoint"]["configName"]))["ProductionVariants"]
    assert {each["VariantName"]: each["InitialInstanceCount"] for each in begins} == {"blue": 2, "green": 1}
    assert weights(world, endpoint.sagemaker_name) == {"blue": pytest.approx(0.2), "green": pytest.approx(0.8)}
    world.until(lambda: len(world.sagemaker.configs()) == 1, "the config that it began with before gone")
    with world.records_calls() as at_rest:
        world.operator_looks(3)
        endpoint.ask_to_look("is it the same?")
        world.operator_looks(1)
    assert at_rest.that_change_anything() == []


def test_rule_15_an_event_says_who_may_read_a_secrets_value_and_what_is_safer(world: Scene) -> None:
    store(world, "Secret", "database", {"password": "first"})
    endpoint = world.given(from_secret()).settles()
    told = endpoint.tells("EnvironmentIsReadable")
    assert told.type == "Warning"
    assert "everyone who may call DescribeModel" in told.message
    assert "AWS Secrets Manager" in told.message
    world.operator.restart()
    endpoint.edit(count(2)).settles()
    assert endpoint.story().count("EnvironmentIsReadable") == 1
    plain = [{"name": "SECRET_NAME", "value": "prod/database"}]
    safer = world.given(field(containers=[{"image": FAST_IMAGE, "environment": plain}]), name="safer").settles()
    assert "EnvironmentIsReadable" not in safer.story()
    (model,) = [name for name in world.sagemaker.models() if name.startswith(safer.sagemaker_name)]
    assert world.sagemaker.model(model)["PrimaryContainer"]["Environment"] == {"SECRET_NAME": "prod/database"}


def test_rule_01_reverting_each_of_three_edits_makes_nothing_new(world: Scene) -> None:
    endpoint = world.given(version(1), field(redeploy="a")).settles()
    for edit in (version(2), version(3), field(redeploy="b")):
        endpoint.edit(edit).settles()
    everything = world.sagemaker.everything()
    with world.records_calls() as calls:
        endpoint.edit(version(3), field(redeploy="a")).settles()
        endpoint.edit(version(2)).settles()
    assert world.sagemaker.everything() == everything
    made = [row for row in calls.all() if row["operation"].startswith("Create") and row["status"] == 200]
    assert made == []
    assert not REPLACES_A_FLEET.isdisjoint(calls.that_change_anything())
