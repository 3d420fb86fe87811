"""What of a serverless variant is billed by the hour: its provisioned concurrency, by memory.

What is computed on demand is billed by the request, which nobody can foresee: a variant without provisioned concurrency
costs nothing while nobody asks it ("Amazon SageMaker Pricing", Serverless Inference).
"""

import re

from endpoint_operator.planning.concurrency import ServerlessCapacity
from endpoint_operator.planning.cost import Machines

_UNIT = re.compile(r"provisioned concurrency of (?P<gb>[1-6]) GB")


def unit_of(memory_gb: int) -> str:
    """One unit of provisioned concurrency, in place of an instance type."""
    return f"provisioned concurrency of {memory_gb} GB"


def memory_of(unit: str) -> int | None:
    """The GB of a unit; None for an instance type."""
    match = _UNIT.fullmatch(unit)
    return int(match["gb"]) if match is not None else None


def billed_units(capacity: ServerlessCapacity) -> Machines:
    """The floor of what a variant costs."""
    return Machines(instance_type=unit_of(capacity.memory_mb // 1024), count=capacity.concurrency.provisioned or 0)
