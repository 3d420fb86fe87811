"""New content in place of old: no moment without an answer, and nothing left behind."""

from typing import Any

import pytest

from endpoint_operator.planning.models.steps import AskTarget, CopyObject, DeleteObjects, RunPacker
from tests.unit.models.models_given import DIRECTORY, PREFIX, SOURCE, a_spec, said
from tests.unit.models.operator_of_models import ModelInMemory
from tests.unit.models.s3_in_memory import World
from tests.unit.models.settling_models import is_remembered, settle

OTHER_PREFIX = f"{PREFIX}nested/"


def _serving(**spec: Any) -> ModelInMemory:
    source = spec.get("source", {}).get("s3Uri", SOURCE)
    model = ModelInMemory(world=World(sources={source: "A"}), wanted=a_spec(**spec))
    settle(model.world, [model])
    assert said(model.parsed)[0]
    return model


def _contents(model: ModelInMemory) -> list[str]:
    return sorted(stored.made_of for stored in model.world.objects.values())


def _comes(model: ModelInMemory, content: str, *, source: str = SOURCE) -> None:
    model.world.sources[source] = content
    model.retry += "x"


def test_publish_ask_switch_drain_delete_in_this_order() -> None:
    model = _serving(warmUp={"body": "{}"})
    before = model.parsed.target_model
    plans = len(model.plans)
    _comes(model, "B")
    settle(model.world, [model])
    steps = [type(step) for plan in model.plans[plans:] for step in plan.steps]
    assert steps == [CopyObject, AskTarget, DeleteObjects]
    assert model.parsed.target_model != before
    assert _contents(model) == ["B"]
    assert [story.reason for story in model.stories] == ["Published", "Replaced", "Removed"]


def test_callers_are_told_in_the_write_that_makes_the_old_object_garbage() -> None:
    model = _serving()
    old = model.parsed.artifact_s3_uri
    _comes(model, "B")
    model.one_pass()
    assert (model.parsed.artifact_s3_uri, model.parsed.obsolete) == (old, [])
    model.one_pass()
    assert model.parsed.artifact_s3_uri != old
    assert model.parsed.obsolete == [old]
    assert said(model.parsed)[0]


@pytest.mark.parametrize(("seconds", "left"), [(0.0, 2), (299.0, 2), (302.0, 1)])
def test_the_old_object_stays_for_the_drain_time(seconds: float, left: int) -> None:
    model = _serving()
    _comes(model, "B")
    model.one_pass()
    model.one_pass()
    model.clock += seconds
    model.one_pass()
    assert len(model.world.objects) == left
    assert said(model.parsed)[0], "what drains is no news"
    assert (model.look_at is None) is (left == 1)


def test_content_that_does_not_answer_leaves_the_old_one_in_its_place() -> None:
    model = _serving(warmUp={"body": "{}"})
    old = model.parsed.target_model
    _comes(model, "mute")
    settle(model.world, [model])
    assert said(model.parsed) == (False, False, True, "WarmUpRefused")
    assert (model.parsed.target_model, _contents(model)) == (old, ["A", "mute"])
    _comes(model, "C")
    settle(model.world, [model])
    assert said(model.parsed)[0]
    assert _contents(model) == ["C"]


def test_without_an_endpoint_that_can_be_asked_the_old_object_waits_for_the_new_one_to_answer() -> None:
    model = _serving(warmUp={"body": "{}"})
    model.world.endpoint.served = None
    _comes(model, "B")
    settle(model.world, [model])
    assert not any(isinstance(step, AskTarget) for plan in model.plans[-10:] for step in plan.steps)
    assert len(model.world.objects) == 2
    model.world.endpoint.finish()
    settle(model.world, [model])
    assert len(model.world.objects) == 2
    model.warm = True
    settle(model.world, [model])
    assert _contents(model) == ["B"]


def test_from_one_content_to_a_third_while_the_second_is_published_leaves_the_third_alone() -> None:
    model = _serving()
    _comes(model, "B")
    model.one_pass()
    model.one_pass(dies_after=1)  # copied, and never said
    assert _contents(model) == ["A", "B"]
    _comes(model, "C")
    for _ in range(4):
        model.one_pass()
        is_remembered(model.world, model)
    settle(model.world, [model])
    assert _contents(model) == ["C"]


def test_back_to_the_content_that_serves_only_clears_away_what_was_begun() -> None:
    model = _serving()
    target = model.parsed.target_model
    _comes(model, "B")
    model.one_pass()
    model.one_pass(dies_after=1)
    _comes(model, "A")
    settle(model.world, [model])
    assert (model.parsed.target_model, _contents(model)) == (target, ["A"])


def test_back_to_content_that_still_drains_makes_it_no_garbage() -> None:
    model = _serving()
    target = model.parsed.target_model
    _comes(model, "B")
    model.one_pass()
    model.one_pass()
    _comes(model, "A")
    model.one_pass()
    assert model.parsed.obsolete == []
    settle(model.world, [model])
    assert (model.parsed.target_model, _contents(model)) == (target, ["A"])


def test_another_target_of_the_same_content_is_another_object() -> None:
    model = _serving()
    model.edit(a_spec(targetModel="mine.tar.gz"))
    settle(model.world, [model])
    assert model.parsed.target_model == "mine.tar.gz"
    assert list(model.world.objects) == [f"{PREFIX}mine.tar.gz"]


