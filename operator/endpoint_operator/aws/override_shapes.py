"""Whether overrides fit the SageMaker API: the merged requests against botocore's shapes, before anything is sent.

botocore checks a request when it is sent, after others of the same revision have been made, and names no field of the
manifest.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import Shape, StructureShape
from botocore.validate import ParamValidator

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.finding import Finding
from endpoint_operator.planning.deployment import deployment_config
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.facts import Look
from endpoint_operator.planning.requests import container_definition, merged, production_variant

_CONTAINERS = ("PrimaryContainer", "Containers")
Piece = tuple[str, Shape, Mapping[str, Any]]


class OverrideShapes:
    """Checks without a call."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def look(self, desired: Desired) -> Look:
        """Unknown members, wrong types, members that a shape needs. Named by the path of the overrides."""
        for field, shape, request in self._pieces(desired):
            report = ParamValidator().validate(request, shape)
            if report.has_errors():
                sentence = f"{_one_line(report.generate_report())}; correct or remove it"
                finding = Finding(trace="", reason="OverrideInvalid", sentence=sentence, about_inputs=False)
                return finding.at(field=field, about="overrides")
        return Look(about="overrides", trace="")

    def _pieces(self, desired: Desired) -> Iterator[Piece]:
        """The requests, part by part, wherever something was merged into them: the parts within before the whole."""
        for variant in desired.variants:
            for container in variant.containers:
                if container.spec.overrides:
                    definition = container_definition(container) | {"Environment": {}}
                    yield f"{container.field}.overrides", self._container(), definition
            if variant.instance is not None and variant.instance.overrides:
                made = production_variant(variant)
                yield f"{variant.field}.instance.overrides", self._variant(), made
        yield from self._whole_requests(desired)

    def _whole_requests(self, desired: Desired) -> Iterator[Piece]:
        """Without their containers, which have been looked at."""
        wide = desired.spec.overrides
        if wide is None:
            return
        if wide.model:
            for step in desired.create_models():
                request = {key: value for key, value in step.request.items() if key not in _CONTAINERS}
                yield "spec.overrides.model", self._input("CreateModel"), request
        if wide.endpoint_config:
            config = desired.create_config(config_name=desired.revision, made_with=None)
            yield "spec.overrides.endpointConfig", self._input("CreateEndpointConfig"), config.request
        if wide.endpoint:
            names = {"EndpointName": desired.endpoint_name, "EndpointConfigName": desired.revision}
            deployment = deployment_config(desired.spec.rollout, alarm_names=())
            guarded = names if deployment is None else {**names, "DeploymentConfig": deployment}
            yield "spec.overrides.endpoint", self._input("UpdateEndpoint"), merged(guarded, wide.endpoint)

    def _input(self, operation: str) -> StructureShape:
        return self._calls.input_shape("sagemaker", operation)

    def _container(self) -> Shape:
        return self._input("CreateModel").members["PrimaryContainer"]

    def _variant(self) -> Shape:
        variants: Any = self._input("CreateEndpointConfig").members["ProductionVariants"]
        shape: Shape = variants.member
        return shape


def _one_line(report: str) -> str:
    return "; ".join(line.strip() for line in report.splitlines())
