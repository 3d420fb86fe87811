"""Metrics of AWS/SageMaker that only serverless endpoints have, told as requests begin and as cold starts end.

SageMaker Developer Guide, "Alarms and logs for tracking metrics from serverless endpoints". There is none for requests
that were turned away: they are invocations that ended in a 4XX error.
"""

from typing import Final

from sagemaker_simulator.cloudwatch.books import Books, Metric
from sagemaker_simulator.hosting.contract import FleetToRun

from .serverless_config import ServerlessConfig

_NAMESPACE: Final = "AWS/SageMaker"
_MICROSECONDS: Final = 1_000_000.0


class ExecutionMetrics:
    """Emits for one fleet, whose only variant is serverless."""

    def __init__(self, books: Books, *, fleet: FleetToRun) -> None:
        self._books = books
        self._fleet = fleet
        self._dimensions = {"EndpointName": fleet.endpoint_name, "VariantName": fleet.variants[0].name}

    def begun(self, config: ServerlessConfig, *, concurrent: int, on_provisioned: bool) -> None:
        """Tell of a request that has an environment; `concurrent` are being worked on, with this one."""
        self._emit("ServerlessConcurrentExecutionsUtilization", concurrent / config.max_concurrency)
        if not config.provisioned:
            return
        self._emit("ServerlessProvisionedConcurrencyUtilization", concurrent / config.provisioned)
        self._emit("ServerlessProvisionedConcurrencyExecutions", concurrent, unit="Count")
        served = "Invocations" if on_provisioned else "SpilloverInvocations"
        self._emit(f"ServerlessProvisionedConcurrency{served}", 1.0, unit="Count")

    def set_up(self, seconds: float) -> None:
        """Tell of a cold start that a request waited for."""
        self._emit("ModelSetupTime", round(seconds * _MICROSECONDS), unit="Microseconds")

    def turned_away(self) -> None:
        """Tell of a request that no environment was given to."""
        for name in ("Invocations", "Invocation4XXErrors"):
            self._emit(name, 1.0)

    def _emit(self, name: str, value: float, *, unit: str = "None") -> None:
        self._books.emit(
            Metric.of(_NAMESPACE, name, self._dimensions),
            [value],
            account=self._fleet.account,
            region=self._fleet.region,
            unit=unit,
        )
