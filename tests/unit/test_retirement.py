"""The object is being deleted: what goes, in which order, and when it is let go."""

from typing import Any

import pytest

from endpoint_operator.api.status import InferenceEndpointStatus, RevisionState
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import Facts, LiveStatus, OwnedObject
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.plan import FinalizerChange, Plan, Situation
from endpoint_operator.planning.steps import DeleteEndpoint, DeleteEndpointConfig, DeleteModel
from tests.unit.given import (
    CREATED,
    INPUTS,
    UNREACHABLE,
    an_object,
    config_name_of,
    facts,
    foreign,
    known,
    live,
    numbered_row,
    row,
    sent,
    spec,
    status,
)

SETTLED = status(row(), endpoint=known(live()))
NAME = config_name_of()


def plan(rows: InferenceEndpointStatus, seen: Facts, wanted: dict[str, Any] | None = None, **metadata: Any) -> Plan:
    return make_plan(an_object(wanted, status=rows, deleted=True, **metadata), seen, INPUTS)


@pytest.mark.parametrize("state", [LiveStatus.IN_SERVICE, LiveStatus.FAILED, LiveStatus.OUT_OF_SERVICE])
def test_the_endpoint_goes_first_and_alone(state: LiveStatus) -> None:
    found = plan(SETTLED, facts(live(status=state)))
    assert found.steps == (DeleteEndpoint(name="ml-churn", created=CREATED),)
    assert found.finalizer is None


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (LiveStatus.CREATING, "WaitingForSageMaker"),
        (LiveStatus.UPDATING, "WaitingForSageMaker"),
        (LiveStatus.SYSTEM_UPDATING, "WaitingForSageMaker"),
        (LiveStatus.ROLLING_BACK, "WaitingForSageMaker"),
        (LiveStatus.DELETING, "Deleting"),
    ],
)
def test_deletion_waits_while_sagemaker_refuses_and_says_so(state: LiveStatus, reason: str) -> None:
    found = plan(SETTLED, facts(live(status=state)))
    assert (found.situation, found.reason, found.steps, found.finalizer) == (Situation.DELETING, reason, (), None)


def test_configs_go_before_the_models_that_they_name_then_the_object_is_let_go() -> None:
    rows = status(numbered_row(1), row(stale=(f"{NAME}-abcd",)), endpoint=known(live()))
    found = plan(rows, facts(missing_seconds=0.0))
    other = numbered_row(1).config_name
    assert found.steps == (
        DeleteEndpointConfig(name=other),
        DeleteModel(name=other),
        DeleteEndpointConfig(name=f"{NAME}-abcd"),
        DeleteEndpointConfig(name=NAME),
        DeleteModel(name=NAME),
    )
    assert found.finalizer is FinalizerChange.REMOVE


def test_what_only_the_tags_know_goes_too_each_once() -> None:
    orphans = tuple(OwnedObject(kind=kind, name=name) for kind, name in [("model", "m"), ("endpoint-config", "c")])
    found = plan(SETTLED, facts(missing_seconds=0.0, orphans=(*orphans, OwnedObject(kind="model", name=NAME))))
    assert found.steps[-2:] == (DeleteEndpointConfig(name="c"), DeleteModel(name="m"))
    assert len(found.steps) == len(set(map(repr, found.steps)))


@pytest.mark.parametrize(
    "seen", [facts(live()), facts(live(status=LiveStatus.UPDATING)), facts(), facts(aws_fault=UNREACHABLE)]
)
def test_retain_lets_go_at_once_and_leaves_everything(seen: Facts) -> None:
    found = plan(SETTLED, seen, spec(deletionPolicy="Retain"))
    assert (found.steps, found.finalizer, found.reason) == ((), FinalizerChange.REMOVE, "Retained")


def test_retain_is_heard_even_in_a_spec_that_this_release_cannot_read() -> None:
    unreadable = {**spec(deletionPolicy="Retain", endpointName="x" * 64), "colour": "blue"}
    found = plan(SETTLED, facts(live()), unreadable)
    assert (found.steps, found.finalizer) == ((), FinalizerChange.REMOVE)


def test_deletion_works_whatever_the_spec_holds() -> None:
    found = plan(SETTLED, facts(live()), spec(kmsKeyId="key", variants=[], containers=None))
    assert [type(step) for step in found.steps] == [DeleteEndpoint]


def test_an_endpoint_of_somebody_else_is_left_alone_and_our_own_parts_go() -> None:
    found = plan(SETTLED, facts(live(), foreign=foreign()))
    assert not any(isinstance(step, DeleteEndpoint) for step in found.steps)
    assert DeleteModel(name=NAME) in found.steps
    assert found.finalizer is FinalizerChange.REMOVE


@pytest.mark.parametrize(
    ("rows", "seconds", "waits"),
    [
        (status(row(state=RevisionState.DEPLOYING)), 0.0, True),
        (status(row(state=RevisionState.DEPLOYING)), 29.0, True),
        (status(row(state=RevisionState.DEPLOYING)), 60.0, False),
        (status(row(state=RevisionState.DEPLOYING), endpoint=sent()), 0.0, True),
        (status(row(state=RevisionState.DEPLOYING), endpoint=known(live())), 0.0, False),
        (status(row(state=RevisionState.FAILED)), 0.0, False),
        (status(), 0.0, False),
    ],
)
def test_a_creation_that_nobody_saw_is_waited_for(
    *, rows: InferenceEndpointStatus, seconds: float, waits: bool
) -> None:
    found = plan(rows, facts(missing_seconds=seconds))
    assert (found.finalizer is None) == waits
    if waits:
        assert found.steps == ()
        assert found.next_look is not None
        assert found.next_look.seconds is not None
        assert 0.0 < found.next_look.seconds <= 5.0


@pytest.mark.parametrize(
    ("blame", "situation"), [(Blame.WORLD, Situation.DELETING), (Blame.OPERATOR_SETUP, Situation.USER_FAULT)]
)
def test_a_deletion_that_cannot_ask_aws_says_why_and_looks_again(blame: Blame, situation: Situation) -> None:
    fault = Fault(blame=blame, reason="Because", message="it is so")
    found = plan(SETTLED, facts(live(), aws_fault=fault))
    assert (found.situation, found.reason, found.steps, found.finalizer) == (situation, "Because", (), None)
    assert found.next_look is not None


def test_an_object_that_was_never_ours_is_none_of_our_business() -> None:
    found = plan(status(), facts(live()), finalizer=False)
    assert (found.steps, found.finalizer) == ((), None)


def test_nothing_goes_while_it_may_not_be_seen_yet_what_the_last_process_did() -> None:
    seen = facts(None, unsure_seconds=7.0, orphans=(OwnedObject(kind="model", name="m"),))
    found = plan(status(row(state=RevisionState.DEPLOYING), endpoint=sent()), seen)
    assert (found.situation, found.steps, found.finalizer) == (Situation.UNKNOWN, (), None)
    assert found.next_look is not None
    assert found.next_look.seconds == 7.0


def test_what_is_retained_is_let_go_at_once() -> None:
    found = plan(SETTLED, facts(live(), unsure_seconds=7.0), spec(deletionPolicy="Retain"))
    assert found.finalizer is FinalizerChange.REMOVE
