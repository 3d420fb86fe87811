"""CPU, memory and disk of endpoints, every simulated minute, from the server processes that really run.

"SageMaker AI endpoint metrics" in the Developer Guide, namespace /aws/sagemaker/Endpoints (and "Metrics for
multi-container endpoints with direct invocation": the same for each container): CPUUtilization is 100 for each
processor in full use, the others are shares of the instance, which here is this machine. One process stands for all
instances of a variant, so there is one value a minute. Null images have no process and so no metrics, nor has an
asynchronous endpoint without instances. A serverless endpoint has MemoryUtilization alone, of the memory that it asked
for.
"""

import asyncio
import shutil
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from sagemaker_simulator.clock import Timer
from sagemaker_simulator.hosting import process_usage
from sagemaker_simulator.hosting.process_usage import Usage
from sagemaker_simulator.sagemaker.estate import Estates
from sagemaker_simulator.sagemaker.fleets import Fleets
from sagemaker_simulator.sagemaker.records import ABLE_TO_SERVE, Variant

from .books import Books, Metric

NAMESPACE: Final = "/aws/sagemaker/Endpoints"
_PERIOD: Final = 60.0  # simulated seconds
_LOOK_APART: Final = 0.25  # real seconds; a look at all processes is not free, and clocks may be pushed by days
_PERCENT: Final = 100.0
_MEGABYTE: Final = 1024 * 1024


@runtime_checkable
class HasProcesses(Protocol):
    """A fleet with processes of its own."""

    def process_groups(self, variant: str) -> Sequence[int]: ...


@runtime_checkable
class HasDirectContainers(Protocol):
    """A fleet with containers that are invoked directly."""

    def direct_process_groups(self, variant: str) -> Mapping[str, int]:
        """Return the process group of each such container, by its name."""
        ...


@dataclass(frozen=True)
class Running:
    """A variant and the process groups that stand for its containers; `memory_bytes` is that of a serverless one.

    With `container` it is that one container, and its own group.
    """

    account: str
    region: str
    endpoint: str
    variant: str
    groups: tuple[int, ...]
    memory_bytes: int | None = None
    container: str | None = None

    @property
    def dimensions(self) -> dict[str, str]:
        of_variant = {"EndpointName": self.endpoint, "VariantName": self.variant}
        return of_variant if self.container is None else {**of_variant, "ContainerName": self.container}


@dataclass(frozen=True)
class Look:
    """All groups at one real moment (monotonic seconds)."""

    at: float
    usage: Mapping[int, Usage]


class InstanceMetrics:
    """Looks at the processes and emits what they use."""

    def __init__(self, books: Books, *, estates: Estates, fleets: Fleets, disk: Path) -> None:
        self._books = books
        self._estates = estates
        self._fleets = fleets
        self._disk = disk
        self._before: Look | None = None
        self._latest: Look | None = None
        self._timer: Timer | None = None

    def start(self) -> None:
        """Begin to emit; does nothing where processes cannot be looked at."""
        if process_usage.is_known():
            self._arm()

    def _arm(self) -> None:
        now = self._books.clock.seconds()
        # In the middle of a minute, so that the minute that ends next has its value.
        due = (now // _PERIOD + 1) * _PERIOD + _PERIOD / 2
        self._timer = self._books.clock.call_after(due - now, self._ring)

    def _ring(self) -> None:
        self._arm()
        running = list(self._running())
        if not running:
            return
        self._look({group for each in running for group in each.groups})
        for each in running:
            self._emit(each)

    def _running(self) -> Iterator[Running]:
        for estate in self._estates.all():
            for endpoint in estate.endpoints.all().values():
                fleet = self._fleets.made_from(estate, endpoint.name, endpoint.config_name)
                if endpoint.status not in ABLE_TO_SERVE or not isinstance(fleet, HasProcesses):
                    continue
                asleep = endpoint.async_inference is not None and endpoint.variants[0].current_count == 0
                for variant in () if asleep else endpoint.variants:
                    groups = tuple(fleet.process_groups(variant.name))
                    if groups:
                        memory = _memory_of(variant)
                        of_variant = Running(estate.account, estate.region, endpoint.name, variant.name, groups, memory)
                        yield of_variant
                        yield from _containers(of_variant, fleet)

    def _look(self, groups: Set[int]) -> None:
        now = asyncio.get_running_loop().time()
        if self._latest is not None and now - self._latest.at < _LOOK_APART and groups <= self._latest.usage.keys():
            return
        self._before, self._latest = self._latest, Look(now, process_usage.usage_by_group(groups))

    def _emit(self, running: Running) -> None:
        for name, value in self._values(running.groups, running.memory_bytes):
            self._books.emit(
                Metric.of(NAMESPACE, name, running.dimensions),
                [value],
                account=running.account,
                region=running.region,
                unit="Percent",
            )

    def _values(self, groups: Sequence[int], serverless_bytes: int | None) -> Iterator[tuple[str, float]]:
        latest, before = self._latest, self._before
        if latest is None or any(group not in latest.usage for group in groups):
            return  # a process that has ended uses nothing, and is not an idle one
        held = sum(latest.usage[group].resident_bytes for group in groups)
        yield "MemoryUtilization", _PERCENT * held / (serverless_bytes or process_usage.memory_bytes())
        if serverless_bytes is not None:
            return
        disk = shutil.disk_usage(self._disk)
        yield "DiskUtilization", _PERCENT * disk.used / disk.total
        if before is not None and all(group in before.usage for group in groups):
            used = sum(latest.usage[group].cpu_seconds - before.usage[group].cpu_seconds for group in groups)
            yield "CPUUtilization", _PERCENT * used / (latest.at - before.at)


def _containers(variant: Running, fleet: object) -> Iterator[Running]:
    if isinstance(fleet, HasDirectContainers):
        for name, group in fleet.direct_process_groups(variant.variant).items():
            yield replace(variant, groups=(group,), container=name)


def _memory_of(variant: Variant) -> int | None:
    serverless = variant.current_serverless
    return serverless.memory_mb * _MEGABYTE if serverless is not None else None
