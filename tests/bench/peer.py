"""Another controller under the same counters: a command, a kubeconfig of its own, and a window of real time at rest.

Nothing is known of it but what the command line of the benchmark says, so that it can be any controller.
"""

import asyncio
import shlex
import signal
import string
import time
from dataclasses import dataclass
from pathlib import Path

from devworld import environment
from devworld.settings import Settings
from devworld.world import World
from tests.bench import account
from tests.bench.contender import Rest, Restart
from tests.bench.counters import Counters
from tests.bench.fleet import Subject
from tests.controlplane.deadlines import until
from tests.controlplane.httpcheck import answers_ok
from tests.controlplane.part import Part, PartError, Ports, Recipe

# Between the last endpoint's being Ready and the window at rest: the last status writes and polls are over by then.
SETTLE_SECONDS = 30.0
STOP_WITHIN_SECONDS = 30.0  # a pod's grace period, where it names none
LOOK_EVERY_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Peer:
    """The other controller, as the command line describes it."""

    subject: Subject
    command: tuple[str, ...]
    """Words in which $aws_endpoint_url, $region and $kubeconfig may stand."""
    kinds: tuple[str, ...]
    """CustomResourceDefinitions as YAML, applied before it starts."""
    kind_names: frozenset[str]
    """What the API server then lists, as PLURAL.GROUP."""
    health_url: str = ""
    rest_seconds: float = 120.0
    restart_limit_seconds: float = 180.0

    @property
    def settings(self) -> Settings:
        return Settings(time_scale=1.0, operator=False)

    @property
    def conditions(self) -> str:
        return (
            f"Measured: {shlex.join(self.command)}. At rest for {self.rest_seconds:g} real seconds, "
            f"{SETTLE_SECONDS:g} s after the last Ready; restart: until each endpoint was named in an AWS call."
        )

    def install(self, world: World) -> "PeerRunning":
        """Raises PartError when it ends at once or is not healthy in time, KubectlError for kinds refused."""
        for kind in self.kinds:
            world.kubectl.apply(kind)
        until(
            lambda: self.kind_names <= set(world.kubectl("api-resources", "-o", "name").split()),
            what=f"the API server serving {', '.join(sorted(self.kind_names))}",
            within_seconds=90,
        )
        part = Part(self._recipe(world, kubeconfig=account.kubeconfig(world)))
        try:
            part.start()
        except BaseException:
            part.stop()
            raise
        return PeerRunning(self, world, part)

    def words(self, *, aws_endpoint_url: str, kubeconfig: str) -> tuple[str, ...]:
        """The command with its placeholders filled. Raises ValueError or KeyError for one that there is not."""
        values = {"aws_endpoint_url": aws_endpoint_url, "region": environment.REGION, "kubeconfig": kubeconfig}
        return tuple(string.Template(word).substitute(values) for word in self.command)

    def _recipe(self, world: World, *, kubeconfig: Path) -> Recipe:
        def variables() -> dict[str, str]:
            aws = environment.aws_variables(endpoint_url=world.simulator_url, access_key=environment.OPERATOR_KEY)
            return environment.for_child({**aws, "KUBECONFIG": str(kubeconfig)})

        def command(_: Ports) -> tuple[str, ...]:
            return self.words(aws_endpoint_url=world.simulator_url, kubeconfig=str(kubeconfig))

        def answers(_: Ports) -> bool:
            return not self.health_url or answers_ok(self.health_url)

        return Recipe(
            name="controller",
            port_count=0,  # it has those of its command line
            command=command,
            environment=variables,
            log=world.directory / "logs" / "controller.log",
            answers=answers,
            stop_within_seconds=STOP_WITHIN_SECONDS,
            death_signal=signal.SIGTERM,
        )


class PeerRunning:
    """At work in one world."""

    def __init__(self, peer: Peer, world: World, part: Part) -> None:
        self._peer = peer
        self._world = world
        self._part = part

    def counters(self) -> Counters:
        return Counters(
            simulator=self._world.simulator,
            audit_log=self._world.directory / "logs" / "audit.log",
            pid=self._part.pid,
            user=account.USER,
            access_key=environment.OPERATOR_KEY,
        )

    def check(self) -> None:
        """Raises PartError with the end of its log."""
        if not self._part.alive:
            raise PartError(f"the controller ended; the end of its log:\n{self.last_words()}")

    def last_words(self) -> str:
        return self._part.log_tail() or "(it said nothing)"

    def stop(self) -> None:
        self._part.stop()

    async def rest(self) -> Rest:
        """A window of its own real time."""
        await asyncio.sleep(SETTLE_SECONDS)
        counters = self.counters()
        self.check()
        mark = counters.mark()
        await asyncio.sleep(self._peer.rest_seconds)
        self.check()
        return Rest(seconds=self._peer.rest_seconds, speed=1.0, counted=counters.since(mark))

    async def restart(self, names: list[str]) -> Restart:
        """Until each endpoint was named in an AWS call of the new process, or the limit."""
        began = time.monotonic()
        old = self.counters()
        await asyncio.to_thread(self._part.stop)
        mark = old.mark_of_next_process()
        await asyncio.to_thread(self._part.launch)
        counters = self.counters()
        missing = {self._peer.subject.endpoint_name(name) for name in names}
        last = mark.calls
        limit = self._peer.restart_limit_seconds
        while missing and time.monotonic() - began < limit:
            self.check()
            rows = await asyncio.to_thread(counters.calls_after, last)
            last = rows[-1]["n"] if rows else last
            missing -= {row["resource"] for row in rows if _about_an_endpoint(row["operation"])}
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        seen = None if missing else time.monotonic() - began
        return Restart(seen_after=seen, limit=limit, counted=counters.since(mark))


def _about_an_endpoint(operation: str) -> bool:
    """Models and endpoint configs may have the endpoint's name."""
    return "Endpoint" in operation and "EndpointConfig" not in operation
