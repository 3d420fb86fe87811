"""Which instance of a variant a request for a model goes to.

"How multi-model endpoints work" in the SageMaker Developer Guide: to the one that has the model in memory; a model that
is asked for a lot is loaded on others too. How much a lot is, SageMaker does not say.
"""

from collections.abc import Sequence
from typing import Final

from .instance_models import InstanceModels

A_LOT: Final = 8  # requests with one model on one instance at a time


def place(instances: Sequence[InstanceModels], key: str) -> InstanceModels:
    """Return the instance: that with the model, unless it is busy with it and another could have it as well."""
    there = [each for each in instances if each.loaded(key) is not None or each.uses(key)]
    if there:
        calmest = min(there, key=lambda each: each.uses(key))
        others = [each for each in instances if each not in there]
        is_loading = calmest.loaded(key) is None
        if is_loading or calmest.uses(key) < A_LOT or not others:
            return calmest
        return min(others, key=_filling)
    with_files = [each for each in instances if each.stored(key) is not None]
    return min(with_files or instances, key=_filling)


def _filling(instance: InstanceModels) -> tuple[int, int, int]:
    return instance.loaded_bytes, instance.loaded_count, instance.number
