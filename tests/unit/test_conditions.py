"""api.md's table of conditions, row by row, and when a status moves at all."""

from dataclasses import replace
from typing import NamedTuple

import pytest

from endpoint_operator.api.conditions import Condition, ConditionStatus, ConditionType, find, merged
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import InferenceEndpointStatus, Phase, RevisionState
from endpoint_operator.planning.condition_table import conditions_of
from endpoint_operator.planning.facts import Facts, LiveStatus
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.outcome import NOTHING_DONE, Outcome
from endpoint_operator.planning.pause import plan_of_pass
from endpoint_operator.planning.plan import Situation
from endpoint_operator.planning.status import status_of
from tests.unit.edits import with_shadow
from tests.unit.given import (
    INPUTS,
    LATER,
    NO_ARTIFACT,
    NOW,
    UNREACHABLE,
    an_object,
    facts,
    failed_row,
    foreign,
    known,
    live,
    looks,
    of_a_later_release,
    revision,
    rollout,
    row,
    spec,
    status,
)

NEW = spec(redeploy="new")
SETTLED = status(row(), endpoint=known(live()))
DEPLOYING = status(
    row(), row(NEW, state=RevisionState.DEPLOYING), endpoint=known(live()), rollout=rollout(revision(NEW))
)
UNSUPPORTED = of_a_later_release()


def after(endpoint: InferenceEndpoint, seen: Facts, outcome: Outcome = NOTHING_DONE) -> InferenceEndpointStatus:
    """The status after one pass."""
    plan = plan_of_pass(endpoint, seen, INPUTS)
    return status_of(endpoint, facts=seen, plan=plan, outcome=outcome, inputs=INPUTS)


class Row(NamedTuple):
    """Ready, Reconciling, Stalled, Available, as T and F; and the phase, for people."""

    situation: str
    endpoint: InferenceEndpoint
    facts: Facts
    conditions: str
    phase: Phase
    reason: str


ROWS = [
    Row("the latest generation is what serves", an_object(status=SETTLED), facts(live()), "TFFT", Phase.READY, "Ready"),
    Row(
        "rolling out, the old one answers",
        an_object(NEW, status=DEPLOYING),
        facts(live(status=LiveStatus.UPDATING)),
        "FTFT",
        Phase.UPDATING,
        "Updating",
    ),
    Row("first creation", an_object(), facts(live(status=LiveStatus.CREATING)), "FTFF", Phase.CREATING, "Creating"),
    Row(
        "rolled back, old one serves",
        an_object(NEW, status=DEPLOYING),
        facts(live(failure="did not pass the ping health check", modified=LATER)),
        "FFTT",
        Phase.STALLED,
        "ContainerUnhealthy",
    ),
    Row(
        "user's fault, nothing serves",
        an_object(),
        facts(looks=looks(fault=NO_ARTIFACT)),
        "FFTF",
        Phase.STALLED,
        "ArtifactNotFound",
    ),
    Row(
        "user's fault, an older revision serves",
        an_object(NEW, status=status(row(), failed_row(NEW), endpoint=known(live()))),
        facts(live()),
        "FFTT",
        Phase.STALLED,
        "ContainerUnhealthy",
    ),
    Row(
        "NotYetSupported while an older revision serves",
        an_object(UNSUPPORTED, status=SETTLED),
        facts(live()),
        "FFTT",
        Phase.STALLED,
        "NotYetSupported",
    ),
    Row("NotYetSupported from the start", an_object(UNSUPPORTED), facts(), "FFTF", Phase.STALLED, "NotYetSupported"),
    Row(
        "deleted behind our back, being made again",
        an_object(status=SETTLED),
        facts(missing_seconds=0.0),
        "FTFF",
        Phase.CREATING,
        "EndpointDeleted",
    ),
    Row(
        "deleting, SageMaker refuses meanwhile",
        an_object(status=SETTLED, deleted=True),
        facts(live(status=LiveStatus.UPDATING)),
        "FTFT",
        Phase.DELETING,
        "WaitingForSageMaker",
    ),
    Row(
        "deleting, nothing answers any more",
        an_object(status=SETTLED, deleted=True),
        facts(live(status=LiveStatus.DELETING)),
        "FTFF",
        Phase.DELETING,
        "Deleting",
    ),
    Row(
        "deleting, AWS cannot be asked",
        an_object(status=SETTLED, deleted=True),
        facts(live(), aws_fault=UNREACHABLE),
        "FTFF",
        Phase.DELETING,
        "AWSUnreachable",
    ),
    Row(
        "stopped and reached",
        an_object(spec(stopped=True), status=status(row())),
        facts(missing_seconds=90.0),
        "TFFF",
        Phase.STOPPED,
        "Stopped",
    ),
    Row(
        "to be stopped, SageMaker is deleting",
        an_object(spec(stopped=True), status=SETTLED),
        facts(live(status=LiveStatus.DELETING)),
        "FTFF",
        Phase.UPDATING,
        "Stopping",
    ),
    Row(
        "paused, AWS equals the spec",
        an_object(spec(paused=True), status=SETTLED),
        facts(live()),
        "TFFT",
        Phase.READY,
        "Paused",
    ),
    Row(
        "paused, AWS does not equal the spec",
        an_object(spec(paused=True, count=3), status=SETTLED),
        facts(live()),
        "FFFT",
        Phase.READY,
        "Paused",
    ),
    Row(
        "paused, there is no endpoint",
        an_object(spec(paused=True)),
        facts(missing_seconds=90.0),
        "FFFF",
        Phase.PENDING,
        "Paused",
    ),
    Row(
        "variants changed in a guarded rollout",
        an_object(
            {**with_shadow(), "rollout": {"strategy": "Canary", "step": {"percent": 10}, "waitSeconds": 60}},
            status=SETTLED,
        ),
        facts(live()),
        "FFTT",
        Phase.STALLED,
        "VariantsChanged",
    ),
    Row(
        "an endpoint of that name is somebody else's",
        an_object(),
        facts(live(), foreign=foreign()),
        "FFTF",
        Phase.STALLED,
        "NameTaken",
    ),
    Row(
        "world's fault, retrying",
        an_object(),
        facts(aws_fault=UNREACHABLE),
        "FTFF",
        Phase.PENDING,
        "AWSUnreachable",
    ),
]


