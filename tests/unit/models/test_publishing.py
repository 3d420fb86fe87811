"""From a source to an object under its key, and what is asked of AWS for it."""

from typing import Any

import pytest

from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.case import ModelCase
from endpoint_operator.planning.models.decide import make_plan, wanted_looks
from endpoint_operator.planning.models.facts import SourceSeen, TemplateSeen
from endpoint_operator.planning.models.looks import LookAtKey, LookAtSource, LookAtTemplate, LookForPacker, NotLooked
from endpoint_operator.planning.models.outcome import NOTHING_DONE
from endpoint_operator.planning.models.packing import run_packer
from endpoint_operator.planning.models.plan import FinalizerChange
from endpoint_operator.planning.models.status import status_of
from endpoint_operator.planning.models.steps import CheckArchive, CopyObject
from tests.unit.models.models_given import DIRECTORY, PREFIX, SOURCE, a_model, a_spec, a_target, facts, said
from tests.unit.models.operator_of_models import ModelInMemory
from tests.unit.models.s3_in_memory import Stored, World
from tests.unit.models.settling_models import settle


def _given(**spec: Any) -> ModelInMemory:
    return ModelInMemory(world=World(sources={SOURCE: "A"}), wanted=a_spec(**spec))


def test_where_it_will_be_is_remembered_with_the_finalizer_before_anything_is_written() -> None:
    model = _given()
    model.one_pass()
    publishing = model.parsed.publishing
    assert publishing is not None
    assert publishing.artifact_s3_uri.startswith(f"{PREFIX}tenant-1/")
    assert (model.finalizer, model.world.objects) == (True, {})
    assert model.parsed.region == "us-east-1", "a deletion reads no other object"
    assert said(model.parsed) == (False, True, False, "Publishing")


def test_a_model_costs_two_looks_a_copy_and_two_writes_and_nothing_from_then_on() -> None:
    model = _given()
    for _ in range(6):
        model.one_pass()
    uri = model.parsed.artifact_s3_uri
    assert uri is not None
    assert model.looks == [LookAtSource(s3_uri=SOURCE), LookAtKey(s3_uri=uri)]
    assert [type(step) for plan in model.plans for step in plan.steps] == [CopyObject]
    assert model.writes == 2
    assert said(model.parsed) == (True, False, False, "Published")
    assert (model.parsed.etag, model.parsed.size_bytes, model.parsed.phase) == ("A", 100, "Ready")


def test_what_a_pass_still_has_to_look_at_is_refused_as_a_plan() -> None:
    assert wanted_looks(a_model(), facts()) == (LookAtSource(s3_uri=SOURCE),)
    with pytest.raises(NotLooked, match="LookAtSource"):
        make_plan(a_model(), facts())


def test_a_template_is_looked_at_with_the_directory_that_it_is_for() -> None:
    template = {"configMapKeyRef": {"name": "configs", "key": "config.pbtxt"}}
    source = {"s3Uri": DIRECTORY, "layout": "Triton", "configTemplate": template}
    looks = wanted_looks(a_model(spec=a_spec(source=source)), facts())
    assert looks == (LookAtSource(s3_uri=DIRECTORY), LookAtTemplate(config_map="configs", key="config.pbtxt"))


def test_the_packer_is_held_to_the_template_that_was_looked_at() -> None:
    template = {"configMapKeyRef": {"name": "configs", "key": "config.pbtxt"}}
    spec = a_spec(source={"s3Uri": DIRECTORY, "layout": "Triton", "configTemplate": template})
    source = SourceSeen(etag="listing", size_bytes=5, is_directory=True)
    intent = make_plan(a_model(spec=spec), facts(source=source, template=TemplateSeen(digest="d1"))).memory
    assert intent is not None
    publishing = intent.publishing
    assert publishing is not None
    step = run_packer(ModelCase(model=a_model(spec=spec), facts=facts()), publishing)
    assert step.config_template_digest == "d1"


def test_content_that_is_there_already_is_not_copied_again() -> None:
    model = _given()
    settle(model.world, [model])
    model.status, model.finalizer = {}, False  # restored from a backup
    copies = len(model.plans)
    settle(model.world, [model])
    assert not any(plan.steps for plan in model.plans[copies:])
    assert said(model.parsed)[0]
    assert model.finalizer


