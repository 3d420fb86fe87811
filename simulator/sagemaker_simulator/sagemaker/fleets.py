"""Which fleet answers for which endpoint, and the end of those that no longer do.

While a guarded deployment runs, two fleets answer, each for its share of every variant's requests.
"""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from sagemaker_simulator.hosting.contract import Fleet

from .estate import Estate

Key = tuple[str, str, str]


def key_of(estate: Estate, name: str) -> Key:
    """Return what an endpoint is known by everywhere: account, region and lower-case name."""
    return estate.account, estate.region, name.lower()


@runtime_checkable
class MadeToMeasure(Protocol):
    """A fleet that holds as much ready as the endpoint's record says."""

    def resize(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Answering:
    """A fleet that answers, and the endpoint config that it was made from."""

    fleet: Fleet
    config_name: str


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Who answers for an endpoint. `shares`: by variant, the part (0 to 1) that goes to `beside` instead of `main`."""

    main: Answering
    beside: Answering | None = None
    shares: Mapping[str, float] | None = None


class Fleets:
    """The fleets that serve: one an endpoint, two while traffic shifts from one to the other."""

    def __init__(self, *, seed: int = 20170724) -> None:
        self._traffic: dict[Key, Traffic] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._random = random.Random(seed)  # noqa: S311 - jitter that repeats from run to run, not a secret

    def answering(self, estate: Estate, name: str, variant: str) -> Answering | None:
        """Return who answers one request to the variant: by chance, in proportion to the shares, while traffic shifts.

        None when nobody answers for the endpoint.
        """
        traffic = self._traffic.get(key_of(estate, name))
        if traffic is None:
            return None
        share = (traffic.shares or {}).get(variant, 0.0)
        if traffic.beside is not None and self._random.random() < share:
            return traffic.beside
        return traffic.main

    def made_from(self, estate: Estate, name: str, config_name: str) -> Fleet | None:
        """Return the fleet that answers for the endpoint and was made from this config."""
        traffic = self._traffic.get(key_of(estate, name))
        both = (traffic.main, traffic.beside) if traffic is not None else ()
        return next((each.fleet for each in both if each is not None and each.config_name == config_name), None)

    def switch(self, key: Key, fleet: Fleet, *, config_name: str) -> None:
        """Let the fleet answer everything from now on; those before end."""
        before = self._traffic.get(key)
        self._traffic[key] = Traffic(main=Answering(fleet=fleet, config_name=config_name))
        if before is not None:
            self._end_all_but(before, fleet)

    def resize(self, key: Key) -> None:
        """Have fleets that are made to measure look at what the endpoint says of them now."""
        traffic = self._traffic.get(key)
        for each in (traffic.main, traffic.beside) if traffic is not None else ():
            if each is not None and isinstance(each.fleet, MadeToMeasure):
                each.fleet.resize()

    def share(self, key: Key, fleet: Fleet, *, config_name: str, shares: Mapping[str, float]) -> None:
        """Let the fleet answer its share of each variant's requests, beside the one that serves."""
        before = self._traffic[key]
        self._traffic[key] = replace(
            before, beside=Answering(fleet=fleet, config_name=config_name), shares=dict(shares)
        )
        if before.beside is not None and before.beside.fleet is not fleet:
            self.end(before.beside.fleet)

    def unshare(self, key: Key, fleet: Fleet) -> None:
        """Take the fleet's share from it, if it has one; the fleet itself goes on."""
        before = self._traffic.get(key)
        if before is not None and before.beside is not None and before.beside.fleet is fleet:
            self._traffic[key] = Traffic(main=before.main)

    def end_serving(self, key: Key) -> None:
        """Begin to end the fleets that answer for the endpoint, if there are any."""
        traffic = self._traffic.pop(key, None)
        if traffic is not None:
            self._end_all_but(traffic, None)

    def end(self, fleet: Fleet) -> None:
        """Begin to end a fleet; its servers get the time that SageMaker gives them."""
        ending = asyncio.create_task(_stop(fleet))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    def end_all(self) -> None:
        """Begin to end every fleet that serves."""
        for key in list(self._traffic):
            self.end_serving(key)

    async def ended(self) -> None:
        """Wait until every fleet that was to end has ended."""
        await asyncio.gather(*self._ending)

    def _end_all_but(self, traffic: Traffic, kept: Fleet | None) -> None:
        for each in (traffic.main, traffic.beside):
            if each is not None and each.fleet is not kept:
                self.end(each.fleet)


async def _stop(fleet: Fleet) -> None:
    await fleet.stop()
