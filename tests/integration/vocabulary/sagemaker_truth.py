"""What there really is in SageMaker, whatever staleness and faults make its reads say: the simulator's own state."""

from typing import Any

from devworld.environment import ACCOUNT, REGION
from devworld.simulator_control import SimulatorControl


class SageMakerTruth:
    """Everything of one test, whose names all begin with the same prefix."""

    def __init__(
        self, simulator: SimulatorControl, *, prefix: str, account: str = ACCOUNT, region: str = REGION
    ) -> None:
        self._simulator = simulator
        self._prefix = prefix
        self._account, self._region = account, region

    def endpoint(self, name: str) -> dict[str, Any] | None:
        """As Describe answers it; None when there is none."""
        found: dict[str, Any] | None = self._estate()["endpoints"].get(name)
        return found

    def endpoints(self) -> list[str]:
        return self._names("endpoints")

    def configs(self) -> list[str]:
        return self._names("endpointConfigs")

    def models(self) -> list[str]:
        return self._names("models")

    def everything(self) -> list[str]:
        """Names of all endpoints, endpoint configs and models of the test."""
        return [*self.endpoints(), *self.configs(), *self.models()]

    def config(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._estate()["endpointConfigs"][name]
        return found

    def model(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._estate()["models"][name]
        return found

    def counts(self, name: str) -> dict[str, int]:
        """Desired instances by variant."""
        endpoint = self.endpoint(name) or {}
        return {each["VariantName"]: each["DesiredInstanceCount"] for each in endpoint.get("ProductionVariants", [])}

    def tags(self, name: str, *, kind: str = "endpoint") -> dict[str, str]:
        tags: dict[str, str] = self._estate()["tags"].get(
            f"arn:aws:sagemaker:{self._region}:{self._account}:{kind}/{name}", {}
        )
        return tags

    def _names(self, kind: str) -> list[str]:
        return sorted(name for name in self._estate()[kind] if name.startswith(self._prefix))

    def _estate(self) -> dict[str, Any]:
        empty: dict[str, Any] = {"endpoints": {}, "endpointConfigs": {}, "models": {}, "tags": {}}
        estate: dict[str, Any] = self._simulator.state()["sagemaker"].get(f"{self._account}/{self._region}", empty)
        return estate