@pytest.mark.parametrize(
    ("members", "reason", "situation"),
    [
        ({"target": None}, "EndpointNotFound", (False, True, False)),
        ({"target": a_target(being_deleted=True)}, "EndpointNotFound", (False, True, False)),
        ({"target": a_target(multi_model=False, s3_prefix="")}, "EndpointNotMultiModel", (False, False, True)),
        ({"target": a_target(multi_model=False, understood=False)}, "EndpointNotUnderstood", (False, True, False)),
        ({"id_taken_by": "ml/older"}, "ModelIdTaken", (False, False, True)),
    ],
)
def test_without_an_endpoint_for_it_nothing_is_looked_at(
    members: dict[str, Any], reason: str, situation: tuple[bool, bool, bool]
) -> None:
    assert wanted_looks(a_model(), facts(**members)) == ()
    plan = make_plan(a_model(), facts(**members))
    assert (plan.reason, plan.steps, plan.next_look) == (reason, (), None)
    assert "; " in plan.message


def test_a_published_model_stays_ready_while_its_endpoint_cannot_be_read() -> None:
    model = _given()
    settle(model.world, [model])
    seen = facts(target=a_target(multi_model=False, understood=False))
    plan = make_plan(model.object, seen)
    assert said(model.parsed)[0]
    assert status_of(model.object, facts=seen, plan=plan, outcome=NOTHING_DONE) == model.parsed


def test_a_taken_id_names_the_older_object() -> None:
    plan = make_plan(a_model(), facts(id_taken_by="ml/older"))
    assert "tenant-1 is the model of InferenceModel ml/older, which is older" in plan.message


@pytest.mark.parametrize(
    ("blame", "said_so", "slow"), [(Blame.USER, (False, False, True), True), (Blame.WORLD, (False, True, False), False)]
)
def test_a_source_that_cannot_be_seen_is_looked_at_again(
    blame: Blame, said_so: tuple[bool, bool, bool], *, slow: bool
) -> None:
    fault = Fault(blame=blame, reason="SourceForbidden", message="spec.source.s3Uri: forbidden; grant s3:GetObject")
    seen = facts(source=fault)
    plan = make_plan(a_model(), seen)
    status = status_of(a_model(), facts=seen, plan=plan, outcome=NOTHING_DONE)
    assert said(status) == (*said_so, "SourceForbidden")
    assert plan.next_look is not None
    assert plan.next_look.back_off
    assert (plan.next_look.at_most_seconds == 600.0) is slow


def test_an_archive_for_triton_is_checked_before_it_is_copied() -> None:
    model = _given(source={"s3Uri": SOURCE, "layout": "Triton"})
    settle(model.world, [model])
    assert [type(step) for plan in model.plans for step in plan.steps] == [CheckArchive, CopyObject]


def test_an_archive_that_was_refused_is_read_again_only_when_something_changed() -> None:
    model = _given(source={"s3Uri": SOURCE, "layout": "Triton"})
    model.world.sources[SOURCE] = "bad"
    settle(model.world, [model])
    assert said(model.parsed) == (False, False, True, "ArchiveInvalid")
    assert model.world.objects == {}
    assert _checks(model) == 1
    writes = model.writes
    model.one_pass()
    assert (_checks(model), model.writes) == (1, writes), "only the source is looked at, and that is no news"
    model.retry = "again"
    settle(model.world, [model])
    assert _checks(model) == 2
    model.world.sources[SOURCE] = "good"
    settle(model.world, [model])
    assert said(model.parsed)[0]
    assert model.parsed.obsolete == []


def _checks(model: ModelInMemory) -> int:
    return sum(isinstance(step, CheckArchive) for plan in model.plans for step in plan.steps)


def test_an_object_of_somebody_else_under_the_key_is_left_alone_and_the_model_comes_when_it_goes() -> None:
    model = _given(targetModel="mine.tar.gz")
    uri = f"{PREFIX}mine.tar.gz"
    model.world.objects[uri] = Stored(made_of="theirs", metadata={})
    settle(model.world, [model])
    assert said(model.parsed) == (False, False, True, "TargetModelTaken")
    assert model.world.objects[uri].made_of == "theirs"
    plan = model.plans[-1]
    assert "was put there by somebody else; give spec.targetModel another key" in plan.message
    assert plan.next_look is not None
    del model.world.objects[uri]
    settle(model.world, [model])
    assert said(model.parsed)[0]


def test_the_same_content_under_the_key_of_another_object_is_its_own() -> None:
    model = _given(targetModel="mine.tar.gz")
    settle(model.world, [model])
    second = ModelInMemory(world=model.world, wanted=a_spec(targetModel="mine.tar.gz", modelId="tenant-2"), name="m2")
    settle(model.world, [second])
    assert said(second.parsed) == (False, False, True, "TargetModelTaken")
    assert "belongs to InferenceModel ml/m1 of cluster" in second.plans[-1].message
    second.delete()
    settle(model.world, [second])
    assert (second.gone, len(model.world.objects)) == (True, 1)


