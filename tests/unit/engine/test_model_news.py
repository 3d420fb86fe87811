"""What endpoints are told of their models: all of it, and not more often than every so many seconds."""

import asyncio

import pytest

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.model_directory import ModelDirectory
from endpoint_operator.engine.model_news import ModelNews
from endpoint_operator.planning.model_counts import ModelCounts
from tests.unit.engine.given_models import ENDPOINT, PREFIX, a_model, a_target, key_of, published

PERIOD = 0.25


def an_endpoint(mode: str = "MultiModel") -> InferenceEndpoint:
    spec = {"mode": mode, "multiModel": {"s3Prefix": PREFIX}, "instance": {"type": "ml.m5.large", "count": 2}}
    return InferenceEndpoint.parse({"metadata": {"namespace": "ml", "name": ENDPOINT.name}, "spec": spec})


class Telling:
    """A directory with one endpoint, and when that was woken."""

    def __init__(self) -> None:
        self.at: list[float] = []
        self.woken = asyncio.Event()
        self.news = ModelNews(period=PERIOD)
        self.directory = ModelDirectory(wake=lambda _: None, moved=self.news.moved)
        self.directory.put_endpoint(ENDPOINT, a_target())

    def begin(self) -> None:
        self.news.begin(self.directory, wake=self._wake)

    def publish(self, name: str) -> None:
        model = a_model(name, status=published(name))
        self.directory.put_model(key_of(model), model)

    async def told(self, *, published: int) -> None:
        async with asyncio.timeout(5):
            while (self.news.counts(an_endpoint()) or ModelCounts()).published != published:
                self.woken.clear()
                await self.woken.wait()

    def _wake(self, key: ObjectKey) -> None:
        assert key == ENDPOINT
        self.at.append(asyncio.get_running_loop().time())
        self.woken.set()


@pytest.fixture
async def telling() -> Telling:
    return Telling()


async def test_nothing_is_counted_before_every_model_was_seen(telling: Telling) -> None:
    telling.publish("a")
    assert telling.news.counts(an_endpoint()) is None
    assert telling.news.target_models(an_endpoint()) is None
    telling.begin()
    assert telling.news.counts(an_endpoint()) == ModelCounts(declared=1, published=1, published_bytes=100)
    assert len(telling.at) == 1, "the endpoint is woken with the first true numbers"


async def test_numbers_and_names_stand_still_between_two_tellings(telling: Telling) -> None:
    telling.publish("a")
    telling.begin()
    assert telling.news.target_models(an_endpoint()) == {"a": "a/0123456789.tar.gz"}
    telling.publish("b")
    assert telling.news.counts(an_endpoint()) == ModelCounts(declared=1, published=1, published_bytes=100)
    assert telling.news.target_models(an_endpoint()) == {"a": "a/0123456789.tar.gz"}
    await telling.told(published=2)
    assert set(telling.news.target_models(an_endpoint()) or ()) == {"a", "b"}


async def test_an_endpoint_is_woken_at_most_once_a_period_and_the_last_change_is_told(telling: Telling) -> None:
    telling.begin()
    for number in range(60):
        telling.publish(str(number))
        await asyncio.sleep(PERIOD / 30)
    await telling.told(published=60)
    pauses = [after - before for before, after in zip(telling.at, telling.at[1:], strict=False)]
    assert 2 <= len(pauses) <= 12
    assert min(pauses) >= PERIOD * 0.95


async def test_an_endpoint_of_another_mode_is_told_nothing(telling: Telling) -> None:
    telling.begin()
    assert telling.news.counts(an_endpoint("RealTime")) is None
    assert telling.news.target_models(an_endpoint("RealTime")) is None


async def test_an_endpoint_that_is_gone_is_not_woken(telling: Telling) -> None:
    telling.begin()
    telling.publish("a")
    telling.news.forget(ENDPOINT)
    woken = len(telling.at)
    await asyncio.sleep(PERIOD * 2)
    assert len(telling.at) == woken
