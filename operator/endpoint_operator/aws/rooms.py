"""Every account and region that objects ask for, each with a room of its own: calls, budgets, memory, watches."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.aws.models.room import ModelRoom
from endpoint_operator.aws.periods import MODELS_ROOM_SECONDS, UNUSED_ROOM_SECONDS
from endpoint_operator.aws.room import AwsRoom
from endpoint_operator.planning.desired import endpoint_name_of
from endpoint_operator.planning.facts import Facts, OperatorInputs
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.place import Place, place_of
from endpoint_operator.planning.steps import Step

log = logging.getLogger(__name__)


class AwsRooms:
    """A room is opened when the first object asks for it, and closed when none does any more.

    Observes and carries out for each object in its own room.
    """

    def __init__(self, *, open_room: Callable[[Place | None], AwsRoom], inputs: OperatorInputs) -> None:
        """`open_room(None)` opens the operator's own; `inputs` say what is the same in every room.

        Raises RegionMissing when no region is configured.
        """
        self._open_room = open_room
        self._own = open_room(None)
        self._inputs = replace(inputs, region=self._own.region)
        self._rooms: dict[Place, AwsRoom] = {Place(region=self._own.region): self._own}
        self._inputs_of: dict[Place, OperatorInputs] = {}
        self._models_at: dict[Place, float] = {}
        self._watches: dict[Place, asyncio.Task[None]] = {}
        self._watch_room: Callable[[AwsRoom, asyncio.Event], asyncio.Task[None]] | None = None

    @property
    def region(self) -> str:
        """The operator's own."""
        return self._own.region

    def own_inputs(self) -> OperatorInputs:
        """What objects of the operator's own account and region take from it."""
        return self._inputs_at(Place(region=self._own.region))

    async def own_account(self) -> str:
        """Whose the operator's own credentials are. Raises CallFailed while AWS cannot be asked."""
        return (await self._own.identity.get()).account

    def models_at(self, place: Place) -> ModelRoom:
        """What models of that account and region need."""
        self._models_at[place] = time.monotonic()
        return self._room(place).models

    def inputs_of(self, endpoint: InferenceEndpoint) -> OperatorInputs:
        """What the object takes from the operator, in its own region."""
        return self._inputs_at(self._place(endpoint))

    def _inputs_at(self, place: Place) -> OperatorInputs:
        if place not in self._inputs_of:
            room = self._room(place)
            self._inputs_of[place] = replace(self._inputs, region=room.region, runtime_url=room.runtime_url())
        return self._inputs_of[place]

    async def observe(self, endpoint: InferenceEndpoint, inputs: OperatorInputs) -> Facts:
        return await self._room(self._place(endpoint)).observer.observe(endpoint, inputs)

    async def carry_out(self, endpoint: InferenceEndpoint, steps: Sequence[Step], inputs: OperatorInputs) -> Outcome:
        return await self._room(self._place(endpoint)).executor.carry_out(endpoint, steps, inputs)

    def forget(self, endpoint: InferenceEndpoint) -> None:
        """The object is gone."""
        room = self._rooms.get(self._place(endpoint))
        if room is not None:
            room.fleet.forget(endpoint_name_of(endpoint))

    def trouble(self) -> Fault | None:
        """Why the operator's own account cannot be worked with; another one's trouble is its objects' alone."""
        return self._own.trouble()

    async def watch(
        self,
        *,
        wake: Callable[[Iterable[str]], None],
        wake_all: Callable[[], None],
        endpoints: Callable[[], list[InferenceEndpoint]],
        begun: asyncio.Event,
    ) -> None:
        """Watch every room's fleet until cancelled; `begun` is set once the operator's own was listed."""

        def known() -> set[str]:
            return {endpoint.object_name for endpoint in endpoints()}

        async with asyncio.TaskGroup() as group:

            def watch_room(room: AwsRoom, room_begun: asyncio.Event) -> asyncio.Task[None]:
                return group.create_task(room.watch(wake=wake, wake_all=wake_all, objects=known, begun=room_begun))

            self._watch_room = watch_room
            for place, room in self._rooms.items():
                self._watches[place] = watch_room(room, begun if room is self._own else asyncio.Event())
            try:
                while True:
                    await asyncio.sleep(UNUSED_ROOM_SECONDS)
                    self._close_all_but({self._place(endpoint) for endpoint in endpoints()})
            finally:
                self._watch_room = None
                self._watches.clear()

    def close(self) -> None:
        for room in self._rooms.values():
            room.close()

    def _place(self, endpoint: InferenceEndpoint) -> Place:
        return place_of(endpoint, default_region=self._own.region)

    def _room(self, place: Place) -> AwsRoom:
        room = self._rooms.get(place)
        if room is None:
            log.info("working in %s as %s", place.region, place.assume_role_arn or "itself")
            room = self._rooms[place] = self._open_room(place)
            if self._watch_room is not None:
                self._watches[place] = self._watch_room(room, asyncio.Event())
        return room

    def _close_all_but(self, used: set[Place]) -> None:
        since = time.monotonic() - MODELS_ROOM_SECONDS
        self._models_at = {place: at for place, at in self._models_at.items() if at > since}
        kept = used | set(self._models_at)
        for place in [place for place, room in self._rooms.items() if place not in kept and room is not self._own]:
            log.info("no object needs %s as %s any more", place.region, place.assume_role_arn or "itself")
            watch = self._watches.pop(place, None)
            if watch is not None:
                watch.cancel()
            self._rooms.pop(place).close()
            self._inputs_of.pop(place, None)
