"""A model that is deleted: what goes, in which order, and that it ends."""

from typing import Any

import pytest

from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.decide import make_plan, wanted_looks
from endpoint_operator.planning.models.facts import PackingSeen, PackingState
from endpoint_operator.planning.models.looks import LookForPacker
from endpoint_operator.planning.models.outcome import ModelOutcome
from endpoint_operator.planning.models.plan import FinalizerChange
from endpoint_operator.planning.models.status import status_of
from endpoint_operator.planning.models.steps import DeleteObjects, DeletePacker
from tests.unit.models.models_given import DIRECTORY, SOURCE, a_model, a_spec, facts, said
from tests.unit.models.operator_of_models import ModelInMemory
from tests.unit.models.s3_in_memory import World
from tests.unit.models.settling_models import settle

_STATUS: dict[str, Any] = {
    "targetModel": "t/1.tar.gz",
    "artifactS3Uri": "s3://m/t/1.tar.gz",
    "region": "us-east-1",
    "published": {"s3Uri": SOURCE, "etag": "A", "content": "c"},
    "publishing": {
        "artifactS3Uri": "s3://m/t/2.tar.gz",
        "content": "d",
        "since": "2026-11-22T10:00:00Z",
        "sourceS3Uri": SOURCE,
    },
    "obsolete": ["s3://m/t/0.tar.gz"],
}


def _deleted(**members: Any) -> Any:
    return a_model(status=_STATUS | members, deleted=True)


def test_everything_that_may_have_been_written_goes_and_then_the_finalizer() -> None:
    assert wanted_looks(_deleted(), facts(target=None)) == ()
    plan = make_plan(_deleted(), facts(target=None))
    uris = ("s3://m/t/1.tar.gz", "s3://m/t/2.tar.gz", "s3://m/t/0.tar.gz")
    assert plan.steps == (DeleteObjects(s3_uris=uris),)
    assert plan.finalizer is FinalizerChange.REMOVE


@pytest.mark.parametrize("spec", [{"deletionPolicy": "Retain"}, {"deletionPolicy": "Retain", "paused": True}])
def test_retain_lets_go_at_once(spec: dict[str, Any]) -> None:
    plan = make_plan(a_model(spec=a_spec(**spec), status=_STATUS, deleted=True), facts(target=None))
    assert (plan.steps, plan.finalizer, plan.reason) == ((), FinalizerChange.REMOVE, "Retained")


def test_what_never_got_so_far_has_nothing_to_delete() -> None:
    plan = make_plan(a_model(deleted=True), facts(target=None))
    assert (plan.steps, plan.finalizer) == ((), FinalizerChange.REMOVE)


def test_a_spec_that_cannot_be_read_is_deleted_all_the_same() -> None:
    model = a_model(spec={"endpointRef": {"name": "ctr"}, "later": 1}, status=_STATUS, deleted=True)
    assert model.spec_error is not None
    assert make_plan(model, facts()).finalizer is FinalizerChange.REMOVE


def test_a_spec_that_cannot_be_read_is_said_and_nothing_is_done() -> None:
    model = a_model(spec={**a_spec(), "later": 1}, status=_STATUS)
    plan = make_plan(model, facts())
    assert (plan.reason, plan.steps, plan.next_look) == ("SpecNotUnderstood", (), None)
    assert plan.message.startswith("spec.later")


@pytest.mark.parametrize(
    ("state", "steps", "lets_go"),
    [
        (PackingState.RUNNING, (DeletePacker(s3_uri="s3://m/t/2.tar.gz"),), False),
        (PackingState.SUCCEEDED, (DeletePacker(s3_uri="s3://m/t/2.tar.gz"),), False),
        (PackingState.STOPPING, (), False),
        (PackingState.ABSENT, None, True),
    ],
)
def test_a_job_is_gone_before_what_it_writes_is_deleted(state: str, steps: Any, *, lets_go: bool) -> None:
    model = _deleted(publishing={**_STATUS["publishing"], "sourceS3Uri": DIRECTORY})
    assert wanted_looks(model, facts()) == (LookForPacker(s3_uri="s3://m/t/2.tar.gz"),)
    plan = make_plan(model, facts(packing=PackingSeen(state=state)))
    assert (plan.finalizer is FinalizerChange.REMOVE) is lets_go
    assert lets_go or (plan.steps == steps and plan.next_look is not None)


def test_a_deletion_while_a_job_packs_leaves_nothing() -> None:
    model = ModelInMemory(world=World(sources={DIRECTORY: "listing"}), wanted=a_spec(source={"s3Uri": DIRECTORY}))
    model.one_pass()
    model.one_pass()
    model.delete()
    settle(model.world, [model])
    assert model.gone
    assert (model.world.objects, model.world.jobs) == ({}, {})


@pytest.mark.parametrize(
    ("blame", "situation", "way_out"),
    [(Blame.OPERATOR_SETUP, (False, False, True), True), (Blame.WORLD, (False, True, False), False)],
)
def test_a_deletion_that_is_refused_says_why_and_what_else_can_be_done(
    blame: Blame, situation: tuple[bool, bool, bool], *, way_out: bool
) -> None:
    model = _deleted()
    plan = make_plan(model, facts(target=None))
    fault = Fault(blame=blame, reason="PrefixForbidden", message="S3 refuses DeleteObject")
    status = status_of(model, facts=facts(target=None), plan=plan, outcome=ModelOutcome(fault=fault))
    assert said(status) == (*situation, "PrefixForbidden")
    message = status.conditions[0].message
    assert message.startswith("S3 refuses DeleteObject")
    assert ("deletionPolicy: Retain" in message) is way_out
    assert (status.artifact_s3_uri, status.region) == ("s3://m/t/1.tar.gz", "us-east-1")


def test_an_object_of_the_same_name_that_is_made_again_publishes_anew() -> None:
    model = ModelInMemory(world=World(sources={SOURCE: "A"}), wanted=a_spec())
    settle(model.world, [model])
    target = model.parsed.target_model
    model.delete()
    settle(model.world, [model])
    assert (model.gone, model.world.objects) == (True, {})
    model.made_again()
    settle(model.world, [model])
    assert (said(model.parsed)[0], model.parsed.target_model) == (True, target)
