"""`paused`: said what is, looked once, nothing done."""

from typing import Any

from endpoint_operator.planning.models.looks import LookAtSource
from tests.unit.models.models_given import SOURCE, a_spec, said
from tests.unit.models.operator_of_models import ModelInMemory
from tests.unit.models.s3_in_memory import World
from tests.unit.models.settling_models import settle


def _given(**spec: Any) -> ModelInMemory:
    model = ModelInMemory(world=World(sources={SOURCE: "A"}), wanted=a_spec(**spec))
    settle(model.world, [model])
    return model


def test_what_is_paused_from_the_start_costs_no_call() -> None:
    model = _given(paused=True)
    assert said(model.parsed) == (False, False, False, "Paused")
    assert (model.looks, model.world.objects, model.finalizer, model.writes) == ([], {}, False, 1)


def test_what_is_published_and_paused_is_in_step_after_one_look() -> None:
    model = _given()
    looks = len(model.looks)
    model.edit(a_spec(paused=True))
    settle(model.world, [model])
    assert said(model.parsed) == (True, False, False, "Paused")
    assert model.looks[looks:] == [LookAtSource(s3_uri=SOURCE)]


def test_what_would_be_published_is_said_and_looked_for_once() -> None:
    model = _given()
    target, looks = model.parsed.target_model, len(model.looks)
    model.world.sources[SOURCE] = "B"
    model.edit(a_spec(paused=True))
    settle(model.world, [model])
    assert said(model.parsed) == (False, False, False, "Paused")
    assert f"{SOURCE} would be published as tenant-1/" in model.parsed.conditions[0].message
    assert model.looks[looks:] == [LookAtSource(s3_uri=SOURCE)]
    assert (model.parsed.target_model, len(model.world.objects)) == (target, 1)
    model.edit(a_spec())
    settle(model.world, [model])
    assert said(model.parsed)[0]
    assert [stored.made_of for stored in model.world.objects.values()] == ["B"]


def test_a_new_prefix_is_said_and_not_followed_while_paused() -> None:
    model = _given()
    model.edit(a_spec(paused=True))
    settle(model.world, [model])
    model.world.endpoint.wanted = "s3://elsewhere/"
    settle(model.world, [model])
    assert said(model.parsed) == (False, False, False, "Paused")
    assert "is not under s3://elsewhere/" in model.parsed.conditions[0].message
    assert len(model.world.objects) == 1


def test_what_is_paused_can_be_deleted() -> None:
    model = _given()
    model.edit(a_spec(paused=True))
    model.delete()
    settle(model.world, [model])
    assert (model.gone, model.world.objects) == (True, {})