@pytest.mark.parametrize("expected", ROWS, ids=lambda row: row.situation)
def test_conditions_say_what_the_table_says(expected: Row) -> None:
    found = after(expected.endpoint, expected.facts)
    told = {condition.type: condition.status for condition in found.conditions}
    kinds = (ConditionType.READY, ConditionType.RECONCILING, ConditionType.STALLED, ConditionType.AVAILABLE)
    assert "".join(told[kind][0] for kind in kinds) == expected.conditions
    assert found.phase == expected.phase
    ready = find(found.conditions, ConditionType.READY)
    assert ready is not None
    assert ready.reason == expected.reason
    assert ready.message


@pytest.mark.parametrize("situation", [situation for situation in Situation if situation != Situation.UNKNOWN])
def test_at_most_one_of_ready_reconciling_and_stalled_holds(situation: Situation) -> None:
    made = conditions_of(situation, reason="R", message="m", available=True, generation=3, now=NOW)
    assert [condition.type for condition in made] == list(ConditionType)
    holds = sum(condition.status == ConditionStatus.TRUE for condition in made[:3])
    # api.md: a paused object that AWS does not equal is none of the three.
    assert holds == (0 if situation is Situation.PAUSED_BEHIND else 1)
    assert {condition.observed_generation for condition in made} == {3}


@pytest.mark.parametrize(
    "settled",
    [
        (an_object(status=SETTLED), facts(live())),
        (an_object(NEW, status=status(row(), failed_row(NEW), endpoint=known(live()))), facts(live())),
        (an_object(UNSUPPORTED), facts()),
        (an_object(spec(stopped=True), status=status(row())), facts(missing_seconds=90.0)),
        (an_object(spec(paused=True), status=SETTLED), facts(live())),
        (an_object(spec(paused=True, redeploy="new"), status=SETTLED), facts(live())),
        (an_object(status=SETTLED), facts(live(status=LiveStatus.SYSTEM_UPDATING))),
        (an_object(status=SETTLED), facts(aws_fault=UNREACHABLE)),
    ],
    ids=["serving", "rolled back", "unsupported", "stopped", "paused", "paused behind", "maintenance", "unreachable"],
)
def test_a_second_pass_over_the_same_world_writes_nothing(settled: tuple[InferenceEndpoint, Facts]) -> None:
    endpoint, seen = settled
    first = after(endpoint, seen)
    later = replace(seen, now=seen.now.replace(hour=23))
    assert after(replace(endpoint, status=first), later) == first


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [(None, status(row(), endpoint=known(live()))), (NEW, status(row(), failed_row(NEW), endpoint=known(live())))],
    ids=["ready", "stalled"],
)
def test_what_is_at_rest_stays_as_it_is_while_aws_cannot_be_asked(
    wanted: dict[str, object] | None, rows: InferenceEndpointStatus
) -> None:
    endpoint = an_object(wanted, status=rows)
    at_rest = replace(endpoint, status=after(endpoint, facts(live())))
    cut_off = facts(live(), aws_fault=UNREACHABLE)
    assert after(at_rest, cut_off) == at_rest.status


