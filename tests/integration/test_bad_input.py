"""Bad input: Stalled with the field and the remedy, not retried in a loop, and gone when it is mended."""

import time

from devworld.churn import ChurnModel
from devworld.environment import ACCOUNT, REGION
from tests.integration.vocabulary.back_off import WOKEN, tries
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import BUCKET
from tests.integration.vocabulary.specs import XGBOOST_IMAGE, field, instance_type, role, xgboost

ANOTHER_REGION = "eu-west-1"
NO_ONE = {"Version": "2012-10-17", "Statement": []}
PASS_ROLE_DENIED = {
    "code": "AccessDeniedException",
    "message": "User: arn:aws:sts::123456789012:assumed-role/operator/session is not authorized to perform: "
    "iam:PassRole on resource: arn:aws:iam::123456789012:role/sagemaker-execution",
    "status": 400,
}


def test_a_role_that_is_not_there(world: Scene) -> None:
    began = time.monotonic()
    endpoint = world.given(role(f"arn:aws:iam::123456789012:role/{world.namespace}"))
    with world.records_calls() as calls:
        sentence = endpoint.stalls("ExecutionRoleNotFound")
        world.operator_looks(3)
    at_most = tries(since=began) + WOKEN
    assert sentence.startswith("spec.executionRoleArn: there is no role")
    assert "make it or correct the ARN" in sentence
    assert calls.that_change_anything() == []
    assert calls.count("GetRole") <= at_most, "it is looked at with back-off"
    world.shared.make_role(world.namespace)
    endpoint.settles()


def test_a_role_that_sagemaker_may_not_assume(world: Scene) -> None:
    arn = world.shared.make_role(world.namespace, trust=NO_ONE)
    endpoint = world.given(role(arn))
    sentence = endpoint.stalls("ExecutionRoleNotTrusted")
    assert sentence.startswith("spec.executionRoleArn: ")
    assert "sts:AssumeRole" in sentence
    world.shared.trust(world.namespace)
    endpoint.settles()


def test_a_role_that_the_operator_may_not_pass(world: Scene) -> None:
    fault = world.fault("CreateModel", error=PASS_ROLE_DENIED)
    began = time.monotonic()
    endpoint = world.given()
    with world.records_calls() as calls:
        sentence = endpoint.stalls("ExecutionRoleNotPassable")
        world.operator_looks(3)
    at_most = tries(since=began) + WOKEN
    assert sentence.startswith("spec.executionRoleArn: ")
    assert "allow iam:PassRole" in sentence
    assert calls.count("CreateModel") <= at_most
    world.simulator.end_faults(fault)
    endpoint.settles()


def test_a_role_of_another_account(world: Scene) -> None:
    sentence = world.given(role("arn:aws:iam::999999999999:role/theirs")).stalls("NotAllowed")
    assert sentence.startswith("spec.executionRoleArn: ")
    assert "nothing of another account may be used without a rule" in sentence


def test_rule_11_an_artifact_that_is_not_there_is_found_when_it_comes(world: Scene) -> None:
    key = f"{world.namespace}/model.tar.gz"
    began = time.monotonic()
    with world.records_calls() as calls:
        endpoint = world.given(xgboost(f"s3://{BUCKET}/{key}"))
        sentence = endpoint.stalls("ArtifactNotFound")
        world.operator_looks(3)
    at_most = tries(since=began) + WOKEN
    assert sentence.startswith("spec.containers[0].modelData.s3Uri: no object s3://")
    assert "upload it or correct the URI" in sentence
    assert calls.that_change_anything() == []
    assert calls.count("HeadObject") <= at_most, "it is looked at with back-off"
    assert endpoint.table_row() == ("False", "False", "True", "False")
    world.holds_transition(endpoint)
    world.shared.put_artifact(key, b"no model, but an object")
    endpoint.reconciles("Creating")
    world.ends_transition(endpoint)


