"""Prices of instances, from the Price List API where it answers, else from the table that is shipped.

A pass never waits for a price: it takes what is known, and what is not known is asked for meanwhile, so that a later
pass has it. An answer wakes nobody: an endpoint at rest stays at rest.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_denied
from endpoint_operator.aws.health import AwsHealth
from endpoint_operator.aws.hosting_price import filters_for, hourly_price
from endpoint_operator.aws.session import Clients
from endpoint_operator.catalogue.prices import bundled_prices
from endpoint_operator.planning.cost import Price
from endpoint_operator.planning.faults import Fault

log = logging.getLogger(__name__)

# AWS changes prices a few times a year.
ASK_AGAIN_SECONDS: Final = 86_400.0
# After a failure that may pass. A permission that is missing is rarely given, and is asked for once a day.
RETRY_SECONDS: Final = 3_600.0
# Where the price list is served ("AWS Price List Query API endpoints", AWS Billing User Guide), by the first letters of
# the region that prices are asked of: companies that keep to their continent often deny calls to others.
_SERVED_IN: Final = {**dict.fromkeys(("eu", "me", "af", "il"), "eu-central-1"), "ap": "ap-south-1"}
_ELSEWHERE: Final = "us-east-1"
_COMMERCIAL = re.compile(r"(?!cn-)[a-z]{2}-[a-z]+-\d")

_Key = tuple[str, str]


def price_list_region(region: str) -> str | None:
    """Where prices of `region` are asked for; None in China, GovCloud and the other partitions.

    There the price list is in another currency, or not to be reached with credentials of that partition.
    """
    if _COMMERCIAL.fullmatch(region) is None:
        return None
    return _SERVED_IN.get(region[:2], _ELSEWHERE)


def price_list_calls(region: str) -> Calls:
    """Calls to the price list in one of its own regions, with a health of their own: nothing depends on prices."""
    return Calls(clients=Clients(region=region), health=_OfNoConsequence(), may_write=_never_writes)


class Prices(Protocol):
    def known(self, *, region: str, instance_types: Iterable[str]) -> dict[str, Price]:
        """Prices by instance type, as far as they are known now."""
        ...


class BundledPrices:
    """The table that is shipped, for who asks once and does not wait."""

    def known(self, *, region: str, instance_types: Iterable[str]) -> dict[str, Price]:
        bundled = bundled_prices(region)
        return {kind: bundled[kind] for kind in instance_types if kind in bundled}


class PriceBook:
    """What is known of prices; for one event loop."""

    def __init__(
        self,
        *,
        calls: Callable[[str], Calls] = price_list_calls,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`calls` makes the calls to a region that serves the price list; it is asked once a region."""
        self._make_calls = calls
        self._now = now
        self._calls: dict[str, Calls] = {}
        self._live: dict[_Key, Price] = {}
        self._not_before: dict[_Key, float] = {}
        self._silent_until: dict[str, float] = {}
        self._questions: set[asyncio.Task[None]] = set()
        self._said: set[str] = set()

    def known(self, *, region: str, instance_types: Iterable[str]) -> dict[str, Price]:
        """Prices by instance type, as far as they are known now; what is not, or is a day old, is asked for."""
        bundled = bundled_prices(region)
        found: dict[str, Price] = {}
        for instance_type in set(instance_types):
            self._ask_when_due(region, instance_type)
            price = self._live.get((region, instance_type)) or bundled.get(instance_type)
            if price is not None:
                found[instance_type] = price
        return found

    async def answered(self) -> None:
        """Wait until no question is open."""
        while self._questions:
            await asyncio.wait(self._questions)

    async def close(self) -> None:
        """Ask nothing more; what is asked is dropped."""
        for question in self._questions:
            question.cancel()
        await self.answered()
        for calls in self._calls.values():
            calls.close()

    def _ask_when_due(self, region: str, instance_type: str) -> None:
        served_in = price_list_region(region)
        if served_in is None:
            self._say_once(f"no price list in USD is served for {region}: status.cost stays empty there")
            return
        now = self._now()
        if max(self._not_before.get((region, instance_type), 0.0), self._silent_until.get(served_in, 0.0)) > now:
            return
        self._not_before[region, instance_type] = now + ASK_AGAIN_SECONDS
        question = asyncio.create_task(self._ask(served_in, region, instance_type))
        self._questions.add(question)
        question.add_done_callback(self._done)

    async def _ask(self, served_in: str, region: str, instance_type: str) -> None:
        try:
            price_list = await self._products(served_in, region, instance_type)
        except CallFailed as error:
            self._failed(served_in, error)
            self._not_before[region, instance_type] = self._now() + RETRY_SECONDS
            return
        price = hourly_price(price_list, instance_type)
        if price is not None:
            self._live[region, instance_type] = price
        elif (region, instance_type) not in self._live:
            self._say_once(f"the price list has no hosting price of {instance_type} in {region}")

    async def _products(self, served_in: str, region: str, instance_type: str) -> list[str]:
        """Elements of the price list, each a JSON document, of all uses of the instance type."""
        filters = {"regionCode": region, **filters_for(instance_type)}
        request = {
            "ServiceCode": "AmazonSageMaker",
            "Filters": [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in filters.items()],
            "FormatVersion": "aws_v1",
        }
        if served_in not in self._calls:
            self._calls[served_in] = self._make_calls(served_in)
        products: list[str] = []
        token: dict[str, str] = {}
        while True:
            answer = await self._calls[served_in].call("pricing", "get_products", **request, **token)
            products.extend(answer.get("PriceList", []))
            if not answer.get("NextToken"):
                return products
            token = {"NextToken": answer["NextToken"]}

    def _failed(self, served_in: str, error: CallFailed) -> None:
        denied = is_denied(error)
        self._silent_until[served_in] = self._now() + (ASK_AGAIN_SECONDS if denied else RETRY_SECONDS)
        remedy = "allow pricing:GetProducts to the operator's role" if denied else "it is asked again in an hour"
        self._say_once(f"the price list in {served_in} does not answer ({error.code or error.text}), "
            f"prices are from the bundled table, which knows us-east-1 only; {remedy}")  # fmt: skip

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            log.info("%s", sentence)

    def _done(self, question: "asyncio.Task[None]") -> None:
        self._questions.discard(question)
        error = None if question.cancelled() else question.exception()
        if error is not None:
            log.error("a price could not be read; this is a bug, the bundled price is used", exc_info=error)


class _OfNoConsequence(AwsHealth):
    """The operator is as ready without prices."""

    def answered(self) -> None:
        pass

    def failed(self, fault: Fault) -> None:
        pass


def _never_writes() -> None:
    """Nothing is changed at the price list, so that no Lease has to be held."""
