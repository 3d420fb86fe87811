"""`paused`: observed, nothing done, and told what would be."""

from typing import Any

import pytest

from endpoint_operator.planning.facts import Facts, LiveStatus
from endpoint_operator.planning.outcome import NOTHING_DONE
from endpoint_operator.planning.pause import plan_of_pass
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.status import MOST_PLANNED_CALLS, status_of
from tests.unit.edits import INSTANCE, variants
from tests.unit.given import INPUTS, UNREACHABLE, an_object, facts, known, live, of_a_later_release, row, spec, status

SETTLED = status(row(), endpoint=known(live()))


def planned(wanted: dict[str, Any], seen: Facts, rows: Any = SETTLED) -> tuple[Plan, list[str]]:
    """The plan of a pass, and status.plannedCalls after it."""
    endpoint = an_object(wanted, status=rows)
    plan = plan_of_pass(endpoint, seen, INPUTS)
    written = status_of(endpoint, facts=seen, plan=plan, outcome=NOTHING_DONE, inputs=INPUTS)
    return plan, [call.operation for call in written.planned_calls]


@pytest.mark.parametrize(
    ("wanted", "seen", "situation", "calls"),
    [
        (spec(paused=True), facts(live()), Situation.PAUSED_IN_STEP, []),
        (
            spec(paused=True, count=3),
            facts(live()),
            Situation.PAUSED_BEHIND,
            ["UpdateEndpointWeightsAndCapacities"],
        ),
        (
            spec(paused=True, redeploy="new", count=3, tags={"a": "b"}),
            facts(live()),
            Situation.PAUSED_BEHIND,
            [
                "SyncTags",
                "CreateModel",
                "CreateEndpointConfig",
                "UpdateEndpoint",
                "UpdateEndpointWeightsAndCapacities",
            ],
        ),
        (spec(paused=True, stopped=True), facts(live()), Situation.PAUSED_BEHIND, ["DeleteEndpoint"]),
        (
            spec(paused=True),
            facts(missing_seconds=90.0),
            Situation.PAUSED_BEHIND,
            ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"],
        ),
        (spec(paused=True), facts(live(status=LiveStatus.UPDATING)), Situation.PAUSED_BEHIND, []),
    ],
    ids=["in step", "a count", "a revision, a count and tags", "to be stopped", "gone", "SageMaker is at work"],
)
def test_nothing_is_done_and_what_would_be_is_told_in_its_order(
    wanted: dict[str, Any], seen: Facts, situation: Situation, calls: list[str]
) -> None:
    plan, told = planned(wanted, seen)
    assert (plan.situation, plan.steps, plan.memory, plan.finalizer) == (situation, (), None, None)
    assert told == calls
    assert plan.message.startswith("paused: ")


def test_at_most_twenty_calls_are_told() -> None:
    many = {**variants(), "variants": [{**variants()["variants"][0], "name": f"v{number}"} for number in range(10)]}
    fewer = {**many, "variants": [{**each, "instance": {**INSTANCE, "count": 2}} for each in many["variants"]]}
    rows = status(row(many), endpoint=known(live(many)))
    plan, told = planned({**fewer, "paused": True, "redeploy": "new"}, facts(live(many)), rows)
    assert len(plan.held_back) > MOST_PLANNED_CALLS == len(told)
    assert str(len(plan.held_back)) in plan.message


def test_a_paused_object_that_is_deleted_goes() -> None:
    endpoint = an_object(spec(paused=True), status=SETTLED, deleted=True)
    assert plan_of_pass(endpoint, facts(live()), INPUTS).situation == Situation.DELETING
    assert plan_of_pass(endpoint, facts(live()), INPUTS).steps


def test_what_is_wrong_with_the_spec_is_told_while_paused_too() -> None:
    plan, told = planned(of_a_later_release(paused=True), facts(live()))
    assert (plan.situation, told) == (Situation.PAUSED_BEHIND, [])
    assert "modelPackageArn" in plan.message


def test_while_aws_cannot_be_asked_a_paused_object_stays_as_it_is() -> None:
    endpoint = an_object(spec(paused=True), status=SETTLED)
    seen = facts(live())
    settled = status_of(
        endpoint, facts=seen, plan=plan_of_pass(endpoint, seen, INPUTS), outcome=NOTHING_DONE, inputs=INPUTS
    )
    cut_off = facts(live(), aws_fault=UNREACHABLE)
    assert plan_of_pass(an_object(spec(paused=True), status=settled), cut_off, INPUTS).situation == Situation.UNKNOWN
