"""Memory of instance types for hosting: `instance_memory.json`, with its date and source.

"gpus" holds the number of GPUs and the memory of each.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

from endpoint_operator.planning.instance_memory import InstanceMemory


@cache
def bundled_memory() -> Mapping[str, InstanceMemory]:
    """By instance type, as in ml.g5.xlarge; a type that is newer than the table is not in it."""
    document = json.loads(resources.files(__package__).joinpath("instance_memory.json").read_text())
    return {
        instance_type: _memory(mib, *document["gpus"].get(instance_type, (0, 0)))
        for instance_type, mib in document["memoryMiB"].items()
    }


def _memory(mib: int, gpus: int, mib_each: int) -> InstanceMemory:
    return InstanceMemory(memory_mib=mib, gpu_count=gpus, gpu_memory_mib=gpus * mib_each)
