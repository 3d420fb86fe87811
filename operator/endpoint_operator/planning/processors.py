"""Which processor an instance type has, and therefore which image runs on it.

The classes are those of the SageMaker SDK: families that begin with g or p have GPUs, inf and trn have Neuron cores;
Graviton families run arm64 images of their own.
"""

import re
from dataclasses import dataclass

from endpoint_operator.api.containers import Accelerator
from endpoint_operator.planning.image_catalogue import ANY_PROCESSOR

_FAMILY = re.compile(r"ml\.(?P<family>[a-z0-9-]+)\.[a-z0-9]+")
# c6g, m6gd, c6gn, r7gd, c8g: a g behind the generation. The SDK lists the families up to c7g; an x86 image starts on
# the newer ones as little.
_GRAVITON = re.compile(r"[a-z]\d+g[a-z]*")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What an image is to run on. `family` is None for serverless, which has CPUs only."""

    family: str | None
    accelerator: Accelerator

    @classmethod
    def of(cls, instance_type: str | None) -> "Machine":
        """`instance_type` as in ml.g5.xlarge; None for serverless."""
        found = _FAMILY.fullmatch(instance_type or "")
        if found is None:
            return cls(family=None, accelerator=Accelerator.CPU)
        return cls(family=found["family"], accelerator=_accelerator(found["family"]))

    @property
    def is_graviton(self) -> bool:
        return self.family is not None and _GRAVITON.fullmatch(self.family) is not None

    def processors(self, accelerator: Accelerator) -> tuple[str, ...]:
        """The processors in the catalogue that run here with that accelerator, the closest match first."""
        family = self.family or ""
        if accelerator is Accelerator.CPU:
            return ("cpu", ANY_PROCESSOR)
        if accelerator is Accelerator.GPU:
            return (family, "gpu", ANY_PROCESSOR)
        # neuronx is the compiler of Inferentia2 and Trainium; Inferentia1 cannot run what it makes.
        generic = ("inf",) if family == "inf1" else (family[:3], "neuronx")
        return (family, *generic, ANY_PROCESSOR)


def _accelerator(family: str) -> Accelerator:
    if family.startswith(("inf", "trn")):
        return Accelerator.INFERENTIA
    return Accelerator.GPU if family.startswith(("g", "p")) else Accelerator.CPU
