"""Warm-ups over HTTP with boto3, at a multi-model endpoint of the simulator with a real server behind it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from endpoint_operator.aws.models.warm_up_rows import slot
from endpoint_operator.aws.periods import WARM_UPS_AT_ONCE_OF_ENDPOINT
from endpoint_operator.engine.ports import NotLeading
from endpoint_operator.planning.faults import Blame
from tests.aws.model_world import DENIED, put
from tests.aws.warm_up_world import TARGET, WarmingWorld, warm_condition, warm_model
from tests.simulator.multi_model_world import given_archive, given_endpoint
from tests.simulator.world import World

NOT_READY = {"code": "ModelNotReadyException", "message": "The model is being loaded", "status": 429}


@pytest.fixture
def world(empty_world: World) -> World:
    return given_endpoint(empty_world)


@pytest_asyncio.fixture
async def warming(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WarmingWorld]:
    for name, value in (
        ("AWS_ENDPOINT_URL", world.url),
        ("AWS_ACCESS_KEY_ID", "operator"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ):
        monkeypatch.setenv(name, value)
    made = WarmingWorld(world)
    yield made
    await made.stop()


async def test_a_model_is_asked_until_it_is_warm_and_then_no_more(world: World, warming: WarmingWorld) -> None:
    given_archive(world, "tenant-1.tar.gz")
    model = warming.put(warm_model())
    warming.run()
    await warming.until(lambda: warming.warm_ups.known(model).warm, "the model to be warm")
    assert warming.woken[-1:] == ["tenant-1"]
    asked = warming.asked()
    assert asked >= 2, "one instance, two quick answers"
    warming.put(replace(model, status=model.status.model_copy(update={"conditions": [warm_condition(warm=True)]})))
    woken = len(warming.woken)
    other = warming.put(warm_model("tenant-2"))
    given_archive(world, "tenant-2.tar.gz")
    await warming.until(lambda: warming.warm_ups.known(other).warm, "another to be warm, which takes as long")
    rows = [row for row in world.calls() if row["operation"] == "InvokeEndpoint"]
    assert len(rows) >= asked + 2
    assert warming.woken[woken:].count("tenant-1") == 0


async def test_a_model_that_was_warm_before_a_restart_is_not_asked_again(world: World, warming: WarmingWorld) -> None:
    given_archive(world, "tenant-2.tar.gz")
    warming.put(warm_model(told=True))
    other = warming.put(warm_model("tenant-2"))
    warming.run()
    await warming.until(lambda: warming.warm_ups.known(other).warm, "the other one to be warm")
    assert "tenant-1" not in warming.woken
    assert world.s3.list_objects_v2(Bucket="fleet")["KeyCount"] == 1, "tenant-1 could not have answered"


@pytest.mark.parametrize("change", [{"serving_since": "revision-2"}, {"instance_count": 2}])
async def test_another_revision_and_more_instances_begin_anew(
    world: World, warming: WarmingWorld, change: dict[str, Any]
) -> None:
    given_archive(world, "tenant-1.tar.gz")
    model = warming.put(warm_model(told=True))
    warming.run()
    await warming.until(lambda: warming.warm_ups.known(model).warm, "the endpoint to be seen")
    assert warming.asked() == 0
    warming.target = replace(TARGET, **change)
    await warming.until(lambda: warming.woken, "word that it is warm no more")
    assert warming.warm_ups.known(model).warm is False
    await warming.until(lambda: warming.warm_ups.known(model).warm, "the model to be warm again")
    assert warming.asked() >= 2


async def test_a_model_that_is_loading_is_asked_again_and_its_wait_is_its_cold_start(
    world: World, warming: WarmingWorld
) -> None:
    given_archive(world, "tenant-1.tar.gz")
    world.fault(match={"operation": "InvokeEndpoint"}, error=NOT_READY, times=2)
    model = warm_model()
    fault = await warming.warm_ups.ask(model, target_model="tenant-1.tar.gz")
    assert fault is not None
    assert (fault.reason, fault.blame) == ("ModelLoading", Blame.WORLD)
    warming.put(model)
    warming.run()
    await warming.until(lambda: warming.warm_ups.known(model).warm, "the model to be warm")


async def test_what_answered_before_callers_were_told_is_asked_until_it_is_warm(
    world: World, warming: WarmingWorld
) -> None:
    """Also where the endpoint was seen long before."""
    for name in ("tenant-1", "tenant-2"):
        given_archive(world, f"{name}.tar.gz")
    known = warming.put(warm_model())
    warming.run()
    await warming.until(lambda: warming.warm_ups.known(known).warm, "the endpoint to be seen")
    model = warm_model("tenant-2")
    assert await warming.warm_ups.ask(model, target_model="tenant-2.tar.gz") is None
    warming.put(model)
    await warming.until(lambda: warming.warm_ups.known(model).warm, "the model to be warm")


async def test_what_the_container_refuses_is_said_in_its_own_words(world: World, warming: WarmingWorld) -> None:
    given_archive(world, "tenant-1.tar.gz")
    model = warming.put(warm_model(warm_up={"body": "fail"}))
    warming.run()
    await warming.until(lambda: warming.woken, "word of the refusal")
    fault = warming.warm_ups.known(model).fault
    assert fault is not None
    assert (fault.reason, fault.blame) == ("WarmUpRefused", Blame.USER)
    assert "tenant-1.tar.gz answered 500 to the warm-up (broken)" in fault.message
    assert warming.warm_ups.known(model).warm is False
    assert "/aws/sagemaker/Endpoints/e1" in fault.message


async def test_no_words_are_told_of_a_container_that_knows_a_secret(world: World, warming: WarmingWorld) -> None:
    given_archive(world, "tenant-1.tar.gz")
    warming.target = replace(warming.target, holds_hidden_values=True)
    model = warming.put(warm_model(warm_up={"body": "fail"}))
    warming.run()
    await warming.until(lambda: warming.woken, "word of the refusal")
    fault = warming.warm_ups.known(model).fault
    assert fault is not None
    assert "broken" not in fault.message
    assert "tenant-1.tar.gz answered 500 to the warm-up (its words are not shown" in fault.message
    assert "/aws/sagemaker/Endpoints/e1" in fault.message


async def test_a_first_answer_is_remembered_for_the_pass_that_switches_and_for_the_streak_after(
    world: World, warming: WarmingWorld
) -> None:
    given_archive(world, "new.tar.gz")
    model = warm_model()
    assert await warming.warm_ups.ask(model, target_model="new.tar.gz") is None
    switched = warm_model(target_model="new.tar.gz")
    warming.put(switched)
    warming.run()
    await warming.until(lambda: warming.warm_ups.known(switched).warm, "the new one to be warm")
    assert warming.warm_ups.known(switched).new_one_answered
    assert not warming.warm_ups.known(warm_model(target_model="newer.tar.gz")).new_one_answered


async def test_earlier_content_that_waits_for_an_answer_wakes_its_model_at_the_first(
    world: World, warming: WarmingWorld
) -> None:
    given_archive(world, "tenant-1.tar.gz")
    warming.put(warm_model(told=False, obsolete=["s3://fleet/models/old.tar.gz"]))
    warming.run()
    await warming.until(lambda: warming.woken, "word of the first answer")


async def test_nobody_is_asked_without_the_lease(world: World, warming: WarmingWorld) -> None:
    given_archive(world, "tenant-1.tar.gz")
    warming.leading = False
    with pytest.raises(NotLeading):
        await warming.warm_ups.ask(warm_model(), target_model="tenant-1.tar.gz")
    assert warming.asked() == 0


async def test_an_endpoint_that_does_not_answer_is_asked_nothing_until_it_does(
    world: World, warming: WarmingWorld
) -> None:
    given_archive(world, "tenant-1.tar.gz")
    model = warming.put(warm_model())
    warming.target = replace(TARGET, available=False)
    warming.run()
    await warming.until(lambda: warming.looks >= 2, "the endpoint to be looked at twice")
    assert warming.asked() == 0
    warming.target = TARGET
    await warming.until(lambda: warming.warm_ups.known(model).warm, "the model to be warm")


async def test_a_missing_right_and_a_missing_body_are_said_with_their_remedy(
    world: World, warming: WarmingWorld
) -> None:
    given_archive(world, "tenant-1.tar.gz")
    body = "s3://fleet/bodies/b#1.json"
    model = warm_model(warm_up={"bodyS3Uri": body})
    missing = await warming.warm_ups.ask(model, target_model="tenant-1.tar.gz")
    assert missing is not None
    assert (missing.reason, missing.message.partition(":")[0]) == ("WarmUpBodyNotFound", "spec.warmUp.bodyS3Uri")
    put(world, body, b"7")
    assert await warming.warm_ups.ask(model, target_model="tenant-1.tar.gz") is None
    denied = world.fault(match={"operation": "InvokeEndpoint"}, error=DENIED)
    refused = await warming.warm_ups.ask(model, target_model="tenant-1.tar.gz")
    assert refused is not None
    assert (refused.reason, refused.blame) == ("OperatorNotAllowed", Blame.OPERATOR_SETUP)
    assert "sagemaker:InvokeEndpoint" in refused.message
    world.do("DELETE", f"/faults/{denied}")
    fetched = [row["operation"] for row in world.calls() if row["resource"] == "fleet/bodies/b#1.json"]
    assert fetched.count("GetObject") == 2, "once in vain, then once for all"


async def test_a_body_that_sagemaker_would_not_take_is_refused_without_a_request(
    world: World, warming: WarmingWorld
) -> None:
    put(world, "s3://fleet/bodies/large", bytes(6_291_457))
    model = warm_model(warm_up={"bodyS3Uri": "s3://fleet/bodies/large"})
    fault = await warming.warm_ups.ask(model, target_model="tenant-1.tar.gz")
    assert fault is not None
    assert (fault.reason, fault.blame) == ("WarmUpBodyTooLong", Blame.USER)
    assert warming.asked() == 0


def test_ten_thousand_models_are_spread_evenly_and_each_keeps_its_time() -> None:
    uids = [f"uid-{number}" for number in range(10_000)]
    now = 12345.6
    times = [slot(uid, 60.0, after=now) for uid in uids]
    assert all(now < time <= now + 60.0 for time in times)
    seconds = [0] * 60
    for time in times:
        seconds[int(time - now) % 60] += 1
    assert max(seconds) < 1.4 * 10_000 / 60
    assert min(seconds) > 0.6 * 10_000 / 60
    again = [slot(uid, 60.0, after=time) for uid, time in zip(uids, times, strict=True)]
    assert all(abs(later - earlier - 60.0) < 1e-6 for earlier, later in zip(times, again, strict=True))


async def test_an_endpoint_that_hangs_is_not_asked_by_everybody_at_once_and_all_get_their_turn(
    world: World, warming: WarmingWorld
) -> None:
    models = [warming.put(warm_model(f"tenant-{number}")) for number in range(WARM_UPS_AT_ONCE_OF_ENDPOINT + 6)]
    for model in models:
        given_archive(world, f"{model.name}.tar.gz")
    held = world.fault(match={"operation": "InvokeEndpoint"}, hold=True)

    def under_way() -> int:
        return int(world.do("GET", "/faults")["faults"][0]["held"])

    warming.run()
    await warming.until(lambda: under_way() == WARM_UPS_AT_ONCE_OF_ENDPOINT, "as many as may be under way")
    await warming.until(lambda: warming.looks >= 2, "another look")
    assert warming.asked() == WARM_UPS_AT_ONCE_OF_ENDPOINT
    world.do("DELETE", f"/faults/{held}")
    await warming.until(lambda: all(warming.warm_ups.known(each).warm for each in models), "all to be warm")
