"""How much a model server on an instance can hold."""

from dataclasses import dataclass

_MIB_PER_GIB = 1024


@dataclass(frozen=True, kw_only=True)
class InstanceMemory:
    """Of one instance type, all GPUs together."""

    memory_mib: int
    gpu_count: int = 0
    gpu_memory_mib: int = 0

    @property
    def for_models_mib(self) -> int:
        """Where models lie once they are loaded: on the GPUs, where there are any."""
        return self.gpu_memory_mib or self.memory_mib

    def __str__(self) -> str:
        kind = "GPU memory" if self.gpu_memory_mib else "memory"
        return f"{self.for_models_mib / _MIB_PER_GIB:g} GiB of {kind}"