def test_an_edit_that_cannot_be_carried_out_for_now_is_said() -> None:
    at_rest = after(an_object(status=SETTLED), facts(live()))
    edited = an_object(NEW, status=at_rest, generation=2)
    found = after(edited, facts(live(), aws_fault=UNREACHABLE))
    assert found.observed_generation == 2
    assert [condition.status for condition in found.conditions] == ["False", "True", "False", "True"]


def test_the_write_that_moves_the_generation_moves_ready_too() -> None:
    at_rest = after(an_object(status=SETTLED), facts(live()))
    edited = after(an_object(spec(count=2), status=at_rest, generation=2), facts(live()))
    assert edited.observed_generation == 2
    assert {condition.observed_generation for condition in edited.conditions} == {2}
    ready = find(edited.conditions, ConditionType.READY)
    assert ready is not None
    assert ready.status == ConditionStatus.FALSE


@pytest.mark.parametrize(
    ("blame", "conditions"),
    [
        (Blame.USER, "FFT"),
        (Blame.OPERATOR_SETUP, "FFT"),
        (Blame.WORLD, "FTF"),
        (Blame.OURS, "FTF"),
        (Blame.BUSY, "FTF"),
    ],
)
def test_a_step_that_failed_is_told_by_whose_fault_it_is(blame: Blame, conditions: str) -> None:
    fault = Fault(blame=blame, reason="Because", message="it is so")
    found = after(an_object(NEW, status=DEPLOYING), facts(live()), Outcome(fault=fault))
    assert "".join(condition.status[0] for condition in found.conditions[:3]) == conditions
    ready = find(found.conditions, ConditionType.READY)
    assert ready is not None
    assert (ready.reason, ready.message) == ("Because", "it is so")


@pytest.mark.parametrize(("blame", "remembered"), [(Blame.USER, True), (Blame.WORLD, False), (Blame.BUSY, False)])
def test_only_a_users_fault_is_remembered_against_the_revision(*, blame: Blame, remembered: bool) -> None:
    fault = Fault(blame=blame, reason="Because", message="it is so")
    found = after(an_object(NEW, status=DEPLOYING), facts(live()), Outcome(fault=fault)).revision(revision(NEW))
    assert found is not None
    assert (found.failure is not None) == remembered
    assert found.state == (RevisionState.FAILED if remembered else RevisionState.DEPLOYING)


def test_a_message_of_any_length_fits() -> None:
    fault = Fault(blame=Blame.USER, reason="Because", message="x" * 100_000)
    found = after(an_object(NEW, status=DEPLOYING), facts(live()), Outcome(fault=fault))
    assert InferenceEndpointStatus.model_validate(found.model_dump()) == found


def test_a_status_knows_better_than_a_read_that_lags() -> None:
    sent = DEPLOYING.model_copy(update={"endpoint": known(live(status=LiveStatus.UPDATING))})
    found = after(an_object(NEW, status=sent), facts(live(), shows_before_write=True))
    assert found.endpoint is not None
    assert found.endpoint.status == LiveStatus.UPDATING
    settled = after(an_object(status=SETTLED), facts(live(modified=LATER)))
    assert settled.endpoint is not None
    assert (settled.endpoint.status, settled.endpoint.last_modified_time) == (LiveStatus.IN_SERVICE, LATER)


def condition(status: ConditionStatus, *, at: str, kind: str = "Ready", reason: str = "R") -> Condition:
    return Condition(type=kind, status=status, last_transition_time=at, reason=reason, message="")


@pytest.mark.parametrize(
    ("new", "time"),
    [(ConditionStatus.TRUE, "yesterday"), (ConditionStatus.FALSE, "today"), (ConditionStatus.UNKNOWN, "today")],
)
def test_a_transition_time_moves_only_when_the_status_flips(new: ConditionStatus, time: str) -> None:
    before = [condition(ConditionStatus.TRUE, at="yesterday")]
    found = merged(before, [condition(new, at="today", reason="Other")])
    assert [(item.last_transition_time, item.reason) for item in found] == [(time, "Other")]


def test_a_condition_of_another_kind_stays() -> None:
    other = condition(ConditionStatus.TRUE, at="yesterday", kind="ArtifactChanged")
    assert merged([other], [condition(ConditionStatus.TRUE, at="today")])[1:] == [other]
