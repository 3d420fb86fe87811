"""One pass's question: this object, what it asks for, what is there. Every decision takes it and nothing else."""

from dataclasses import dataclass

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.names import revision_of
from endpoint_operator.api.status import InferenceEndpointStatus, RevisionStatus
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.facts import Facts, LiveEndpoint


@dataclass(frozen=True, kw_only=True)
class Case:
    endpoint: InferenceEndpoint
    desired: Desired
    facts: Facts

    @property
    def live(self) -> LiveEndpoint | None:
        return self.facts.live

    @property
    def status(self) -> InferenceEndpointStatus:
        return self.endpoint.status

    @property
    def row(self) -> RevisionStatus | None:
        """The remembered revision that the spec asks for."""
        return self.status.revision(self.desired.revision)

    @property
    def live_revision(self) -> str | None:
        """The revision that the live endpoint's config belongs to."""
        if self.live is None or self.live.config_name is None:
            return None
        return revision_of(config_name=self.live.config_name, endpoint_name=self.desired.endpoint_name)
