"""How much an instance holds of models: its memory, by the name of its type, and its volume.

Sizes are those of EC2's instance types of the same names ("Amazon EC2 Instance Types"): memory grows with the vCPUs of
a family.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

MEGABYTE: Final = 1024 * 1024
_GIGABYTE: Final = 1024 * MEGABYTE
_TYPE = re.compile(r"ml\.([a-z]+)(\d+)([a-z]*)\.(?:(\d*)(xlarge)|(medium|large))")
# GiB for each vCPU: of the families that are not like the others of their letter, and then by letter.
_GIB_OF_FAMILY: Mapping[str, float] = {"p2": 15.25, "p3": 7.625}
_GIB_OF_LETTER: Mapping[str, float] = {"c": 2.0, "m": 4.0, "r": 8.0, "g": 4.0, "inf": 4.0}
_GIB_OF_BURSTABLE: Mapping[str, float] = {"medium": 4.0, "large": 8.0, "xlarge": 16.0, "2xlarge": 32.0}
_BURSTABLE: Final = "t"


@dataclass(frozen=True, kw_only=True)
class InstanceLimits:
    """Bytes; None where nothing is known or nothing limits: then only the server itself says that it is full (507)."""

    memory_bytes: float | None = None
    disk_bytes: float | None = None


LimitsOf = Callable[[str, int | None], InstanceLimits]


def limits_of(
    instance_type: str, volume_gb: int | None, *, memory_mb: Mapping[str, float], disk_mb: Mapping[str, float]
) -> InstanceLimits:
    """Return an instance's limits: what the settings (by type, in MB) say, else what its type has and its variant asks.

    The volume that SageMaker gives a multi-model variant that asks for none is not published; it has no limit here.
    """
    memory = memory_mb[instance_type] * MEGABYTE if instance_type in memory_mb else memory_of(instance_type)
    volume = volume_gb * _GIGABYTE if volume_gb is not None else None
    disk = disk_mb[instance_type] * MEGABYTE if instance_type in disk_mb else volume
    return InstanceLimits(memory_bytes=memory, disk_bytes=disk)


def of_the_type(instance_type: str, volume_gb: int | None) -> InstanceLimits:
    """Return an instance's limits where no setting says otherwise."""
    return limits_of(instance_type, volume_gb, memory_mb={}, disk_mb={})


def memory_of(instance_type: str) -> float | None:
    """Return the bytes of memory of an instance of the type, None for a type that is not known."""
    parts = _TYPE.fullmatch(instance_type)
    if parts is None:
        return None
    letter, generation, _, times, _, small = parts.groups()
    if letter == _BURSTABLE:
        gib = _GIB_OF_BURSTABLE.get(instance_type.rpartition(".")[2])
    else:
        gib_per_cpu = _GIB_OF_FAMILY.get(f"{letter}{generation}", _GIB_OF_LETTER.get(letter))
        cpus = {"medium": 1, "large": 2}.get(small or "", 4 * int(times or 1))
        gib = gib_per_cpu * cpus if gib_per_cpu is not None else None
    return gib * _GIGABYTE if gib is not None else None
