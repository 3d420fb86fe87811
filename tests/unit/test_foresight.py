"""The passes ahead, walked in memory."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import FINALIZER
from endpoint_operator.api.status import InferenceEndpointStatus
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import Facts, LiveEndpoint, LiveStatus, LiveVariant, OperatorInputs
from endpoint_operator.planning.foresight import foresee
from endpoint_operator.planning.outcome import NOTHING_DONE
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.status import status_of

INPUTS = OperatorInputs(region="us-east-1", cluster_id="cluster", runtime_url="https://runtime")
EMPTY = Facts(account="123456789012", missing_seconds=0.0, now=datetime(2026, 11, 22, tzinfo=UTC))


def an_object(**metadata: Any) -> InferenceEndpoint:
    return InferenceEndpoint.parse(
        {
            "metadata": {"namespace": "ml", "name": "churn", "uid": "u", "generation": 1, **metadata},
            "spec": {
                "mode": "RealTime",
                "executionRoleArn": "arn:aws:iam::123456789012:role/r",
                "containers": [{"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:1"}],
                "instance": {"type": "ml.m5.large", "count": 2},
            },
        }
    )


def live(*, config_name: str, status: LiveStatus = LiveStatus.IN_SERVICE) -> LiveEndpoint:
    return LiveEndpoint(
        name="ml-churn",
        arn="arn:aws:sagemaker:us-east-1:123456789012:endpoint/ml-churn",
        status=status,
        config_name=config_name,
        created="before",
        modified="before",
        variants=(LiveVariant(name="AllTraffic", current_count=2, desired_count=2),),
    )


def calls(plan: Plan) -> list[str]:
    return [type(step).__name__ for step in plan.steps]


def test_a_creation_is_foreseen_beyond_the_pass_that_only_remembers_it() -> None:
    foreseen = foresee(an_object(), EMPTY, INPUTS)
    assert calls(foreseen.plan) == ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]
    assert foreseen.plan.situation == Situation.CREATING
    assert foreseen.in_the_end.situation == Situation.SERVING
    assert "serves on 2 × ml.m5.large" in foreseen.in_the_end.message


def test_a_deletion_is_foreseen_to_its_end() -> None:
    leaving = an_object(deletionTimestamp="2026-11-22T00:00:00Z", finalizers=[FINALIZER])
    made = foresee(an_object(), EMPTY, INPUTS).plan
    remembered = replace(leaving, status=_status_after_creation())
    foreseen = foresee(remembered, replace(EMPTY, live=live(config_name=made.steps[1].name)), INPUTS)
    assert calls(foreseen.plan) == ["DeleteEndpoint", "DeleteEndpointConfig", "DeleteModel"]


def test_what_sagemaker_is_at_work_on_is_not_foreseen() -> None:
    foreseen = foresee(
        an_object(finalizers=[FINALIZER]),
        replace(EMPTY, live=live(config_name="ml-churn-0123456789", status=LiveStatus.UPDATING)),
        INPUTS,
    )
    assert "UpdateEndpoint" not in calls(foreseen.plan)


def test_every_sentence_on_the_way_is_told_once() -> None:
    foreseen = foresee(
        an_object(finalizers=[FINALIZER]), replace(EMPTY, live=live(config_name="ml-churn-0123456789")), INPUTS
    )
    assert calls(foreseen.plan)[:4] == ["SyncTags", "CreateModel", "CreateEndpointConfig", "UpdateEndpoint"]
    sentences = foreseen.plan.message.split("; ")
    assert sentences[0] == "putting the tags in step with spec.tags"
    assert sentences[1].startswith("rolling out revision 0123456789 → ")
    assert len(sentences) == len(set(sentences))


def _status_after_creation() -> InferenceEndpointStatus:
    endpoint = an_object()
    plan = make_plan(endpoint, EMPTY, INPUTS)
    return status_of(endpoint, facts=EMPTY, plan=plan, outcome=NOTHING_DONE, inputs=INPUTS)


def test_autoscaling_of_an_endpoint_that_is_to_be_made_is_foreseen() -> None:
    wanted = an_object()
    scaled = wanted.spec.model_copy(update={"autoscaling": Autoscaling(min_count=1, max_count=4)})
    assert calls(foresee(replace(wanted, spec=scaled), EMPTY, INPUTS).plan)[-1] == "RegisterScalableTarget"
