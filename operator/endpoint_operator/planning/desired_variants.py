"""The variants that a spec asks for, whether it names them or not."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.capacity import Instance
from endpoint_operator.api.containers import Container
from endpoint_operator.api.spec import InferenceEndpointSpec

# The name of the variant where the spec names none.
DEFAULT_VARIANT = "AllTraffic"


@dataclass(frozen=True, kw_only=True)
class DesiredContainer:
    """One container; `field` is its path in the manifest, `image` what it resolves to, None until it is resolved."""

    field: str
    spec: Container
    image: str | None = None
    input_digests: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """By Secret/name/key, of the values that its environment takes from elsewhere; empty until they are resolved."""


@dataclass(frozen=True, kw_only=True)
class DesiredVariant:
    """One variant; `field` is where it stands in the manifest."""

    name: str
    field: str
    containers: tuple[DesiredContainer, ...]
    instance: Instance
    weight: float
    autoscaling: Autoscaling | None = None
    is_shadow: bool = False

    @property
    def count(self) -> int:
        """The number of instances to begin with; an autoscaled variant begins within its bounds."""
        if self.autoscaling is None:
            return self.instance.count
        return max(1, self.autoscaling.min_count, min(self.instance.count, self.autoscaling.max_count))

    @property
    def owns_count(self) -> bool:
        """Whether the spec says how many instances there are, and not the load."""
        return self.autoscaling is None


def desired_variants(spec: InferenceEndpointSpec) -> tuple[DesiredVariant, ...]:
    """In the order of their names, the shadow last: the order in the manifest means nothing to SageMaker."""
    production = sorted(_production(spec), key=lambda variant: variant.name)
    return (*production, *_shadow(spec))


def _production(spec: InferenceEndpointSpec) -> list[DesiredVariant]:
    if spec.variants is not None:
        return [
            DesiredVariant(
                name=variant.name,
                field=f"spec.variants[{index}]",
                containers=_containers(variant.containers, field=f"spec.variants[{index}].containers"),
                instance=variant.instance,
                # A lone variant takes all traffic, whatever its weight; a shadow's share is relative to it.
                weight=variant.weight if spec.shadow is None else 1.0,
                autoscaling=variant.autoscaling,
            )
            for index, variant in enumerate(spec.variants)
        ]
    if spec.containers is None or spec.instance is None:
        return []
    return [
        DesiredVariant(
            name=DEFAULT_VARIANT,
            field="spec",
            containers=_containers(spec.containers, field="spec.containers"),
            instance=spec.instance,
            weight=1.0,
            autoscaling=spec.autoscaling,
        )
    ]


def _shadow(spec: InferenceEndpointSpec) -> list[DesiredVariant]:
    """SageMaker copies the share shadow weight / production weight of the requests to a shadow variant."""
    shadow = spec.shadow
    if shadow is None:
        return []
    return [
        DesiredVariant(
            name=shadow.name,
            field="spec.shadow",
            containers=_containers(shadow.containers, field="spec.shadow.containers"),
            instance=shadow.instance,
            weight=shadow.sampling_percent / 100,
            autoscaling=shadow.autoscaling,
            is_shadow=True,
        )
    ]


def _containers(containers: Sequence[Container], *, field: str) -> tuple[DesiredContainer, ...]:
    return tuple(
        DesiredContainer(field=f"{field}[{index}]", spec=container, image=container.image)
        for index, container in enumerate(containers)
    )
