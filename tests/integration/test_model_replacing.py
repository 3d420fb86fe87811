"""A model's content is replaced while callers ask all the time: none of them fails, and none gets the wrong answer."""

import functools
from collections.abc import Callable
from typing import Any

from devworld.churn import ASKED_ABOUT, as_csv
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.model import Model
from tests.integration.vocabulary.predictions import model_of, predicted
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import BUCKET
from tests.integration.vocabulary.specs import INSTANCE_TYPE, XGBOOST_IMAGE
from tests.integration.vocabulary.steady_callers import Asked, SteadyCallers
from tests.integration.vocabulary.told_targets import EXPORT, STATUS, Caller, ToldTargets

PER_SECOND = 50
# By how many rounds of one training each content of a model has, in the order in which they come: no two answer alike.
CONTENTS = {"warmed": (30, 28, 26), "plain": (24, 22, 20), "untouched": (18,)}
REPLACED = ("warmed", "plain")
WARM_UP = {"contentType": "text/csv", "body": as_csv(ASKED_ABOUT)}
# The ConfigMap follows within ten seconds: whoever reads it must hear of a target before the earlier one goes.
DRAIN_SECONDS = 20
REMOVED_WITHIN_SECONDS = DRAIN_SECONDS + 60
EXPORTED = "callers"


def an_endpoint(world: Scene) -> Endpoint:
    spec = {
        "mode": "MultiModel",
        "containers": [{"image": XGBOOST_IMAGE}],
        "multiModel": {"s3Prefix": f"s3://{BUCKET}/{prefix_of(world)}"},
        "instance": {"type": INSTANCE_TYPE, "count": 2},
        "export": {"configMapName": EXPORTED},
    }
    return world.given_spec(spec, name="tenants")


def prefix_of(world: Scene) -> str:
    return f"{world.namespace}/models/"


def put_content(world: Scene, model: str, version: int, *, key: str) -> str:
    """The URI of a source with this content, versions counted from 1."""
    archive = model_of(CONTENTS[model][version - 1]).as_artifact()
    return world.shared.put_artifact(f"{world.namespace}/sources/{model}/{key}.tar.gz", archive)


def given_models(world: Scene) -> None:
    """The first content of each, published."""
    models = []
    for name in CONTENTS:
        source = put_content(world, name, 1, key="model")
        warm_up: dict[str, Any] = {"warmUp": WARM_UP} if name == "warmed" else {}
        models.append(Model(world, name).apply(endpoint="tenants", source=source, **warm_up))
    for model in models:
        model.settles()


def overwrite(world: Scene) -> None:
    """Second contents under the keys of the first, and a word that they are to be looked at."""
    for name in REPLACED:
        put_content(world, name, 2, key="model")
        Model(world, name).ask_to_look("overwritten")


def edit(world: Scene) -> None:
    """Third contents under keys of their own, named by the objects."""
    for name in REPLACED:
        source = put_content(world, name, 3, key="third")
        warm_up: dict[str, Any] = {"warmUp": WARM_UP} if name == "warmed" else {}
        Model(world, name).apply(endpoint="tenants", source=source, **warm_up)


def replace(world: Scene, told: ToldTargets, publish: Callable[[Scene], None], *, version: int) -> None:
    """Published, told to whoever asks, and the earlier content removed."""
    publish(world)
    world.until(lambda: all(told.has_heard(name, targets=version) for name in REPLACED), f"callers told of {version}")
    current = {told.target(Caller(model=name, reads=STATUS)) for name in CONTENTS}
    world.until(lambda: told.in_s3() == current, "earlier content removed", within_seconds=REMOVED_WITHIN_SECONDS)


def is_asked_on(world: Scene, callers: SteadyCallers) -> None:
    """Two more seconds of requests have been answered."""
    enough = len(callers.asked) + 2 * PER_SECOND
    world.until(lambda: len(callers.asked) >= enough, "requests after the last removal")


@functools.cache
def answers() -> dict[tuple[str, int], float]:
    """What each content predicts, by its model and number."""
    return {
        (model, number): predicted(each)
        for model, rounds in CONTENTS.items()
        for number, each in enumerate(rounds, start=1)
    }


def content_of(answer: float | None) -> tuple[str, int] | None:
    """Whose answer it is: the model, and which of its contents, counted from 1."""
    if answer is None:
        return None
    return next((content for content, value in answers().items() if abs(value - answer) < 1e-6), None)


def wrong(asked: Asked, told: ToldTargets) -> str:
    """What is wrong with the answer; empty where nothing is."""
    wanted = [word.target for word in told.words[asked.caller]].index(asked.target) + 1
    got, known = content_of(asked.answer), told.version_at(asked.caller, asked.begun)
    if got != (asked.caller.model, wanted):
        return f"{asked} should be content {wanted} of {asked.caller.model} and is {got}"
    return f"{asked} is content {wanted}, begun when {known} was told" if wanted < known else ""


def test_contents_are_replaced_under_fifty_requests_a_second_without_a_failed_or_a_wrong_answer(world: Scene) -> None:
    callers = [Caller(model=name, reads=place) for name in CONTENTS for place in (STATUS, EXPORT)]
    with world.operator.started_with({"--model-drain-seconds": str(DRAIN_SECONDS)}):
        endpoint = an_endpoint(world).settles()
        given_models(world)
        with ToldTargets(world, export=EXPORTED, bucket=BUCKET, prefix=prefix_of(world)) as told:
            world.until(lambda: all(told.has_heard(name, targets=1) for name in CONTENTS), "every model told of")
            with SteadyCallers(world, endpoint, told, callers=callers, per_second=PER_SECOND) as asking:
                replace(world, told, overwrite, version=2)
                replace(world, told, edit, version=3)
                is_asked_on(world, asking)
    assert [each for each in asking.asked if each.trouble] == []
    assert [sentence for each in asking.asked if (sentence := wrong(each, told))] == []
    assert told.lost == [], "callers were told of what was not in S3"
    told_of = {caller: len(words) for caller, words in told.words.items()}
    assert told_of == {caller: len(CONTENTS[caller.model]) for caller in callers}
    assert {content_of(each.answer) for each in asking.asked} == answers().keys()
    assert asking.rate() >= 0.95 * PER_SECOND
