"""What one account and region has for models: looks, copies, removal, checks, requests."""

from collections.abc import Callable, Mapping
from typing import Final

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.models.archive_check import ArchiveChecks
from endpoint_operator.aws.models.artifacts import ModelArtifacts
from endpoint_operator.aws.models.copy import CopyLimits, ModelCopies
from endpoint_operator.aws.models.removal import ModelRemoval
from endpoint_operator.aws.models.steps import ModelDoer, ModelSteps
from endpoint_operator.aws.models.warm_up_bodies import WarmUpBodies
from endpoint_operator.aws.models.warm_up_requests import WarmUpRequests
from endpoint_operator.aws.models.warm_ups import WarmUps
from endpoint_operator.aws.periods import (
    COPIES_AT_ONCE,
    COPY_READ_TIMEOUT_SECONDS,
    WARM_UP_READ_TIMEOUT_SECONDS,
    WARM_UPS_AT_ONCE,
)
from endpoint_operator.aws.session import Clients, Patience

COPYING: Final = Patience(read_timeout=COPY_READ_TIMEOUT_SECONDS, at_once=COPIES_AT_ONCE)
# One try: another would be another warm-up, and what SageMaker takes long for it goes on with.
ASKING: Final = Patience(read_timeout=WARM_UP_READ_TIMEOUT_SECONDS, attempts=1, at_once=WARM_UPS_AT_ONCE)


class ModelRoom:
    """Threads of its own for what may take minutes, so that it keeps nothing else waiting."""

    def __init__(
        self,
        *,
        clients: Clients,
        calls: Calls,
        may_write: Callable[[], None],
        cluster_id: str,
        copy_limits: CopyLimits | None = None,
    ) -> None:
        """`calls` are the room's, for what is answered soon."""
        self.calls = calls
        self._copying = Calls(clients=clients, health=None, may_write=may_write, patience=COPYING, name="copies")
        self._asking = Calls(clients=clients, health=None, may_write=may_write, patience=ASKING, name="warm-ups")
        self.artifacts = ModelArtifacts(calls)
        self._checks = ArchiveChecks(calls)
        self._copies = ModelCopies(self._copying, self.artifacts, limits=copy_limits)
        self._removal = ModelRemoval(calls, self.artifacts, cluster_id=cluster_id)
        self.requests = WarmUpRequests(requests=self._asking, bodies=WarmUpBodies(calls))

    def doers(self, warm_ups: WarmUps) -> Mapping[type, ModelDoer]:
        """Each step of a model's plan that is done in AWS."""
        steps = ModelSteps(copies=self._copies, removal=self._removal, checks=self._checks, warm_ups=warm_ups)
        return steps.doers()

    def close(self) -> None:
        """Take no more; what is under way ends in its threads."""
        self._copying.close()
        self._asking.close()
        self._checks.close()
