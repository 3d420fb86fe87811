"""AutoscalingReady: what a person reads of autoscaling."""

from datetime import UTC, datetime
from typing import Any

import pytest

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.scaling_status import ScalingAsked, ScalingStatus
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.scaling.condition import autoscaling_condition
from endpoint_operator.planning.scaling.wanted import WantedScaling, wanted_scaling

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SCHEDULE = {"name": "night", "schedule": "cron(0 20 * * ? *)", "minCount": 1, "maxCount": 1}
FAULT = Fault(blame=Blame.USER, reason="AutoscalingRefused", message="spec.autoscaling: it is refused")


def wanted(**fields: Any) -> WantedScaling:
    spec = Autoscaling.model_validate({"minCount": 1, "maxCount": 4, "invocationsPerInstance": 500, **fields})
    return wanted_scaling(spec, endpoint_name="ml-churn", variant="blue", instance_type="ml.m5.large", tags={})


def row(item: WantedScaling, *, settled: bool = True, **members: Any) -> ScalingStatus:
    asked = ScalingAsked(
        min_count=item.spec.min_count,
        max_count=item.spec.max_count,
        since="2026-11-20T00:00:00Z",
        schedules_digest=item.schedules_digest,
        policies_digest=item.policies_digest,
        bounds_put=settled,
        settled=settled,
    )
    shown = {"min_count": 1, "max_count": 4, "policies": [policy.name for policy in item.policies], **members}
    return ScalingStatus(name=item.variant, dimension=item.resource.dimension, asked=asked, **shown)


def told(
    wanted_now: list[WantedScaling], rows: list[ScalingStatus], *, fault: Fault | None = None
) -> tuple[str, str, str]:
    condition = autoscaling_condition(wanted_now, rows, fault=fault, generation=3, now=NOW)
    assert condition is not None
    assert condition.type == "AutoscalingReady"
    assert condition.observed_generation == 3
    return condition.status.value, condition.reason, condition.message


def test_an_endpoint_without_autoscaling_has_no_such_condition() -> None:
    assert autoscaling_condition([], [], fault=None, generation=1, now=NOW) is None


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "NotRegistered"),
        ([row(wanted(), settled=False, min_count=None, max_count=None)], "NotRegistered"),
        ([row(wanted(), settled=False)], "Changing"),
        ([row(wanted(maxCount=9))], "Changing"),  # the edit is not yet remembered
        ([row(wanted()), row(wanted()).model_copy(update={"name": "green"})], "Changing"),  # green is to go
    ],
)
def test_it_is_false_until_all_was_seen_in_place(rows: list[ScalingStatus], reason: str) -> None:
    assert told([wanted()], rows)[:2] == ("False", reason)


def test_a_refusal_is_said_as_it_is() -> None:
    assert told([wanted()], [row(wanted())], fault=FAULT) == ("False", "AutoscalingRefused", FAULT.message)


def test_who_scales_by_hand_reads_that_the_count_is_not_theirs() -> None:
    status, reason, message = told([wanted()], [row(wanted())])
    assert (status, reason) == ("True", "Registered")
    assert message.startswith("blue scales between 1 and 4. Autoscaling sets the number of instances; ")
    assert "scaling it has no effect" in message


def test_bounds_of_a_schedule_are_said_to_be_its_own() -> None:
    item = wanted(schedules=[SCHEDULE])
    assert (
        "blue scales between 4 and 12, as its schedules say" in told([item], [row(item, min_count=4, max_count=12)])[2]
    )


def test_scaling_that_somebody_suspended_is_said_with_the_way_back() -> None:
    status, reason, message = told([wanted()], [row(wanted(), suspended=["DynamicScalingInSuspended"])])
    assert (status, reason) == ("False", "Suspended")
    assert "blue: DynamicScalingInSuspended" in message
    assert "register-scalable-target --suspended-state" in message


@pytest.mark.parametrize(
    ("item", "effect"),
    [(wanted(), "its bounds are put back within the hour"), (wanted(schedules=[SCHEDULE]), "they change its bounds")],
)
def test_what_was_made_by_hand_is_named(item: WantedScaling, effect: str) -> None:
    ours = [policy.name for policy in item.policies]
    status, reason, message = told([item], [row(item, policies=[*ours, "nightly"], schedules=["party"])])
    assert (status, reason) == ("True", "RegisteredWithOthers")
    assert "policies made by hand (nightly)" in message
    assert f"scheduled actions made by hand (party): {effect}" in message
    assert "endpoint-operator-" not in message
