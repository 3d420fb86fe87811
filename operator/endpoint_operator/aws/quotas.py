"""A look at the account's quotas of instances, before SageMaker refuses or a rollout fails for want of a second fleet.

Source: Service Quotas API reference. ListServiceQuotas leaves out what has no applied value; those are asked for by
ListAWSDefaultServiceQuotas. A type that is in neither does not exist for endpoints in the region.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_not_found
from endpoint_operator.aws.finding import not_taken
from endpoint_operator.aws.periods import QUOTA_SECONDS
from endpoint_operator.aws.single_flight import SingleFlight
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.facts import LiveEndpoint, Look
from endpoint_operator.planning.quota_needs import Types, change_of, fault_in_quotas, quota_name

log = logging.getLogger(__name__)

_SAGEMAKER = "sagemaker"
_PAGE = 100  # MaxResults of ListServiceQuotas: 1 to 100
_APPLIED = ("list_service_quotas", "get_service_quota")
_DEFAULT = ("list_aws_default_service_quotas", "get_aws_default_service_quota")


@dataclass(frozen=True, kw_only=True)
class Quota:
    code: str
    value: float


class QuotaLooks:
    """Lists of all quotas, each believed for minutes; a quota that seems too small is asked for by itself."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._lists: dict[str, tuple[float, Mapping[str, Quota]]] = {}
        self._flight = SingleFlight[str, Mapping[str, Quota]]()

    async def look(self, desired: Desired, live: LiveEndpoint | None) -> Look:
        """Whether the quotas allow what the change holds at its height. Raises CallFailed."""
        change = change_of(desired, live)
        types = [name for need in change.needs() for name in need.types]
        limits = await self._limits(types)
        fault = fault_in_quotas(change, limits, region=self._calls.region)
        if fault is not None:
            limits = await self._limits_now(types)
            change = change_of(desired, live, await self._live_types(change.live))
            fault = fault_in_quotas(change, limits, region=self._calls.region)
        trace = ",".join(f"{name}:{limits[name]}" for name in sorted(limits))
        return Look(about="quotas", trace=trace, fault=fault)

    async def _limits(self, types: Iterable[str]) -> dict[str, float | None]:
        limits: dict[str, float | None] = {}
        for name in types:
            quota = (await self._listed(_APPLIED[0])).get(quota_name(name)) or (await self._listed(_DEFAULT[0])).get(
                quota_name(name)
            )
            limits[name] = quota.value if quota is not None else None
        return limits

    async def _limits_now(self, types: Iterable[str]) -> dict[str, float | None]:
        return {name: await self._ask_one(name) for name in types}

    async def _ask_one(self, instance_type: str) -> float | None:
        for list_all, get_one in (_APPLIED, _DEFAULT):
            quota = (await self._listed(list_all)).get(quota_name(instance_type))
            if quota is None:
                continue
            try:
                answer = await self._calls.call("service-quotas", get_one, ServiceCode=_SAGEMAKER, QuotaCode=quota.code)
            except CallFailed as error:
                if not is_not_found(error):
                    raise
                continue
            return float(answer["Quota"]["Value"])
        return None

    async def _listed(self, operation: str) -> Mapping[str, Quota]:
        known = self._lists.get(operation)
        if known is not None and time.monotonic() - known[0] < QUOTA_SECONDS:
            return known[1]

        async def ask() -> Mapping[str, Quota]:
            return {str(item["QuotaName"]): _quota(item) for item in await self._all(operation)}

        quotas = await self._flight.share(operation, ask)
        self._lists[operation] = (time.monotonic(), quotas)
        return quotas

    async def _all(self, operation: str) -> list[dict[str, Any]]:
        parameters: dict[str, Any] = {"ServiceCode": _SAGEMAKER, "MaxResults": _PAGE}
        items: list[dict[str, Any]] = []
        while True:
            answer = await self._calls.call("service-quotas", operation, **parameters)
            items.extend(item for item in answer["Quotas"] if "Value" in item)
            if not answer.get("NextToken"):
                return items
            parameters["NextToken"] = answer["NextToken"]

    async def _live_types(self, live: LiveEndpoint | None) -> Mapping[str, Types]:
        """The types of the serving fleet by variant. Where that may not be read it counts for nothing: what is not
        known is no reason to refuse."""
        if live is None or live.config_name is None:
            return {}
        try:
            config = await self._calls.call(
                "sagemaker", "describe_endpoint_config", EndpointConfigName=live.config_name
            )
        except CallFailed as error:
            if not is_not_found(error) and not_taken(error) is None:
                raise
            log.debug("the instances that serve are not counted against quotas: %s", error)
            return {}
        variants = [*config.get("ProductionVariants", ()), *config.get("ShadowProductionVariants", ())]
        return {variant["VariantName"]: _types(variant) for variant in variants}


def _quota(item: Mapping[str, Any]) -> Quota:
    return Quota(code=str(item["QuotaCode"]), value=float(item["Value"]))


def _types(variant: Mapping[str, Any]) -> Types:
    pools = [str(pool["InstanceType"]) for pool in variant.get("InstancePools") or ()]
    return tuple(sorted({*pools, *([str(variant["InstanceType"])] if variant.get("InstanceType") else [])}))
