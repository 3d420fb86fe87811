"""Where requests of a serverless variant run: each in an environment of its own, made when there is none to be had.

SageMaker Developer Guide, "Serverless Inference": compute starts with the traffic and goes when there is none, a cold
start happens too when more requests come at a time than before, and provisioned concurrency is kept warm. How long an
environment that nobody asks is kept is not published: here ten simulated minutes.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from sagemaker_simulator.clock import Clock, Timer

from .serverless_config import ServerlessConfig

log = logging.getLogger(__name__)

IDLE_SECONDS = 600.0  # simulated


@dataclass(eq=False, kw_only=True)
class Environment:
    """One place for one request at a time. `ready` ends with the seconds that its cold start took.

    `is_new` until it has taken its first request; `provisioned`: it is never given up for being idle.
    """

    ready: "asyncio.Task[float]"
    provisioned: bool
    busy: bool = False
    is_new: bool = True
    expiry: Timer | None = None

    def give_up(self) -> None:
        self.ready.cancel()
        if self.expiry is not None:
            self.expiry.cancel()


class Environments:
    """The environments of one variant. `warm_up` makes one; `emptied` is called when the last has been given up."""

    def __init__(
        self, *, clock: Clock, warm_up: Callable[[], Coroutine[None, None, float]], emptied: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._warm_up = warm_up
        self._emptied = emptied
        self._all: list[Environment] = []

    @property
    def busy(self) -> int:
        """How many requests are being worked on."""
        return sum(environment.busy for environment in self._all)

    def take(self, config: ServerlessConfig) -> Environment | None:
        """Return an environment for a request, None when as many are busy as there may be.

        A provisioned one first, then one that is warm, then one that is still getting warm, then a new one.
        """
        self.resize(config)
        if self.busy >= config.max_concurrency:
            return None
        free = [environment for environment in self._all if not environment.busy]
        taken = max(free, key=lambda one: (one.provisioned, one.ready.done()), default=None)
        if taken is None:
            taken = self._add(provisioned=False)
        taken.busy = True
        if taken.expiry is not None:
            taken.expiry.cancel()
        return taken

    def release(self, environment: Environment) -> None:
        """Take the environment back from a request that has been answered."""
        environment.busy = False
        if environment in self._all and not environment.provisioned:
            environment.expiry = self._clock.call_after(IDLE_SECONDS, lambda: self.drop(environment))

    def drop(self, environment: Environment) -> None:
        """Give the environment up."""
        environment.give_up()
        if environment in self._all:
            self._all.remove(environment)
            self._tell_if_empty()

    def clear(self) -> None:
        """Give up every environment."""
        for environment in self._all:
            environment.give_up()
        self._all.clear()
        self._tell_if_empty()

    def resize(self, config: ServerlessConfig) -> None:
        """Have as many provisioned environments as the config says; those too many end as the others do, when idle."""
        provisioned = [environment for environment in self._all if environment.provisioned]
        for environment in provisioned[config.provisioned :]:
            environment.provisioned = False
            if not environment.busy:
                self.release(environment)
        for _ in range(config.provisioned - len(provisioned)):
            self._add(provisioned=True)

    def _add(self, *, provisioned: bool) -> Environment:
        environment = Environment(ready=asyncio.create_task(self._warm_up()), provisioned=provisioned)
        environment.ready.add_done_callback(lambda ready: self._heard(environment, ready))
        self._all.append(environment)
        return environment

    def _heard(self, environment: Environment, ready: "asyncio.Task[float]") -> None:
        """Give up what never got warm: whoever comes next begins anew."""
        if ready.cancelled() or ready.exception() is not None:
            if not ready.cancelled():
                log.warning("a serverless environment did not get warm: %s", ready.exception())
            self.drop(environment)

    def _tell_if_empty(self) -> None:
        if not self._all:
            self._emptied()