def test_an_artifact_in_a_bucket_that_is_not_there(world: Scene) -> None:
    sentence = world.given(xgboost(f"s3://{world.namespace}/model.tar.gz")).stalls("ArtifactNotFound")
    assert f"there is no bucket {world.namespace}" in sentence


def test_an_artifact_in_another_regions_bucket(world: Scene) -> None:
    world.shared.make_bucket_elsewhere(world.namespace, region=ANOTHER_REGION)
    endpoint = world.given(xgboost(f"s3://{world.namespace}/model.tar.gz"))
    sentence = endpoint.stalls("ArtifactInOtherRegion")
    assert sentence.startswith("spec.containers[0].modelData.s3Uri: ")
    assert ANOTHER_REGION in sentence
    assert "copy the artifact" in sentence


def test_an_archive_that_cannot_be_unpacked_is_tried_again_when_other_bytes_are_there(world: Scene) -> None:
    key = f"{world.namespace}/model.tar.gz"
    endpoint = world.given(xgboost(world.shared.put_artifact(key, b"no archive at all")))
    sentence = endpoint.stalls("ModelDataUnavailable")
    assert sentence.startswith("spec.containers[0].modelData.s3Uri: ")
    world.shared.put_artifact(key, ChurnModel.train().as_artifact())
    endpoint.settles()


def test_a_container_that_is_never_healthy(world: Scene) -> None:
    """The real server of the XGBoost image ends at once when its archive holds no model."""
    endpoint = world.given(field(containers=[{"image": XGBOOST_IMAGE}]))
    sentence = endpoint.stalls("ContainerUnhealthy")
    assert sentence.startswith("spec.containers[0]: ")
    assert "ping health check" in sentence


def test_rule_08_an_instance_type_with_a_quota_of_zero_is_the_users_and_not_retried(world: Scene) -> None:
    with world.records_calls() as calls:
        endpoint = world.given(instance_type("ml.p4d.24xlarge"))
        sentence = endpoint.stalls("QuotaIsZero")
        world.operator_looks(3)
    assert sentence.startswith("spec.instance.type: the quota 'ml.p4d.24xlarge for endpoint usage' is 0")
    assert "Service Quotas" in sentence
    assert calls.that_change_anything() == []
    assert endpoint.table_row() == ("False", "False", "True", "False")
    endpoint.edit(instance_type("ml.m5.large")).settles()


def test_rule_08_a_quota_that_is_used_up_is_waited_for_and_said_with_its_figures(world: Scene) -> None:
    scarce = "ml.r5.2xlarge"
    world.simulator.configure(quotas={f"{scarce}/endpoint": 1})
    holder = world.given(instance_type(scarce), name="holder").settles()
    began = time.monotonic()
    endpoint = world.given(instance_type(scarce))
    with world.records_calls() as calls:
        sentence = endpoint.reconciles("QuotaExceeded")
        world.operator_looks(3)
    at_most = tries(since=began)
    assert f"the quota '{scarce} for endpoint usage' is 1, 1 are in use and 1 more are needed" in sentence
    assert endpoint.table_row() == ("False", "True", "False", "False")
    assert 1 <= calls.count("CreateEndpoint") <= at_most
    holder.delete().is_gone()
    endpoint.settles()


def test_an_edit_to_what_is_not_yet_supported_changes_nothing_in_aws(world: Scene) -> None:
    endpoint = world.given().settles()
    before = world.sagemaker.endpoint(endpoint.sagemaker_name)
    with world.records_calls() as calls:
        endpoint.edit(
            field(
                mode="MultiModel",
                multiModel={"s3Prefix": "s3://models/all/"},
                containers=[{"modelPackageArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/churn/1"}],
            )
        )
        sentence = endpoint.stalls("NotYetSupported")
        world.operator_looks(1)
    assert "spec.containers[0].modelPackageArn with mode MultiModel" in sentence
    assert calls.that_change_anything() == []
    assert world.sagemaker.endpoint(endpoint.sagemaker_name) == before
    assert endpoint.table_row() == ("False", "False", "True", "True")
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == []
