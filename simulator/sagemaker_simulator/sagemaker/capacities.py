"""Weights and counts of a live endpoint changed in place, whoever asks: a client, or Application Auto Scaling."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from . import quotas, variants
from .endings import Kind
from .estate import Estate, Estates
from .ingredients import Gathering
from .records import Endpoint, Status
from .transitions import Transitions


class Capacities:
    """The one way by which weights and counts change."""

    def __init__(
        self, *, estates: Estates, transitions: Transitions, quota: Callable[[str], int], gathering: Gathering
    ) -> None:
        self._estates = estates
        self._transitions = transitions
        self._quota = quota
        self._gathering = gathering

    def change(self, estate: Estate, endpoint: Endpoint, wishes: Sequence[Mapping[str, Any]]) -> None:
        """Begin to bring the endpoint, which is at rest, to the DesiredWeightsAndCapacities.

        Raises AwsError for variants that are not there, counts that cannot be, and quotas.
        """
        # Only asynchronous endpoints go down to no instance ("Autoscale an asynchronous endpoint", Developer Guide).
        least = 0 if endpoint.async_inference is not None else 1
        wanted = variants.changed(endpoint.all_variants, wishes, least=least)
        quotas.check_quota(estate, quotas.of_scaling(wanted), quota=self._quota)
        production = len(endpoint.variants)
        changed = replace(
            endpoint,
            status=Status.UPDATING,
            variants=wanted[:production],
            shadows=wanted[production:],
            failure_reason=None,
            modified=self._estates.clock.now(),
        )
        self._estates.put(estate.endpoints, endpoint.name, changed)
        obstacle = self._gathering.obstacle(wanted, before=endpoint.all_variants)
        self._transitions.begin(Kind.WEIGHTS, estate, endpoint.name, obstacle=obstacle)
