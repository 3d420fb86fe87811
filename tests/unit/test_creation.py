"""No endpoint yet, or none any more: when it is made, from what, and when not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from endpoint_operator.api.status import InferenceEndpointStatus, RevisionFailure, RevisionState
from endpoint_operator.planning.decide import make_plan, wants_look
from endpoint_operator.planning.desired import Capacities
from endpoint_operator.planning.facts import Facts, LiveStatus
from endpoint_operator.planning.plan import AT_ONCE, FinalizerChange, Plan, Situation
from tests.unit.given import (
    INPUTS,
    NO_ARTIFACT,
    NOW,
    an_object,
    config_name_of,
    desired,
    facts,
    failed_row,
    foreign,
    known,
    live,
    looks,
    multi_model,
    of_a_later_release,
    revision,
    rollout,
    row,
    sent,
    spec,
    status,
)

DEPLOYING = row(state=RevisionState.DEPLOYING)
INTENT = status(DEPLOYING, rollout=rollout(revision(), stage="Creating"))
PING = "The primary container for production variant AllTraffic did not pass the ping health check."


def steps(plan: Plan) -> list[str]:
    return [type(step).__name__ for step in plan.steps]


def plan(wanted: dict[str, Any] | None, rows: InferenceEndpointStatus, seen: Facts, **metadata: Any) -> Plan:
    return make_plan(an_object(wanted, status=rows, **metadata), seen, INPUTS)


def test_the_status_remembers_a_revision_and_the_finalizer_is_there_before_the_first_call() -> None:
    found = plan(None, status(), facts(), finalizer=False)
    assert (found.steps, found.finalizer, found.next_look) == ((), FinalizerChange.ADD, AT_ONCE)
    assert found.memory is not None
    (remembered,) = found.memory.revisions
    assert (remembered.name, remembered.config_name, remembered.model_names, remembered.state) == (
        revision(),
        config_name_of(),
        [config_name_of()],
        RevisionState.DEPLOYING,
    )


def test_once_remembered_model_then_config_then_endpoint_are_made() -> None:
    found = plan(None, INTENT, facts())
    assert steps(found) == ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.0, []), (29.0, []), (31.0, ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"])]
)
def test_a_creation_that_was_accepted_is_waited_for_before_it_is_sent_again(
    seconds: float, expected: list[str]
) -> None:
    accepted = INTENT.model_copy(update={"endpoint": sent()})
    assert steps(plan(None, accepted, facts(missing_seconds=seconds))) == expected


@pytest.mark.parametrize(
    ("rows", "situation", "reason"),
    [
        (status(row(), endpoint=known(live())), Situation.REMAKING, "EndpointDeleted"),
        (status(), Situation.CREATING, "Creating"),
        (
            status(DEPLOYING, endpoint=known(live()), rollout=rollout(revision(), stage="Recreating")),
            Situation.CREATING,
            "Creating",
        ),
    ],
    ids=["deleted by somebody", "never made", "a failed one that we cleared away"],
)
def test_only_an_endpoint_that_somebody_else_deleted_is_said_to_be_deleted(
    rows: InferenceEndpointStatus, situation: Situation, reason: str
) -> None:
    found = plan(None, rows, facts(missing_seconds=0.0))
    assert (found.situation, found.reason, found.forget_endpoint) == (situation, reason, True)


@pytest.mark.parametrize(("policy", "makes"), [("Enforce", False), ("Warn", True), ("Off", True)])
def test_wrong_inputs_keep_sagemaker_from_being_asked_only_where_preflight_is_enforced(
    *, policy: str, makes: bool
) -> None:
    found = plan(spec(preflight=policy), INTENT, facts(looks=looks(fault=NO_ARTIFACT)))
    assert bool(found.steps) == makes
    if not makes:
        assert (found.situation, found.reason) == (Situation.USER_FAULT, "ArtifactNotFound")
        assert found.next_look is not None
        assert (found.next_look.back_off, found.next_look.at_most_seconds) == (True, 600.0)


def test_preflight_that_only_warns_is_heard() -> None:
    found = plan(spec(preflight="Warn"), INTENT, facts(looks=looks(fault=NO_ARTIFACT)))
    assert NO_ARTIFACT.message in found.message


@pytest.mark.parametrize(
    ("wanted", "seen", "looked_at"),
    [
        (None, facts(), True),
        (spec(preflight="Off"), facts(), False),
        (None, facts(live()), False),
        (spec(redeploy="new"), facts(live()), True),
        (spec(redeploy="new"), facts(live(status=LiveStatus.UPDATING)), False),
        (None, facts(live(status=LiveStatus.FAILED)), True),
        (None, facts(live(), foreign=foreign()), False),
        (multi_model(), facts(), True),
        (of_a_later_release(), facts(), False),
    ],
)
def test_preflight_looks_only_where_a_revision_may_be_about_to_be_made(
    *, wanted: dict[str, Any] | None, seen: Facts, looked_at: bool
) -> None:
    assert (wants_look(an_object(wanted), seen, INPUTS) is not None) == looked_at


@pytest.mark.parametrize(
    ("generation", "retry", "again"), [(1, "", False), (2, "", True), (1, "now", True), (2, "now", True)]
)
def test_a_failure_is_remembered_per_generation_and_reconcile_at(*, generation: int, retry: str, again: bool) -> None:
    found = plan(None, status(failed_row()), facts(), generation=generation, retry=retry)
    assert (found.situation == Situation.CREATING) == again
    if not again:
        assert (found.situation, found.reason) == (Situation.USER_FAULT, "ContainerUnhealthy")


@pytest.mark.parametrize(("seen", "again"), [("etag-1", False), ("etag-2", True)])
def test_a_failure_about_inputs_is_tried_again_when_the_look_at_them_changes(*, seen: str, again: bool) -> None:
    rows = status(failed_row(look=looks(trace="etag-1").trace))
    found = plan(None, rows, facts(looks=looks(trace=seen)))
    assert (found.situation == Situation.CREATING) == again
    if not again:
        assert found.next_look is not None, "somebody may mend it without touching the object"


def test_a_look_of_any_length_can_be_remembered() -> None:
    long = looks(trace="x" * 5000)
    assert RevisionFailure(generation=1, look=long.trace).look != looks(trace="x" * 5001).trace


def test_an_endpoint_made_again_starts_with_the_counts_wanted_now() -> None:
    rows = status(row(), endpoint=known(live()))
    edited = spec(count=5)
    first = plan(edited, rows, facts(missing_seconds=90.0))
    assert first.memory is not None
    (remembered,) = first.memory.revisions
    assert remembered.config_name.startswith(f"{config_name_of()}-")
    assert remembered.stale_config_names == [config_name_of()]
    again = status(remembered, rollout=first.memory.rollout)
    _, config, endpoint = plan(edited, again, facts(missing_seconds=90.0)).as_json()["calls"]
    assert config["request"]["ProductionVariants"][0]["InitialInstanceCount"] == 5
    assert endpoint["config_name"] == config["name"] == remembered.config_name


def test_counts_whose_suffixes_collide_still_lead_to_a_creation() -> None:
    other = Capacities(counts={"AllTraffic": 9}, weights={"AllTraffic": 1.0})
    remembered = row(state=RevisionState.DEPLOYING).model_copy(
        update={
            "initial_instance_counts": {"AllTraffic": 9},
            "config_name": desired(spec(count=2)).config_name(made_with=other, made_before=True),
        }
    )
    rows = status(remembered, rollout=rollout(revision(), stage="Creating"))
    first = plan(spec(count=2), rows, facts())
    assert first.memory is not None
    rows = status(*first.memory.revisions, rollout=first.memory.rollout)
    assert steps(plan(spec(count=2), rows, facts()))[-1] == "CreateEndpoint"


@pytest.mark.parametrize(
    ("failure", "situation", "deletes"),
    [
        (PING, Situation.USER_FAULT, False),
        ("InsufficientInstanceCapacity", Situation.WORLD_FAULT, True),
        (None, Situation.USER_FAULT, False),
    ],
)
def test_a_failed_creation_is_kept_to_look_at_unless_it_may_pass_by_itself(
    *, failure: str | None, situation: Situation, deletes: bool
) -> None:
    rows = status(DEPLOYING, endpoint=known(live()), rollout=rollout(revision(), stage="Creating"))
    found = plan(None, rows, facts(live(status=LiveStatus.FAILED, failure=failure)))
    assert (found.situation, steps(found)) == (situation, ["DeleteEndpoint"] if deletes else [])
    assert found.memory is not None
    assert (found.memory.revisions[0].failure is None) == deletes


def test_a_failed_endpoint_that_was_cleared_away_is_made_again_without_blaming_anybody() -> None:
    rows = status(DEPLOYING, endpoint=known(live()), rollout=rollout(revision(), stage="Creating"))
    cleared = plan(None, rows, facts(live(status=LiveStatus.FAILED, failure="InsufficientInstanceCapacity")))
    assert cleared.memory is not None
    going = known(live(status=LiveStatus.DELETING))
    rows = status(*cleared.memory.revisions, endpoint=going, rollout=cleared.memory.rollout)
    assert plan(None, rows, facts(missing_seconds=0.0)).reason == "Creating"


@pytest.mark.parametrize(
    ("wanted", "retry", "deletes"), [(None, "", False), (None, "now", True), (spec(redeploy="new"), "", True)]
)
def test_a_failed_endpoint_goes_when_there_is_something_to_try(
    *, wanted: dict[str, Any] | None, retry: str, deletes: bool
) -> None:
    seen = facts(live(status=LiveStatus.FAILED, failure=PING))
    found = plan(wanted, status(failed_row(), endpoint=known(live())), seen, retry=retry)
    assert steps(found) == (["DeleteEndpoint"] if deletes else [])


@pytest.mark.parametrize(
    "busy",
    [
        LiveStatus.CREATING,
        LiveStatus.UPDATING,
        LiveStatus.SYSTEM_UPDATING,
        LiveStatus.ROLLING_BACK,
        LiveStatus.DELETING,
    ],
)
@pytest.mark.parametrize("wanted", [None, spec(count=3), spec(redeploy="new"), spec(tags={"a": "b"})])
def test_nothing_is_asked_of_sagemaker_while_it_is_at_work(busy: LiveStatus, wanted: dict[str, Any] | None) -> None:
    found = plan(wanted, status(row(), endpoint=known(live())), facts(live(status=busy)))
    assert found.steps == ()
    assert found.message


def test_a_revision_that_has_to_wait_for_another_is_said_to() -> None:
    rows = status(row(), endpoint=known(live()), rollout=rollout(revision()))
    found = plan(spec(redeploy="new"), rows, facts(live(status=LiveStatus.UPDATING)))
    assert revision(spec(redeploy="new")) in found.message
    assert revision() in found.message


def test_an_endpoint_of_somebody_else_is_left_alone() -> None:
    found = plan(None, status(), facts(live(), foreign=foreign()))
    assert (found.situation, found.reason, found.steps) == (Situation.USER_FAULT, "NameTaken", ())
    assert "spec.endpointName" in found.message


@pytest.mark.parametrize("deleted", [False, True])
def test_an_endpoint_out_of_the_operators_reach_is_neither_made_again_nor_forgotten(*, deleted: bool) -> None:
    endpoint = an_object(status=status(row(), endpoint=known(live())), deleted=deleted)
    found = make_plan(endpoint, facts(account="999999999999", missing_seconds=90.0), INPUTS)
    assert (found.situation, found.reason) == (Situation.USER_FAULT, "AccountChanged")
    assert (found.steps, found.finalizer) == ((), None)


def test_a_process_that_died_an_hour_ago_is_no_reason_to_wait() -> None:
    seen = replace(facts(), now=NOW + timedelta(hours=1))
    assert steps(plan(None, INTENT, seen))[-1] == "CreateEndpoint"


def test_an_endpoint_is_not_made_again_while_the_last_process_may_just_have_made_it() -> None:
    made = status(row(), endpoint=known(live()))
    assert plan(None, made, facts()).situation == Situation.REMAKING
    found = plan(None, made, facts(unsure_seconds=7.0))
    assert (found.situation, found.steps, found.memory) == (Situation.UNKNOWN, (), None)
