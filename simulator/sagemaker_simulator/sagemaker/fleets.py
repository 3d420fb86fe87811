"""Which fleet answers for which endpoint, and the end of those that no longer do."""

import asyncio

from sagemaker_simulator.hosting.contract import Fleet

from .estate import Estate

Key = tuple[str, str, str]


def key_of(estate: Estate, name: str) -> Key:
    """Return what an endpoint is known by everywhere: account, region and lower-case name."""
    return estate.account, estate.region, name.lower()


class Fleets:
    """The fleets that serve, one an endpoint."""

    def __init__(self) -> None:
        self._serving: dict[Key, Fleet] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def serving(self, estate: Estate, name: str) -> Fleet | None:
        """Return the fleet that answers for the endpoint."""
        return self._serving.get(key_of(estate, name))

    def switch(self, key: Key, fleet: Fleet) -> None:
        """Let the fleet answer from now on; the one before ends."""
        self.end_serving(key)
        self._serving[key] = fleet

    def end_serving(self, key: Key) -> None:
        """Begin to end the fleet that answers for the endpoint, if there is one."""
        fleet = self._serving.pop(key, None)
        if fleet is not None:
            self.end(fleet)

    def end(self, fleet: Fleet) -> None:
        """Begin to end a fleet; its servers get the time that SageMaker gives them."""
        ending = asyncio.create_task(_stop(fleet))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    def end_all(self) -> None:
        """Begin to end every fleet that serves."""
        for key in list(self._serving):
            self.end_serving(key)

    async def ended(self) -> None:
        """Wait until every fleet that was to end has ended."""
        await asyncio.gather(*self._ending)


async def _stop(fleet: Fleet) -> None:
    await fleet.stop()