def test_a_job_ends_before_other_content_is_begun() -> None:
    model = _serving(source={"s3Uri": DIRECTORY})
    for content in ("B", "C"):
        _comes(model, content, source=DIRECTORY)
        model.one_pass()
        model.one_pass()
    assert len(model.world.jobs) == 1
    (job,) = model.world.jobs.values()
    assert job.state == "Stopping"
    assert model.parsed.publishing is not None, "until it is gone it may write, and is remembered"
    settle(model.world, [model])
    assert _contents(model) == ["C"]
    assert not model.world.violations


def test_what_the_packer_refuses_is_packed_again_only_when_asked() -> None:
    model = _serving(source={"s3Uri": DIRECTORY})
    _comes(model, "bad", source=DIRECTORY)
    settle(model.world, [model])
    assert said(model.parsed) == (False, False, True, "PackingFailed")
    runs = _runs(model)
    settle(model.world, [model])
    assert _runs(model) == runs
    model.retry += "again"
    settle(model.world, [model])
    assert _runs(model) == runs + 1
    assert "there is no config.pbtxt" in model.plans[-1].message


def _runs(model: ModelInMemory) -> int:
    return sum(isinstance(step, RunPacker) for plan in model.plans for step in plan.steps)


def test_a_new_prefix_has_the_same_target_before_the_endpoint_serves_it() -> None:
    model = _serving()
    target = model.parsed.target_model
    endpoint = model.world.endpoint
    endpoint.wanted, endpoint.rolling_out = OTHER_PREFIX, True
    model.world.sources[SOURCE] = "B"  # nobody asked for it
    settle(model.world, [model])
    assert set(model.world.objects) == {f"{PREFIX}{target}", f"{OTHER_PREFIX}{target}"}
    assert _contents(model) == ["A", "A"]
    assert said(model.parsed)[0]
    endpoint.finish()
    settle(model.world, [model])
    assert set(model.world.objects) == {f"{OTHER_PREFIX}{target}"}
    assert model.parsed.former_prefix is None


def test_new_content_waits_for_an_endpoint_that_may_serve_the_former_prefix() -> None:
    model = _serving()
    old = model.parsed.target_model
    endpoint = model.world.endpoint
    endpoint.wanted, endpoint.rolling_out = OTHER_PREFIX, True
    settle(model.world, [model])
    _comes(model, "B")
    settle(model.world, [model])
    assert said(model.parsed) == (False, True, False, "WaitingForEndpoint")
    assert model.parsed.target_model == old
    assert f"until then {old} answers" in model.plans[-1].message
    endpoint.finish()
    settle(model.world, [model])
    assert model.parsed.target_model != old
    assert _contents(model) == ["B"]


def test_content_that_follows_a_first_one_under_a_prefix_that_is_not_served_yet_waits_too() -> None:
    model = ModelInMemory(world=World(sources={SOURCE: "A"}), wanted=a_spec(warmUp={"body": "{}"}))
    endpoint = model.world.endpoint
    endpoint.wanted, endpoint.rolling_out = OTHER_PREFIX, True
    settle(model.world, [model])
    _comes(model, "B")
    settle(model.world, [model])
    assert said(model.parsed) == (False, True, False, "WaitingForEndpoint")
    endpoint.finish()
    model.warm = True
    settle(model.world, [model])
    assert said(model.parsed)[0]
    assert _contents(model) == ["B"]
    assert not model.world.violations


def test_an_endpoint_that_has_rolled_out_is_no_longer_waited_for() -> None:
    model = ModelInMemory(world=World(sources={SOURCE: "A"}), wanted=a_spec())
    model.world.endpoint.rolling_out = True
    settle(model.world, [model])
    assert model.parsed.former_prefix == ""
    model.world.endpoint.finish()
    settle(model.world, [model])
    assert model.parsed.former_prefix is None


def test_a_rollout_that_leaves_the_prefix_alone_holds_nothing_up() -> None:
    model = _serving()
    model.world.endpoint.rolling_out = True
    _comes(model, "B")
    settle(model.world, [model])
    assert said(model.parsed)[0]
    assert _contents(model) == ["B"]


def test_a_prefix_that_comes_back_before_the_endpoint_has_rolled_out_leaves_one_object() -> None:
    model = _serving()
    endpoint = model.world.endpoint
    endpoint.wanted, endpoint.rolling_out = OTHER_PREFIX, True
    model.one_pass()
    model.one_pass(dies_after=1)
    assert len(model.world.objects) == 2
    endpoint.wanted = PREFIX
    endpoint.finish()
    settle(model.world, [model])
    assert len(model.world.objects) == 1
    assert said(model.parsed)[0]


def test_what_was_to_lie_below_a_former_prefix_is_not_taken_for_what_lies_below_the_new_one() -> None:
    model = ModelInMemory(world=World(sources={SOURCE: "A"}), wanted=a_spec())
    model.world.endpoint.wanted = OTHER_PREFIX
    model.one_pass()
    model.world.endpoint.wanted = PREFIX  # which OTHER_PREFIX begins with
    for _ in range(4):
        model.one_pass()
    assert [s3_uri.startswith(OTHER_PREFIX) for s3_uri in model.world.objects] == [False]


def test_a_move_whose_object_is_gone_goes_back_to_the_source() -> None:
    model = _serving()
    model.world.objects.clear()
    model.world.endpoint.wanted = OTHER_PREFIX
    model.world.endpoint.finish()
    settle(model.world, [model])
    assert [s3_uri.startswith(OTHER_PREFIX) for s3_uri in model.world.objects] == [True]
    assert said(model.parsed)[0]
