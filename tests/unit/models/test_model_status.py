"""What a status says after a pass, and which Events are told of it."""

from dataclasses import replace
from typing import Any

import pytest

from endpoint_operator.api.conditions import Condition, find
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.decide import make_plan
from endpoint_operator.planning.models.outcome import NOTHING_DONE, ModelOutcome
from endpoint_operator.planning.models.plan import look_after
from endpoint_operator.planning.models.status import status_of
from endpoint_operator.planning.models.stories import stories_of
from endpoint_operator.planning.models.warm_condition import WARM
from endpoint_operator.planning.place import Place
from tests.unit.models.models_given import SOURCE, a_model, a_spec, a_target, as_stored, facts, said
from tests.unit.models.operator_of_models import ModelInMemory
from tests.unit.models.s3_in_memory import World
from tests.unit.models.settling_models import settle

WARM_UP = {"warmUp": {"body": "{}", "intervalSeconds": 60}}


def _published(**spec: Any) -> ModelInMemory:
    model = ModelInMemory(world=World(sources={SOURCE: "A"}), wanted=a_spec(**spec))
    settle(model.world, [model])
    return model


def _warm(model: InferenceModel, **members: Any) -> Condition | None:
    seen = facts(**members)
    status = status_of(model, facts=seen, plan=make_plan(model, seen), outcome=NOTHING_DONE)
    return find(status.conditions, WARM)


def test_conditions_are_ready_reconciling_and_stalled_and_no_other() -> None:
    kinds = {
        condition.type.value if hasattr(condition.type, "value") else condition.type for condition in _conditions()
    }
    assert kinds == {"Ready", "Reconciling", "Stalled"}


def _conditions() -> list[Condition]:
    return list(_published().parsed.conditions)


def test_a_status_that_is_read_back_is_written_no_more() -> None:
    model = _published(**WARM_UP)
    seen = facts(warm=True, seconds=10_000.0)
    first = status_of(model.object, facts=seen, plan=make_plan(model.object, seen), outcome=NOTHING_DONE)
    again = replace(model.object, status=type(first).model_validate(as_stored(first)))
    later = facts(warm=True, seconds=20_000.0)
    assert status_of(again, facts=later, plan=make_plan(again, later), outcome=NOTHING_DONE) == again.status


@pytest.mark.parametrize(
    ("warm", "status", "reason"),
    [(True, "True", "AnswersWarm"), (False, "False", "WarmingUp"), (None, "False", "WarmingUp")],
)
def test_warm_is_said_with_warm_up_alone(*, warm: bool | None, status: str, reason: str) -> None:
    model = _published(**WARM_UP)
    told = _warm(replace(model.object, status=model.object.status.model_copy(update={"conditions": []})), warm=warm)
    assert told is not None
    assert (told.status, told.reason) == (status, reason)
    assert _warm(_published().object, warm=warm) is None


def test_a_process_that_has_just_begun_leaves_warm_as_it_is() -> None:
    model = _published(**WARM_UP)
    model.warm = True
    settle(model.world, [model])
    told = _warm(model.object, warm=None, seconds=9_999.0)
    assert told == find(model.parsed.conditions, WARM)
    assert told is not None
    assert told.status == "True"


def test_new_content_is_not_warm_because_the_old_one_was() -> None:
    model = _published(**WARM_UP)
    model.warm = True
    settle(model.world, [model])
    model.world.sources[SOURCE] = "B"
    model.retry = "now"
    model.one_pass()
    model.one_pass()
    told = find(model.parsed.conditions, WARM)
    assert told is not None
    assert (told.status, told.reason) == ("False", "WarmingUp")


def test_why_warm_ups_are_not_answered_is_said() -> None:
    fault = Fault(blame=Blame.USER, reason="WarmUpRefused", message="spec.warmUp.body: the container answered 400")
    told = _warm(_published(**WARM_UP).object, warm=False, warm_up_fault=fault)
    assert told is not None
    assert (told.reason, told.message) == ("WarmUpRefused", fault.message)


def test_where_it_is_follows_the_endpoint_and_outlives_it() -> None:
    model = _published()
    elsewhere = facts(target=a_target(place=Place(region="eu-west-1", assume_role_arn="arn:aws:iam::1:role/x")))
    moved = status_of(model.object, facts=elsewhere, plan=make_plan(model.object, elsewhere), outcome=NOTHING_DONE)
    assert (moved.region, moved.assume_role_arn) == ("eu-west-1", "arn:aws:iam::1:role/x")
    gone = facts(target=None)
    later = replace(model.object, status=moved)
    left = status_of(later, facts=gone, plan=make_plan(later, gone), outcome=NOTHING_DONE)
    assert (left.region, left.assume_role_arn) == ("eu-west-1", "arn:aws:iam::1:role/x")


