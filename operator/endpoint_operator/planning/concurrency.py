"""How many requests a serverless variant serves at once: what SageMaker changes in place of it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Concurrency:
    """MaxConcurrency and ProvisionedConcurrency, each 1 to 200 (SageMaker API reference, ServerlessConfig)."""

    maximum: int
    provisioned: int | None = None
    """How many of them are kept warm; None: none, or in a change: as it is."""

    def __str__(self) -> str:
        warm = "" if self.provisioned is None else f", {self.provisioned} of them provisioned"
        return f"{self.maximum} requests at once{warm}"


@dataclass(frozen=True, kw_only=True)
class ServerlessCapacity:
    """ServerlessConfig of a variant, as it runs. `memory_mb` is fixed by the revision."""

    memory_mb: int
    concurrency: Concurrency
