"""Prices from the simulator's Price List API, with the operator's real boto3 clients."""

import json
import urllib.request
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from endpoint_operator.aws.prices import ASK_AGAIN_SECONDS, RETRY_SECONDS, PriceBook
from endpoint_operator.planning.cost import Price, PriceSource
from tests.simulator.running import RunningSimulator

SEEN = Price(usd_per_hour=Decimal("0.23"), source=PriceSource.BUNDLED, as_of="2025-04-11")
LISTED = Price(usd_per_hour=Decimal("0.23"), source=PriceSource.PRICE_LIST, as_of="2026-07-20")


class PriceListWorld:
    """The simulator's control API, and a clock for the book."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.now = 1_000.0

    def do(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._url}/_sim{path}", data=data, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own simulator
            text = answer.read()
        return json.loads(text) if text else None

    def questions(self) -> list[str]:
        """The results of the calls to the price list."""
        calls = self.do("GET", "/calls?since=0")["calls"]
        return [call["error"] or "answered" for call in calls if call["service"] == "pricing"]

    def fails(self, code: str, status: int) -> None:
        self.do("POST", "/faults", {
            "match": {"service": "pricing"}, "error": {"code": code, "message": "not now", "status": status},
        })  # fmt: skip


@pytest.fixture
def world(simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch) -> PriceListWorld:
    for name, value in {
        "AWS_ENDPOINT_URL": simulator.url,
        "AWS_ACCESS_KEY_ID": "test-key",
        "AWS_SECRET_ACCESS_KEY": "test-secret",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    world = PriceListWorld(simulator.url)
    world.do("POST", "/reset")
    return world


@pytest.fixture
async def book(world: PriceListWorld) -> AsyncIterator[PriceBook]:
    book = PriceBook(now=lambda: world.now)
    yield book
    await book.close()


def m5(book: PriceBook, region: str = "us-east-1") -> Price | None:
    return book.known(region=region, instance_types=["ml.m5.xlarge"]).get("ml.m5.xlarge")


async def test_a_pass_has_the_bundled_price_at_once_and_a_later_one_the_listed(book: PriceBook) -> None:
    assert m5(book) == SEEN
    await book.answered()
    assert m5(book) == LISTED


async def test_many_passes_ask_once_a_day(book: PriceBook, world: PriceListWorld) -> None:
    for _ in range(50):
        m5(book)
    await book.answered()
    world.now += ASK_AGAIN_SECONDS - 1
    m5(book)
    await book.answered()
    assert world.questions() == ["answered"]
    world.now += 2
    assert m5(book) == LISTED
    await book.answered()
    assert world.questions() == ["answered", "answered"]


async def test_a_price_of_another_region_is_unknown_until_the_list_has_it(
    book: PriceBook, world: PriceListWorld
) -> None:
    world.do("PUT", "/settings", {"prices": {"us-west-2/ml.m5.xlarge": 0.257}})
    assert m5(book, "us-west-2") is None
    await book.answered()
    price = m5(book, "us-west-2")
    assert price is not None
    assert (price.usd_per_hour, price.source) == (Decimal("0.257"), PriceSource.PRICE_LIST)


async def test_a_missing_permission_is_said_once_and_asked_for_again_a_day_later(
    book: PriceBook, world: PriceListWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="endpoint_operator.aws.prices")
    world.fails("AccessDeniedException", 400)
    types = ("ml.m5.xlarge", "ml.g5.xlarge", "ml.c5.large")
    for _ in range(3):
        assert set(book.known(region="us-east-1", instance_types=types)) == set(types)
        await book.answered()
    assert world.questions() == ["AccessDeniedException"] * len(types)
    assert book.known(region="us-east-1", instance_types=["ml.m5.large"])
    await book.answered()
    assert len(world.questions()) == len(types), "what is denied for one type is denied for all"
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert "allow pricing:GetProducts" in caplog.text
    world.do("DELETE", "/faults")
    world.now += ASK_AGAIN_SECONDS + 1
    m5(book)
    await book.answered()
    assert m5(book) == LISTED


async def test_a_price_list_that_fails_is_asked_again_an_hour_later_and_what_was_known_stays(
    book: PriceBook, world: PriceListWorld
) -> None:
    m5(book)
    await book.answered()
    world.now += ASK_AGAIN_SECONDS + 1
    world.fails("InternalErrorException", 500)
    m5(book)
    await book.answered()
    failed = len(world.questions())
    assert m5(book) == LISTED
    assert len(world.questions()) == failed
    world.do("DELETE", "/faults")
    world.now += RETRY_SECONDS + 1
    m5(book)
    await book.answered()
    assert world.questions()[failed:] == ["answered"]


async def test_regions_without_a_price_list_in_dollars_are_never_asked_about_and_that_is_said_once(
    book: PriceBook, world: PriceListWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="endpoint_operator.aws.prices")
    for _ in range(3):
        assert m5(book, "cn-north-1") is None
        await book.answered()
    assert world.questions() == []
    assert [record.getMessage() for record in caplog.records] == [
        "no price list in USD is served for cn-north-1: status.cost stays empty there"
    ]


async def test_a_type_that_the_list_does_not_have_is_not_asked_for_at_every_pass(
    book: PriceBook, world: PriceListWorld
) -> None:
    for _ in range(3):
        assert book.known(region="us-east-1", instance_types=["ml.unheard.of"]) == {}
        await book.answered()
    assert world.questions() == ["answered"]
