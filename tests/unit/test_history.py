"""Revisions in the status: what is remembered of each, which are kept, and which go."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from endpoint_operator.api.status import InferenceEndpointStatus, RevisionState, RevisionStatus
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import Facts, OwnedObject
from endpoint_operator.planning.history import timestamp
from endpoint_operator.planning.plan import AT_ONCE, Plan
from endpoint_operator.planning.retention import superfluous
from endpoint_operator.planning.steps import DeleteEndpointConfig, DeleteModel
from tests.unit.given import (
    INPUTS,
    LATER,
    MODIFIED,
    NOW,
    an_object,
    case,
    config_name_of,
    facts,
    known,
    live,
    numbered_row,
    revision,
    rollout,
    row,
    spec,
    status,
)

NEW = spec(redeploy="new")
NAME = config_name_of()
PING = "The primary container for production variant AllTraffic did not pass the ping health check."

A, F, S, D = RevisionState.ACTIVE, RevisionState.FAILED, RevisionState.SUPERSEDED, RevisionState.DEPLOYING


def plan(wanted: dict[str, Any] | None, rows: InferenceEndpointStatus, seen: Facts) -> Plan:
    return make_plan(an_object(wanted, status=rows), seen, INPUTS)


def serving(*others: RevisionStatus) -> InferenceEndpointStatus:
    return status(*others, row(), endpoint=known(live()))


def rows_after(found: Plan) -> list[tuple[str, RevisionState]]:
    assert found.memory is not None
    return [(row.name, row.state) for row in found.memory.revisions]


@pytest.mark.parametrize(
    ("limit", "states", "kept"),
    [
        (0, [S, S, S], [2]),
        (1, [S, S, S], [1, 2]),
        (3, [S, S, S, S, S], [1, 2, 3, 4]),
        (10, [S] * 12, [3, 4, 5, 6, 7, 8, 9, 10, 11]),
        (0, [S, F], [0]),
        (1, [S, F, F], [0, 2]),
        (2, [F, S, F], [0, 1, 2]),
        (0, [S, F, D], [0, 2]),
        (0, [F], []),
    ],
    ids=str,
)
def test_kept_are_the_active_the_last_that_served_one_being_deployed_and_so_many_others(
    limit: int, states: list[RevisionState], kept: list[int]
) -> None:
    others = [numbered_row(number, state=state) for number, state in enumerate(states)]
    under_way = rollout(numbered_row(2).name).model_copy(update={"since": timestamp(NOW)})
    rows = serving(*others).model_copy(update={"rollout": under_way})
    wanted = an_object(spec(revisionHistoryLimit=limit), status=rows)
    gone = {row.name for row in superfluous(case(wanted, facts(live())))}
    assert [number for number, other in enumerate(others) if other.name not in gone] == kept
    assert revision() not in gone


def test_what_the_endpoint_is_on_is_kept_whatever_its_row_says() -> None:
    rows = status(row(state=RevisionState.ROLLED_BACK), numbered_row(1), endpoint=known(live()))
    wanted = an_object(spec(redeploy="new", revisionHistoryLimit=0), status=rows)
    assert superfluous(case(wanted, facts(live()))) == ()


def test_what_is_not_kept_goes_config_before_model_and_its_row_with_it() -> None:
    others = [numbered_row(number) for number in range(3)]
    found = plan(spec(revisionHistoryLimit=1), serving(*others), facts(live()))
    assert found.steps == (DeleteEndpointConfig(name=others[0].config_name), DeleteModel(name=others[0].config_name))
    assert [name for name, _ in rows_after(found)] == [others[1].name, others[2].name, revision()]


def test_a_revision_that_begins_to_serve_is_the_last_row_and_the_one_before_it_the_last_that_served() -> None:
    rows = status(numbered_row(1), row(), row(NEW, state=D), endpoint=known(live(NEW)), rollout=rollout(revision(NEW)))
    found = plan(NEW, rows, facts(live(NEW)))
    assert rows_after(found) == [(numbered_row(1).name, S), (revision(), S), (revision(NEW), A)]
    assert found.memory is not None
    assert found.memory.rollout is None
    assert found.next_look == AT_ONCE, "old revisions go in the next pass, not in the next hour"


def test_ten_edits_that_fail_one_after_another_do_not_outgrow_the_status() -> None:
    failed = [numbered_row(number, state=RevisionState.ROLLED_BACK) for number in range(9)]
    rows = status(row(), *failed, endpoint=known(live()))
    found = plan(spec(redeploy="new", revisionHistoryLimit=10), rows, facts(live()))
    assert [step.name for step in found.steps if isinstance(step, DeleteModel)] == [failed[0].config_name]
    rows = status(row(), *failed[1:], endpoint=known(live()))
    assert len(rows_after(plan(spec(redeploy="new", revisionHistoryLimit=10), rows, facts(live())))) == 10


def test_without_an_endpoint_the_last_that_served_is_kept() -> None:
    rows = status(row(), numbered_row(1, state=F), numbered_row(2, state=F), endpoint=known(live()))
    found = plan(spec(redeploy="new", revisionHistoryLimit=0), rows, facts(missing_seconds=90.0))
    assert {step.name for step in found.steps if isinstance(step, DeleteModel)} == {
        numbered_row(1).config_name,
        numbered_row(2).config_name,
    }


@pytest.mark.parametrize(
    ("serves", "failure", "modified", "expected"),
    [
        (NEW, None, LATER, [(revision(), S), (revision(NEW), A)]),
        (None, PING, LATER, [(revision(NEW), RevisionState.ROLLED_BACK), (revision(), A)]),
        (None, None, LATER, [(revision(NEW), S), (revision(), A)]),
        (None, PING, MODIFIED, [(revision(NEW), S), (revision(), A)]),
    ],
    ids=["it served after all", "it was rolled back", "nothing came of it", "only an earlier one was rolled back"],
)
def test_a_revision_that_an_edit_overtook_is_remembered_as_what_came_of_it(
    serves: dict[str, Any] | None, failure: str | None, modified: str, expected: list[tuple[str, RevisionState]]
) -> None:
    began = rollout(revision(NEW)).model_copy(update={"since": timestamp(NOW - timedelta(minutes=5))})
    rows = status(row(), row(NEW, state=D), endpoint=known(live()), rollout=began)
    third = spec(redeploy="third")
    found = plan(third, rows, facts(live(serves, failure=failure, modified=modified)))
    assert rows_after(found) == [*expected, (revision(third), D)]


@pytest.mark.parametrize(("seconds", "removed"), [(10, False), (59, False), (61, True)])
def test_an_update_that_a_dead_process_may_have_sent_keeps_its_config_until_it_would_be_seen(
    *, seconds: int, removed: bool
) -> None:
    began = rollout(revision(NEW)).model_copy(update={"since": timestamp(NOW - timedelta(seconds=seconds))})
    rows = status(numbered_row(1), row(NEW, state=D), row(), endpoint=known(live()), rollout=began)
    found = plan(spec(revisionHistoryLimit=0), rows, facts(live()))
    assert (DeleteEndpointConfig(name=config_name_of(NEW)) in found.steps) == removed
    assert found.memory is not None
    assert (found.memory.rollout is None) == removed
    if not removed:
        assert dict(rows_after(found))[revision(NEW)] == D
        assert found.next_look is not None
        assert found.next_look.seconds == 60 - seconds


@pytest.mark.parametrize(("serves_from", "removed"), [(NAME, True), (f"{NAME}-abcd", False)])
def test_an_older_config_of_the_active_revision_goes_unless_the_endpoint_serves_from_it(
    *, serves_from: str, removed: bool
) -> None:
    others = [numbered_row(number) for number in range(6)]
    rows = status(*others, row(stale=(f"{NAME}-abcd",)), endpoint=known(live()))
    found = plan(None, rows, facts(live(config_name=serves_from)))
    assert (DeleteEndpointConfig(name=f"{NAME}-abcd") in found.steps) == removed
    assert found.memory is not None
    kept = found.memory.revisions[-1]
    assert (kept.config_name, kept.stale_config_names) == (serves_from, [] if removed else [NAME])


def test_what_only_the_tags_know_goes_but_never_the_config_that_serves() -> None:
    orphans = tuple(
        OwnedObject(kind=kind, name=name)
        for kind, name in [("model", "m"), ("endpoint-config", "c"), ("endpoint-config", f"{NAME}-abcd")]
    )
    found = plan(None, serving(), facts(live(config_name=f"{NAME}-abcd"), orphans=orphans))
    assert set(found.steps) == {DeleteModel(name="m"), DeleteEndpointConfig(name="c")}


def test_nothing_is_removed_before_the_status_says_which_revision_serves() -> None:
    rows = status(*(numbered_row(number) for number in range(6)), row(state=D), endpoint=known(live()))
    found = plan(None, rows, replace(facts(live()), orphans=(OwnedObject(kind="model", name="m"),)))
    assert found.steps == ()


def test_a_row_remembers_what_was_resolved_for_it() -> None:
    found = plan(None, status(), facts())
    assert found.memory is not None
    assert found.memory.revisions[0].resolved.execution_role_arn == INPUTS.default_execution_role_arn
