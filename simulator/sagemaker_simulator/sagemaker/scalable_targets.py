"""What SageMaker asks Application Auto Scaling before it changes an endpoint."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from sagemaker_simulator.wire.errors import validation_exception

from .estate import Estate
from .records import Endpoint, Variant


class ScalableTargets(Protocol):
    """What UpdateEndpoint and DeleteEndpoint need of Application Auto Scaling."""

    def is_scalable_target(self, *, account: str, region: str, endpoint: str, variant: str) -> bool:
        """Tell whether the variant's instance count is registered as a scalable target."""
        ...

    def deregister_all(self, *, account: str, region: str, endpoint: str) -> None:
        """Remove the endpoint's scalable targets: DeleteEndpoint does so itself."""
        ...


class NoScalableTargets:
    """An Application Auto Scaling that nobody has registered anything with."""

    def is_scalable_target(self, *, account: str, region: str, endpoint: str, variant: str) -> bool:
        del account, region, endpoint, variant
        return False

    def deregister_all(self, *, account: str, region: str, endpoint: str) -> None:
        del account, region, endpoint


def check_scalable_targets(
    targets: ScalableTargets, estate: Estate, endpoint: Endpoint, *, wanted: Sequence[Variant]
) -> None:
    """Raise AwsError when a scalable target's instance type would change or its variant would go.

    SageMaker Developer Guide, "Endpoint auto scaling", "Update or delete endpoints that use automatic scaling"; the
    sentence is known by its fragment only (hashicorp/terraform-provider-aws#14337).
    """
    blocked = [
        variant.name
        for variant in _changing(endpoint.all_variants, wanted)
        if targets.is_scalable_target(
            account=estate.account, region=estate.region, endpoint=endpoint.name, variant=variant.name
        )
    ]
    if blocked:
        raise validation_exception(
            f'The variant(s) {", ".join(blocked)} of endpoint "{endpoint.arn}" must be deregistered as a scalable '
            "target with Application Auto Scaling before the instance type changes or the variant is removed."
        )


def _changing(current: Iterable[Variant], wanted: Iterable[Variant]) -> list[Variant]:
    types = {variant.name: variant.instance_type for variant in wanted}
    return [variant for variant in current if types.get(variant.name) != variant.instance_type]
