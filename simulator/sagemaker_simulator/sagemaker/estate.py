"""Everything SageMaker holds for one account in one region."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sagemaker_simulator.clock import Clock
from sagemaker_simulator.wire.request import Caller

from .model_package_records import ModelPackage, ModelPackageGroup
from .records import Endpoint, EndpointConfig, Model
from .shelf import Shelf

Tags = Mapping[str, str]
T = TypeVar("T")


@dataclass(frozen=True)
class Estate:
    """The shelves of one account and region; tags, and the newest version of a package group, are by ARN."""

    account: str
    region: str
    models: Shelf[Model] = field(default_factory=Shelf)
    configs: Shelf[EndpointConfig] = field(default_factory=Shelf)
    endpoints: Shelf[Endpoint] = field(default_factory=Shelf)
    package_groups: Shelf[ModelPackageGroup] = field(default_factory=Shelf)
    packages: Shelf[ModelPackage] = field(default_factory=Shelf)
    tags: Shelf[Tags] = field(default_factory=Shelf)
    versions_made: dict[str, int] = field(default_factory=dict)

    def arn(self, kind: str, name: str) -> str:
        """Return the ARN; SageMaker writes the name in lower case there (aws/amazon-sagemaker-examples#293)."""
        partition = "aws-cn" if self.region.startswith("cn-") else "aws"
        return f"arn:{partition}:sagemaker:{self.region}:{self.account}:{kind}/{name.lower()}"


class Estates:
    """All estates, with the clock that dates what happens in them and how stale reads are."""

    def __init__(self, *, clock: Clock, stale_seconds: Callable[[], float]) -> None:
        self.clock = clock
        self._stale_seconds = stale_seconds
        self._estates: dict[tuple[str, str], Estate] = {}

    def of(self, caller: Caller) -> Estate:
        return self.at(account=caller.account, region=caller.region)

    def at(self, *, account: str, region: str) -> Estate:
        key = (account, region)
        if key not in self._estates:
            self._estates[key] = Estate(account, region)
        return self._estates[key]

    def all(self) -> list[Estate]:
        return list(self._estates.values())

    def as_of(self) -> float | None:
        """Return the simulated time that reads answer from; None when they see the truth."""
        stale = self._stale_seconds()
        return self.clock.seconds() - stale if stale > 0 else None

    def put(self, shelf: Shelf[T], name: str, value: T) -> None:
        shelf.put(name, value, at=self.clock.seconds())

    def remove(self, shelf: Shelf[T], name: str) -> None:
        shelf.remove(name, at=self.clock.seconds())

    def clear(self) -> None:
        self._estates.clear()
