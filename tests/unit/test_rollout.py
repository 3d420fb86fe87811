"""Another revision is wanted than the one that serves: how it is rolled out, and what a rollback leaves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from endpoint_operator.api.status import InferenceEndpointStatus, RevisionState
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import Facts, LiveStatus
from endpoint_operator.planning.history import timestamp
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.steps import SyncTags, UpdateEndpoint, UpdateEndpointWeightsAndCapacities
from tests.unit.given import (
    INPUTS,
    LATER,
    MODIFIED,
    NOW,
    an_object,
    config_name_of,
    facts,
    failed_row,
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
UNDER_WAY = status(
    row(), row(NEW, state=RevisionState.DEPLOYING), endpoint=known(live()), rollout=rollout(revision(NEW))
)
PING = "The primary container for production variant AllTraffic did not pass the ping health check."
CAPACITY = "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error."


def plan(wanted: dict[str, Any] | None, rows: InferenceEndpointStatus, seen: Facts, **metadata: Any) -> Plan:
    return make_plan(an_object(wanted, status=rows, **metadata), seen, INPUTS)


def remembered(found: Plan) -> dict[str, RevisionState]:
    assert found.memory is not None
    return {row.name: row.state for row in found.memory.revisions}


def test_an_edit_is_remembered_before_anything_of_it_is_made() -> None:
    found = plan(NEW, SETTLED, facts(live()))
    assert found.steps == ()
    assert remembered(found) == {revision(): RevisionState.ACTIVE, revision(NEW): RevisionState.DEPLOYING}
    assert found.memory is not None
    assert found.memory.rollout is not None
    assert (found.memory.rollout.from_revision, found.memory.rollout.to_revision) == (revision(), revision(NEW))


@pytest.mark.parametrize(("seconds", "sent"), [(29, True), (31, False)])
def test_an_intent_that_grew_old_is_recorded_again_before_the_call(*, seconds: int, sent: bool) -> None:
    old = rollout(revision(NEW)).model_copy(update={"since": timestamp(NOW - timedelta(seconds=seconds))})
    found = plan(NEW, UNDER_WAY.model_copy(update={"rollout": old}), facts(live()))
    assert bool(found.steps) == sent
    if not sent:
        assert found.memory is not None
        assert found.memory.rollout is not None
        assert found.memory.rollout.since == timestamp(NOW)


def test_a_rollout_keeps_counts_and_weights_as_they_are() -> None:
    found = plan(NEW, UNDER_WAY, facts(live()))
    assert found.steps[-1] == UpdateEndpoint(
        name="ml-churn", config_name=config_name_of(NEW), retain_all_variant_properties=True
    )


def test_a_revert_returns_to_the_config_that_is_already_there() -> None:
    old = row(state=RevisionState.SUPERSEDED, config_name=f"{config_name_of()}-abcd")
    rows = status(old, row(NEW), endpoint=known(live(NEW)))
    first = plan(None, rows, facts(live(NEW)))
    assert first.memory is not None
    rows = status(*first.memory.revisions, endpoint=known(live(NEW)), rollout=first.memory.rollout)
    found = plan(None, rows, facts(live(NEW)))
    assert found.steps[-1] == UpdateEndpoint(name="ml-churn", config_name=old.config_name)


@pytest.mark.parametrize(
    ("seen", "situation", "state"),
    [
        (live(failure=PING, modified=LATER), Situation.ROLLED_BACK, RevisionState.ROLLED_BACK),
        (live(failure=CAPACITY, modified=LATER), Situation.WORLD_FAULT, RevisionState.DEPLOYING),
        (live(failure=PING, modified=MODIFIED), Situation.UPDATING, None),
        (live(modified=LATER), Situation.UPDATING, None),
    ],
    ids=["user's fault", "may pass by itself", "an older failure", "no failure"],
)
def test_a_silent_rollback_is_news_only_when_it_is_this_rollouts(
    seen: Any, situation: Situation, state: RevisionState | None
) -> None:
    found = plan(NEW, UNDER_WAY, facts(seen))
    assert found.situation == situation
    if state is None:
        assert isinstance(found.steps[-1], UpdateEndpoint)
    else:
        assert found.steps == ()
        assert remembered(found)[revision(NEW)] == state
        assert remembered(found)[revision()] == RevisionState.ACTIVE


@pytest.mark.parametrize(("generation", "retry", "again"), [(1, "", False), (2, "", True), (1, "now", True)])
def test_what_was_rolled_back_is_not_retried_by_itself(*, generation: int, retry: str, again: bool) -> None:
    rows = status(row(), failed_row(NEW, state=RevisionState.ROLLED_BACK), endpoint=known(live()))
    found = plan(NEW, rows, facts(live(failure=PING, modified=LATER)), generation=generation, retry=retry)
    assert (found.situation == Situation.UPDATING) == again
    assert (found.situation == Situation.ROLLED_BACK) != again
    if not again:
        assert revision() in found.message, "says which revision serves"


@pytest.mark.parametrize(("trace", "again"), [("etag-1", False), ("etag-2", True)])
def test_a_rollback_about_inputs_is_tried_again_when_the_look_at_them_changes(*, trace: str, again: bool) -> None:
    failed = failed_row(NEW, state=RevisionState.ROLLED_BACK, look=looks(trace="etag-1").trace)
    rows = status(row(), failed, endpoint=known(live()))
    found = plan(NEW, rows, facts(live(), looks=looks(trace=trace)))
    assert (found.situation == Situation.UPDATING) == again


@pytest.mark.parametrize("wanted", [None, NEW])
def test_an_endpoint_whose_rollback_failed_is_updated_whatever_is_wanted(wanted: dict[str, Any] | None) -> None:
    rows = status(row(), row(NEW, state=RevisionState.SUPERSEDED), endpoint=known(live()))
    mixed = facts(live(status=LiveStatus.UPDATE_ROLLBACK_FAILED))
    first = plan(wanted, rows, mixed)
    assert first.memory is not None
    rows = status(*first.memory.revisions, endpoint=known(live()), rollout=first.memory.rollout)
    assert isinstance(plan(wanted, rows, mixed).steps[-1], UpdateEndpoint)


@pytest.mark.parametrize("past", [True, False])
@pytest.mark.parametrize("status_known", [LiveStatus.UPDATING, LiveStatus.IN_SERVICE])
def test_a_change_that_was_accepted_is_waited_for_before_it_is_sent_again(
    *, past: bool, status_known: LiveStatus
) -> None:
    """Whether or not the status could be written that says so."""
    before = known(live()).model_copy(update={"status": status_known.value})
    rows = UNDER_WAY.model_copy(update={"endpoint": before})
    found = plan(NEW, rows, facts(live(), shows_before_write=past))
    assert found.reads_lag == past
    assert (found.steps == ()) == past


def test_a_count_is_changed_in_place() -> None:
    found = plan(spec(count=4), SETTLED, facts(live()))
    assert found.steps == (UpdateEndpointWeightsAndCapacities(name="ml-churn", instance_counts={"AllTraffic": 4}),)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [(UNDER_WAY, UpdateEndpoint), (status(row(), failed_row(NEW)), UpdateEndpointWeightsAndCapacities)],
    ids=["a rollout is due", "the rollout failed"],
)
def test_a_count_waits_for_a_rollout_but_not_for_one_that_failed(
    rows: InferenceEndpointStatus, expected: type[object]
) -> None:
    rows = rows.model_copy(update={"endpoint": known(live())})
    found = plan(spec(redeploy="new", count=4), rows, facts(live()))
    assert isinstance(found.steps[-1], expected)


@pytest.mark.parametrize(
    ("tags", "drifted", "synced"), [({}, False, False), ({"team": "growth"}, False, True), ({}, True, True)]
)
def test_tags_are_kept_in_step_with_the_spec(*, tags: dict[str, str], drifted: bool, synced: bool) -> None:
    seen = facts(live(), tags_drifted=drifted)
    first = plan(spec(tags=tags), SETTLED, seen)
    assert (first.steps, first.forget_tags) == ((), synced), "the status forgets the old tags before the call"
    if synced:
        forgotten = known(live()).model_copy(update={"tags_digest": None})
        (step,) = plan(spec(tags=tags), status(row(), endpoint=forgotten), seen).steps
        assert isinstance(step, SyncTags)
        assert tags.items() <= step.tags.items()


def test_an_endpoint_out_of_service_is_said_and_looked_at_again() -> None:
    found = plan(None, SETTLED, facts(live(status=LiveStatus.OUT_OF_SERVICE, failure="the instance died")))
    assert (found.situation, found.reason) == (Situation.WORLD_FAULT, "OutOfService")
    assert "the instance died" in found.message
    assert found.next_look is not None


def test_a_lost_status_is_found_again_by_the_names_in_aws() -> None:
    found = plan(None, status(endpoint=known(live())), facts(live(config_name=f"{config_name_of()}-abcd")))
    assert found.situation == Situation.SERVING
    assert found.memory is not None
    (active,) = found.memory.revisions
    assert (active.config_name, active.state) == (f"{config_name_of()}-abcd", RevisionState.ACTIVE)


def test_a_field_of_a_later_release_changes_nothing_in_aws() -> None:
    found = plan(of_a_later_release(redeploy="new"), SETTLED, facts(live()))
    assert (found.reason, found.steps, found.memory) == ("NotYetSupported", (), None)
    assert "modelPackageArn" in found.message


def test_a_spec_that_this_release_cannot_read_is_named_and_left_alone() -> None:
    endpoint = an_object({**spec(), "colour": "blue"}, status=SETTLED)
    found = make_plan(endpoint, facts(live()), INPUTS)
    assert (found.reason, found.steps) == ("SpecNotUnderstood", ())
    assert "spec.colour" in found.message


def test_without_any_role_the_field_is_named() -> None:
    found = make_plan(an_object(), facts(), replace(INPUTS, default_execution_role_arn=None))
    assert (found.reason, found.steps) == ("ExecutionRoleMissing", ())
    assert "spec.executionRoleArn" in found.message
