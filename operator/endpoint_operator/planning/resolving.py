"""What a revision takes from outside its object: resolved when it is made, recorded with it, and not again.

Upgrading the operator, or giving it other defaults, never rolls a fleet (api.md, behaviour 12).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.planning.desired_variants import DesiredContainer, DesiredVariant
from endpoint_operator.planning.facts import OperatorInputs
from endpoint_operator.planning.faults import Fault


@dataclass(frozen=True, kw_only=True)
class ResolvedInputs:
    """`images` by the container's field, for those that name a framework."""

    execution_role_arn: str | None
    images: Mapping[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    """Why an image cannot be found."""

    @classmethod
    def of(
        cls, endpoint: InferenceEndpoint, variants: Sequence[DesiredVariant], inputs: OperatorInputs
    ) -> "ResolvedInputs":
        """Resolved anew."""
        role = endpoint.spec.execution_role_arn or inputs.default_execution_role_arn
        return cls(execution_role_arn=role)

    def fill(self, container: DesiredContainer) -> DesiredContainer:
        image = self.images.get(container.field)
        return replace(container, image=image) if image is not None else container


def resolved_before(endpoint: InferenceEndpoint, spec_digest: str) -> ResolvedInputs | None:
    """What a revision of this very spec was made with."""
    rows = [row for row in endpoint.status.revisions if row.spec_digest == spec_digest]
    if not rows:
        return None
    resolved = rows[-1].resolved
    images = {image.container: image.image for image in resolved.images}
    return ResolvedInputs(execution_role_arn=resolved.execution_role_arn, images=images)
