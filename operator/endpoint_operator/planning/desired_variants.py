"""The variants that a spec asks for, whether it names them or not."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.capacity import Instance, Serverless
from endpoint_operator.api.containers import Container
from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.planning.concurrency import Concurrency

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
    """One variant, on instances or serverless; `field` is where it stands in the manifest."""

    name: str
    field: str
    containers: tuple[DesiredContainer, ...]
    weight: float
    instance: Instance | None = None
    serverless: Serverless | None = None
    autoscaling: Autoscaling | None = None
    is_shadow: bool = False

    @property
    def instance_type(self) -> str | None:
        """None for a serverless variant."""
        return self.instance.type if self.instance is not None else None

    @property
    def count(self) -> int:
        """The number of instances to begin with, 0 for a serverless variant; an autoscaled one is within its bounds."""
        if self.instance is None:
            return 0
        return _within(self.autoscaling, self.instance.count)

    @property
    def concurrency(self) -> Concurrency | None:
        """What a serverless variant begins with; None for one on instances."""
        if self.serverless is None:
            return None
        provisioned = self.serverless.provisioned_concurrency
        return Concurrency(
            maximum=self.serverless.max_concurrency,
            provisioned=None if provisioned is None else _within(self.autoscaling, provisioned),
        )


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
    if spec.containers is None or (spec.instance is None and spec.serverless is None):
        return []
    return [
        DesiredVariant(
            name=DEFAULT_VARIANT,
            field="spec",
            containers=_containers(spec.containers, field="spec.containers"),
            instance=spec.instance,
            serverless=spec.serverless,
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


def _within(autoscaling: Autoscaling | None, amount: int) -> int:
    """What the spec asks to begin with, brought within the bounds of autoscaling."""
    if autoscaling is None:
        return amount
    return max(1, autoscaling.min_count, min(amount, autoscaling.max_count))


def _containers(containers: Sequence[Container], *, field: str) -> tuple[DesiredContainer, ...]:
    return tuple(
        DesiredContainer(field=f"{field}[{index}]", spec=container, image=container.image)
        for index, container in enumerate(containers)
    )
