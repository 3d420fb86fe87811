"""Autoscaling over rollouts: what is let go before an update, and what comes back after."""

import pytest

from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.scaling import plan as scaling
from endpoint_operator.planning.scaling.decision import what_comes_back
from endpoint_operator.planning.scaling.live import (
    NOT_REGISTERED,
)
from endpoint_operator.planning.scaling.memory import resources_to_look_at
from endpoint_operator.planning.scaling.plan import (
    after_deregistration,
    decide_scaling,
    deregister_before_update,
)
from endpoint_operator.planning.scaling.steps import (
    RegisterScalableTarget,
)
from endpoint_operator.planning.steps import CreateModel, UpdateEndpoint

# A Sunday evening in Seoul; Friday's morning and evening have run.
from tests.unit.scaling_given import NOW, OFFICE_HOURS, RESOURCE, calls, decided, in_aws, question, row, wanted


def test_removing_autoscaling_deregisters_once_and_forgets() -> None:
    item = wanted()
    decision = decided(rows=(row(item),), spec_variants={"blue"}, live_variants={"blue"})
    assert calls(decision) == ["DeregisterScalableTarget"]
    assert decision.reason == scaling.CHANGING
    assert decision.rows == ()
    assert decide_scaling(question(spec_variants={"blue"}, live_variants={"blue"})) is None


def test_a_target_that_somebody_registered_without_us_is_not_deregistered() -> None:
    known = {RESOURCE: in_aws(wanted())}
    assert decide_scaling(question(spec_variants={"blue"}, live_variants={"blue"}, known=known)) is None


def test_a_variant_that_the_spec_dropped_scales_until_the_update_that_removes_it() -> None:
    item = wanted()
    assert decide_scaling(question(rows=(row(item),), live_variants={"blue"})) is None
    steps = deregister_before_update([row(item)], endpoint_name="ml-churn", instance_types={"green": "ml.m5.large"})
    assert [step.resource for step in steps] == [RESOURCE]


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ("ml.m5.large", "ml.m5.large", 0),
        ("ml.m5.large", "ml.m5.xlarge", 1),
        (None, "ml.m5.large", 1),  # nobody knows what serves: to be sure
        ("serverless", None, 0),
        ("serverless", "ml.m5.large", 1),
    ],
)
def test_only_another_instance_type_needs_a_deregistration_first(
    was: str | None, becomes: str | None, expected: int
) -> None:
    rows = [row(wanted(), instance_type=was)]
    steps = deregister_before_update(rows, endpoint_name="ml-churn", instance_types={"blue": becomes})
    assert len(steps) == expected


def test_after_an_update_of_the_type_all_is_registered_again() -> None:
    item = wanted(instance_type="ml.m5.xlarge", schedules=OFFICE_HOURS)
    before = [row(wanted(schedules=OFFICE_HOURS))]
    steps = deregister_before_update(before, endpoint_name="ml-churn", instance_types={"blue": "ml.m5.xlarge"})
    gone = after_deregistration(before, steps)
    assert not gone[0].registered
    assert resources_to_look_at([item], gone) == (RESOURCE,)
    held = question(item, rows=gone, known={RESOURCE: NOT_REGISTERED}, serves_wanted=False, update_follows=True)
    assert decide_scaling(held) is None
    after = decided(item, rows=gone).rows
    assert after[0].asked.instance_type == "ml.m5.xlarge"
    again = decided(item, rows=after, known={RESOURCE: NOT_REGISTERED})
    assert calls(again) == ["RegisterScalableTarget", "PutScalingPolicy", "PutScheduledAction", "PutScheduledAction"]
    assert isinstance(again.steps[0], RegisterScalableTarget)
    assert (again.steps[0].minimum, again.steps[0].maximum) == (2, 5)


def test_after_a_rollback_the_old_fleet_scales_again_and_its_type_is_still_known() -> None:
    item = wanted(instance_type="ml.m5.xlarge")
    before = [row(wanted())]
    steps = deregister_before_update(before, endpoint_name="ml-churn", instance_types={"blue": "ml.m5.xlarge"})
    gone = after_deregistration(before, steps)
    decision = decided(item, rows=gone, known={RESOURCE: NOT_REGISTERED}, serves_wanted=False)
    assert calls(decision) == ["RegisterScalableTarget", "PutScalingPolicy"]
    assert decision.rows[0].asked.instance_type == "ml.m5.large"


def test_an_edit_back_to_a_type_lets_go_of_what_the_fleet_of_another_type_has() -> None:
    rows, serving = [row(wanted())], {"blue": "ml.m5.xlarge"}
    known = decided(wanted(), rows=rows, serves_wanted=False, serving_types=serving).rows
    steps = deregister_before_update(known, endpoint_name="ml-churn", instance_types={"blue": "ml.m5.large"})
    assert [step.resource for step in steps] == [RESOURCE]


def test_what_was_never_let_go_is_not_put_back() -> None:
    item, rows = wanted(instance_type="ml.m5.xlarge"), [row(wanted())]
    steps = deregister_before_update(rows, endpoint_name="ml-churn", instance_types={"blue": "ml.m5.xlarge"})
    model = CreateModel(name="ml-churn-1", request={})
    update = UpdateEndpoint(name="ml-churn", config_name="ml-churn-1")
    plan = Plan(
        situation=Situation.UPDATING,
        reason="Updating",
        message="",
        steps=(model, *steps, update),
        if_refused=scaling.restore_if_refused(steps, wanted=[item], rows=rows, now=NOW),
    )
    fault = Fault(blame=Blame.WORLD, reason="Refused", message="")
    assert what_comes_back(plan, Outcome(fault=fault)) == ()
    assert what_comes_back(plan, Outcome(done=(model,), fault=fault)) == plan.if_refused  # its answer may be lost
    assert what_comes_back(plan, Outcome(done=(model, *steps), fault=fault)) == plan.if_refused != ()
    assert what_comes_back(plan, Outcome(done=plan.steps)) == ()


def test_a_refused_update_gives_the_old_fleet_its_scaling_back_at_once() -> None:
    item = wanted(instance_type="ml.m5.xlarge", schedules=OFFICE_HOURS)
    green = wanted(variant="green")
    rows = [row(wanted(schedules=OFFICE_HOURS)), row(green)]
    types = {"blue": "ml.m5.xlarge", "green": "ml.m5.large"}
    steps = deregister_before_update(rows, endpoint_name="ml-churn", instance_types=types)
    back = scaling.restore_if_refused(steps, wanted=[item, green], rows=rows, now=NOW)
    assert {step.resource for step in back} == {RESOURCE}
    assert [type(step).__name__ for step in back[:2]] == ["RegisterScalableTarget", "PutScalingPolicy"]
    assert isinstance(back[0], RegisterScalableTarget)
    assert (back[0].minimum, back[0].maximum) == (2, 5)
