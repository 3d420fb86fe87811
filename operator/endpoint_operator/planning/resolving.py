"""What a revision takes from outside its object: resolved when it is made, recorded with it, and not again.

Upgrading the operator, or giving it other defaults, never rolls a fleet (api.md, behaviour 12).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.api.status import InferenceEndpointStatus, ResolvedInput, RevisionStatus
from endpoint_operator.planning.desired_variants import DesiredContainer, DesiredVariant
from endpoint_operator.planning.facts import OperatorInputs
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.images import resolve
from endpoint_operator.planning.inputs.faults import fault_in_inputs
from endpoint_operator.planning.inputs.values import SeenInputs


@dataclass(frozen=True, kw_only=True)
class ResolvedInputs:
    """`images` by the container's field, for those that name a framework."""

    execution_role_arn: str | None
    images: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[ResolvedInput, ...] = ()
    """What is taken from Secrets and ConfigMaps."""
    fault: Fault | None = None
    """Why an image cannot be found, or a value cannot be had."""

    @classmethod
    def of(
        cls, endpoint: InferenceEndpoint, variants: Sequence[DesiredVariant], inputs: OperatorInputs
    ) -> "ResolvedInputs":
        """Resolved anew."""
        role = endpoint.spec.execution_role_arn or inputs.default_execution_role_arn
        images: dict[str, str] = {}
        for variant in variants:
            for container in variant.containers:
                found = _image(container, variant, inputs)
                if isinstance(found, Fault):
                    return cls(execution_role_arn=role, fault=found)
                if found is not None:
                    images[container.field] = found
        return cls(execution_role_arn=role, images=images)

    def fill(self, container: DesiredContainer) -> DesiredContainer:
        digests = {item.source: item.digest for item in self.inputs}
        return replace(container, image=self.images.get(container.field, container.image), input_digests=digests)

    def with_inputs(self, spec: InferenceEndpointSpec, seen: SeenInputs) -> "ResolvedInputs":
        """With the values that this pass read; without those, the recorded ones hold."""
        inputs = self.inputs if seen.read is None else seen.read
        return replace(self, inputs=inputs, fault=self.fault or fault_in_inputs(spec, inputs, seen))


def _image(container: DesiredContainer, variant: DesiredVariant, inputs: OperatorInputs) -> str | Fault | None:
    """The image for a framework; None where the container names none."""
    framework = container.spec.framework
    if framework is None or inputs.images is None:
        return None
    choice = resolve(
        framework,
        region=inputs.region,
        instance_type=variant.instance_type,
        catalogue=inputs.images,
        field=f"{container.field}.framework",
    )
    return choice if isinstance(choice, Fault) else choice.uri


def resolved_before(endpoint: InferenceEndpoint, spec_digest: str) -> ResolvedInputs | None:
    """What a revision of this very spec was made with."""
    row = last_made(endpoint.status, spec_digest)
    if row is None:
        return None
    images = {image.container: image.image for image in row.resolved.images}
    return ResolvedInputs(
        execution_role_arn=row.resolved.execution_role_arn, images=images, inputs=tuple(row.resolved.inputs)
    )


def last_made(status: InferenceEndpointStatus, spec_digest: str) -> RevisionStatus | None:
    """One spec has several revisions where other values were read for it: the one under way, else the newest."""
    rows = [row for row in status.revisions if row.spec_digest == spec_digest]
    under_way = status.rollout.to_revision if status.rollout is not None else None
    return next((row for row in rows if row.name == under_way), rows[-1] if rows else None)