def test_a_key_is_never_used_for_other_content_of_the_same_model() -> None:
    model = _given(targetModel="mine.tar.gz")
    settle(model.world, [model])
    model.world.sources[SOURCE] = "B"
    model.retry = "now"
    settle(model.world, [model])
    assert said(model.parsed) == (False, False, True, "TargetModelTaken")
    assert (model.parsed.target_model, model.world.objects[f"{PREFIX}mine.tar.gz"].made_of) == ("mine.tar.gz", "A")


def test_a_source_that_changes_while_it_is_copied_is_looked_at_again() -> None:
    model = _given()
    model.one_pass()
    model.world.sources[SOURCE] = "B"
    model.one_pass()
    assert said(model.parsed) == (False, True, False, "SourceChanged")
    settle(model.world, [model])
    assert said(model.parsed)[0]
    assert [stored.made_of for stored in model.world.objects.values()] == ["B"]


def test_new_content_is_looked_for_with_an_edit_or_reconcile_at_alone() -> None:
    model = _given()
    settle(model.world, [model])
    model.world.sources[SOURCE] = "B"
    looks = len(model.looks)
    settle(model.world, [model])
    assert len(model.looks) == looks
    model.edit(a_spec(traffic={"percent": 5}))
    settle(model.world, [model])
    assert [stored.made_of for stored in model.world.objects.values()] == ["B"]


def test_an_edit_that_leaves_the_content_as_it_is_only_moves_the_status() -> None:
    model = _given()
    settle(model.world, [model])
    plans, writes = len(model.plans), model.writes
    model.edit(a_spec(traffic={"percent": 5}))
    settle(model.world, [model])
    assert not any(plan.steps for plan in model.plans[plans:])
    assert model.writes == writes + 1
    assert model.parsed.observed_generation == 2
    assert said(model.parsed)[0]


def test_ready_comes_with_an_endpoint_that_answers_and_does_not_go_with_its_troubles() -> None:
    model = _given()
    model.world.endpoint.served = None
    settle(model.world, [model])
    assert said(model.parsed) == (False, True, False, "WaitingForEndpoint")
    model.world.endpoint.finish()
    settle(model.world, [model])
    assert said(model.parsed) == (True, False, False, "Published")
    writes = model.writes
    model.world.endpoint.served = None
    settle(model.world, [model])
    assert (said(model.parsed)[0], model.writes) == (True, writes)


def test_an_endpoint_that_goes_and_comes_back_finds_its_models_without_a_call() -> None:
    model = _given()
    settle(model.world, [model])
    looks, objects = len(model.looks), dict(model.world.objects)
    model.world.endpoint.exists, model.world.endpoint.served = False, None
    settle(model.world, [model])
    assert said(model.parsed) == (False, True, False, "EndpointNotFound")
    model.world.endpoint.exists = True
    model.world.endpoint.finish()
    settle(model.world, [model])
    assert said(model.parsed)[0]
    assert (len(model.looks), model.world.objects) == (looks, objects)


def test_a_finalizer_that_somebody_took_away_is_set_again() -> None:
    model = _given()
    settle(model.world, [model])
    model.finalizer = False
    assert make_plan(model.object, facts()).finalizer is FinalizerChange.ADD


def test_what_the_hourly_list_does_not_show_is_looked_at_once_before_it_is_believed() -> None:
    model = _given()
    settle(model.world, [model])
    looks = len(model.looks)
    model.missing = True
    model.one_pass()
    assert model.looks[looks:] == [LookAtKey(s3_uri=str(model.parsed.artifact_s3_uri))]
    assert not any(plan.steps for plan in model.plans[-1:])
    assert said(model.parsed)[0]


def test_what_is_gone_is_published_again_under_the_same_key() -> None:
    model = _given()
    settle(model.world, [model])
    target = model.parsed.target_model
    model.world.objects.clear()
    model.missing = True
    model.one_pass()
    assert said(model.parsed) == (False, True, False, "PublishedObjectGone")
    settle(model.world, [model])
    assert said(model.parsed)[0]
    assert (model.parsed.target_model, len(model.world.objects)) == (target, 1)
    assert [story.reason for story in model.stories if story.reason in ("Missing", "PublishedAgain")] == [
        "Missing",
        "PublishedAgain",
    ]


def test_a_directory_is_packed_and_the_key_is_not_looked_at_while_it_is() -> None:
    model = ModelInMemory(world=World(sources={DIRECTORY: "listing"}), wanted=a_spec(source={"s3Uri": DIRECTORY}))
    model.one_pass()
    model.one_pass()
    assert len(model.world.jobs) == 1
    looks = len(model.looks)
    model.one_pass()
    assert [type(look) for look in model.looks[looks:]] == [LookForPacker]
    assert said(model.parsed) == (False, True, False, "Packing")
    settle(model.world, [model])
    assert said(model.parsed)[0]
    assert model.world.jobs == {}
