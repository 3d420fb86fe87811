"""What a plan makes of preflight's looks: what stalls, what is only said, what a revision remembers."""

from dataclasses import replace
from typing import Any

import pytest

from endpoint_operator.api.status import InferenceEndpointStatus
from endpoint_operator.aws.finding import Finding
from endpoint_operator.aws.model_packages import judge
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import Look, Looks, SeenImage
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.steps import CreateEndpoint
from tests.unit.given import INPUTS, NO_ARTIFACT, an_object, facts, spec

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/3"
SKIPPED = Look(about="quotas", trace="not-allowed", skipped="spec.instance.type: the operator may not call this")
WRONG = Look(about="s3://x", trace="ArtifactNotFound", fault=NO_ARTIFACT)


def plan(looks: Looks, *, memory: InferenceEndpointStatus | None = None, **fields: Any) -> Plan:
    return make_plan(an_object(spec(**fields), status=memory), facts(looks=looks), INPUTS)


def test_with_warn_what_was_not_looked_at_is_said() -> None:
    said = plan(Looks(looks=(WRONG, SKIPPED)), preflight="Warn").message
    assert f"preflight warns: {NO_ARTIFACT.message}" in said
    assert "preflight did not look at spec.instance.type: the operator may not call this" in said


@pytest.mark.parametrize("policy", ["Enforce", "Off"])
def test_with_other_policies_a_skipped_look_is_neither_said_nor_in_the_way(policy: str) -> None:
    found = plan(Looks(looks=(SKIPPED,)), preflight=policy)
    assert found.situation == Situation.CREATING
    assert "preflight" not in found.message


@pytest.mark.parametrize(("about_inputs", "looked_at_again"), [(True, True), (False, False)])
def test_only_what_others_may_mend_is_looked_at_again(*, about_inputs: bool, looked_at_again: bool) -> None:
    fault = Fault(blame=Blame.USER, reason="Wrong", message="it is", about_inputs=about_inputs)
    found = plan(Looks(looks=(Look(about="x", trace="", fault=fault),)))
    assert (found.situation, found.reason) == (Situation.USER_FAULT, "Wrong")
    assert (found.next_look is not None) == looked_at_again


def test_a_look_without_trace_tells_nothing_of_a_failure() -> None:
    silent, loud = Looks(looks=(SKIPPED,)), Looks(looks=(SKIPPED, Look(about="alarm", trace="")))
    assert silent.trace == loud.trace
    assert silent.trace != Looks(looks=(SKIPPED, Look(about="alarm", trace="x"))).trace


def test_the_digest_of_an_image_is_remembered_with_the_revision() -> None:
    seen = SeenImage(container="spec.containers[0]", image="repo/churn:1", digest="sha256:1")
    memory = plan(Looks(images=(seen,))).memory
    assert memory is not None
    (image,) = memory.revisions[0].resolved.images
    assert (image.container, image.image, image.digest) == ("spec.containers[0]", "repo/churn:1", "sha256:1")


def test_a_remembered_image_makes_no_other_revision() -> None:
    seen = Looks(images=(SeenImage(container="spec.containers[0]", image="repo/churn:1", digest="sha256:1"),))
    first = plan(seen).memory
    assert first is not None
    again = plan(
        replace(seen, images=()),
        memory=InferenceEndpointStatus(revisions=list(first.revisions), rollout=first.rollout),
    )
    assert [step.name for step in again.steps if isinstance(step, CreateEndpoint)] == ["ml-churn"]


def test_a_creation_takes_no_override_of_a_rollout() -> None:
    rolling = {"strategy": "Rolling", "step": {"instances": 1}, "waitSeconds": 60}
    batch = {"RollingUpdatePolicy": {"RollbackMaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1}}}
    fields: dict[str, Any] = {"rollout": rolling, "overrides": {"endpoint": {"DeploymentConfig": batch}}}
    intent = plan(Looks(), **fields).memory
    assert intent is not None
    memory = InferenceEndpointStatus(revisions=list(intent.revisions), rollout=intent.rollout)
    (create,) = (step for step in plan(Looks(), memory=memory, **fields).steps if isinstance(step, CreateEndpoint))
    assert create.overrides == {}


@pytest.mark.parametrize(
    ("status", "approval", "reason"),
    [
        ("Completed", "Approved", None),
        ("Completed", "PendingManualApproval", "ModelPackageNotApproved"),
        ("Completed", None, None),
        ("Completed", "Rejected", "ModelPackageRejected"),
        ("Failed", None, "ModelPackageNotReady"),
        ("InProgress", "Approved", "ModelPackageNotReady"),
    ],
)
def test_a_model_package_must_be_complete_and_approved(
    *, status: str, approval: str | None, reason: str | None
) -> None:
    found: Finding = judge(ARN, status=status, approval=approval)
    assert found.reason == reason
    if reason is not None:
        fault = found.at(field="spec.containers[0].modelPackageArn", about=ARN).fault
        assert fault is not None
        assert fault.message.startswith(f"spec.containers[0].modelPackageArn: the model package {ARN}")
        assert fault.about_inputs