def test_old_content_that_cannot_be_removed_leaves_the_model_ready_and_is_said_once() -> None:
    model = _published()
    model.world.sources[SOURCE] = "B"
    model.retry = "now"
    model.one_pass()
    model.one_pass()
    seen = facts(seconds=model.clock + 1000.0)
    fault = Fault(blame=Blame.OPERATOR_SETUP, reason="PrefixForbidden", message="grant s3:DeleteObject")
    refused = ModelOutcome(fault=fault)
    plan = make_plan(model.object, seen)
    status = status_of(model.object, facts=seen, plan=plan, outcome=refused)
    assert said(status) == (True, False, False, "Published")
    assert "grant s3:DeleteObject" in status.conditions[0].message
    assert status.obsolete == model.parsed.obsolete
    told = stories_of(model.object, plan=plan, outcome=refused, status=status)
    assert [(story.reason, story.warning) for story in told] == [("NotRemoved", True)]
    again = replace(model.object, status=status)
    assert stories_of(again, plan=plan, outcome=refused, status=status) == ()
    look = look_after(plan, refused)
    assert look is not None
    assert look.back_off


def test_a_copy_that_is_refused_is_said_and_tried_again() -> None:
    model = ModelInMemory(world=World(sources={SOURCE: "A"}), wanted=a_spec())
    model.one_pass()
    model.world.sources[SOURCE] = "A"
    seen = facts(published=model.world.head(str(model.parsed.publishing and model.parsed.publishing.artifact_s3_uri)))
    plan = make_plan(model.object, seen)
    fault = Fault(blame=Blame.OPERATOR_SETUP, reason="PrefixForbidden", message="grant s3:PutObject")
    status = status_of(model.object, facts=seen, plan=plan, outcome=ModelOutcome(fault=fault))
    assert said(status) == (False, False, True, "PrefixForbidden")
    assert status.publishing == model.parsed.publishing
    assert status.target_model is None


def test_a_published_model_tells_one_event_and_nothing_from_then_on() -> None:
    model = _published()
    for _ in range(5):
        model.one_pass()
    assert [story.reason for story in model.stories] == ["Published"]
    assert model.stories[0].message == f"{SOURCE} is published as {model.parsed.target_model}"


def test_a_trouble_is_told_once_and_an_endpoint_that_is_gone_not_at_all() -> None:
    model = ModelInMemory(world=World(), wanted=a_spec())
    settle(model.world, [model])
    assert [(story.reason, story.warning) for story in model.stories] == [("SourceNotFound", True)]
    model.world.endpoint.exists, model.world.endpoint.served = False, None
    settle(model.world, [model])
    assert len(model.stories) == 1


def test_a_plan_prints_as_json() -> None:
    model = _published()
    model.world.sources[SOURCE] = "B"
    model.retry = "now"
    model.one_pass()
    model.one_pass()
    printed = model.plans[-1].as_json()
    assert printed["calls"][0]["operation"] == "CopyObject"
    assert printed["because"].startswith(f"publishing {SOURCE} as tenant-1/")


def test_migrations_own_part_of_the_status_is_left_to_it() -> None:
    migration = {"name": "fleet", "phase": "Warm"}
    seen = facts(target=None)
    model = a_model(status={"migration": migration})
    status = status_of(model, facts=seen, plan=make_plan(model, seen), outcome=NOTHING_DONE)
    assert as_stored(status)["migration"] == migration


def test_new_content_that_stalls_is_said_with_what_answers_meanwhile() -> None:
    model = _published()
    first = model.parsed.target_model
    model.retry = "now"
    fault = Fault(blame=Blame.USER, reason="SourceNotFound", message="upload it")

    def stalled(**members: Any) -> str:
        seen = facts(source=fault, **members)
        plan = make_plan(model.object, seen)
        status = status_of(model.object, facts=seen, plan=plan, outcome=NOTHING_DONE)
        return status.conditions[0].message

    assert stalled() == f"upload it; {first} answers as before"
    assert stalled(target=a_target(available=False)) == "upload it", "nothing answers"
    assert stalled(target=a_target(settled=False)) == "upload it", "another prefix may be served"


def test_content_that_never_was_published_stalls_without_a_word_of_what_answers() -> None:
    model = ModelInMemory(world=World(sources={SOURCE: "A"}), wanted=a_spec())
    seen = facts(source=Fault(blame=Blame.USER, reason="SourceNotFound", message="upload it"))
    plan = make_plan(model.object, seen)
    status = status_of(model.object, facts=seen, plan=plan, outcome=NOTHING_DONE)
    assert status.conditions[0].message == "upload it"
