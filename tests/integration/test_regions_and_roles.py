"""Region and role of an object: endpoints elsewhere than the operator works itself, and found there again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from devworld.environment import ACCOUNT, REGION
from tests.integration.vocabulary.elsewhere import OTHER_ACCOUNT, OTHER_REGION, Elsewhere, trusting
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import TIME_SCALE
from tests.integration.vocabulary.specs import REGISTRY, Spec, count, field, image, version

API_VERSION = "tenancy.inference.endpoint-operator.dev/v1alpha1"
NOBODY_OF_OURS = "333333333333"
EXPIRED = {
    "code": "ExpiredTokenException",
    "message": "The security token included in the request is expired",
    "status": 400,
}


def image_in(region: str) -> Spec:
    return image(f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/sim-null:1")


@pytest.fixture
def other_region(world: Scene) -> Elsewhere:
    return Elsewhere(world, region=OTHER_REGION)


@pytest.fixture
def other_account(world: Scene, tmp_path: Path) -> Iterator[Elsewhere]:
    """Allowed by the operator's tenancy file; at a pace at which an hour, for which a role's credentials are good, is a
    minute."""
    rule = {
        "namespaces": ["*"],
        "assumeRoleArns": [f"arn:aws:iam::{OTHER_ACCOUNT}:role/*"],
        "executionRoleArns": ["*"],
        "imageRegistries": [f"{REGISTRY}/"],
    }
    file = tmp_path / "tenancy.yaml"
    file.write_text(json.dumps({"apiVersion": API_VERSION, "rules": [rule]}))
    with world.operator.started_with({"--tenancy-file": str(file)}):
        world.simulator.scale(60)
        yield Elsewhere(world, account=OTHER_ACCOUNT)
        world.simulator.scale(TIME_SCALE)


def given_through_role(world: Scene, place: Elsewhere, *, trust: object) -> Endpoint:
    role = place.make_role("operator", trust=trust)
    return world.given(field(assumeRoleArn=role, executionRoleArn=place.make_execution_role()))


def given_in_other_account(world: Scene, place: Elsewhere) -> Endpoint:
    return given_through_role(world, place, trust=trusting(ACCOUNT)).settles()


def test_an_endpoint_of_another_region_lives_there_and_answers_there(world: Scene, other_region: Elsewhere) -> None:
    endpoint = world.given(field(region=OTHER_REGION), image_in(OTHER_REGION)).settles()
    assert other_region.sagemaker.endpoints() == [endpoint.sagemaker_name]
    assert world.sagemaker.everything() == []
    status = endpoint.status["endpoint"]
    assert status["arn"].split(":")[3] == OTHER_REGION
    with other_region.client("sagemaker-runtime") as runtime:
        assert runtime.invoke_endpoint(EndpointName=endpoint.sagemaker_name, Body=b"1")["Body"].read()
    endpoint.edit(count(2)).settles()
    assert other_region.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}
    other_region.sagemaker.tags(endpoint.sagemaker_name)


def test_an_endpoint_of_another_region_is_watched_like_any_other(world: Scene, other_region: Elsewhere) -> None:
    endpoint = world.given(field(region=OTHER_REGION), image_in(OTHER_REGION)).settles()
    world.operator.restart()
    with other_region.client("sagemaker") as sagemaker:
        sagemaker.delete_endpoint(EndpointName=endpoint.sagemaker_name)
    endpoint.tells("EndpointDeleted")
    endpoint.settles()


def test_an_endpoint_of_another_region_is_deleted_after_a_restart(world: Scene, other_region: Elsewhere) -> None:
    endpoint = world.given(field(region=OTHER_REGION), image_in(OTHER_REGION)).settles()
    world.operator.stop()
    endpoint.delete()
    world.operator.start()
    endpoint.is_gone()
    assert other_region.sagemaker.everything() == []


def test_two_regions_hold_endpoints_of_one_name(world: Scene, other_region: Elsewhere) -> None:
    name = f"{world.namespace}-shared"
    here = world.given(field(endpointName=name), name="here")
    there = world.given(field(endpointName=name, region=OTHER_REGION), image_in(OTHER_REGION), name="there")
    here.settles()
    there.settles()
    here.delete().is_gone()
    assert world.sagemaker.everything() == []
    assert other_region.sagemaker.endpoints() == [name]
    assert there.table_row() == ("True", "False", "False", "True")


def test_the_region_is_fixed_while_anything_is_left_there(world: Scene, other_region: Elsewhere) -> None:
    endpoint = world.given(field(stopped=False)).settles()
    endpoint.edit(field(stopped=True)).settles()
    endpoint.edit(field(region=OTHER_REGION, stopped=False))
    sentence = endpoint.stalls("RegionChanged")
    assert sentence.startswith("spec.region: ")
    assert REGION in sentence
    assert other_region.sagemaker.everything() == []
    endpoint.edit(field(region=REGION)).settles()
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == []


def test_rule_12_another_region_of_the_operator_leaves_endpoints_where_they_are(
    world: Scene, other_region: Elsewhere
) -> None:
    """Also one that is stopped, of which only its revisions are left."""
    serving, doomed, stopped = (world.given(name=name).settles() for name in ("serving", "doomed", "stopped"))
    stopped.edit(field(stopped=True)).settles()
    with world.operator.started_with({"--region": OTHER_REGION}):
        with world.records_calls() as calls:
            world.operator_looks(3)
        assert calls.that_change_anything() == []
        serving.edit(count(2)).settles()
        stopped.edit(field(stopped=False)).settles()
        doomed.delete().is_gone()
        fresh = world.given(image_in(OTHER_REGION), name="fresh").settles()
        assert other_region.sagemaker.endpoints() == [fresh.sagemaker_name]
    names = sorted([serving.sagemaker_name, stopped.sagemaker_name])
    assert world.sagemaker.endpoints() == names
    assert world.sagemaker.counts(serving.sagemaker_name) == {"AllTraffic": 2}
    fresh.edit(count(2)).settles()
    for endpoint in (serving, stopped, fresh):
        endpoint.delete().is_gone()
    assert world.sagemaker.everything() == []
    assert other_region.sagemaker.everything() == []


def test_an_endpoint_of_another_account_is_made_through_the_role(world: Scene, other_account: Elsewhere) -> None:
    endpoint = given_in_other_account(world, other_account)
    assert other_account.sagemaker.endpoints() == [endpoint.sagemaker_name]
    assert world.sagemaker.everything() == []
    assert endpoint.status["endpoint"]["arn"].split(":")[4] == OTHER_ACCOUNT
    endpoint.edit(version(2)).settles()
    assert len(other_account.sagemaker.configs()) == 2


def test_an_endpoint_of_another_account_is_deleted_after_a_restart(world: Scene, other_account: Elsewhere) -> None:
    endpoint = given_in_other_account(world, other_account)
    world.operator.stop()
    endpoint.delete()
    world.operator.start()
    endpoint.is_gone()
    assert other_account.sagemaker.everything() == []


def test_credentials_of_a_role_that_end_are_renewed_without_a_word(world: Scene, other_account: Elsewhere) -> None:
    endpoint = given_in_other_account(world, other_account)
    world.simulator.advance(seconds=2 * 3600)
    with world.records_calls() as calls:
        endpoint.edit(count(2)).settles()
    renewed = [row for row in calls.of_operator() if row["operation"] == "AssumeRole"]
    assert renewed
    assert other_account.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}
    assert "CredentialsRefused" not in endpoint.story()


def test_credentials_that_end_in_the_middle_of_an_update_do_not_lose_it(world: Scene, other_account: Elsewhere) -> None:
    endpoint = given_in_other_account(world, other_account)
    world.fault("UpdateEndpoint", error=EXPIRED, times=1)
    endpoint.edit(version(2)).settles()
    assert list(endpoint.revisions().values()) == ["Superseded", "Active"]
    assert world.operator.readiness()[0] == 200


def test_a_role_that_does_not_trust_the_operator_is_said_and_mended_without_a_restart(
    world: Scene, other_account: Elsewhere
) -> None:
    endpoint = given_through_role(world, other_account, trust=trusting(NOBODY_OF_OURS))
    sentence = endpoint.stalls("RoleNotAssumable")
    assert sentence.startswith("spec.assumeRoleArn: ")
    assert "trust policy" in sentence
    assert endpoint.table_row() == ("False", "False", "True", "False")
    assert world.operator.readiness()[0] == 200, "one object's role is not the operator's trouble"
    other_account.change_trust(endpoint.object["spec"]["assumeRoleArn"], trust=trusting(ACCOUNT))
    endpoint.settles()
    assert other_account.sagemaker.endpoints() == [endpoint.sagemaker_name]


def test_trust_that_is_taken_away_later_leaves_what_serves_and_says_so_when_it_matters(
    world: Scene, other_account: Elsewhere
) -> None:
    endpoint = given_in_other_account(world, other_account)
    role = endpoint.object["spec"]["assumeRoleArn"]
    other_account.change_trust(role, trust=trusting(NOBODY_OF_OURS))
    world.operator.restart()
    endpoint.edit(count(2)).stalls("RoleNotAssumable")
    assert endpoint.table_row() == ("False", "False", "True", "True")
    endpoint.delete()
    assert "trust policy" in endpoint.stalls("RoleNotAssumable")
    other_account.change_trust(role, trust=trusting(ACCOUNT))
    endpoint.is_gone()
    assert other_account.sagemaker.everything() == []
