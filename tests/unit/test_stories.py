"""Events: what happened is told once, in the order in which it happened."""

from dataclasses import replace
from typing import Any

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import Facts, LiveStatus
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.status import status_of
from endpoint_operator.planning.stories import stories_of
from tests.unit.given import INPUTS, LATER, UNREACHABLE, an_object, facts, known, live, row, spec, status

PING = "The primary container for production variant AllTraffic did not pass the ping health check."


def told(endpoint: InferenceEndpoint, *worlds: Facts, fault: Fault | None = None) -> list[str]:
    """Reasons of the Events of passes over one world after another; all steps are done but where `fault` stops them."""
    reasons: list[str] = []
    for seen in worlds:
        plan = make_plan(endpoint, seen, INPUTS)
        outcome = Outcome(done=() if fault else plan.steps, fault=fault, endpoint_arn=live().arn)
        written = status_of(endpoint, facts=seen, plan=plan, outcome=outcome, inputs=INPUTS)
        stories = stories_of(endpoint, plan=plan, outcome=outcome, status=written)
        reasons += [story.reason for story in stories]
        endpoint = replace(endpoint, status=written)
    return reasons


def edited(*worlds: Facts, wanted: dict[str, Any] | None = None) -> list[str]:
    """The same for an edit of an endpoint that serves."""
    serving = an_object(status=status(row(), endpoint=known(live())))
    plan = make_plan(serving, facts(live()), INPUTS)
    settled = status_of(serving, facts=facts(live()), plan=plan, outcome=Outcome(), inputs=INPUTS)
    return told(an_object(wanted or spec(redeploy="new"), status=settled, generation=2), *worlds)


def test_a_creation_is_told_from_request_to_ready() -> None:
    creating = facts(live(status=LiveStatus.CREATING))
    worlds = [facts(), facts(), creating, creating, facts(live()), facts(live())]
    assert told(an_object(), *worlds) == ["CreatingEndpoint", "Ready"]


def test_a_rollout_is_told_from_start_to_ready() -> None:
    new = spec(redeploy="new")
    updating = facts(live(status=LiveStatus.UPDATING, modified=LATER))
    assert edited(facts(live()), facts(live()), updating, facts(live(new, modified=LATER))) == [
        "RolloutStarted",
        "Ready",
    ]


def test_a_rollback_is_told_once_with_its_reason() -> None:
    rolled_back = facts(live(failure=PING, modified=LATER))
    assert edited(facts(live()), facts(live()), rolled_back, rolled_back) == ["RolloutStarted", "ContainerUnhealthy"]


def test_tags_and_counts_are_told() -> None:
    assert "InstanceCountChanging" in edited(facts(live()), wanted=spec(count=3))
    assert "TagsChanged" in edited(facts(live()), facts(live()), wanted=spec(tags={"team": "growth"}))


def test_an_endpoint_that_somebody_deleted_is_told() -> None:
    lost = an_object(status=status(row(), endpoint=known(live())))
    assert told(lost, facts(missing_seconds=90.0), facts(missing_seconds=90.0)) == [
        "EndpointDeleted",
        "CreatingEndpoint",
    ]


def test_a_deletion_is_told_from_its_begin_to_its_end() -> None:
    leaving = an_object(status=status(row(), endpoint=known(live())), deleted=True)
    worlds = [facts(live()), facts(live(status=LiveStatus.DELETING)), facts(missing_seconds=0.0)]
    assert told(leaving, *worlds) == ["DeletingEndpoint", "Deleted"]


def test_a_step_that_was_not_done_is_not_told() -> None:
    leaving = an_object(status=status(row(), endpoint=known(live())), deleted=True)
    denied = Fault(blame=Blame.OPERATOR_SETUP, reason="OperatorNotAllowed", message="no")
    assert told(leaving, facts(live()), fault=denied) == ["OperatorNotAllowed"]


def test_the_worlds_trouble_is_told_once() -> None:
    cut_off = facts(aws_fault=UNREACHABLE)
    assert told(an_object(), cut_off, cut_off) == ["AWSUnreachable"]
