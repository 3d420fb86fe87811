"""SageMaker endpoints: the calls on them that the operator makes, as plain data."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_not_found
from endpoint_operator.planning.concurrency import Concurrency, ServerlessCapacity
from endpoint_operator.planning.facts import LiveEndpoint, LiveImage, LiveStatus, LiveVariant, PendingVariant
from endpoint_operator.planning.requests import concurrency_members, merged, tag_list
from endpoint_operator.planning.steps import CreateEndpoint, UpdateEndpoint, UpdateEndpointWeightsAndCapacities

PAGE = 100  # ListEndpoints' maximum (SageMaker API reference)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """An endpoint as ListEndpoints shows it."""

    name: str
    status: LiveStatus
    created: str
    modified: str


class EndpointApi:
    """The calls on endpoints; each raises CallFailed."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def describe(self, name: str) -> LiveEndpoint | None:
        """None when SageMaker has no endpoint of that name."""
        try:
            answer = await self._calls.call("sagemaker", "describe_endpoint", EndpointName=name)
        except CallFailed as error:
            if is_not_found(error):
                return None
            raise
        return _live(answer)

    async def summaries(self, *, status: LiveStatus | None = None) -> AsyncIterator[list[Summary]]:
        """All endpoints, or those in one status, page by page."""
        parameters: dict[str, Any] = {"MaxResults": PAGE, "SortBy": "Name", "SortOrder": "Ascending"}
        if status is not None:
            parameters["StatusEquals"] = status.value
        while True:
            answer = await self._calls.call("sagemaker", "list_endpoints", **parameters)
            yield [_summary(item) for item in answer["Endpoints"]]
            if not answer.get("NextToken"):
                return
            parameters["NextToken"] = answer["NextToken"]

    async def create(self, step: CreateEndpoint) -> str:
        """The endpoint's ARN."""
        answer = await self._calls.call(
            "sagemaker",
            "create_endpoint",
            EndpointName=step.name,
            EndpointConfigName=step.config_name,
            Tags=tag_list(step.tags),
            **step.overrides,
        )
        return str(answer["EndpointArn"])

    async def update(self, step: UpdateEndpoint) -> None:
        guarded = {"DeploymentConfig": step.deployment_config} if step.deployment_config is not None else {}
        await self._calls.call(
            "sagemaker",
            "update_endpoint",
            EndpointName=step.name,
            EndpointConfigName=step.config_name,
            RetainAllVariantProperties=step.retain_all_variant_properties,
            **merged(guarded, step.overrides),
        )

    async def change_weights_or_capacity(self, step: UpdateEndpointWeightsAndCapacities) -> None:
        weights = [{"VariantName": name, "DesiredWeight": weight} for name, weight in sorted(step.weights.items())]
        await self._calls.call(
            "sagemaker",
            "update_endpoint_weights_and_capacities",
            EndpointName=step.name,
            DesiredWeightsAndCapacities=weights
            + [
                {"VariantName": variant, "DesiredInstanceCount": count}
                for variant, count in sorted(step.instance_counts.items())
            ]
            + [
                {"VariantName": variant, "ServerlessUpdateConfig": concurrency_members(concurrency)}
                for variant, concurrency in sorted(step.concurrencies.items())
            ],
        )

    async def delete(self, name: str) -> None:
        await self._calls.call("sagemaker", "delete_endpoint", EndpointName=name)


def iso(moment: datetime) -> str:
    """A time of AWS as it stands in status: UTC, milliseconds, compared for equality only."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _summary(item: dict[str, Any]) -> Summary:
    return Summary(
        name=item["EndpointName"],
        status=LiveStatus(item["EndpointStatus"]),
        created=iso(item["CreationTime"]),
        modified=iso(item["LastModifiedTime"]),
    )


def _live(answer: dict[str, Any]) -> LiveEndpoint:
    pending = answer.get("PendingDeploymentSummary") or {}
    return LiveEndpoint(
        name=answer["EndpointName"],
        arn=answer["EndpointArn"],
        status=LiveStatus(answer["EndpointStatus"]),
        config_name=answer.get("EndpointConfigName"),
        created=iso(answer["CreationTime"]),
        modified=iso(answer["LastModifiedTime"]),
        failure_reason=answer.get("FailureReason"),
        variants=tuple(_variant(item) for item in answer.get("ProductionVariants") or ()),
        shadow=next((_variant(item) for item in answer.get("ShadowProductionVariants") or ()), None),
        asynchronous="AsyncInferenceConfig" in answer,
        pending_config_name=pending.get("EndpointConfigName"),
        pending=tuple(
            _pending(item)
            for item in (*pending.get("ProductionVariants", ()), *pending.get("ShadowProductionVariants", ()))
        ),
    )


def _pending(item: dict[str, Any]) -> PendingVariant:
    """SageMaker lists a variant's stages; the last is the one under way."""
    stage = (item.get("VariantStatus") or [{}])[-1]
    return PendingVariant(
        name=item["VariantName"],
        stage=stage.get("Status", ""),
        message=stage.get("StatusMessage"),
        since=iso(stage["StartTime"]) if stage.get("StartTime") else None,
        current_count=item.get("CurrentInstanceCount"),
        desired_count=item.get("DesiredInstanceCount"),
        pools=_pools(item),
        current_serverless=_serverless(item.get("CurrentServerlessConfig")),
    )


def _pools(item: dict[str, Any]) -> dict[str, int]:
    """Instances by type; a type that none of runs is left out."""
    pools = item.get("InstancePools") or ()
    return {pool["InstanceType"]: count for pool in pools if (count := pool.get("CurrentInstanceCount", 0)) > 0}


def _variant(item: dict[str, Any]) -> LiveVariant:
    return LiveVariant(
        name=item["VariantName"],
        current_count=item.get("CurrentInstanceCount"),
        desired_count=item.get("DesiredInstanceCount"),
        current_weight=item.get("CurrentWeight"),
        desired_weight=item.get("DesiredWeight"),
        current_serverless=_serverless(item.get("CurrentServerlessConfig")),
        desired_serverless=_serverless(item.get("DesiredServerlessConfig")),
        pools=_pools(item),
        images=tuple(
            LiveImage(specified=image["SpecifiedImage"], resolved=image.get("ResolvedImage"))
            for image in item.get("DeployedImages") or ()
            if image.get("SpecifiedImage")
        ),
    )


def _serverless(config: dict[str, Any] | None) -> ServerlessCapacity | None:
    """ServerlessConfig as DescribeEndpoint shows it; None for a variant on instances."""
    if not config:
        return None
    concurrency = Concurrency(maximum=config["MaxConcurrency"], provisioned=config.get("ProvisionedConcurrency"))
    return ServerlessCapacity(memory_mb=config["MemorySizeInMB"], concurrency=concurrency)
